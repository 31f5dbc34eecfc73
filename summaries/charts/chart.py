"""What a chart is given beside its table, what it gives back, and how it reads cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from summaries.charts.svg import element, escape, layered
from summaries.tables import TOTAL, Cell, Key, Status, Table


class ChartError(ValueError):
    """The table has not the shape that the chart needs."""


@dataclass(frozen=True, slots=True)
class Words:
    """Every text of a chart, in the reader's language. `labels` go from category to label; `number` writes a
    count."""

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
        return self.number(shown(cell) or 0)


@dataclass(frozen=True, slots=True)
class Chart:
    """`svg` holds title and description; `unit` and `source` are for the caption beside it."""

    title: str
    desc: str
    unit: str
    source: str
    svg: str


def shown(cell: Cell) -> int | None:
    """The value, or None: the only door from a cell to anything drawn."""
    return cell.value if cell.status is Status.SHOWN else None


def cell_at(table: Table, key: Key) -> Cell:
    """A key the table lacks is not available."""
    return table.by_key.get(key, Cell(key, None, Status.MISSING))


def axes(table: Table, count: int) -> list[tuple[str, ...]]:
    """The categories of the first `count` dimensions. Raises ChartError when there are fewer."""
    if len(table.dimensions) < count:
        raise ChartError(f"{table.name} has {len(table.dimensions)} dimensions, the chart needs {count}")
    return [dimension.categories for dimension in table.dimensions[:count]]


def padded(table: Table, *key: str) -> Cell:
    """The cell at `key`, all else totals."""
    return cell_at(table, key + (TOTAL,) * (len(table.dimensions) - len(key)))


def largest(cells: Iterable[Cell]) -> int:
    return max((shown(cell) or 0 for cell in cells), default=0)


def spoken(words: Words, rows: Sequence[tuple[str, Sequence[tuple[str, Cell]]]]) -> str:
    """ "Labour: Women x, Men 16. Begging: …" with every value of the drawing."""
    return " ".join(
        f"{head}: {', '.join(f'{name} {words.value(cell)}'.strip() for name, cell in cells)}."
        for head, cells in rows
    )


def drawn(words: Words, desc: str, size: tuple[float, float], body: Iterable[str], style: str = "") -> Chart:
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
