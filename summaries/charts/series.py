"""Women, men, girls, boys and the rest: always in this order, with this colour, marker and dash."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from summaries.charts.svg import element


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    colour: str
    marker: str

    @property
    def fill(self) -> str:
        return f"f-{self.name}"


GROUPS: Final = (
    Series("women", "#0f3a4a", "circle"),
    Series("men", "#c2592b", "square"),
    Series("girls", "#5b3fc4", "triangle"),
    Series("boys", "#3a8fc4", "diamond"),
    Series("other", "#4a0d1f", "cross"),
    Series("unknown", "#6a757b", "ring"),
)
BY_NAME: Final = {series.name: series for series in GROUPS}
# For categories that are not groups (children and adults, sources): the same six, in order.
OWN_ORDER: Final = {
    "children": BY_NAME["girls"],
    "adults": BY_NAME["women"],
    "age_unknown": BY_NAME["unknown"],
}


def series_of(categories: Sequence[str]) -> dict[str, Series]:
    """A look for each category. Groups keep theirs; others take what is left, and more than six is
    refused."""
    if len(categories) > len(GROUPS):
        raise ValueError(f"{len(categories)} series cannot be told apart: show a table")
    named = {c: BY_NAME.get(c) or OWN_ORDER.get(c) for c in categories}
    free = [series for series in GROUPS if series not in named.values()]
    return {c: named[c] or free.pop(0) for c in categories}


def marker(series: Series, x: float, y: float, size: float = 10) -> str:
    """Centred on (x, y); told apart by shape in black and white."""
    r = size / 2
    if series.marker == "circle":
        return element("circle", cx=x, cy=y, r=r, fill=series.colour, class_=series.fill)
    if series.marker == "ring":
        return _outlined("circle", series, cx=x, cy=y, r=r - 1)
    if series.marker == "cross":
        return _outlined(
            "path",
            series,
            d=_path([(x - r, y - r), (x + r, y + r)]) + _path([(x - r, y + r), (x + r, y - r)]),
        )
    return element(
        "path", d=_path(_corners(series.marker, x, y, r)) + "Z", fill=series.colour, class_=series.fill
    )


def _corners(shape: str, x: float, y: float, r: float) -> list[tuple[float, float]]:
    if shape == "triangle":
        return [(x, y - r), (x + r, y + r), (x - r, y + r)]
    if shape == "diamond":
        return [(x, y - r - 1), (x + r + 1, y), (x, y + r + 1), (x - r - 1, y)]
    return [(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)]


def _outlined(tag: str, series: Series, **where: str | float) -> str:
    return element(
        tag, **where, fill="none", stroke=series.colour, stroke_width=2.5, class_=f"l-{series.name}"
    )


def _path(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
