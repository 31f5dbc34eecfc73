"""What passes between regions: transfers and access, asked of own regions and by them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.access import Access
from cases.choices import RequestAnswer
from cases.models import AccessGrant, Transfer
from cases.waiting.shape import Kind, Line, Press, Row, name, opened
from cases.wording import clock

TOLD: Final = timedelta(days=7)  # how long an answer stands on My page


def _recent(access: Access) -> Q:
    """What still waits, and answers of the last week."""
    return Q(answer=RequestAnswer.PENDING) | Q(answered_at__gt=access.at - TOLD)


def _answered(row: Row, access: Access) -> str:
    """Waiting for an answer; declined 16:16, with the reason beside it."""
    answer = str(RequestAnswer(row.two).label)
    if row.two == RequestAnswer.PENDING or row.at is None:
        return answer
    return f"{answer} {clock(row.at, access.today)}"


def _with_reason(said: str, reason: str) -> str:
    return f"{said}: {reason}" if reason else said


# --- transfers -----------------------------------------------------------------------------------
def asked_for(access: Access) -> QuerySet[Any]:
    """Transfers that own regions have asked for, by whichever colleague."""
    return Transfer.objects.visible_to(access).filter(_recent(access), from_region__in=access.regions)


def _transfer(row: Row, _access: Access) -> Line:
    url = reverse("cases:transfer", args=[row.code])
    hint = _("from %(region)s") % {"region": row.two}
    return Line(row.one, url, hint, at=row.at, acts=(Press(pgettext("verb", "Answer"), url, post=False),))


def _asked_transfer(row: Row, access: Access) -> Line:
    hint = _("to %(region)s") % {"region": row.three}
    said = _with_reason(_answered(row, access), opened(Transfer, "answer_reason", row))
    back = Press(_("Take back"), reverse("cases:withdraw_transfer", args=[row.code]))
    waits = row.two == RequestAnswer.PENDING
    url = reverse("cases:transfer", args=[row.code])
    return Line(row.one, url, f"{hint} · {said}", acts=(back,) if waits else ())


TRANSFERS: Final = Kind(
    "transfers", gettext_lazy("Transfers to answer"), Transfer.objects.waiting_for,
    lambda _access: {
        "code": F("code"), "at": F("asked_at"), "one": F("person__number"), "two": name("from_region"),
    },
    _transfer, order=("row_at",), errand="transfer",
)  # fmt: skip
ASKED_TRANSFERS: Final = Kind(
    "asked-transfers", gettext_lazy("Transfers that you have asked for"), asked_for,
    lambda _access: {
        "code": F("code"), "at": F("answered_at"), "one": F("person__number"), "two": F("answer"),
        "three": name("to_region"), "sealed": F("answer_reason"),
    },
    _asked_transfer, order=("-asked_at",), waits=False, errand="transfer",
)  # fmt: skip


# --- access to a case ------------------------------------------------------------------------------
def access_asked_for(access: Access) -> QuerySet[Any]:
    mine = AccessGrant.objects.asked_by_oneself(access)
    return mine.filter(_recent(access) | Q(until__gt=access.at))


def _access(row: Row, _access: Access) -> Line:
    url = reverse("cases:grant", args=[row.code])
    hint = _("from %(name)s") % {"name": row.two}
    return Line(row.one, url, hint, at=row.at, acts=(Press(pgettext("verb", "Answer"), url, post=False),))


def _asked_access(row: Row, access: Access) -> Line:
    url = reverse("cases:grant", args=[row.code])
    if row.two == RequestAnswer.PENDING:
        back = Press(_("Take back"), reverse("cases:withdraw_access", args=[row.code]))
        return Line(row.one, url, str(RequestAnswer.PENDING.label), acts=(back,))
    if row.two == RequestAnswer.ACCEPTED and row.at:
        granted = _("granted until %(time)s") if row.at > access.at else _("granted, ended %(time)s")
        return Line(row.one, url, granted % {"time": clock(row.at, access.today)})
    return Line(row.one, url, _with_reason(_answered(row, access), opened(AccessGrant, "answer_reason", row)))


GRANTS: Final = Kind(
    "access", gettext_lazy("Access asked for"), AccessGrant.objects.waiting_for,
    lambda _access: {
        "code": F("code"), "at": F("asked_at"), "one": F("case_number"), "two": F("asked_by__name"),
    },
    _access, order=("row_at",),
)  # fmt: skip
ASKED_GRANTS: Final = Kind(
    "asked-access", gettext_lazy("Access that you have asked for"), access_asked_for,
    lambda _access: {
        "code": F("code"), "at": Coalesce("until", "answered_at"), "one": F("case_number"),
        "two": F("answer"),
        "sealed": F("answer_reason"),
    },
    _asked_access, order=("-asked_at",), waits=False,
)  # fmt: skip
