"""Small multiples: one panel for each group over the years, on one scale for all or each on its own, series
breaks as dotted lines.

A year that is not over has a bar of its outline alone, and says so below: it has not yet its height.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from summaries.charts.chart import Chart, Words, axes, drawn, largest, padded, shown, spoken
from summaries.charts.scale import linear, ticks
from summaries.charts.series import Series, marker, series_of
from summaries.charts.svg import STUB, box, hatched, line, text
from summaries.tables import Cell, Status, Table

FEW: Final = 5  # so many years share a row with another panel
HEADS: Final = 64.0  # above and below the bars of a panel
PLOT: Final = 104.0  # height of the tallest bar
LOW: Final = 72.0  # where each panel has a row of its own: six shall fit a page
GAP: Final = 24.0


@dataclass(frozen=True, slots=True)
class Panel:
    """Where one drawing of the set stands."""

    left: float
    top: float
    width: float
    plot: float

    @property
    def base(self) -> float:
        return self.top + self.plot + HEADS - 26


def small_multiples(
    table: Table,
    words: Words,
    *,
    breaks: Collection[str] = (),
    running: Collection[str] = (),
    own_scale: bool = False,
) -> Chart:
    """First dimension the years, second the groups. `breaks` are the years before which the series is broken,
    `running` those that are not over. `own_scale`: each panel has its own, so that small groups can be
    read."""
    years, names = axes(table, 2)
    looks = series_of(names)
    columns = 2 if len(years) <= FEW else 1
    width = 270.0 if columns == 2 else 560.0
    plot = PLOT if columns == 2 else LOW
    height = plot + HEADS + GAP / 2
    common = ticks(largest(padded(table, year, name) for year in years for name in names), most=3)
    body: list[str] = []
    for at, name in enumerate(names):
        panel = Panel((width + GAP) * (at % columns), height * (at // columns), width, plot)
        cells = [(year, padded(table, year, name)) for year in years]
        scale = ticks(largest(cell for _year, cell in cells), most=3) if own_scale else common
        body.extend(_panel(panel, looks[name], words.label(name), cells, scale, breaks, running, words))
    rows = -(-len(names) // columns)
    said = {year: f"{year} {words.so_far}" if year in running else year for year in years}
    desc = spoken(words, [(words.label(n), [(said[y], padded(table, y, n)) for y in years]) for n in names])
    return drawn(words, desc, (width * columns + GAP * (columns - 1), height * rows), body)


def _panel(
    panel: Panel,
    look: Series,
    name: str,
    cells: Sequence[tuple[str, Cell]],
    scale: Sequence[int],
    breaks: Collection[str],
    running: Collection[str],
    words: Words,
) -> Iterator[str]:
    left, slot = panel.left + 36, (panel.width - 36) / max(len(cells), 1)
    to_height = linear(scale[-1], panel.plot)
    yield marker(look, panel.left + 8, panel.top + 11, 12)
    yield text(name, panel.left + 22, panel.top + 16, size=14, weight="600")
    for value in scale[1:]:
        y = panel.base - to_height(value)
        yield line(left, y, panel.left + panel.width, y, "grid")
        yield text(words.number(value), left - 5, y + 4, size=11, anchor="end", muted=True)
    for at, (year, cell) in enumerate(cells):
        middle = left + slot * (at + 0.5)
        width, height = min(30.0, slot * 0.7), to_height(shown(cell) or 0)
        yield from _column(panel.base, middle, width, height, cell, look, words, whole=year not in running)
        if year in running:
            yield text(words.so_far, middle, panel.base + 29, size=10, anchor="middle", muted=True)
        yield text(year, middle, panel.base + 17, size=12 if slot > 32 else 10, anchor="middle", muted=True)
        if year in breaks and at:
            yield line(
                left + slot * at, panel.base - panel.plot, left + slot * at, panel.base + 6, "break", "2 4"
            )
    yield line(left, panel.base, panel.left + panel.width, panel.base, "axis")
    yield text("0", left - 5, panel.base + 4, size=11, anchor="end", muted=True)


def _column(
    base: float,
    middle: float,
    width: float,
    height: float,
    cell: Cell,
    look: Series,
    words: Words,
    *,
    whole: bool,
) -> Iterator[str]:
    """`whole`: of a year that is over."""
    if cell.status is Status.HIDDEN:
        yield hatched(middle - width / 2, base - STUB, width, STUB)
        yield text("x", middle, base - STUB - 4, size=12, anchor="middle", weight="600")
    elif shown(cell) is None:
        yield text("..", middle, base - 4, size=12, anchor="middle", muted=True)
    else:
        bar = _whole if whole else _unfinished
        yield bar(middle - width / 2, base - height, width, height, look)
        value = words.number(shown(cell) or 0)
        yield text(value, middle, base - height - 4, size=12, anchor="middle", weight="600")


def _whole(left: float, top: float, width: float, height: float, look: Series) -> str:
    return box(left, top, width, height, look.colour, look.fill)


def _unfinished(left: float, top: float, width: float, height: float, look: Series) -> str:
    edge: dict[str, str | float] = {"stroke": look.colour, "stroke_width": 1.5, "stroke_dasharray": "3 2"}
    return box(left, top, width, height, "none", f"l-{look.name}", **edge)
