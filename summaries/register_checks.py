"""What the summaries keep, counted anew, and what their maps need: a part of `manage.py check_register`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Final

from django.db.models import Q
from django.utils import timezone

from agencies.models import County, Region
from cases.models.case import in_rows
from summaries.charts.tiles import COUNTIES, REGIONS, Grid
from summaries.counting.build import COUNTRY, counted_part, kept, of_the_register
from summaries.models import YearCount


def _outside(model: type[County] | type[Region], grid: Grid, file: str) -> Iterator[str]:
    for code in model._default_manager.exclude(code__in=grid).values_list("code", flat=True)[:1]:
        yield f"{code} (give it one in {file})"


def _kept_counts() -> Iterator[str]:
    """A part of a year whose kept counts are not what is counted now, unless it has just changed."""
    access = of_the_register(timezone.now())
    YearCount.objects.exclude(in_rows("year")).delete()  # of years that are not counted any more
    kept(access, Q(region=COUNTRY))  # the parts first: all may be read as they are after it
    for part in (one for count in kept(access, Q(), "counts").values() for one in count):
        now = json.loads(json.dumps(counted_part(access, part.year, part.region)))
        was = json.loads(json.dumps({"headline": part.headline, "counts": part.counts}))
        if was != now and YearCount.objects.filter(year=part.year, region=part.region).count() == 1:
            yield str(part)


CHECKS: Final[dict[str, Callable[[], Iterator[str]]]] = {
    "kept counts of a year that are not those of its rows": _kept_counts,
    "NMT region without a place on the map": lambda: _outside(Region, REGIONS, "regions.csv"),
    "county without a place on the map": lambda: _outside(County, COUNTIES, "charts/tiles.py"),
}
