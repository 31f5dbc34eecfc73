"""What others have done since a moment, in what is somebody's to see: registered, referred, answered and
closed. Nothing of it waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from accounts.access import Access
from accounts.roles import May
from cases.choices import CLOSED_STATES, NotificationState, RequestAnswer
from cases.inbox.kinds import InboxKind, InboxLine, InboxRow, name
from cases.inbox.own import call_facts, call_line
from cases.models import AccessGrant, Call, Case, Notification, Transfer
from cases.wording import clock


# --- cases -------------------------------------------------------------------------------------------
def _case(row: InboxRow, _access: Access) -> InboxLine:
    return InboxLine(row.one, reverse("cases:detail", args=[row.code]), row.two)


def registered(since: datetime) -> InboxKind:
    def rows(access: Access) -> QuerySet[Any]:
        own = Case.objects.in_own_region(access).filter(created_at__gt=since)
        return own.exclude(opened_by=access.user)

    return InboxKind(
        "registered", gettext_lazy("Cases registered"), rows,
        lambda _access: {"code": F("code"), "one": F("number"), "two": F("opened_by__name")},
        _case, order=("created_at",), waits=False,
    )  # fmt: skip


def closed(since: datetime) -> InboxKind:
    def rows(access: Access) -> QuerySet[Any]:
        """Closed now, and not at that moment."""
        own = Case.objects.in_own_region(access).filter(state__in=CLOSED_STATES, updated_at__gt=since)
        before = Case.history.filter(id=OuterRef("pk"), history_date__lte=since)
        then = Subquery(before.order_by("-history_date", "-history_id").values("state")[:1])
        was_open = Q(state_then__isnull=True) | ~Q(state_then__in=CLOSED_STATES)
        return own.annotate(state_then=then).filter(was_open)

    return InboxKind(
        "closed", gettext_lazy("Cases closed"), rows,
        lambda _access: {"code": F("code"), "one": F("number")},
        _case, order=("number",), waits=False,
    )  # fmt: skip


# --- calls -------------------------------------------------------------------------------------------
def referred(since: datetime) -> InboxKind:
    def rows(access: Access) -> QuerySet[Any]:
        return Call.objects.visible_to(access).filter(
            referred_region__in=access.regions, created_at__gt=since
        )

    return _calls("referred", gettext_lazy("Calls referred"), rows)


def logged(since: datetime) -> InboxKind:
    def rows(access: Access) -> QuerySet[Any]:
        return Call.objects.visible_to(access).filter(created_at__gt=since).exclude(taken_by=access.user)

    return _calls("logged", gettext_lazy("Calls that colleagues have logged"), rows)


def taken_over(since: datetime) -> InboxKind:
    def rows(access: Access) -> QuerySet[Any]:
        own = Call.objects.visible_to(access).filter(taken_by=access.user)
        return own.filter(taken_over_at__gt=since)

    return _calls("taken-over", gettext_lazy("Calls of yours that a region has taken over"), rows)


def _calls(key: str, title: str | Promise, rows: Callable[[Access], QuerySet[Any]]) -> InboxKind:
    return InboxKind(key, title, rows, call_facts, call_line, order=("received_at",), waits=False)


# --- answers -------------------------------------------------------------------------------------------
def transfers_answered(since: datetime) -> InboxKind:
    def rows(access: Access) -> QuerySet[Any]:
        own = Transfer.objects.visible_to(access).filter(from_region__in=access.regions)
        return own.filter(answered_at__gt=since).exclude(answer=RequestAnswer.WITHDRAWN)

    def line(row: InboxRow, access: Access) -> InboxLine:
        answer = RequestAnswer(row.two).label
        said = _("%(region)s: %(answer)s") % {"region": row.three, "answer": answer}
        return InboxLine(row.one, reverse("cases:transfer", args=[row.code]), said)

    return InboxKind(
        "transfers-answered", gettext_lazy("Transfers answered"), rows,
        lambda _access: {
            "code": F("code"), "one": F("person__number"), "two": F("answer"), "three": name("to_region"),
        },
        line, order=("answered_at",), waits=False, errand="transfer",
    )  # fmt: skip


def access_answered(since: datetime) -> InboxKind:
    def rows(access: Access) -> QuerySet[Any]:
        mine = AccessGrant.objects.asked_by_oneself(access).filter(answered_at__gt=since)
        return mine.exclude(answer=RequestAnswer.WITHDRAWN)

    def line(row: InboxRow, access: Access) -> InboxLine:
        said = str(RequestAnswer(row.two).label)
        return InboxLine(row.one, reverse("cases:grant", args=[row.code]), said)

    return InboxKind(
        "access-answered", gettext_lazy("Answers about access"), rows,
        lambda _access: {"code": F("code"), "one": F("case_number"), "two": F("answer")},
        line, order=("answered_at",), waits=False,
    )  # fmt: skip


def notifications_moved(since: datetime) -> InboxKind:
    def rows(access: Access) -> QuerySet[Any]:
        own = Notification.objects.visible_to(access).filter(updated_at__gt=since)
        return own.exclude(state=NotificationState.RECEIVED)

    def line(row: InboxRow, access: Access) -> InboxLine:
        said = str(NotificationState(row.two).label)
        moved = clock(row.at, access.today) if row.at else ""
        return InboxLine(row.one, reverse("cases:notifications"), f"{said} {moved}".strip())

    return InboxKind(
        "notifications-moved", gettext_lazy("Notifications that have come further"), rows,
        lambda _access: {"code": F("code"), "one": F("receipt"), "two": F("state")},
        line, order=("updated_at",), waits=False,
    )  # fmt: skip


SINCE: Final[tuple[tuple[May, Callable[[datetime], InboxKind]], ...]] = (
    (May.LOG_CALL, logged),
    (May.LOG_CALL, taken_over),
    (May.EDIT_CASE, referred),
    (May.EDIT_CASE, registered),
    (May.TRANSFER, transfers_answered),
    (May.GRANT, access_answered),
    (May.EDIT_CASE, closed),
    (May.NOTIFY, notifications_moved),
)
