"""Whom to refer to: for each region the coordinator on duty, or who stands in; and whose a region is.

Which region a county belonged to on a day: dated rows, read once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from accounts.access import Assignment
from accounts.models import User
from agencies.models import Coordinator, County, CountyRegion, Region


class NoRegion(LookupError):
    """A county that belongs to no region on a day."""


@dataclass(frozen=True)
class Geography:
    """`rows`: county code → (days, regions), the days ascending."""

    rows: dict[str, tuple[tuple[date, ...], tuple[str, ...]]]

    @classmethod
    def load(cls) -> Geography:
        """One query."""
        found: dict[str, list[tuple[date, str]]] = defaultdict(list)
        for county, day, region in CountyRegion.objects.order_by("valid_from").values_list(
            "county", "valid_from", "region"
        ):
            found[county].append((day, region))
        return cls(
            {county: (tuple(d for d, _ in rows), tuple(r for _, r in rows)) for county, rows in found.items()}
        )

    def region_on(self, county: str, day: date) -> str:
        """The region of the county on that day; before the first row, the first row's. Raises NoRegion."""
        if county not in self.rows:
            raise NoRegion(county)
        days, regions = self.rows[county]
        return regions[max(bisect_right(days, day) - 1, 0)]


@dataclass
class Duty:
    """One region on one day. With a deputy, the coordinators are away until `absent_until`."""

    region: Region
    counties: list[County] = field(default_factory=list)
    coordinators: list[Coordinator] = field(default_factory=list)
    deputies: list[Coordinator] = field(default_factory=list)

    @property
    def on_duty(self) -> list[Coordinator]:
        return self.deputies or self.coordinators

    @property
    def absent_until(self) -> date | None:
        return max((row.valid_to for row in self.deputies if row.valid_to), default=None)


def directory(day: date) -> list[Duty]:
    """Every region, in order of name. Three queries."""
    counties: dict[str, list[County]] = defaultdict(list)
    for row in CountyRegion.objects.on(day).select_related("county"):
        counties[row.region_id].append(row.county)
    cards: dict[tuple[str, str], list[Coordinator]] = defaultdict(list)
    for card in Coordinator.objects.valid_on(day).order_by("name"):
        cards[card.region_id, card.kind].append(card)
    return [
        Duty(region, counties[region.code], cards[region.code, "coordinator"], cards[region.code, "deputy"])
        for region in Region.objects.all()
    ]


def duty_in(county: str, day: date) -> Duty | None:
    """The region of a county, or None where the county belongs to none."""
    return next((duty for duty in directory(day) if any(row.code == county for row in duty.counties)), None)


def duty_of(region: str, day: date) -> Duty | None:
    """Who takes what goes to a region."""
    return next((duty for duty in directory(day) if duty.region.code == region), None)


def assigned(user: User, day: date) -> Iterator[Assignment]:
    """The regions of a user on a day. One query."""
    for row in Coordinator.objects.filter(user=user).valid_on(day).select_related("region"):
        yield Assignment(row.region_id, row.region, row.kind == Coordinator.Kind.DEPUTY, row.valid_to)
