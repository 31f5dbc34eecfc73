"""Whom to refer to: for each region the coordinator on duty, or who stands in. Whose a region is, and which
region a county belonged to on a day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter, itemgetter

from accounts.access import Assignment
from accounts.models import User
from agencies.models import Coordinator, County, CountyRegion, Region
from libs.groups import by_key, grouped


class NoRegion(LookupError):
    """A county that belongs to no region on a day."""


@dataclass(frozen=True)
class Geography:
    """`rows`: the regions of a county by its code, each with its first day, the days ascending."""

    rows: dict[str, list[tuple[date, str]]]

    @classmethod
    def load(cls) -> Geography:
        """One query."""
        rows = CountyRegion.objects.order_by("valid_from").values_list("county", "valid_from", "region")
        return cls(dict(by_key((county, (day, region)) for county, day, region in rows)))

    def region_on(self, county: str, day: date) -> str:
        """The region of the county on that day; before the first row, the first row's. Raises NoRegion."""
        if county not in self.rows:
            raise NoRegion(county)
        rows = self.rows[county]
        return rows[max(bisect_right(rows, day, key=itemgetter(0)) - 1, 0)][1]


@dataclass
class Duty:
    """One region on one day. With a deputy, the coordinators are away until `absent_until`."""

    region: Region
    counties: list[County] = field(default_factory=list)
    coordinators: list[Coordinator] = field(default_factory=list)
    deputies: list[Coordinator] = field(default_factory=list)

    @property
    def county_codes(self) -> set[str]:
        return {county.code for county in self.counties}

    @property
    def on_duty(self) -> list[Coordinator]:
        return self.deputies or self.coordinators

    @property
    def absent_until(self) -> date | None:
        return max((deputy.last_day for deputy in self.deputies), default=None)


def directory(day: date) -> list[Duty]:
    """Every region, in order of name. Three queries."""
    rows = CountyRegion.objects.on(day).select_related("county")
    counties = by_key((row.region_id, row.county) for row in rows)
    cards = grouped(Coordinator.objects.valid_on(day).order_by("name"), attrgetter("region_id", "kind"))
    return [
        Duty(region, counties[region.code], cards[region.code, "coordinator"], cards[region.code, "deputy"])
        for region in Region.objects.all()
    ]


def duty_in(county: str, day: date) -> Duty | None:
    """The region of a county, or None where the county belongs to none."""
    return next((duty for duty in directory(day) if county in duty.county_codes), None)


def duty_of(region: str, day: date) -> Duty | None:
    """Who takes what goes to a region."""
    return next((duty for duty in directory(day) if duty.region.code == region), None)


def assigned(user: User, day: date) -> Iterator[Assignment]:
    """The regions of a user on a day. One query."""
    for row in Coordinator.objects.filter(user=user.pk).valid_on(day).select_related("region"):
        yield Assignment(row.region_id, row.region, row.kind == Coordinator.Kind.DEPUTY, row.valid_to)
