"""What the maps of the summaries need of the register: a part of `manage.py check_register`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from agencies.models import County, Region
from summaries.charts.tiles import COUNTIES, REGIONS, Grid


def _outside(model: type[County] | type[Region], grid: Grid, file: str) -> Iterator[str]:
    for code in model._default_manager.exclude(code__in=grid).values_list("code", flat=True)[:1]:
        yield f"{code} (give it one in {file})"


CHECKS: Final[dict[str, Callable[[], Iterator[str]]]] = {
    "NMT region without a place on the map": lambda: _outside(Region, REGIONS, "regions.csv"),
    "county without a place on the map": lambda: _outside(County, COUNTIES, "charts/tiles.py"),
}
