"""A table laid out for a page: rows, columns, and the total of the year before with the difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from summaries.counting.labels import Labels, unit
from summaries.tables import TOTAL, Cell, Key, ProtectedTable, Status, Table, of_calls

FOLDED = 12  # the overview shows this many rows of a table at most, besides what is unknown and the total
COUNTIES = 21  # but every county that has somebody


@dataclass(frozen=True, slots=True)
class GridRow:
    """`before`: the same figure the year before. `difference`: this one less that, None where either is not
    shown."""

    label: str
    cells: tuple[Cell, ...]
    before: Cell | None
    difference: int | None
    total: bool = False


@dataclass(frozen=True)
class Grid:
    """`left_out`: how many rows are not shown; those with most persons are."""

    table: Table
    first: str
    columns: tuple[str, ...]
    rows: tuple[GridRow, ...]
    compared: bool
    left_out: int = 0

    @property
    def calls(self) -> bool:
        return of_calls(self.table.name)

    @property
    def overlaps(self) -> bool:
        return not self.table.additive


def laid_out(table: Table, before: Table | None, labels: Labels, *, fold: bool = False) -> Grid:
    """Rows of the first dimension, columns of the second. Categories that only the year before had are added.

    `fold` keeps the overview short, whatever the number of categories.
    """
    first, *others = table.dimensions
    inner = (*others[0].categories, TOTAL) if others else ()
    columns = tuple(labels.category(others[0].name, column) for column in inner) if others else (unit(table),)
    rows = list(_rows(table, before, labels, inner))
    kept = _folded(rows, COUNTIES if first.name == "county" else FOLDED) if fold else rows
    return Grid(
        table, labels.dimension(first.name), columns, tuple(kept), before is not None, len(rows) - len(kept)
    )


def _rows(table: Table, before: Table | None, labels: Labels, inner: tuple[str, ...]) -> Iterator[GridRow]:
    first = table.dimensions[0]
    gone = [c for c in before.dimensions[0].categories if c not in first.categories] if before else []
    for category in (*first.categories, *gone, TOTAL):
        keys = [(category, column) for column in inner] if inner else [(category,)]
        cells = tuple(_at(table, key) for key in keys)
        then = _at(before, keys[-1]) if before else None
        label = labels.category(first.name, category)
        yield GridRow(label, cells, then, difference(cells[-1], then), category == TOTAL)


def _at(table: Table, key: Key) -> Cell:
    """A category that does not occur in a list of what occurs has nobody; one that is not published is
    missing, and so is one that a version puts together with others."""
    if key in table.by_key:
        return table[key]
    missing = isinstance(table, ProtectedTable) or any(cell.status is Status.MISSING for cell in table)
    return Cell(key, None, Status.MISSING) if missing else Cell(key, 0)


def difference(now: Cell, then: Cell | None) -> int | None:
    if then is None or now.value is None or then.value is None:
        return None
    return now.value - then.value


def _folded(rows: list[GridRow], most: int) -> list[GridRow]:
    """The rows with most persons, in their order."""
    if len(rows) - 1 <= most:
        return rows
    largest = sorted((row for row in rows if _number(row)), key=_number, reverse=True)[:most]
    return [row for row in rows if row.total or row in largest]


def _number(row: GridRow) -> int:
    """Of persons, this year or else the year before."""
    return 0 if row.total else max(row.cells[-1].value or 0, (row.before.value if row.before else 0) or 0)
