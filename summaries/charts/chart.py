"""What a chart is given beside its table, what it gives back, and how it reads cells.

Women, men, girls, boys and the rest: always in this order, with this colour, marker and dash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final
from zlib import crc32

from libs.suppression.tables import TOTAL, Cell, Status, Table
from summaries.charts.svg import element, layered


class ChartError(ValueError):
    """The table has not the shape that the chart needs."""


@dataclass(frozen=True, slots=True)
class ChartWords:
    """Every text of a chart, in the reader's language. `labels`: by category; `number` writes a count."""

    title: str
    unit: str
    source: str
    labels: Mapping[str, str] = field(default_factory=dict)
    hidden: str = "hidden value"
    missing: str = "not available"
    number: Callable[[int], str] = str
    so_far: str = "so far"

    def label(self, category: str) -> str:
        return self.labels.get(category, category)

    def value(self, cell: Cell) -> str:
        """As it is read aloud."""
        if shown(cell) is None:
            return self.missing if cell.status is Status.MISSING else self.hidden
        return self.number(amount(cell))


@dataclass(frozen=True, slots=True)
class Chart:
    """`svg` holds title and description; `unit` and `source` are for the caption beside it."""

    title: str
    desc: str
    unit: str
    source: str
    svg: str


def shown(cell: Cell) -> int | None:
    """Return the value, or None: all that is drawn of a cell is read by this."""
    return cell.value if cell.status is Status.SHOWN else None


def amount(cell: Cell) -> int:
    """What is drawn: nothing of a value that is not shown."""
    return shown(cell) or 0


def axes(table: Table, count: int) -> list[tuple[str, ...]]:
    """The categories of the first `count` dimensions. Raises ChartError when there are fewer."""
    if len(table.dimensions) < count:
        raise ChartError(f"{table.name} has {len(table.dimensions)} dimensions, the chart needs {count}")
    return [dimension.categories for dimension in table.dimensions[:count]]


def padded(table: Table, *key: str) -> Cell:
    """The cell at `key`, all else totals. One that the table lacks is not available."""
    full = key + (TOTAL,) * (len(table.dimensions) - len(key))
    return table.by_key.get(full, Cell(full, None, Status.MISSING))


def largest(cells: Iterable[Cell]) -> int:
    return max((amount(cell) for cell in cells), default=0)


def spoken(words: ChartWords, rows: Sequence[tuple[str, Sequence[tuple[str, Cell]]]]) -> str:
    """ "Labour: Women x, Men 16. Begging: …" with every value of the drawing."""
    return " ".join(
        f"{head}: {', '.join(f'{name} {words.value(cell)}'.strip() for name, cell in cells)}."
        for head, cells in rows
    )


def drawn(
    words: ChartWords, desc: str, size: tuple[float, float], body: Sequence[str], style: str = ""
) -> Chart:
    """The finished chart of `size`, in units of a CSS pixel."""
    width, height = size
    mark = f"c{crc32((words.title + desc).encode()):08x}"
    svg = element(
        "svg",
        f'<title id="{mark}-t">{escape(words.title)}</title>',
        f'<desc id="{mark}-d">{escape(desc)}</desc>',
        *layered(body),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        width=f"{width:g}",
        height=f"{height:g}",
        role="img",
        class_=style,
        aria_labelledby=f"{mark}-t {mark}-d",
        font_family="system-ui, 'Noto Sans', 'DejaVu Sans', Arial, sans-serif",
    )
    return Chart(words.title, desc, words.unit, words.source, svg)


@dataclass(frozen=True, slots=True)
class ChartSeries:
    name: str
    colour: str
    marker: str

    @property
    def fill(self) -> str:
        return f"f-{self.name}"


GROUPS: Final = (
    ChartSeries("women", "#0f3a4a", "circle"),
    ChartSeries("men", "#c2592b", "square"),
    ChartSeries("girls", "#5b3fc4", "triangle"),
    ChartSeries("boys", "#3a8fc4", "diamond"),
    ChartSeries("other", "#4a0d1f", "cross"),
    ChartSeries("unknown", "#6a757b", "ring"),
)
BY_NAME: Final = {series.name: series for series in GROUPS}
# Of some categories that are not groups, too: the others (such as sources) have the same six, in order.
LOOKS: Final = BY_NAME | {
    "children": BY_NAME["girls"],
    "adults": BY_NAME["women"],
    "age_unknown": BY_NAME["unknown"],
}


def series_of(categories: Sequence[str]) -> dict[str, ChartSeries]:
    """Return a look for each category. Groups keep theirs; more than six categories are refused."""
    if len(categories) > len(GROUPS):
        raise ValueError(f"{len(categories)} series cannot be told apart: show a table")
    named = {c: LOOKS.get(c) for c in categories}
    free = [series for series in GROUPS if series not in named.values()]
    return {c: named[c] or free.pop(0) for c in categories}


def marker(series: ChartSeries, x: float, y: float, size: float = 10) -> str:
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
    reach = r + (series.marker == "diamond")  # on its corner it looks smaller than the others
    corners = [(x + reach * across, y + reach * down) for across, down in CORNERS[series.marker]]
    return element("path", d=_path(corners) + "Z", fill=series.colour, class_=series.fill)


CORNERS: Final = {  # of a marker around (0, 0)
    "triangle": ((0, -1), (1, 1), (-1, 1)),
    "diamond": ((0, -1), (1, 0), (0, 1), (-1, 0)),
    "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
}


def _outlined(tag: str, series: ChartSeries, **where: str | float) -> str:
    return element(
        tag, **where, fill="none", stroke=series.colour, stroke_width=2.5, class_=f"l-{series.name}"
    )


def _path(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
