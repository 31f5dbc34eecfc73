"""Lying bars: one series (citizenship), or groups in one bar (purposes by group)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
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
from summaries.charts.svg import PRIMARY, STUB, SURFACE, box, hatched, line, linear, text, ticks, width_of

WIDTH: Final = 440.0  # so much fits a phone with letters that can still be read
BAR: Final = 15.0
Rows = dict[str, dict[str, Cell]]  # by category and series
Looks = dict[str, ChartSeries]


def horizontal_bars(table: Table, words: ChartWords) -> Chart:
    """One bar for each category of the first dimension, in the table's order, all else totals."""
    (categories,) = axes(table, 1)
    cells = list(map(partial(padded, table), categories))
    names = list(map(words.label, categories))
    margin = max(map(width_of, names), default=0) + 12
    high, x, down, anchor = 26.0, margin - 8, 13.0, "end"
    if margin > WIDTH - 250:  # long names stand above their bars
        margin, high, x, down, anchor = 6.0, 44.0, 12.0, -4.0, ""
    scale = ticks(largest(cells))
    to_length = linear(scale[-1], WIDTH - margin - 60)
    body = [*_grid(scale, margin, to_length(1), 0, high * len(cells), words)]
    for at, (name, cell) in enumerate(zip(names, cells, strict=True)):
        top = high * (at + 1) - 22
        body.append(text(name, x, top + down, anchor=anchor))
        body.extend(_bar(cell, margin, top, BAR + 3, to_length(amount(cell)), words, PRIMARY, "c-bar"))
    desc = spoken(words, [(words.title, list(zip(names, cells, strict=True)))])
    return drawn(words, desc, (WIDTH, high * len(cells) + 24), body, "fits")


def stacked_bars(table: Table, words: ChartWords) -> Chart:
    """The first dimension's categories below each other, each a bar of the parts of the second. Its values
    stand below it, with their markers."""
    rows, looks = _rows(table)
    sums = [sum(map(amount, cells.values())) for cells in rows.values()]
    to_length = linear(max(sums, default=1), WIDTH - STUB * len(looks))
    body = list(_legend(looks, words))
    for at, (category, cells) in enumerate(rows.items()):
        top = 34 + 66.0 * at
        body.append(text(words.label(category), 0, top + 12, weight="600"))
        left = 0.0
        for name, look in looks.items():
            cell = cells[name]
            length = STUB if cell.status is Status.HIDDEN else to_length(amount(cell))
            body.append(_segment(cell, look, left, top + 19, length))
            left += length
        body.extend(_values_line(cells, looks, top + 52, words))
    return drawn(words, _description(rows, words), (WIDTH, 34 + 66.0 * len(rows)), body, "fits")


def _rows(table: Table) -> tuple[Rows, Looks]:
    """The cells, and the looks of series that are not 0 everywhere: the description tells of the others."""
    categories, names = axes(table, 2)
    rows = {category: {name: padded(table, category, name) for name in names} for category in categories}
    looks = series_of(names)
    drawn_names = [name for name in names if any(shown(cells[name]) != 0 for cells in rows.values())]
    return rows, {name: looks[name] for name in drawn_names}


def _description(rows: Rows, words: ChartWords) -> str:
    descriptions = [
        (words.label(category), [(words.label(name), cell) for name, cell in cells.items()])
        for category, cells in rows.items()
    ]
    return spoken(words, descriptions)


def _legend(looks: Looks, words: ChartWords) -> Iterator[str]:
    left = 0.0
    for name, look in looks.items():
        yield marker(look, left + 6, 10)
        yield text(words.label(name), left + 15, 14, size=12)
        left += 26 + width_of(words.label(name), 12)


def _grid(
    scale: Sequence[int], left: float, unit: float, top: float, bottom: float, words: ChartWords
) -> Iterator[str]:
    for value in scale:
        x = left + value * unit
        yield line(x, top, x, bottom, "grid" if value else "axis")
        yield text(words.number(value), x, bottom + 16, size=11, anchor="middle", muted=True)


def _bar(
    cell: Cell,
    left: float,
    top: float,
    thick: float,
    length: float,
    words: ChartWords,
    colour: str,
    style: str,
) -> Iterator[str]:
    if cell.status is Status.HIDDEN:
        yield hatched(left, top, STUB, thick)
        yield text("x", left + STUB + 6, top + thick - 4, weight="600")
    elif shown(cell) is None:
        yield text("..", left + 4, top + thick - 4, muted=True)
    else:
        yield box(left, top, length, thick, colour, style)
        yield text(words.number(amount(cell)), left + length + 5, top + thick - 3.5, size=12, weight="600")


def _segment(cell: Cell, look: ChartSeries, left: float, top: float, length: float) -> str:
    if not length:
        return ""
    if cell.status is Status.HIDDEN:
        return hatched(left, top, length, BAR + 3)
    # An edge of the ground's colour parts neighbours, in black and white too.
    return box(
        left, top, length, BAR + 3, look.colour, f"{look.fill} c-halo", stroke=SURFACE, stroke_width=1.5
    )


def _values_line(cells: dict[str, Cell], looks: Looks, y: float, words: ChartWords) -> Iterator[str]:
    signs = {Status.HIDDEN: "x", Status.MISSING: ".."}
    left = 0.0
    for name, look in looks.items():
        written = signs.get(cells[name].status, words.number(amount(cells[name])))
        yield marker(look, left + 5, y - 4, 8)
        yield text(written, left + 14, y, size=12)
        left += 26 + width_of(written, 12)
