"""*Min sida*: what waits for somebody, by what they may do. A constant number of queries: one a table,
whatever waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Exists, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Access
from accounts.acting import beyond
from accounts.administrators import is_alone
from accounts.approvals import ACTS
from accounts.models import Approval, User
from accounts.notices import told, words
from accounts.roles import May
from agencies.answering import waiting_for
from agencies.directory import directory
from agencies.models import Region
from cases.choices import Decision
from cases.measures import REFLECTION
from cases.models import (
    AccessGrant,
    Call,
    Draft,
    DuplicateReview,
    Measure,
    Notification,
    Person,
    SentLate,
    Transfer,
    YearConfirmation,
)
from cases.wording import minute
from desk import figures, watching
from desk.boxes import SHOWN, Box, Boxes, BoxRow, address, box, boxed, pair, total

Maker = Callable[[Access], Boxes]


def boxes_for(access: Access) -> list[Box]:
    """What waits for somebody, in the order of the table, without the boxes in which nothing does."""
    makers = [make for right, make in BOXES if access.may(right)]
    nothing = _nothing_of(makers, access)
    return [box for make in makers if make not in nothing for box in make(access) if box.count]


def _nothing_of(makers: Iterable[Maker], access: Access) -> set[Maker]:
    """Of the boxes that are seldom there, those that are not, by one query for all of them."""
    seldom = [make for make in makers if make in SELDOM]
    exist = {f"box{n}": Exists(SELDOM[make](access).order_by()) for n, make in enumerate(seldom)}
    found = User.objects.filter(pk=access.user.pk).values(**exist).first() or {}
    return {make for n, make in enumerate(seldom) if not found.get(f"box{n}")}


@dataclass(frozen=True, slots=True)
class Button:
    """The act that a page begins with, for who has the right."""

    right: May
    label: str | Promise
    name: str  # of the address

    @property
    def url(self) -> str:
        return address(self.name)


def button_for(access: Access) -> Button | None:
    """The first of the table that somebody may press."""
    return next((button for button in BUTTONS if access.may(button.right)), None)


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
    if access.may(May.LOG_CALL):
        calls = calls.filter(taken_by=access.user)
    rows = calls.order_by("follow_up_due")
    return box(
        _("Follow-ups due"),
        rows,
        lambda call: BoxRow(
            minute(call.received_at), call.get_absolute_url(), _("by %(day)s") % {"day": call.follow_up_due}
        ),
        f"{address('calls:list')}?follow_up=due",
    )


def _todays_calls(access: Access) -> Boxes:
    calls = (
        Call.objects.visible_to(access)
        .filter(taken_by=access.user, received_on=access.today)
        .order_by("-received_at")
    )
    return box(
        _("My calls today"), calls, lambda call: BoxRow(minute(call.received_at), call.get_absolute_url())
    )


def _drafts(access: Access) -> Boxes:
    """Calls that were being logged when something broke; the page of a new call offers the latest of them."""
    drafts = Draft.objects.visible_to(access).filter(kind="call").defer("body").order_by("-updated_at")
    url = address("calls:new")
    return box(_("Unsaved calls"), drafts, lambda row: BoxRow(minute(row.updated_at), url))


def _own_notifications(access: Access) -> Boxes:
    """With their state."""
    rows = Notification.objects.visible_to(access).order_by("-sent_at")
    url = address("cases:notifications")
    return box(_("My notifications"), rows, lambda row: BoxRow(row.receipt, url, row.get_state_display()))


def _notifications(access: Access) -> Boxes:
    """Those that own regions are to answer."""
    rows = Notification.objects.waiting_for(access).order_by("sent_at")
    return box(
        _("Notifications to answer"),
        rows,
        lambda row: BoxRow(
            row.receipt, row.get_absolute_url(), _("sent %(time)s") % {"time": minute(row.sent_at)}
        ),
    )


@beyond("transfer")
def _transfers(access: Access) -> Boxes:
    rows = Transfer.objects.waiting_for(access).select_related("person", "from_region").order_by("asked_at")
    return box(
        _("Transfers to answer"),
        rows,
        lambda row: BoxRow(
            row.person.number,
            address("cases:transfer", row.code),
            _("from %(region)s") % {"region": row.from_region},
        ),
    )


@beyond("asking")
def _grants(access: Access) -> Boxes:
    """What is asked of own regions; what was asked of others: answers of the last week, and what still
    waits."""
    recent = Q(answer="pending") | Q(until__gt=access.at) | Q(answered_at__gt=access.at - timedelta(days=7))
    mine = AccessGrant.objects.asked_by_oneself(access).filter(recent).order_by("-asked_at")
    asked = AccessGrant.objects.waiting_for(access).order_by("asked_at")
    waiting, answers = pair(asked, mine)
    answers.sort(key=lambda row: row.asked_at, reverse=True)
    return [
        boxed(
            _("Access asked for"),
            waiting,
            lambda row: BoxRow(row.case_number, address("cases:grant", row.code)),
        ),
        boxed(
            _("Access that you have asked for"),
            answers,
            lambda row: BoxRow(row.case_number, address("cases:grant", row.code), row.get_answer_display()),
        ),
    ]


def _reflections(access: Access) -> Boxes:
    ends = Measure.objects.visible_to(access).filter(kind=REFLECTION, answer="accepted")
    soon = ends.filter(
        ends_on__gte=access.today, ends_on__lte=access.today + timedelta(days=7)
    ).select_related("person")
    return box(
        _("Reflection periods about to end"),
        soon.order_by("ends_on"),
        lambda row: BoxRow(
            row.person.number, row.person.get_absolute_url(), _("ends %(day)s") % {"day": row.ends_on}
        ),
    )


def _incomplete(access: Access) -> Boxes:
    year = year_to_close(access.today)
    rows = (
        Person.objects.in_own_region(access)
        .counted()
        .identified_in(year)
        .incomplete()
        .order_by("case_id", "position")
    )
    title = _("Incomplete records for %(year)d") % {"year": year}
    url = f"{address('cases:list')}?complete=no"
    return box(title, rows, lambda row: BoxRow(row.number, row.get_absolute_url()), url)


@beyond("duplicates")
def _duplicates(access: Access) -> Boxes:
    """Questions that other regions have put, and pairs within scope."""
    asked = DuplicateReview.objects.waiting_for(access).order_by("asked_at")
    pairs = (
        DuplicateReview.objects.visible_to(access)
        .filter(decision=Decision.OPEN)
        .order_by("-similarity", "pk")
    )
    questions, own = pair(asked, pairs, "first", "second")
    own.sort(key=lambda row: (-row.similarity, row.pk))
    label = _("Is it the same person?")
    return [
        boxed(
            _("Questions from other regions"),
            questions,
            lambda row: BoxRow(label, address("cases:duplicate", row.code)),
        ),
        boxed(
            _("Possible duplicates to assess"),
            own,
            lambda row: BoxRow(
                f"{row.first.number} – {row.second.number}", address("cases:duplicate", row.code)
            ),
            address("cases:duplicates"),
        ),
    ]


def _unconfirmed(access: Access) -> Boxes:
    """For those who read totals: which regions may still have cases of the year."""
    year = year_to_close(access.today)
    regions = list(_without_confirmation(year).order_by("name_sv"))
    title = _("Regions that have not confirmed %(year)d yet") % {"year": year}
    url = address("summaries:quality", year)
    return [Box(title, len(regions), [BoxRow(str(region), url) for region in regions], url)]


def _gaps(access: Access) -> Boxes:
    """Regions for which nobody is on duty."""
    empty = [duty.region for duty in directory(access.today) if not duty.on_duty]
    url = address("agencies:directory")
    return [
        Box(
            _("Regions without a coordinator"),
            len(empty),
            [BoxRow(str(region), url) for region in empty],
            url,
        )
    ]


def _questions(access: Access) -> Boxes:
    """What others have asked for and this person answers."""
    rows = waiting_for(access)
    shown = [BoxRow(str(ACTS[row.act].title), _of_question(row), row.target_label) for row in rows[:SHOWN]]
    return [Box(_("Questions that wait for your answer"), len(rows), shown, address("agencies:approvals"))]


def _own_questions(access: Access) -> Boxes:
    """What this person has asked for: what still waits, and answers of the last week."""
    recent = Q(answer="pending") | Q(answered_at__gt=access.at - timedelta(days=7))
    rows = Approval.objects.filter(recent, asked_by=access.user, act__in=ACTS)
    return box(
        _("What you have asked for"),
        rows,
        lambda row: BoxRow(
            f"{ACTS[row.act].title}: {row.target_label}",
            _of_question(row),
            row.get_answer_display(),
        ),
        address("agencies:approvals"),
    )


def _of_question(row: Approval) -> str:
    return ACTS[row.act].address(row) or address("agencies:approval", row.code)


def _notices(access: Access) -> Boxes:
    """What somebody is told, for some weeks. Nothing of it waits."""
    rows = told(access)
    found = list(rows.annotate(total=total(rows))[:SHOWN])
    shown = [
        BoxRow(words(row), row.link, ", ".join(filter(None, (row.label, minute(row.at))))) for row in found
    ]
    return [Box(_("To know"), found[0].total if found else 0, shown, figures=True)]


def _alone(access: Access) -> Boxes:
    """That the register has one administrator, and what follows from it."""
    said = _(
        "You are the only administrator who can sign in. Nobody can let you in again if you are locked out, "
        "and what you ask only the manager can answer. Ask for a second one."
    )
    return [Box(_("One administrator"), int(is_alone()), [BoxRow(said, address("admin:accounts_user_add"))])]


def _sent_late(access: Access) -> Boxes:
    """Forms that were sent when the session had ended, and wait to be sent again."""
    rows = SentLate.objects.visible_to(access).defer("body").order_by("-sent_at")
    title = _("Sent after your session had ended")
    return box(title, rows, lambda row: BoxRow(minute(row.sent_at), address("cases:sent_late", row.code)))


# Boxes of which there is seldom anything, with the rows that they are made of.
SELDOM: Final[dict[Maker, Callable[[Access], QuerySet[Any]]]] = {
    _sent_late: SentLate.objects.visible_to,
    watching.unusual_days: watching.unusual,
    _questions: lambda _access: Approval.objects.pending(),
    _notices: told,
}
BOXES: Final[tuple[tuple[May, Maker], ...]] = (
    (May.VIEW_PUBLISHED, _sent_late),
    (May.VIEW_CASE, watching.unusual_days),
    (May.NOTIFY, _own_notifications),
    (May.EDIT_CASE, _notifications),
    (May.TRANSFER, _transfers),
    (May.GRANT, _grants),
    (May.EDIT_CASE, _reflections),
    (May.VIEW_CALL, _follow_ups),
    (May.LOG_CALL, _drafts),
    (May.LOG_CALL, _todays_calls),
    (May.REVIEW_DUPLICATE, _duplicates),
    (May.EDIT_CASE, _incomplete),
    *((right, figures.open_versions) for right in (May.PUBLISH, May.APPROVE_EXCEPTION)),
    *((right, figures.corrections) for right in (May.PUBLISH, May.APPROVE_EXCEPTION)),
    (May.PUBLISH, figures.drafts),
    (May.PUBLISH, figures.to_be_sent),
    (May.APPROVE_EXCEPTION, figures.exemptions),
    (May.VIEW_OVERVIEW, figures.newest_year),
    (May.VIEW_TOTALS, _unconfirmed),
    (May.COORDINATE, _questions),
    (May.LET_IN, _questions),
    (May.ADMINISTER, _questions),
    (May.PUBLISH, _questions),
    *((right, _own_questions) for right in (May.ADMINISTER, May.PUBLISH)),
    (May.WATCH_RUNS, watching.worker),
    (May.ADMINISTER, _gaps),
    (May.ADMINISTER, _alone),
    (May.VIEW_TRAIL, watching.chain),
    (May.VIEW_TRAIL, watching.failed_attempts),
    (May.VIEW_TRAIL, watching.refusals),
    (May.VIEW_TRAIL, watching.unusual_days),
    (May.VIEW_TRAIL, watching.tries),
    (May.COORDINATE, _notices),
    (May.ADMINISTER, _notices),
    (May.VIEW_TRAIL, _notices),
)
BUTTONS: Final = (
    Button(May.LOG_CALL, gettext_lazy("New call"), "calls:new"),
    Button(May.EDIT_CASE, gettext_lazy("Register case"), "cases:new"),
    Button(May.VIEW_TOTALS, gettext_lazy("Yearly summary"), "summaries:start"),
    Button(May.NOTIFY, gettext_lazy("Notify"), "cases:notify"),
    Button(May.ADMINISTER, gettext_lazy("Invite a user"), "admin:accounts_user_add"),
    Button(May.VIEW_TRAIL, gettext_lazy("Read the audit trail"), "trail:audit"),
)
