"""Which region a county belonged to on a day: dated rows, read once."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from agencies.models import CountyRegion


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
