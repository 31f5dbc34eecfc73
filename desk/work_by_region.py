"""How much is open in each region, for those who read totals: counts, and never a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.access import Access
from accounts.acting import beyond
from accounts.roles import May
from agencies.models import Region
from cases.models import Call, Case
from cases.waiting.calls import WAITED


@dataclass(frozen=True, slots=True)
class Work:
    region: str
    open: int  # cases
    follow_ups: int  # of calls, overdue
    untaken: int  # calls that nobody has taken over, overdue

    @property
    def late(self) -> int:
        return self.follow_ups + self.untaken


@beyond("totals")
def work_by_region(access: Access) -> list[Work]:
    """One query."""
    if not access.may(May.VIEW_OVERVIEW):
        return []
    calls = Call.objects.totals_for(access)
    late = calls.filter(follow_up_due__lt=access.today, followed_up_at=None)
    counts = {
        "open": _of(Case.objects.totals_for(access).open(), "region"),
        "follow_ups": _of(late, "referred_region"),
        "untaken": _of(calls.to_take_over().filter(created_at__lt=access.at - WAITED), "referred_region"),
    }
    found = Region.objects.annotate(**{f"n_{name}": count for name, count in counts.items()})
    rows = found.order_by("name_sv")
    return [Work(str(one), one.n_open, one.n_follow_ups, one.n_untaken) for one in rows]  # type: ignore[attr-defined]


def _of(rows: QuerySet[Any], region: str) -> Coalesce:
    counted = rows.filter(**{region: OuterRef("pk")}).order_by().values(region).annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)
