"""Standing bars over the years: a panel for each group, each on its own scale, or one number a year
and where it comes from.

Series breaks are dotted lines. A year that is not over has a bar of its outline alone, and says so below: it
has not yet its height.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from libs.suppression.tables import Cell, Status, Table
from summaries.charts.chart import (
    Chart,
    ChartSeries,
    ChartWords,
    amount,
    axes,
    drawn,
    largest,
    marker,
    padded,
    series_of,
    shown,
    spoken,
)
from summaries.charts.svg import EDGE, PRIMARY, STUB, SURFACE, box, hatched, line, linear, text, ticks

FEW: Final = 5  # so many years share a row with another panel
HEADS: Final = 64.0  # above and below the bars of a panel
PLOT: Final = 104.0  # height of the tallest bar
LOW: Final = 72.0  # where each panel has a row of its own: six shall fit a page
GAP: Final = 24.0
WIDTH: Final = 440.0  # so much fits a phone with letters that can still be read


@dataclass(frozen=True, slots=True)
class Panel:
    left: float
    top: float
    width: float
    plot: float

    @property
    def base(self) -> float:
        return self.top + self.plot + HEADS - 26


def small_multiples(
    table: Table, words: ChartWords, *, breaks: Collection[str] = (), running: Collection[str] = ()
) -> Chart:
    """First dimension the years, second the groups. `breaks` are the years before which the series is broken,
    `running` those that are not over. Each panel has its own scale: small groups can be read."""
    years, names = axes(table, 2)
    looks = series_of(names)
    columns, width, plot = (2, (WIDTH - GAP) / 2, PLOT) if len(years) <= FEW else (1, WIDTH, LOW)
    height = plot + HEADS + GAP / 2
    cells_of = {name: [(year, padded(table, year, name)) for year in years] for name in names}
    body: list[str] = []
    for at, (name, cells) in enumerate(cells_of.items()):
        panel = Panel((width + GAP) * (at % columns), height * (at // columns), width, plot)
        scale = ticks(largest(map(itemgetter(1), cells)), most=3)
        body.extend(_panel(panel, looks[name], words.label(name), cells, scale, breaks, running, words))
    rows = -(-len(names) // columns)
    texts = {year: f"{year} {words.so_far}" if year in running else year for year in years}
    lines = [(words.label(n), [(texts[y], cell) for y, cell in cells]) for n, cells in cells_of.items()]
    return drawn(words, spoken(words, lines), (WIDTH, height * rows), body, "fits")


def _panel(
    panel: Panel,
    look: ChartSeries,
    name: str,
    cells: Sequence[tuple[str, Cell]],
    scale: Sequence[int],
    breaks: Collection[str],
    running: Collection[str],
    words: ChartWords,
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
        middle, width = left + slot * (at + 0.5), min(30.0, slot * 0.7)
        height = to_height(amount(cell))
        place = middle - width / 2, panel.base - height, width, height
        bar = box(*place, look.colour, look.fill)
        if year in running:
            bar = _outline(*place, look.colour, f"l-{look.name}")
        yield from _column(cell, bar, words, panel.base, middle, width, panel.base - height - 4)
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
    cell: Cell, bar: str, words: ChartWords, base: float, middle: float, width: float, above: float
) -> Iterator[str]:
    """The bar with its number `above` it, or what stands for a number that is not shown."""
    if cell.status is Status.HIDDEN:
        yield hatched(middle - width / 2, base - STUB, width, STUB)
        yield text("x", middle, base - STUB - 4, size=12, anchor="middle", weight="600")
    elif (value := shown(cell)) is None:
        yield text("..", middle, base - 4, size=12, anchor="middle", muted=True)
    else:
        yield bar
        yield text(words.number(value), middle, above, size=12, anchor="middle", weight="600")


def _outline(left: float, top: float, width: float, height: float, colour: str, style: str) -> str:
    """Of a year that is not over."""
    return box(
        left, top, width, height, "none", style, stroke=colour, stroke_width=1.5, stroke_dasharray="3 2"
    )


LEFT: Final = 40.0
TOP: Final = 24.0
YEARS_PLOT: Final = 190.0
OF_REGISTER, BEFORE = "register", "before"


def yearly_bars(
    table: Table,
    words: ChartWords,
    *,
    before: Collection[str],
    breaks: Collection[str],
    running: Collection[str],
) -> Chart:
    """First dimension the years. `before`: those whose number was published before the register; `breaks`
    those before which the series is broken; `running` those that are not over. Labels of the two sources are
    `words.label("register")` and `words.label("before")`."""
    (years,) = axes(table, 1)
    cells = [(year, padded(table, year)) for year in years]
    scale = ticks(largest(map(itemgetter(1), cells)), most=4)
    base = TOP + YEARS_PLOT
    body = [*_grid(scale, base, words), *_bars(cells, base, scale[-1], before, running, words)]
    slot = (WIDTH - LEFT) / max(len(years), 1)
    for at, year in enumerate(years[1:], start=1):
        if year in breaks:
            body.append(line(LEFT + slot * at, TOP - 8, LEFT + slot * at, base + 24, "break", "2 4"))
    # Where there is one source alone, there is nothing to tell apart.
    legend = list(_legend(base + 40, words)) if 0 < len(before) < len(years) else []
    cells_with_label = [(_label(year, before, running, words), cell) for year, cell in cells]
    desc, size = spoken(words, [(words.title, cells_with_label)]), (WIDTH, base + (80 if legend else 32))
    return drawn(words, desc, size, [*body, *legend], "fits")


def _label(year: str, before: Collection[str], running: Collection[str], words: ChartWords) -> str:
    marks = [words.so_far] * (year in running) + [words.label(BEFORE)] * (year in before)
    return f"{year} ({', '.join(marks)})" if marks else year


def _grid(scale: Sequence[int], base: float, words: ChartWords) -> Iterator[str]:
    to_height = linear(scale[-1], YEARS_PLOT)
    for value in scale:
        y = base - to_height(value)
        yield line(LEFT, y, WIDTH, y, "grid" if value else "axis")
        yield text(words.number(value), LEFT - 6, y + 4, size=11, anchor="end", muted=True)


def _bars(
    cells: Sequence[tuple[str, Cell]],
    base: float,
    top: int,
    before: Collection[str],
    running: Collection[str],
    words: ChartWords,
) -> Iterator[str]:
    slot, to_height = (WIDTH - LEFT) / max(len(cells), 1), linear(top, YEARS_PLOT)
    wide = min(36.0, slot * 0.7)
    for at, (year, cell) in enumerate(cells):
        middle, high = LEFT + slot * (at + 0.5), to_height(amount(cell))
        bar = _bar(middle - wide / 2, base - high, wide, high, year in before, year in running)
        yield from _column(cell, bar, words, base, middle, wide, base - high - 5)
        yield text(year, middle, base + 17, size=12, anchor="middle", muted=True)
        if year in running:
            yield text(words.so_far, middle, base + 29, size=10, anchor="middle", muted=True)


def _bar(left: float, top: float, wide: float, high: float, before: bool, running: bool) -> str:
    if running:
        return _outline(left, top, wide, high, PRIMARY, "c-range")
    if before:
        return box(
            left + 0.75, top, wide - 1.5, high, SURFACE, "c-paper c-edge", stroke=EDGE, stroke_width=1.5
        )
    return box(left, top, wide, high, PRIMARY, "c-bar")


def _legend(y: float, words: ChartWords) -> Iterator[str]:
    yield box(LEFT, y, 14, 14, PRIMARY, "c-bar")
    yield text(words.label(OF_REGISTER), LEFT + 20, y + 12, size=12)
    yield box(LEFT, y + 22, 14, 14, SURFACE, "c-paper c-edge", stroke=EDGE, stroke_width=1.5)
    yield text(words.label(BEFORE), LEFT + 20, y + 34, size=12)
