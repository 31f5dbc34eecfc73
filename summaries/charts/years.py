"""Standing bars: one number a year, and where it comes from. Series breaks are dotted lines, a year without
figures has none, a year that is not over the outline alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from summaries.charts.chart import Chart, Words, axes, drawn, largest, padded, shown, spoken
from summaries.charts.scale import linear, ticks
from summaries.charts.svg import EDGE, PRIMARY, STUB, SURFACE, box, hatched, line, text
from summaries.tables import Cell, Status, Table

WIDTH: Final = 440.0  # so much fits a phone with letters that can still be read
LEFT: Final = 40.0
TOP: Final = 24.0
PLOT: Final = 190.0
OF_REGISTER, BEFORE = "register", "before"


def yearly_bars(
    table: Table, words: Words, *, before: Collection[str], breaks: Collection[str], running: Collection[str]
) -> Chart:
    """First dimension the years. `before`: those whose number was published before the register; `breaks`
    those before which the series is broken; `running` those that are not over. Labels of the two sources are
    `words.label("register")` and `words.label("before")`."""
    (years,) = axes(table, 1)
    cells = [(year, padded(table, year)) for year in years]
    scale = ticks(largest(cell for _year, cell in cells), most=4)
    base = TOP + PLOT
    body = [*_grid(scale, base, words), *_bars(cells, base, scale[-1], before, running, words)]
    slot = (WIDTH - LEFT) / max(len(years), 1)
    for at, year in enumerate(years):
        if year in breaks and at:
            body.append(line(LEFT + slot * at, TOP - 8, LEFT + slot * at, base + 24, "break", "2 4"))
    body.extend(_legend(base + 40, words, both=bool(before) and len(before) < len(years)))
    said = [(_told(year, before, running, words), cell) for year, cell in cells]
    return drawn(words, spoken(words, [(words.title, said)]), (WIDTH, base + 80), body, "fits")


def _told(year: str, before: Collection[str], running: Collection[str], words: Words) -> str:
    marks = [words.so_far] * (year in running) + [words.label(BEFORE)] * (year in before)
    return f"{year} ({', '.join(marks)})" if marks else year


def _grid(scale: Sequence[int], base: float, words: Words) -> Iterator[str]:
    to_height = linear(scale[-1], PLOT)
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
    words: Words,
) -> Iterator[str]:
    slot, to_height = (WIDTH - LEFT) / max(len(cells), 1), linear(top, PLOT)
    wide = min(36.0, slot * 0.7)
    for at, (year, cell) in enumerate(cells):
        middle, value = LEFT + slot * (at + 0.5), shown(cell)
        high = to_height(value or 0)
        if cell.status is Status.HIDDEN:
            yield hatched(middle - wide / 2, base - STUB, wide, STUB)
            yield text("x", middle, base - STUB - 4, size=12, anchor="middle", weight="600")
        elif value is None:
            yield text("..", middle, base - 4, size=12, anchor="middle", muted=True)
        else:
            yield _bar(middle - wide / 2, base - high, wide, high, year in before, year in running)
            yield text(words.number(value), middle, base - high - 5, size=12, anchor="middle", weight="600")
        yield text(year, middle, base + 17, size=12, anchor="middle", muted=True)
        if year in running:
            yield text(words.so_far, middle, base + 29, size=10, anchor="middle", muted=True)


def _bar(left: float, top: float, wide: float, high: float, before: bool, running: bool) -> str:
    if running:
        edge: dict[str, str | float] = {"stroke": PRIMARY, "stroke_width": 1.5, "stroke_dasharray": "3 2"}
        return box(left, top, wide, high, "none", "c-range", **edge)
    if before:
        return box(
            left + 0.75, top, wide - 1.5, high, SURFACE, "c-paper c-edge", stroke=EDGE, stroke_width=1.5
        )
    return box(left, top, wide, high, PRIMARY, "c-bar")


def _legend(y: float, words: Words, *, both: bool) -> Iterator[str]:
    """Where there is one source alone, there is nothing to tell apart."""
    if both:
        yield box(LEFT, y, 14, 14, PRIMARY, "c-bar")
        yield text(words.label(OF_REGISTER), LEFT + 20, y + 12, size=12)
        yield box(LEFT, y + 22, 14, 14, SURFACE, "c-paper c-edge", stroke=EDGE, stroke_width=1.5)
        yield text(words.label(BEFORE), LEFT + 20, y + 34, size=12)
