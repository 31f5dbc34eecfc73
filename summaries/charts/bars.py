"""Lying bars: one series (citizenship), or groups side by side or in one bar (purposes by group)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from libs.suppression.tables import Cell, Status, Table
from summaries.charts.chart import (
    Chart,
    ChartSeries,
    ChartWords,
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

WIDTH: Final = 560.0
NARROW: Final = 440.0  # so much fits a phone with letters that can still be read
BAR: Final = 15.0
Row = tuple[str, list[tuple[str, Cell]]]  # category, its cells by series


def horizontal_bars(table: Table, words: ChartWords) -> Chart:
    """One bar for each category of the first dimension, in the table's order, all else totals."""
    (categories,) = axes(table, 1)
    cells = [padded(table, category) for category in categories]
    names = [words.label(category) for category in categories]
    margin = max((width_of(name) for name in names), default=0) + 12
    width = max(NARROW, margin + 260)  # a long name makes the drawing wider, never shorter itself
    scale = ticks(largest(cells))
    to_length = linear(scale[-1], width - margin - 60)
    body = [*_grid(scale, margin, to_length(1), 0, 26.0 * len(cells), words)]
    for at, (name, cell) in enumerate(zip(names, cells, strict=True)):
        top = 26.0 * at + 4
        body.append(text(name, margin - 8, top + 13, anchor="end"))
        body.extend(_bar(cell, margin, top, BAR + 3, to_length(shown(cell) or 0), words, PRIMARY, "c-bar"))
    desc = spoken(words, [(words.title, list(zip(names, cells, strict=True)))])
    return drawn(words, desc, (width, 26.0 * len(cells) + 24), body, "fits" if width <= NARROW else "")


def grouped_bars(table: Table, words: ChartWords) -> Chart:
    """The first dimension's categories below each other, each with a bar for every category of the second."""
    rows, looks = _rows(table)
    kept = _worth_drawing(rows)
    scale = ticks(largest(cell for _row, cells in rows for _name, cell in cells))
    to_length = linear(scale[-1], WIDTH - 90)
    height = 30 + len(kept) * (BAR + 3)
    end = 30 + height * len(rows)
    body = [*_legend(kept, looks, words), *_grid(scale, 24, to_length(1), 30, end, words)]
    for at, (category, cells) in enumerate(rows):
        top = 30 + height * at
        body.append(text(words.label(category), 0, top + 14, weight="600"))
        for place, (name, cell) in enumerate((n, c) for n, c in cells if n in kept):
            y = top + 22 + place * (BAR + 3)
            look = looks[name]
            body.append(marker(look, 10, y + BAR / 2))
            body.extend(_bar(cell, 24, y, BAR, to_length(shown(cell) or 0), words, look.colour, look.fill))
    return drawn(words, _description(rows, words), (WIDTH, end + 24), body)


def stacked_bars(table: Table, words: ChartWords) -> Chart:
    """As `grouped_bars`, with one bar for each category. Its values stand in a line below it, with their
    markers."""
    rows, looks = _rows(table)
    kept = _worth_drawing(rows)
    sums = [sum(shown(cell) or 0 for _name, cell in cells) for _row, cells in rows]
    to_length = linear(max(sums, default=1), WIDTH - STUB * len(kept))
    body = list(_legend(kept, looks, words))
    for at, (category, cells) in enumerate(rows):
        top = 34 + 66.0 * at
        body.append(text(words.label(category), 0, top + 12, weight="600"))
        left = 0.0
        for name, cell in cells:
            length = _length(cell, to_length(shown(cell) or 0))
            body.append(_segment(cell, looks[name], left, top + 19, length))
            left += length
        body.extend(_values_line([(n, c) for n, c in cells if n in kept], looks, top + 52, words))
    return drawn(words, _description(rows, words), (WIDTH, 34 + 66.0 * len(rows)), body)


def _rows(table: Table) -> tuple[list[Row], dict[str, ChartSeries]]:
    categories, names = axes(table, 2)
    return [(c, [(n, padded(table, c, n)) for n in names]) for c in categories], series_of(names)


def _worth_drawing(rows: Sequence[Row]) -> list[str]:
    """Series with something in them; a series that is 0 everywhere is told in the description and the
    table."""
    names = [name for name, _cell in rows[0][1]] if rows else []
    return [
        name
        for name in names
        if any(shown(cell) != 0 for _row, cells in rows for n, cell in cells if n == name)
    ]


def _description(rows: Sequence[Row], words: ChartWords) -> str:
    return spoken(
        words, [(words.label(c), [(words.label(n), cell) for n, cell in cells]) for c, cells in rows]
    )


def _legend(names: Sequence[str], looks: dict[str, ChartSeries], words: ChartWords) -> Iterator[str]:
    left = 0.0
    for name in names:
        yield marker(looks[name], left + 6, 10)
        yield text(words.label(name), left + 18, 15)
        left += 34 + width_of(words.label(name))


def _grid(
    scale: Sequence[int], left: float, unit: float, top: float, bottom: float, words: ChartWords
) -> Iterator[str]:
    for value in scale:
        x = left + value * unit
        yield line(x, top, x, bottom, "grid" if value else "axis")
        yield text(words.number(value), x, bottom + 16, size=11, anchor="middle", muted=True)


def _length(cell: Cell, length: float) -> float:
    return STUB if cell.status is Status.HIDDEN else length if shown(cell) is not None else 0


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
        yield text(
            words.number(shown(cell) or 0), left + length + 5, top + thick - 3.5, size=12, weight="600"
        )


def _segment(cell: Cell, look: ChartSeries, left: float, top: float, length: float) -> str:
    if not length:
        return ""
    if cell.status is Status.HIDDEN:
        return hatched(left, top, length, BAR + 3)
    # An edge of the ground's colour parts neighbours, in black and white too.
    return box(
        left, top, length, BAR + 3, look.colour, f"{look.fill} c-halo", stroke=SURFACE, stroke_width=1.5
    )


def _values_line(
    cells: Sequence[tuple[str, Cell]], looks: dict[str, ChartSeries], y: float, words: ChartWords
) -> Iterator[str]:
    left = 0.0
    for name, cell in cells:
        written = {Status.HIDDEN: "x", Status.MISSING: ".."}.get(cell.status) or words.number(
            shown(cell) or 0
        )
        yield marker(looks[name], left + 5, y - 4, 8)
        yield text(written, left + 14, y, size=12)
        left += 26 + width_of(written, 12)
