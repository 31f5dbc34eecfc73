"""Where the years of own regions stand, on *Min sida*."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.access import Access
from agencies.models import Region
from cases.choices import YearStep
from cases.models import YearConfirmation

DECEMBER = 12  # from when it is asked whether the year that goes on is ready


@dataclass(frozen=True, slots=True)
class YearLine:
    """A year of a region, and what stands of it, if anything."""

    year: int
    stands: YearConfirmation | None

    @property
    def closed(self) -> bool:
        return self.stands is not None and self.stands.step == YearStep.CLOSED


@dataclass(frozen=True, slots=True)
class RegionLine:
    region: Region
    years: tuple[YearLine, ...]


def years_of(access: Access) -> list[RegionLine]:
    """Own regions, each with the last year that is over and, in December, the one that goes on. One query,
    none for who has no region."""
    wanted, found = _asked(access.today), {}
    if access.regions:
        rows = YearConfirmation.objects.standing().filter(region__in=access.regions, year__in=wanted)
        # "ready" before "closed": the decision is what stands.
        for row in rows.select_related("by").order_by("-step"):
            found[row.region_id, row.year] = row
    return [
        RegionLine(region, tuple(YearLine(year, found.get((region.pk, year))) for year in wanted))
        for region in sorted(access.names.values(), key=str)
        if isinstance(region, Region)
    ]


def _asked(today: date) -> list[int]:
    return [today.year - 1, *([today.year] if today.month == DECEMBER else [])]
