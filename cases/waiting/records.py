"""Records of persons that wait: those that lack something before the year is closed, and pairs that may
be one person."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db.models import Case, F, QuerySet, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Access
from cases.choices import Decision
from cases.models import DuplicateReview, Person
from cases.waiting.regions import TOLD
from cases.waiting.shape import Kind, Line, Row
from cases.wording import clock


def year_to_close(today: date) -> int:
    """The year whose cases are being completed: last year until June, then this one."""
    return today.year if today.month > 6 else today.year - 1


# --- what is missing -------------------------------------------------------------------------------
def incomplete(access: Access) -> QuerySet[Any]:
    year = year_to_close(access.today)
    return Person.objects.in_own_region(access).counted().identified_in(year).incomplete()


def _of_the_year(access: Access) -> str:
    return _("Incomplete records for %(year)d") % {"year": year_to_close(access.today)}


INCOMPLETE: Final = Kind(
    "incomplete", _of_the_year, incomplete,
    lambda _access: {"code": F("code"), "one": F("number")},
    lambda row, _access: Line(row.one, reverse("cases:person", args=[row.code])),
    order=("case_id", "position"),
    url=lambda: f"{reverse('cases:list')}?complete=no",
)  # fmt: skip


# --- may it be one person? ---------------------------------------------------------------------------
def registered_pairs(access: Access) -> QuerySet[Any]:
    """Not assessed yet, of two records in scope."""
    return DuplicateReview.objects.visible_to(access).of_registered().filter(decision=Decision.OPEN)


def taken_over_pairs(access: Access) -> QuerySet[Any]:
    return DuplicateReview.objects.visible_to(access).of_taken_over().filter(decision=Decision.OPEN)


def _question(row: Row, _access: Access) -> Line:
    return Line(_("Is it the same person?"), reverse("cases:duplicate", args=[row.code]), at=row.at)


def _pair(row: Row, _access: Access) -> Line:
    return Line(f"{row.one} – {row.two}", reverse("cases:duplicate", args=[row.code]))


def judged_elsewhere(access: Access) -> QuerySet[Any]:
    """Lately, of a pair that is of two regions now, by nobody of own regions."""
    rows = DuplicateReview.objects.judged_across(access).filter(at__gt=access.at - TOLD)
    return rows.exclude(by__assignments__region__in=access.regions)


def _judged(row: Row, access: Access) -> Line:
    said = f"{Decision(row.two).label} {clock(row.at, access.today) if row.at else ''}"
    return Line(row.one, reverse("cases:duplicate", args=[row.code]), said.strip())


QUESTIONS: Final = Kind(
    "questions", gettext_lazy("Questions from other regions"), DuplicateReview.objects.waiting_for,
    lambda _access: {"code": F("code"), "at": F("asked_at")},
    _question, order=("row_at",),
)  # fmt: skip
# Another region may have the person: the page of the own record asks it.
HINTS: Final = Kind(
    "hints", gettext_lazy("Another region may have the same person"), DuplicateReview.objects.hints_for,
    lambda _access: {"code": F("second__code"), "at": F("found_at"), "one": F("second__number")},
    lambda row, _access: Line(row.one, reverse("cases:person", args=[row.code]), at=row.at),
    order=("-similarity",),
)  # fmt: skip
# What another region has judged of an own record stands here for a week.
JUDGED_ELSEWHERE: Final = Kind(
    "judged-elsewhere", gettext_lazy("Judged by another region"), judged_elsewhere,
    lambda access: {
        "code": F("code"), "at": F("at"), "two": F("decision"),
        "one": Case(When(first__responsible_region__in=access.regions, then=F("first__number")),
                    default=F("second__number")),
    },
    _judged, order=("-at",), waits=False, errand="duplicates",
)  # fmt: skip
PAIRS: Final = Kind(
    "duplicates", gettext_lazy("Possible duplicates to assess"), registered_pairs,
    lambda _access: {"code": F("code"), "one": F("first__number"), "two": F("second__number")},
    _pair, order=("-similarity",), url=lambda: reverse("cases:duplicates"),
)  # fmt: skip
TAKEN_OVER_PAIRS: Final = Kind(
    "taken_over", gettext_lazy("Possible duplicates among those taken over"), taken_over_pairs,
    lambda _access: {"code": F("code"), "one": F("first__number"), "two": F("second__number")},
    _pair, order=("-similarity",), url=lambda: reverse("cases:taken_over_duplicates"),
)  # fmt: skip
