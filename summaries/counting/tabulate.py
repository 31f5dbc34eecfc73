"""From grouped counts to tables. Pure: no Django, clock or settings.

The database groups; what comes back is a few rows `Grouped`, however many persons they stand for. Here each
row is put into its cell and the margins are added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from libs.suppression.tables import (
    APART,
    GROUP,
    TOGETHER,
    TOTAL,
    Cell,
    Dimension,
    Key,
    ProtectedTable,
    Status,
    Table,
)

AGE_GROUPS: Final = ("children", "adults", "age_unknown")
AGE_GROUP_OF: Final = {"yes": "children", "no": "adults", "unknown": "age_unknown"}


class CountError(ValueError):
    """Counts that do not add up: a category that the table does not know."""


class Grouped(NamedTuple):
    """`n` persons of one sex and answer to child, who share one or two further facts."""

    table: str
    year: int
    sex: str
    child: str
    first: str
    second: str
    n: int


def one_way(
    name: str,
    title: str,
    dimension: Dimension,
    counts: Counter[Key],
    *,
    total: int | None = None,
    exempt: bool = False,
) -> Table:
    """A table over one dimension. With `total` the categories overlap, and the total is not their sum."""
    cells = [Cell((category,), counts[(category,)]) for category in dimension.categories]
    check(name, (dimension,), counts)
    added = sum(counts.values())
    cells.append(Cell((TOTAL,), added if total is None else total))
    return Table(name, title, (dimension,), tuple(cells), additive=total is None, exempt=exempt)


def two_way(
    name: str,
    title: str,
    dimensions: tuple[Dimension, Dimension],
    counts: Counter[Key],
    *,
    columns: Counter[str] | None = None,
    rows: Counter[str] | None = None,
) -> Table:
    """A table over two dimensions with all margins.

    Where categories overlap, margins are no sums: `columns` then gives the total of each category of the
    second dimension (with TOTAL for all), and `rows` that of each category of the first.
    """
    check(name, dimensions, counts)
    first, second = dimensions
    cells = []
    for one in first.categories:
        cells += [Cell((one, other), counts[one, other]) for other in second.categories]
        cells.append(Cell((one, TOTAL), rows[one] if rows is not None else _sum(counts, 0, one)))
    for other in second.categories:
        cells.append(Cell((TOTAL, other), columns[other] if columns is not None else _sum(counts, 1, other)))
    cells.append(Cell((TOTAL, TOTAL), columns[TOTAL] if columns is not None else sum(counts.values())))
    return Table(name, title, dimensions, tuple(cells), additive=columns is None and rows is None)


def check(name: str, dimensions: Sequence[Dimension], counts: Counter[Key]) -> None:
    """Raises CountError: nothing that was counted may fall beside the table."""
    for at, dimension in enumerate(dimensions):
        strange = {key[at] for key in counts} - set(dimension.categories)
        if strange:
            raise CountError(
                f"Table {name} has no category {', '.join(sorted(strange))} in {dimension.name}."
            )


def _sum(counts: Counter[Key], at: int, category: str) -> int:
    return sum(n for key, n in counts.items() if key[at] == category)


def may_stand_apart(numbers: Mapping[str, int], k: int) -> bool:
    """Whether those of other sex and those not known may be told apart: neither are they few."""
    return all(not 1 <= numbers.get(group, 0) < k for group in APART)


def put_together(table: Table) -> Table:
    """The table with those two groups as one, wherever it has groups."""
    at = _axis(table)
    if at is None:
        return table
    counts: Counter[Key] = Counter()
    for cell in table:
        counts[_with(cell.key, at, TOGETHER) if cell.key[at] in APART else cell.key] += cell.value or 0
    categories = (*(one for one in table.dimensions[at].categories if one not in APART), TOGETHER)
    dimensions = (*table.dimensions[:at], Dimension(GROUP, categories), *table.dimensions[at + 1 :])
    return replace(table, dimensions=dimensions, cells=tuple(Cell(key, n) for key, n in counts.items()))


def told_together(table: ProtectedTable) -> ProtectedTable:
    """The table with its six groups again, where two of them are one: of each of the two nothing is told."""
    at = _axis(table)
    if at is None or TOGETHER not in table.dimensions[at].categories:
        return table
    categories = (*(one for one in table.dimensions[at].categories if one != TOGETHER), *APART, TOGETHER)
    dimensions = (*table.dimensions[:at], Dimension(GROUP, categories), *table.dimensions[at + 1 :])
    return replace(table, dimensions=dimensions, cells=tuple(_untold(table.cells, at)))


def _untold(cells: Iterable[Cell], at: int) -> Iterator[Cell]:
    for cell in cells:
        if cell.key[at] == TOGETHER:
            yield from (Cell(_with(cell.key, at, group), None, Status.MISSING) for group in APART)
        yield cell


def _axis(table: Table) -> int | None:
    return next((at for at, dimension in enumerate(table.dimensions) if dimension.name == GROUP), None)


def _with(key: Key, at: int, category: str) -> Key:
    return (*key[:at], category, *key[at + 1 :])
