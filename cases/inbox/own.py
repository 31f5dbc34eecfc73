"""Calls that wait: those referred to a region that nobody has taken over, and follow-ups.

Cases that the support line has opened and nobody is responsible for.

What ends by a day, or has ended and is not dealt with; and what somebody wants to be reminded of.

Forms that somebody has not finished: calls that were being logged, and what was sent when the session had
ended.

What others have done since a moment: registered, referred, answered and closed. Nothing of it waits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower
from django.urls import reverse, reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext_lazy

from accounts.access import Access
from accounts.roles import May, roles_with
from agencies.models import localised
from cases import timeline
from cases.choices import CLOSED_STATES, NotificationState, RequestAnswer, Urgency
from cases.inbox.kinds import Columns, InboxKind, InboxLine, InboxRow, Press, dotted, label, name, opened
from cases.models import AccessGrant, Call, Case, Draft, Notification, Person, Reminder, SentLate, Transfer
from cases.timeline import days_in_words, ending

AHEAD: Final = timedelta(days=7)  # that what comes is shown before its day
WAITED: Final = timedelta(days=2)  # a referred call is overdue when nobody has taken it over for so long


def call_facts(access: Access) -> dict[str, Any]:
    """Who rang, from which county, about what and when: nothing that tells who it is about."""
    topics: Any = Call.topics.through
    first = topics.objects.filter(call=OuterRef("pk")).order_by("code__position", "code")
    return {
        "code": F("code"),
        "at": F("received_at"),
        "due": F("follow_up_due"),
        "urgent": Q(urgency=Urgency.ACUTE),
        "one": label("caller_group"),
        "two": name("caller_county"),
        "three": Lower(Subquery(first.values(f"code__{localised('label_sv', 'label_en')}")[:1])),
        "region": F("referred_region"),
    }


def call_in_words(row: InboxRow, access: Access) -> str:
    """Social services, Skåne · suspected case · 16:16."""
    caller = ", ".join(one for one in (row.one, row.two) if one)
    return dotted(caller, row.three, row.when(access.today))


def call_line(row: InboxRow, access: Access) -> InboxLine:
    return InboxLine(call_in_words(row, access), reverse("calls:detail", args=[row.code]), urgent=row.urgent)


def _not_taken(row: InboxRow) -> str:
    return _("%(region)s has not taken over") % {"region": row.four}


REFERRED: Final = InboxKind(
    "referred", gettext_lazy("New calls from the support line"),
    lambda access: Call.objects.visible_to(access).to_take_over().filter(referred_region__in=access.regions),
    call_facts,
    lambda row, access: replace(
        call_line(row, access), at=row.at, due=row.due,
        acts=(Press(_("Take over"), reverse("calls:take_over", args=[row.code])),),
    ),
    order=("-row_urgent", "row_at"), mark=gettext_lazy("Call"),
)  # fmt: skip


TAKEN_OVER: Final = InboxKind(
    "taken-over-calls", gettext_lazy("Calls that you have taken over"),
    # Those with a follow-up within a week stand among the follow-ups.
    lambda access: Call.objects.visible_to(access).taken_in_hand().filter(taken_over_by=access.user)
        .exclude(follow_up_due__lte=access.today + AHEAD),
    call_facts,
    lambda row, access: replace(call_line(row, access), at=row.at, due=row.due),
    order=("-row_urgent", "row_at"), waits=False, listed=True, mark=gettext_lazy("Call taken over"),
)  # fmt: skip


def _follow_ups(access: Access) -> QuerySet[Call]:
    """Those of calls that stand as referred are done by whoever takes over the call: it stands once."""
    return timeline.follow_ups(access).exclude(pk__in=REFERRED.rows(access).values("pk"))


def _follow_up_line(row: InboxRow, access: Access) -> InboxLine:
    done = Press(_("Done"), reverse("calls:follow_up_done", args=[row.code]))
    return replace(call_line(row, access), due=row.due, acts=(done,))


FOLLOW_UPS: Final = InboxKind(
    "follow-ups", gettext_lazy("Follow-ups due"),
    lambda access: _follow_ups(access).filter(follow_up_due__lte=access.today),
    call_facts, _follow_up_line,
    order=("row_due", "-row_urgent"), url=reverse_lazy("cases:reminders"),
    mark=pgettext_lazy("call", "Follow-up"),
)  # fmt: skip
NOBODYS: Final = InboxKind(
    "not-taken-over", gettext_lazy("Calls that nobody has taken over (48 hours)"),  # of one's own
    lambda access: Call.objects.visible_to(access).filter(taken_by=access.user).to_take_over()
        .filter(created_at__lt=access.at - WAITED),
    lambda access: {**call_facts(access), "four": name("referred_region")},
    lambda row, access: replace(call_line(row, access), hint=_not_taken(row), at=row.at),
    order=("-row_urgent", "row_at"), mark=REFERRED.mark,
)  # fmt: skip
OF_TODAY: Final = InboxKind(
    "today", gettext_lazy("My calls today"),
    lambda access: Call.objects.visible_to(access).filter(taken_by=access.user, received_on=access.today),
    call_facts, call_line, order=("-row_at",), waits=False,
)  # fmt: skip
COMING_FOLLOW_UPS: Final = InboxKind(
    "coming-follow-ups", gettext_lazy("Follow-ups within a week"),
    lambda access: _follow_ups(access).filter(
        follow_up_due__gt=access.today, follow_up_due__lte=access.today + AHEAD,
    ),
    call_facts, FOLLOW_UPS.line, order=("row_due", "-row_urgent"), waits=False, listed=True,
    url=reverse_lazy("cases:reminders"), mark=FOLLOW_UPS.mark,
)  # fmt: skip


def _columns(access: Access) -> dict[str, Any]:
    own = Person.objects.in_own_region(access).filter(case=OuterRef("pk"))
    persons = own.order_by().values("case").annotate(n=Count("pk"))
    return {
        "code": F("code"),
        "at": F("created_at"),
        "one": F("number"),
        "two": Subquery(persons.values("n")),
        "region": F("region"),
    }


def _line(row: InboxRow, _access: Access) -> InboxLine:
    number = int(row.two or 0)
    persons = ngettext("%(n)d person", "%(n)d persons", number) % {"n": number}
    return InboxLine(
        f"{row.one} · {persons}",
        reverse("cases:detail", args=[row.code]),
        at=row.at,
        acts=(Press(_("Take over"), reverse("cases:take_over", args=[row.code])),),
    )


# Of those that one has opened from the line.
NOBODYS_CASES: Final = InboxKind(
    "without-responsible", gettext_lazy("Cases that nobody has taken over (48 hours)"),
    lambda access: Case.objects.visible_to(access).open().filter(
        opened_by=access.user, responsible__isnull=True, created_at__lt=access.at - WAITED,
    ),
    lambda access: {**_columns(access), "four": name("region")},
    lambda row, _access: InboxLine(
        row.one, reverse("cases:detail", args=[row.code]), _not_taken(row), at=row.at
    ),
    order=("row_at",), mark=gettext_lazy("Case"),
)  # fmt: skip
FROM_THE_LINE: Final = InboxKind(
    "cases", gettext_lazy("New cases from the support line"),  # that nobody of own regions has taken over
    lambda access: Case.objects.changeable_by(access).open().filter(
        responsible__isnull=True, opened_by__role__in=roles_with(May.LOG_CALL),
    ),
    _columns, _line, order=("row_at",), mark=gettext_lazy("Case"),
)  # fmt: skip


def _ends(row: InboxRow, access: Access) -> InboxLine:
    last = row.due or access.today  # those without a last day are not shown
    words, alike = days_in_words(last, access.today), int(row.three)
    more = ngettext("%(n)d person", "%(n)d persons", alike) % {"n": alike} if alike > 1 else ""
    label = dotted(row.one, row.two, more)
    page = reverse("cases:person", args=[row.code])
    line = InboxLine(label, page, ends=last, acts=(Press(_("Open"), page, post=False),))
    return replace(line, red=words) if last < access.today else replace(line, hint=words)


def _coming_reminder(row: InboxRow, _access: Access) -> InboxLine:
    return InboxLine(row.one, reverse("cases:reminders"), opened(Reminder, "text", row), due=row.due)


def _ending(access: Access) -> QuerySet[Any]:
    """Those alike in a case that end on one day stand once: a case of forty persons is one thing to do."""
    alike = ending(access).order_by().values("person__case", "kind", "ends_on").annotate(one=Min("pk"))
    return ending(access).filter(pk__in=alike.values("one"))


def _alike(access: Access) -> Subquery:
    same = {name: OuterRef(name) for name in ("person__case", "kind", "ends_on")}
    return Subquery(
        ending(access).order_by().filter(**same).values("kind").annotate(n=Count("pk")).values("n")
    )


ENDING: Final = InboxKind(
    "ending", gettext_lazy("Periods and permits that end"), _ending,
    lambda access: {
        "code": F("person__code"), "due": F("ends_on"), "one": F("person__number"), "two": label("kind"),
        "three": _alike(access), "region": F("person__responsible_region"),
    },
    _ends, order=("row_due",), url=reverse_lazy("cases:ending"), mark=gettext_lazy("Deadline"),
)  # fmt: skip
REMINDERS: Final = InboxKind(
    "reminders", gettext_lazy("My reminders"),
    lambda access: Reminder.objects.visible_to(access).waiting().filter(day__lte=access.today),
    lambda _access: {"code": F("code"), "due": F("day"), "one": F("case__number"), "encrypted": F("text")},
    lambda row, access: replace(
        _coming_reminder(row, access),
        acts=(Press(_("Done"), reverse("cases:finish_reminder", args=[row.code])),),
    ),
    order=("row_due",), url=reverse_lazy("cases:reminders"), mark=gettext_lazy("Reminder"),
)  # fmt: skip
COMING_REMINDERS: Final = InboxKind(
    "coming-reminders", gettext_lazy("My reminders within a week"),
    lambda access: Reminder.objects.visible_to(access).waiting().filter(
        day__gt=access.today, day__lte=access.today + AHEAD,
    ),
    REMINDERS.columns, _coming_reminder,
    order=("row_due",), waits=False, listed=True, url=reverse_lazy("cases:reminders"), mark=REMINDERS.mark,
)  # fmt: skip


# Calls that were being logged when something broke; the page of a new call offers the latest of them.
DRAFTS: Final = InboxKind(
    "drafts", gettext_lazy("Unsaved calls"),
    lambda access: Draft.objects.visible_to(access).filter(kind="call"),
    lambda _access: {"at": F("updated_at")},
    lambda row, _access: InboxLine(row.moment, reverse("calls:new")), order=("-row_at",),
    waits=False, listed=True, mark=gettext_lazy("Unsaved call"),
)  # fmt: skip
SENT_LATE: Final = InboxKind(
    "sent-late", gettext_lazy("Sent, and not done"), SentLate.objects.visible_to,
    lambda _access: {"code": F("code"), "at": F("sent_at")},
    lambda row, _access: InboxLine(row.moment, reverse("cases:sent_late", args=[row.code]), at=row.at),
    order=("-row_at",), mark=gettext_lazy("Sent, and not done"),
)  # fmt: skip


KindSince = Callable[[datetime], InboxKind]


def _closed_since(since: datetime, access: Access) -> QuerySet[Any]:
    """Closed now, and not at that moment."""
    own = Case.objects.in_own_region(access).filter(state__in=CLOSED_STATES, updated_at__gt=since)
    before = Case.history.filter(id=OuterRef("pk"), history_date__lte=since)
    then = Subquery(before.order_by("-history_date", "-history_id").values("state")[:1])
    was_open = Q(state_then__isnull=True) | ~Q(state_then__in=CLOSED_STATES)
    return own.annotate(state_then=then).filter(was_open)


def _answered_since(rows: QuerySet[Any], since: datetime) -> QuerySet[Any]:
    return rows.filter(answered_at__gt=since).exclude(answer=RequestAnswer.WITHDRAWN)


def _case_line(row: InboxRow, _access: Access) -> InboxLine:
    return InboxLine(row.one, reverse("cases:detail", args=[row.code]), row.two)


def _kind(
    key: str,
    title: Promise,
    rows: Callable[[datetime, Access], QuerySet[Any]],
    columns: Columns,
    line: Callable[[InboxRow, Access], InboxLine],
    order: str,
    bypass: str = "",
) -> KindSince:
    """The kind of what others have done since a moment: nothing of it waits."""
    return lambda since: InboxKind(
        key, title, partial(rows, since), columns, line, order=(order,), waits=False, bypass=bypass
    )


SINCE: Final[tuple[tuple[May, KindSince], ...]] = (
    (May.LOG_CALL, _kind(
        "logged", gettext_lazy("Calls that colleagues have logged"),
        lambda since, access: Call.objects.visible_to(access).filter(created_at__gt=since)
            .exclude(taken_by=access.user),
        call_facts, call_line, "received_at",
    )),
    (May.LOG_CALL, _kind(
        "taken-over", gettext_lazy("Calls of yours that a region has taken over"),
        lambda since, access: Call.objects.visible_to(access)
            .filter(taken_by=access.user, taken_over_at__gt=since),
        call_facts, call_line, "received_at",
    )),
    (May.EDIT_CASE, _kind(
        "referred", gettext_lazy("Calls referred"),
        lambda since, access: Call.objects.visible_to(access)
            .filter(referred_region__in=access.regions, created_at__gt=since),
        call_facts, call_line, "received_at",
    )),
    (May.EDIT_CASE, _kind(
        "registered", gettext_lazy("Cases registered"),
        lambda since, access: Case.objects.in_own_region(access).filter(created_at__gt=since)
            .exclude(opened_by=access.user),
        lambda _access: {"code": F("code"), "one": F("number"), "two": F("opened_by__name")},
        _case_line, "created_at",
    )),
    (May.TRANSFER, _kind(
        "transfers-answered", gettext_lazy("Transfers answered"),
        lambda since, access: _answered_since(
            Transfer.objects.visible_to(access).filter(from_region__in=access.regions), since
        ),
        lambda _access: {
            "code": F("code"), "one": F("person__number"), "two": F("answer"), "three": name("to_region"),
        },
        lambda row, _access: InboxLine(
            row.one, reverse("cases:transfer", args=[row.code]),
            _("%(region)s: %(answer)s") % {"region": row.three, "answer": RequestAnswer(row.two).label},
        ),
        "answered_at", bypass="transfer",
    )),
    (May.GRANT, _kind(
        "access-answered", gettext_lazy("Answers about access"),
        lambda since, access: _answered_since(AccessGrant.objects.asked_by_oneself(access), since),
        lambda _access: {"code": F("code"), "one": F("case_number"), "two": F("answer")},
        lambda row, _access: InboxLine(
            row.one, reverse("cases:grant", args=[row.code]), str(RequestAnswer(row.two).label)
        ),
        "answered_at",
    )),
    (May.EDIT_CASE, _kind(
        "closed", gettext_lazy("Cases closed"), _closed_since,
        lambda _access: {"code": F("code"), "one": F("number")}, _case_line, "number",
    )),
    (May.NOTIFY, _kind(
        "notifications-moved", gettext_lazy("Notifications that have come further"),
        lambda since, access: Notification.objects.visible_to(access).filter(updated_at__gt=since)
            .exclude(state=NotificationState.RECEIVED),
        lambda _access: {"code": F("code"), "one": F("receipt"), "two": F("state")},
        lambda row, _access: InboxLine(
            row.one, reverse("cases:notifications"), str(NotificationState(row.two).label)
        ),
        "updated_at",
    )),
)  # fmt: skip
