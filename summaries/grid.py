"""A table laid out for a page: rows, columns, and the total of the year before with the difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from summaries.labels import Labels
from summaries.tables import TOTAL, Cell, Key, Status, Table

FOLDED = 12  # rows from which those without anybody are left out of the overview


@dataclass(frozen=True, slots=True)
class Row:
    """`before`: the same figure the year before. `difference`: this one less that, None where either is not shown."""

    label: str
    cells: tuple[Cell, ...]
    before: Cell | None
    difference: int | None
    total: bool = False


@dataclass(frozen=True)
class Grid:
    """`left_out`: how many rows without anybody, this year or the year before, are not shown."""

    table: Table
    first: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    compared: bool
    left_out: int = 0

    @property
    def calls(self) -> bool:
        return self.table.name.startswith("calls_")

    @property
    def overlaps(self) -> bool:
        return not self.table.additive


def laid_out(table: Table, before: Table | None, labels: Labels, *, fold: bool = False) -> Grid:
    """Rows of the first dimension, columns of the second. Categories that only the year before had are added."""
    first, *others = table.dimensions
    inner = (*others[0].categories, TOTAL) if others else ()
    columns = tuple(labels.category(others[0].name, column) for column in inner) if others else (_("Number"),)
    rows = list(_rows(table, before, labels, inner))
    kept = [row for row in rows if row.total or not fold or len(rows) < FOLDED or _somebody(row)]
    return Grid(table, labels.dimension(first.name), columns, tuple(kept), before is not None, len(rows) - len(kept))


def _rows(table: Table, before: Table | None, labels: Labels, inner: tuple[str, ...]) -> Iterator[Row]:
    first = table.dimensions[0]
    gone = [c for c in before.dimensions[0].categories if c not in first.categories] if before else []
    for category in (*first.categories, *gone, TOTAL):
        keys = [(category, column) for column in inner] if inner else [(category,)]
        cells = tuple(_at(table, key) for key in keys)
        then = _at(before, keys[-1]) if before else None
        label = labels.category(first.name, category)
        yield Row(label, cells, then, difference(cells[-1], then), category == TOTAL)


def _at(table: Table, key: Key) -> Cell:
    """A category that does not occur in a list of what occurs has nobody; one that is not published is missing."""
    if key in table.by_key:
        return table[key]
    missing = any(cell.status is Status.MISSING for cell in table)
    return Cell(key, None, Status.MISSING) if missing else Cell(key, 0)


def difference(now: Cell, then: Cell | None) -> int | None:
    if then is None or now.value is None or then.value is None:
        return None
    return now.value - then.value


def _somebody(row: Row) -> bool:
    return any(cell.value != 0 for cell in row.cells) or (row.before is not None and row.before.value != 0)
