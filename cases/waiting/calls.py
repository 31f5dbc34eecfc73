"""Calls that wait: those referred to a region that nobody has taken over, and follow-ups."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Access
from agencies.models import localised
from cases import reminding
from cases.choices import Urgency
from cases.models import Call
from cases.waiting.shape import Kind, Line, Press, Row, label, name
from cases.wording import clock

AHEAD: Final = timedelta(days=7)  # that what comes is told before its day
WAITED: Final = timedelta(days=2)  # a referred call is overdue when nobody has taken it over for so long


def referred(access: Access) -> QuerySet[Any]:
    """Referred to own regions, and nobody there has said that they see to it."""
    return Call.objects.visible_to(access).to_take_over().filter(referred_region__in=access.regions)


def follow_ups(access: Access) -> QuerySet[Any]:
    """Due, or overdue."""
    return reminding.follow_ups(access).filter(follow_up_due__lte=access.today)


def coming(access: Access) -> QuerySet[Any]:
    """Follow-ups of the next days."""
    after, last = access.today, access.today + AHEAD
    return reminding.follow_ups(access).filter(follow_up_due__gt=after, follow_up_due__lte=last)


def nobodys(access: Access) -> QuerySet[Any]:
    """Own ones that were referred two days ago or more, and that nobody has taken over."""
    own = Call.objects.visible_to(access).filter(taken_by=access.user)
    return own.to_take_over().filter(created_at__lt=access.at - WAITED)


def of_today(access: Access) -> QuerySet[Any]:
    return Call.objects.visible_to(access).filter(taken_by=access.user, received_on=access.today)


def about(access: Access) -> dict[str, Any]:
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


def said(row: Row, access: Access) -> str:
    """Social services, Skåne · suspected case · 16:16."""
    caller = ", ".join(filter(None, (row.one, row.two)))
    time = clock(row.at, access.today) if row.at else ""
    return " · ".join(filter(None, (caller, row.three, time)))


def _referred(row: Row, access: Access) -> Line:
    take = Press(_("Take over"), reverse("calls:take_over", args=[row.code]))
    return Line(
        said(row, access),
        reverse("calls:detail", args=[row.code]),
        _("from the support line, %(name)s") % {"name": row.four},
        urgent=row.urgent,
        at=row.at,
        due=row.due,
        acts=(take,),
    )


def _to_follow_up(row: Row, access: Access) -> Line:
    return Line(said(row, access), reverse("calls:detail", args=[row.code]), urgent=row.urgent, due=row.due)


def plain(row: Row, access: Access) -> Line:
    return Line(said(row, access), reverse("calls:detail", args=[row.code]), urgent=row.urgent)


def _nobodys(row: Row, access: Access) -> Line:
    url = reverse("calls:detail", args=[row.code])
    return Line(said(row, access), url, _("to %(region)s") % {"region": row.four}, row.urgent, row.at)


REFERRED: Final = Kind(
    "referred", gettext_lazy("New calls from the support line"), referred, about, _referred,
    order=("-row_urgent", "row_at"),
)  # fmt: skip
FOLLOW_UPS: Final = Kind(
    "follow-ups", gettext_lazy("Follow-ups due"), follow_ups, about, _to_follow_up,
    order=("row_due", "-row_urgent"), url=lambda: reverse("cases:reminders"),
)  # fmt: skip
NOBODYS: Final = Kind(
    "not-taken-over", gettext_lazy("Calls of yours that nobody has taken over in two days"), nobodys,
    lambda access: {**about(access), "four": name("referred_region")}, _nobodys,
    order=("-row_urgent", "row_at"),
)  # fmt: skip
OF_TODAY: Final = Kind(
    "today", gettext_lazy("My calls today"), of_today, about, plain, order=("-row_at",), waits=False
)
COMING_FOLLOW_UPS: Final = Kind(
    "coming-follow-ups", gettext_lazy("Follow-ups within a week"), coming, about, _to_follow_up,
    order=("row_due", "-row_urgent"), waits=False, ahead=True, url=lambda: reverse("cases:reminders"),
)  # fmt: skip
