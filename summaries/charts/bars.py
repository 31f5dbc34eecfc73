"""Bars. Lying ones: one series (citizenship), or groups in one bar (purposes by group). Standing ones: years,
in a panel for each group on its own scale, or one number a year and where it comes from. Of the dark figure:
how lists overlap, and what an estimate could be.

Series breaks are dotted lines. A year that is not over has a bar of its outline alone, and says so below: it
has not yet its height. Overlaps have a bar for each combination, and below it a dot for each list that is in
it. Intervals stand below each other on one scale, each with its point where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
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
from summaries.charts.svg import (
    EDGE,
    INK,
    PRIMARY,
    STUB,
    SURFACE,
    box,
    element,
    hatched,
    line,
    linear,
    text,
    ticks,
    width_of,
)

WIDTH: Final = 440.0  # so much fits a phone with letters that can still be read
BAR: Final = 15.0
Rows = dict[str, dict[str, Cell]]  # by category and series
Looks = dict[str, ChartSeries]


def horizontal_bars(table: Table, words: ChartWords) -> Chart:
    """One bar for each category of the first dimension, in the table's order, all else totals."""
    (categories,) = axes(table, 1)
    cells = [padded(table, category) for category in categories]
    names = [words.label(category) for category in categories]
    margin = max((width_of(name) for name in names), default=0) + 12
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
    sums = [sum(amount(cell) for cell in cells.values()) for cells in rows.values()]
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


FEW: Final = 5  # so many years share a row with another panel
HEADS: Final = 64.0  # above and below the bars of a panel
PLOT: Final = 104.0  # height of the tallest bar
LOW: Final = 72.0  # where each panel has a row of its own: six shall fit a page
GAP: Final = 24.0


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
    table: Table,
    words: ChartWords,
    *,
    breaks: Collection[str] = (),
    running: Collection[str] = (),
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
        scale = ticks(largest(cell[1] for cell in cells), most=3)
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
    scale = ticks(largest(cell[1] for cell in cells), most=4)
    base = TOP + YEARS_PLOT
    body = [*_yearly_grid(scale, base, words), *_bars(cells, base, scale[-1], before, running, words)]
    slot = (WIDTH - LEFT) / max(len(years), 1)
    for at, year in enumerate(years[1:], start=1):
        if year in breaks:
            body.append(line(LEFT + slot * at, TOP - 8, LEFT + slot * at, base + 24, "break", "2 4"))
    # Where there is one source alone, there is nothing to tell apart.
    legend = list(_yearly_legend(base + 40, words)) if 0 < len(before) < len(years) else []
    cells_with_label = [(_label(year, before, running, words), cell) for year, cell in cells]
    desc, size = spoken(words, [(words.title, cells_with_label)]), (WIDTH, base + (80 if legend else 32))
    return drawn(words, desc, size, [*body, *legend], "fits")


def _label(year: str, before: Collection[str], running: Collection[str], words: ChartWords) -> str:
    marks = [words.so_far] * (year in running) + [words.label(BEFORE)] * (year in before)
    return f"{year} ({', '.join(marks)})" if marks else year


def _yearly_grid(scale: Sequence[int], base: float, words: ChartWords) -> Iterator[str]:
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
        bar = _yearly_bar(middle - wide / 2, base - high, wide, high, year in before, year in running)
        yield from _column(cell, bar, words, base, middle, wide, base - high - 5)
        yield text(year, middle, base + 17, size=12, anchor="middle", muted=True)
        if year in running:
            yield text(words.so_far, middle, base + 29, size=10, anchor="middle", muted=True)


def _yearly_bar(left: float, top: float, wide: float, high: float, before: bool, running: bool) -> str:
    if running:
        return _outline(left, top, wide, high, PRIMARY, "c-range")
    if before:
        return box(
            left + 0.75, top, wide - 1.5, high, SURFACE, "c-paper c-edge", stroke=EDGE, stroke_width=1.5
        )
    return box(left, top, wide, high, PRIMARY, "c-bar")


def _yearly_legend(y: float, words: ChartWords) -> Iterator[str]:
    yield box(LEFT, y, 14, 14, PRIMARY, "c-bar")
    yield text(words.label(OF_REGISTER), LEFT + 20, y + 12, size=12)
    yield box(LEFT, y + 22, 14, 14, SURFACE, "c-paper c-edge", stroke=EDGE, stroke_width=1.5)
    yield text(words.label(BEFORE), LEFT + 20, y + 34, size=12)


COLUMN: Final = 30.0
HEIGHT: Final = 160.0
MAX_DRAWN: Final = 20  # combinations drawn; the table beside the figure has all

Combination = tuple[frozenset[str], int]


def overlap_bars(lists: Sequence[str], combinations: Sequence[Combination], words: ChartWords) -> Chart:
    """The largest combinations first. Counts of single persons: never for the outside."""
    shown = sorted(combinations, key=lambda pair: (-pair[1], sorted(pair[0])))[:MAX_DRAWN]
    margin = max((width_of(words.label(one)) for one in lists), default=0) + 16
    scale = ticks(max((one[1] for one in shown), default=0))
    to_length = linear(scale[-1], HEIGHT)
    width = max(margin + COLUMN * len(shown) + 10, 420)
    body: list[str] = []
    for value in scale:
        y = HEIGHT + 20 - to_length(value)
        body.append(line(margin, y, width, y, "grid"))
        body.append(text(words.number(value), margin - 8, y + 4, size=12, anchor="end", muted=True))
    for column, (names, count) in enumerate(shown):
        x, top = margin + COLUMN * column + 6, HEIGHT + 20 - to_length(count)
        body.append(box(x, top, COLUMN - 12, to_length(count), PRIMARY, "c-bar"))
        body.append(text(words.number(count), x + (COLUMN - 12) / 2, top - 5, size=12, anchor="middle"))
        body.extend(_dots(lists, names, x + (COLUMN - 12) / 2))
    for row, name in enumerate(lists):
        body.append(text(words.label(name), margin - 8, _y(row) + 5, anchor="end"))
    desc = " ".join(f"{_named(names, words)}: {words.number(count)}." for names, count in shown)
    return drawn(words, desc, (width, _y(len(lists))), body)


def _dots(lists: Sequence[str], names: frozenset[str], x: float) -> list[str]:
    rows = sorted(lists.index(name) for name in names)
    dots = [line(x, _y(rows[0]), x, _y(rows[-1]), "axis")] if len(rows) > 1 else []
    for row, name in enumerate(lists):
        fill, style = (INK, "c-ink") if name in names else (SURFACE, "c-paper c-edge")
        dots.append(element("circle", cx=x, cy=_y(row), r=6, fill=fill, stroke=EDGE, class_=style))
    return dots


def _y(row: int) -> float:
    return HEIGHT + 44 + 24 * row


def _named(names: frozenset[str], words: ChartWords) -> str:
    return " + ".join(sorted(words.label(name) for name in names))


ROW: Final = 46.0
LABEL: Final = 16.0  # above its range: beside it, a long one would leave no room on a phone
RANGE_EDGE: Final = 8.0


@dataclass(frozen=True, slots=True)
class Range:
    """`low` to `high` in persons, and `point` where there is a figure. `high` None: no upper limit."""

    label: str
    low: float | None = None
    high: float | None = None
    point: float | None = None


def range_chart(ranges: Sequence[Range], words: ChartWords, no_limit: str) -> Chart:
    known = [value for one in ranges for value in (one.low, one.high, one.point) if value is not None]
    scale = ticks(int(max(known, default=1)) + 1)
    width = max([WIDTH, *(width_of(one.label) + RANGE_EDGE for one in ranges)])
    to_length = linear(scale[-1], width - RANGE_EDGE - 40)
    bottom = ROW * len(ranges) + 8
    body: list[str] = []
    for value in scale:
        x = RANGE_EDGE + to_length(value)
        body.append(line(x, 0, x, bottom, "grid"))
        body.append(text(words.number(value), x, bottom + 18, size=12, anchor="middle", muted=True))

    def x_of(value: float) -> float:
        return RANGE_EDGE + to_length(round(value))

    for row, interval in enumerate(ranges):
        body.append(text(interval.label, RANGE_EDGE, ROW * row + LABEL))
        body.extend(_range(interval, ROW * row + LABEL + 15, x_of, width - RANGE_EDGE))
    desc = " ".join(f"{one.label}: {in_words(one, words, no_limit)}." for one in ranges)
    return drawn(words, desc, (width, bottom + 26), body, "fits" if width <= WIDTH else "")


def in_words(one: Range, words: ChartWords, no_limit: str) -> str:
    """ "1 034 (658–1 709)"."""
    point = words.number(round(one.point)) if one.point is not None else ""
    if (one.low, one.high) == (None, None):
        return point
    low = words.number(round(one.low)) if one.low is not None else "0"
    high = words.number(round(one.high)) if one.high is not None else no_limit
    return f"{point} ({low}–{high})".strip()


def _range(one: Range, y: float, x_of: Callable[[float], float], end: float) -> Iterator[str]:
    if (one.low, one.high) != (None, None):
        left, right = x_of(one.low or 0), end if one.high is None else x_of(one.high)
        yield _stroke(left, y, right, y, 4)
        yield _stroke(left, y - 7, left, y + 7, 2)
        if one.high is not None:
            yield _stroke(right, y - 7, right, y + 7, 2)
    if one.point is not None:
        yield element("circle", cx=x_of(one.point), cy=y, r=6, fill=PRIMARY, class_="c-bar")


def _stroke(x1: float, y1: float, x2: float, y2: float, width: float) -> str:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=PRIMARY, stroke_width=width, class_="c-range")
