"""*Min sida*: what waits for somebody, by role. A constant number of queries: one a table, whatever waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from agencies.access import Access
from agencies.directory import directory
from agencies.models import Region
from agencies.roles import Role
from agencies.trail import chain_words, last_verified, trail_for
from cases.choices import Decision
from cases.models import (
    AccessGrant,
    Call,
    Draft,
    DuplicateReview,
    Measure,
    Notification,
    Person,
    Transfer,
    YearConfirmation,
)
from cases.wording import minute
from jobs.models import Heartbeat
from jobs.worker import silence

SHOWN = 5
REFLECTION = timedelta(days=30)


@dataclass(frozen=True)
class Row:
    label: str
    url: str
    hint: str = ""


@dataclass(frozen=True)
class Box:
    """`count` is of all rows; `rows` are the first of them; `url` leads to the rest. `figures`: they say how many there
    are of something, and do not wait."""

    title: str
    count: int
    rows: list[Row] = field(default_factory=list)
    url: str = ""
    figures: bool = False


Boxes = list[Box]
Show = Callable[[Any], Row]


def boxes_for(access: Access) -> list[Box]:
    """What waits, the empty boxes left out."""
    return [box for make in BOXES.get(access.role, ()) for box in make(access) if box.count]


def further_boxes(role: Role, *makers: Callable[[Access], Boxes]) -> None:
    """What an app above this one shows a role, before what stands here."""
    BOXES[role] = (*makers, *BOXES.get(role, ()))


def year_to_close(today: date) -> int:
    """The year whose cases are being completed: last year until June, then this one."""
    return today.year if today.month > 6 else today.year - 1


def unconfirmed_regions(access: Access) -> list[Region]:
    """Own regions that have not yet said that all cases of the year are registered."""
    return list(_without_confirmation(year_to_close(access.today)).filter(code__in=access.regions))


def _without_confirmation(year: int) -> QuerySet[Region]:
    return Region.objects.exclude(code__in=YearConfirmation.objects.filter(year=year).values("region"))


def _follow_ups(access: Access) -> Boxes:
    calls = Call.objects.visible_to(access).to_follow_up(access.today)
    if access.role is Role.OPERATOR:
        calls = calls.filter(taken_by=access.user)
    rows = calls.order_by("follow_up_due")
    return _box(
        _("Follow-ups due"),
        rows,
        lambda call: Row(
            minute(call.received_at), call.get_absolute_url(), _("by %(day)s") % {"day": call.follow_up_due}
        ),
        f"{_address('calls:list')}?follow_up=due",
    )


def _todays_calls(access: Access) -> Boxes:
    calls = (
        Call.objects.visible_to(access).filter(taken_by=access.user, received_on=access.today).order_by("-received_at")
    )
    return _box(_("My calls today"), calls, lambda call: Row(minute(call.received_at), call.get_absolute_url()))


def _drafts(access: Access) -> Boxes:
    """Calls that were being logged when something broke; the page of a new call offers the latest of them."""
    drafts = Draft.objects.visible_to(access).filter(kind="call").defer("body").order_by("-updated_at")
    url = _address("calls:new")
    return _box(_("Unsaved calls"), drafts, lambda row: Row(minute(row.updated_at), url))


def _notifications(access: Access) -> Boxes:
    """A coordinator's that are to be answered; an officer's own, with their state."""
    if access.role is Role.OFFICER:
        rows = Notification.objects.visible_to(access).order_by("-sent_at")
        url = _address("cases:notifications")
        return _box(_("My notifications"), rows, lambda row: Row(row.receipt, url, row.get_state_display()))
    rows = Notification.objects.waiting_for(access).order_by("sent_at")
    return _box(
        _("Notifications to answer"),
        rows,
        lambda row: Row(row.receipt, row.get_absolute_url(), _("sent %(time)s") % {"time": minute(row.sent_at)}),
    )


def _transfers(access: Access) -> Boxes:
    rows = Transfer.objects.waiting_for(access).select_related("person", "from_region").order_by("asked_at")
    return _box(
        _("Transfers to answer"),
        rows,
        lambda row: Row(
            row.person.number, _address("cases:transfer", row.code), _("from %(region)s") % {"region": row.from_region}
        ),
    )


def _grants(access: Access) -> Boxes:
    """What is asked of own regions; what was asked of others: answers of the last week, and what still waits."""
    recent = Q(answer="pending") | Q(until__gt=access.at) | Q(answered_at__gt=access.at - timedelta(days=7))
    mine = AccessGrant.objects.asked_by_oneself(access).filter(recent).order_by("-asked_at")
    asked = AccessGrant.objects.waiting_for(access).order_by("asked_at")
    waiting, answers = _pair(asked, mine)
    answers.sort(key=lambda row: row.asked_at, reverse=True)
    return [
        _boxed(_("Access asked for"), waiting, lambda row: Row(row.case_number, _address("cases:grant", row.code))),
        _boxed(
            _("Access that you have asked for"),
            answers,
            lambda row: Row(row.case_number, _address("cases:grant", row.code), row.get_answer_display()),
        ),
    ]


def _reflections(access: Access) -> Boxes:
    ends = Measure.objects.visible_to(access).filter(kind="measure:reflection", answer="accepted")
    soon = ends.filter(ends_on__gte=access.today, ends_on__lte=access.today + timedelta(days=7)).select_related(
        "person"
    )
    return _box(
        _("Reflection periods about to end"),
        soon.order_by("ends_on"),
        lambda row: Row(row.person.number, row.person.get_absolute_url(), _("ends %(day)s") % {"day": row.ends_on}),
    )


def _incomplete(access: Access) -> Boxes:
    year = year_to_close(access.today)
    rows = (
        Person.objects.in_own_region(access).counted().identified_in(year).incomplete().order_by("case_id", "position")
    )
    title = _("Incomplete records for %(year)d") % {"year": year}
    url = f"{_address('cases:list')}?complete=no"
    return _box(title, rows, lambda row: Row(row.number, row.get_absolute_url()), url)


def _duplicates(access: Access) -> Boxes:
    """Questions that other regions have put, and pairs within scope."""
    asked = DuplicateReview.objects.waiting_for(access).order_by("asked_at")
    pairs = DuplicateReview.objects.visible_to(access).filter(decision=Decision.OPEN).order_by("-similarity", "pk")
    questions, own = _pair(asked, pairs, "first", "second")
    own.sort(key=lambda row: (-row.similarity, row.pk))
    label = _("Is it the same person?")
    return [
        _boxed(
            _("Questions from other regions"),
            questions,
            lambda row: Row(label, _address("cases:duplicate", row.code)),
        ),
        _boxed(
            _("Possible duplicates to assess"),
            own,
            lambda row: Row(f"{row.first.number} – {row.second.number}", _address("cases:duplicate", row.code)),
            _address("cases:duplicates"),
        ),
    ]


def _unconfirmed(access: Access) -> Boxes:
    """For those who read totals: which regions may still have cases of the year."""
    year = year_to_close(access.today)
    regions = list(_without_confirmation(year).order_by("name_sv"))
    title = _("Regions that have not confirmed %(year)d yet") % {"year": year}
    url = _address("summaries:quality", year)
    return [Box(title, len(regions), [Row(str(region), url) for region in regions], url)]


def _refusals(access: Access) -> Boxes:
    """For the data protection officer: who was refused something in the last week."""
    first = access.today - timedelta(days=7)
    events = trail_for(access).filter(action__startswith="refused", at__gte=access.at - timedelta(days=7))
    url = f"{_address('agencies:audit')}?action=refused&from={first}"
    return _box(
        _("Refusals in the last week"),
        events.order_by("-sequence"),
        lambda event: Row(minute(event.at), url, str(dict(Role.choices).get(event.role, ""))),
        url,
    )


def _chain(access: Access) -> Boxes:
    """For the data protection officer: whether anybody has proven the trail whole lately."""
    state = last_verified()
    proven = state is not None and state.whole and state.at > access.at - timedelta(days=30)
    said = chain_words(state) if state else _("The chain has not been proven yet.")
    when = _("proven %(time)s") % {"time": minute(state.at)} if state else ""
    return [Box(_("Prove the audit trail"), int(not proven), [Row(said, _address("agencies:audit"), when)])]


def _gaps(access: Access) -> Boxes:
    """Regions for which nobody is on duty."""
    empty = [duty.region for duty in directory(access.today) if not duty.on_duty]
    url = _address("agencies:directory")
    return [Box(_("Regions without a coordinator"), len(empty), [Row(str(region), url) for region in empty], url)]


def _worker(access: Access) -> Boxes:
    """That the process for runs has fallen silent. Whether any waits for it is known to their owners alone."""
    last = Heartbeat.objects.of(Heartbeat.WORKER)
    said = silence(last) if last else ""
    return [Box(_("Background runs do not start"), int(bool(said)), [Row(said, "")])]


def _box(title: str, rows: QuerySet[Any], show: Show, url: str = "") -> Boxes:
    return [_boxed(title, list(rows.annotate(total=_total(rows))[:SHOWN]), show, url)]


def _boxed(title: str, rows: list[Any], show: Show, url: str = "") -> Box:
    """Of rows that each have the `total` of all."""
    return Box(title, rows[0].total if rows else 0, [show(row) for row in rows], url)


def _pair(one: QuerySet[Any], other: QuerySet[Any], *related: str) -> tuple[list[Any], list[Any]]:
    """The first rows of two queries over one table, in one query; each set the earliest first."""
    first, second = (Q(pk__in=rows.values("pk")[:SHOWN]) for rows in (one, other))
    both = one.model._default_manager.filter(first | second).annotate(
        of_first=ExpressionWrapper(first, BooleanField()), totals_first=_total(one), totals_second=_total(other)
    )
    found: tuple[list[Any], list[Any]] = ([], [])
    for row in both.select_related(*related).order_by("pk"):
        row.total = row.totals_first if row.of_first else row.totals_second
        found[0 if row.of_first else 1].append(row)
    return found


def _total(rows: QuerySet[Any]) -> Coalesce:
    """How many there are, counted beside the first of them."""
    counted = rows.order_by().values(everything=Value(1)).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def _address(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


BOXES: dict[Role, tuple[Callable[[Access], Boxes], ...]] = {
    Role.OPERATOR: (_follow_ups, _drafts, _todays_calls),
    Role.COORDINATOR: (
        _notifications,
        _transfers,
        _grants,
        _reflections,
        _follow_ups,
        _duplicates,
        _incomplete,
    ),
    Role.OFFICER: (_notifications,),
    Role.ANALYST: (_unconfirmed,),
    Role.MANAGER: (_unconfirmed, _worker),
    Role.ADMINISTRATOR: (_worker, _gaps),
    Role.DPO: (_chain, _refusals),
}
