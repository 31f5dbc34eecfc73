"""Calls that wait: those referred to a region that nobody has taken over, and follow-ups.

Cases that the support line has opened and nobody is responsible for.

What ends by a day, or has ended and is not dealt with; and what somebody wants to be reminded of.

Forms that somebody has not finished: calls that were being logged, and what was sent when the session had
ended.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from accounts.access import Access
from accounts.roles import May, roles_with
from agencies.models import localised
from cases import timeline
from cases.choices import Urgency
from cases.inbox.kinds import InboxKind, InboxLine, InboxRow, Press, label, name, opened
from cases.models import Call, Case, Draft, Person, Reminder, SentLate
from cases.timeline import days_in_words, ending, in_red
from cases.wording import clock, minute

AHEAD: Final = timedelta(days=7)  # that what comes is told before its day
WAITED: Final = timedelta(days=2)  # a referred call is overdue when nobody has taken it over for so long


def referred(access: Access) -> QuerySet[Any]:
    """Referred to own regions, and nobody there has said that they see to it."""
    return Call.objects.visible_to(access).to_take_over().filter(referred_region__in=access.regions)


def follow_ups(access: Access) -> QuerySet[Any]:
    """Due, or overdue."""
    return timeline.follow_ups(access).filter(follow_up_due__lte=access.today)


def coming(access: Access) -> QuerySet[Any]:
    """Follow-ups of the next days."""
    after, last = access.today, access.today + AHEAD
    return timeline.follow_ups(access).filter(follow_up_due__gt=after, follow_up_due__lte=last)


def nobodys(access: Access) -> QuerySet[Any]:
    """Own ones that were referred two days ago or more, and that nobody has taken over."""
    own = Call.objects.visible_to(access).filter(taken_by=access.user)
    return own.to_take_over().filter(created_at__lt=access.at - WAITED)


def of_today(access: Access) -> QuerySet[Any]:
    return Call.objects.visible_to(access).filter(taken_by=access.user, received_on=access.today)


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
        "four": F("taken_by__name"),
    }


def said(row: InboxRow, access: Access) -> str:
    """Social services, Skåne · suspected case · 16:16."""
    caller = ", ".join(filter(None, (row.one, row.two)))
    time = clock(row.at, access.today) if row.at else ""
    return " · ".join(filter(None, (caller, row.three, time)))


def _referred(row: InboxRow, access: Access) -> InboxLine:
    take = Press(_("Take over"), reverse("calls:take_over", args=[row.code]))
    return InboxLine(
        said(row, access),
        reverse("calls:detail", args=[row.code]),
        _("from the support line, %(name)s") % {"name": row.four},
        urgent=row.urgent,
        at=row.at,
        due=row.due,
        acts=(take,),
    )


def _to_follow_up(row: InboxRow, access: Access) -> InboxLine:
    return InboxLine(
        said(row, access), reverse("calls:detail", args=[row.code]), urgent=row.urgent, due=row.due
    )


def call_line(row: InboxRow, access: Access) -> InboxLine:
    return InboxLine(said(row, access), reverse("calls:detail", args=[row.code]), urgent=row.urgent)


def _nobodys(row: InboxRow, access: Access) -> InboxLine:
    url = reverse("calls:detail", args=[row.code])
    return InboxLine(said(row, access), url, _("to %(region)s") % {"region": row.four}, row.urgent, row.at)


REFERRED: Final = InboxKind(
    "referred", gettext_lazy("New calls from the support line"), referred, call_facts, _referred,
    order=("-row_urgent", "row_at"),
)  # fmt: skip
FOLLOW_UPS: Final = InboxKind(
    "follow-ups", gettext_lazy("Follow-ups due"), follow_ups, call_facts, _to_follow_up,
    order=("row_due", "-row_urgent"), url=lambda: reverse("cases:reminders"),
)  # fmt: skip
NOBODYS: Final = InboxKind(
    "not-taken-over", gettext_lazy("Calls of yours that nobody has taken over in two days"), nobodys,
    lambda access: {**call_facts(access), "four": name("referred_region")}, _nobodys,
    order=("-row_urgent", "row_at"),
)  # fmt: skip
OF_TODAY: Final = InboxKind(
    "today", gettext_lazy("My calls today"), of_today, call_facts, call_line, order=("-row_at",), waits=False
)
COMING_FOLLOW_UPS: Final = InboxKind(
    "coming-follow-ups", gettext_lazy("Follow-ups within a week"), coming, call_facts, _to_follow_up,
    order=("row_due", "-row_urgent"), waits=False, ahead=True, url=lambda: reverse("cases:reminders"),
)  # fmt: skip


def from_the_line(access: Access) -> QuerySet[Any]:
    """Open cases of own regions that who answers the line has opened, and for which nobody is responsible."""
    own = Case.objects.changeable_by(access).open()
    return own.filter(responsible__isnull=True, opened_by__role__in=roles_with(May.LOG_CALL))


def nobodys_cases(access: Access) -> QuerySet[Any]:
    """Open cases that one has opened from the line two days ago or more, without anybody responsible."""
    own = Case.objects.visible_to(access).open().filter(opened_by=access.user, responsible__isnull=True)
    return own.filter(created_at__lt=access.at - WAITED)


def _columns(access: Access) -> dict[str, Any]:
    own = Person.objects.in_own_region(access).filter(case=OuterRef("pk"))
    persons = own.order_by().values("case").annotate(n=Count("pk"))
    return {
        "code": F("code"),
        "at": F("created_at"),
        "one": F("number"),
        "two": Subquery(persons.values("n")),
        "three": F("opened_by__name"),
    }


def _line(row: InboxRow, _access: Access) -> InboxLine:
    number = int(row.two or 0)
    persons = ngettext("%(n)d person", "%(n)d persons", number) % {"n": number}
    return InboxLine(
        f"{row.one} · {persons}",
        reverse("cases:detail", args=[row.code]),
        _("opened by the support line, %(name)s") % {"name": row.three},
        at=row.at,
        acts=(Press(_("Take over"), reverse("cases:take_over", args=[row.code])),),
    )


def _nobodys_cases(row: InboxRow, _access: Access) -> InboxLine:
    region = _("to %(region)s") % {"region": row.four}
    return InboxLine(row.one, reverse("cases:detail", args=[row.code]), region, at=row.at)


NOBODYS_CASES: Final = InboxKind(
    "without-responsible", gettext_lazy("Cases of yours that nobody has taken over in two days"),
    nobodys_cases,
    lambda access: {**_columns(access), "four": name("region")}, _nobodys_cases, order=("row_at",),
)  # fmt: skip
FROM_THE_LINE: Final = InboxKind(
    "cases", gettext_lazy("New cases from the support line"), from_the_line, _columns, _line,
    order=("row_at",),
)  # fmt: skip


def _ends(row: InboxRow, access: Access) -> InboxLine:
    last = row.due or access.today  # those without a last day are not told
    words, red = days_in_words(last, access.today), in_red(last, access.today)
    url = reverse("cases:person", args=[row.code])
    return InboxLine(f"{row.one} · {row.two}", url, "" if red else words, ends=last, red=words if red else "")


def come(access: Access) -> QuerySet[Any]:
    """From its day on, until it is done."""
    return Reminder.objects.visible_to(access).waiting().filter(day__lte=access.today)


def coming_ends(access: Access) -> QuerySet[Any]:
    """Of the next days."""
    days = {"day__gt": access.today, "day__lte": access.today + AHEAD}
    return Reminder.objects.visible_to(access).waiting().filter(**days)


def _remember(row: InboxRow, _access: Access) -> InboxLine:
    done = Press(_("Done"), reverse("cases:finish_reminder", args=[row.code]))
    return InboxLine(
        row.one, reverse("cases:reminders"), opened(Reminder, "text", row), due=row.due, acts=(done,)
    )


ENDING: Final = InboxKind(
    "ending", gettext_lazy("Periods and permits that end"), ending,
    lambda _access: {
        "code": F("person__code"), "due": F("ends_on"), "one": F("person__number"), "two": label("kind"),
    },
    _ends, order=("row_due",), url=lambda: reverse("cases:ending"),
)  # fmt: skip
REMINDERS: Final = InboxKind(
    "reminders", gettext_lazy("My reminders"), come,
    lambda _access: {"code": F("code"), "due": F("day"), "one": F("case__number"), "sealed": F("text")},
    _remember, order=("row_due",), url=lambda: reverse("cases:reminders"),
)  # fmt: skip
COMING_REMINDERS: Final = InboxKind(
    "coming-reminders", gettext_lazy("My reminders within a week"), coming_ends,
    REMINDERS.columns, lambda row, access: replace(_remember(row, access), acts=()),
    order=("row_due",), waits=False, ahead=True, url=lambda: reverse("cases:reminders"),
)  # fmt: skip


def drafts(access: Access) -> QuerySet[Any]:
    """Calls that were being logged when something broke; the page of a new call offers the latest of them."""
    return Draft.objects.visible_to(access).filter(kind="call")


def _draft(row: InboxRow, _access: Access) -> InboxLine:
    return InboxLine(minute(row.at) if row.at else "", reverse("calls:new"))


def _late(row: InboxRow, _access: Access) -> InboxLine:
    return InboxLine(minute(row.at) if row.at else "", reverse("cases:sent_late", args=[row.code]))


DRAFTS: Final = InboxKind(
    "drafts", gettext_lazy("Unsaved calls"), drafts, lambda _access: {"at": F("updated_at")}, _draft,
    order=("-row_at",),
)  # fmt: skip
SENT_LATE: Final = InboxKind(
    "sent-late", gettext_lazy("Sent, and not done"), SentLate.objects.visible_to,
    lambda _access: {"code": F("code"), "at": F("sent_at")}, _late, order=("-row_at",),
)  # fmt: skip
