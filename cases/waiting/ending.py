"""What ends by a day, or has ended and is not dealt with; and what somebody wants to be reminded of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Access
from cases.ending import days_in_words, ending, in_red
from cases.models import Reminder
from cases.waiting.calls import AHEAD
from cases.waiting.shape import Kind, Line, Press, Row, label, opened


def _ends(row: Row, access: Access) -> Line:
    last = row.due or access.today  # those without a last day are not told
    words, red = days_in_words(last, access.today), in_red(last, access.today)
    url = reverse("cases:person", args=[row.code])
    return Line(f"{row.one} · {row.two}", url, "" if red else words, ends=last, red=words if red else "")


def come(access: Access) -> QuerySet[Any]:
    """From its day on, until it is done."""
    return Reminder.objects.visible_to(access).waiting().filter(day__lte=access.today)


def coming(access: Access) -> QuerySet[Any]:
    """Of the next days."""
    days = {"day__gt": access.today, "day__lte": access.today + AHEAD}
    return Reminder.objects.visible_to(access).waiting().filter(**days)


def _remember(row: Row, _access: Access) -> Line:
    done = Press(_("Done"), reverse("cases:finish_reminder", args=[row.code]))
    return Line(row.one, reverse("cases:reminders"), opened(Reminder, "text", row), due=row.due, acts=(done,))


ENDING: Final = Kind(
    "ending", gettext_lazy("Periods and permits that end"), ending,
    lambda _access: {
        "code": F("person__code"), "due": F("ends_on"), "one": F("person__number"), "two": label("kind"),
    },
    _ends, order=("row_due",), url=lambda: reverse("cases:ending"),
)  # fmt: skip
REMINDERS: Final = Kind(
    "reminders", gettext_lazy("My reminders"), come,
    lambda _access: {"code": F("code"), "due": F("day"), "one": F("case__number"), "sealed": F("text")},
    _remember, order=("row_due",), url=lambda: reverse("cases:reminders"),
)  # fmt: skip
COMING_REMINDERS: Final = Kind(
    "coming-reminders", gettext_lazy("My reminders within a week"), coming,
    REMINDERS.columns, lambda row, access: replace(_remember(row, access), acts=()),
    order=("row_due",), waits=False, ahead=True, url=lambda: reverse("cases:reminders"),
)  # fmt: skip
