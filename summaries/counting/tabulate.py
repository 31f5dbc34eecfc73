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
    GROUP,
    OTHERS,
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
    check(name, (dimension,), counts)
    cells = [Cell((category,), counts[(category,)]) for category in dimension.categories]
    cells.append(Cell((TOTAL,), counts.total() if total is None else total))
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
    additive = columns is rows is None
    of_rows = _margin(counts, 0) if rows is None else rows
    of_columns = _margin(counts, 1) if columns is None else columns
    cells = []
    for category in first.categories:
        cells += [Cell((category, other), counts[category, other]) for other in second.categories]
        cells.append(Cell((category, TOTAL), of_rows[category]))
    cells += [Cell((TOTAL, other), of_columns[other]) for other in (*second.categories, TOTAL)]
    return Table(name, title, dimensions, tuple(cells), additive=additive)


def check(name: str, dimensions: Sequence[Dimension], counts: Counter[Key]) -> None:
    """Raises CountError: nothing that was counted may fall beside the table."""
    for at, dimension in enumerate(dimensions):
        strange = {count[at] for count in counts} - set(dimension.categories)
        if strange:
            raise CountError(
                f"Table {name} has no category {', '.join(sorted(strange))} in {dimension.name}."
            )


def _margin(counts: Counter[Key], at: int) -> Counter[str]:
    """The sum of each category of a dimension, and of all."""
    found = Counter({TOTAL: counts.total()})
    for key, n in counts.items():
        found[key[at]] += n
    return found


def may_stand_apart(numbers: Mapping[str, int], k: int) -> bool:
    """Whether other sex and not known may be published apart: neither group is small."""
    return all(not 1 <= numbers.get(group, 0) < k for group in OTHERS)


def put_together(table: Table) -> Table:
    """The table with those two groups as one, wherever it has groups."""
    at = _axis(table)
    if at is None:
        return table
    counts: Counter[Key] = Counter()
    for cell in table:
        counts[_with(cell.key, at, TOGETHER) if cell.key[at] in OTHERS else cell.key] += cell.number
    cells = tuple(Cell(key, value) for key, value in counts.items())
    return replace(table, dimensions=_regrouped(table, at, OTHERS, [TOGETHER]), cells=cells)


def merged_groups(table: ProtectedTable) -> ProtectedTable:
    """Return the table with its six groups, where two are one: each of the two is not available."""
    at = _axis(table)
    if at is None or TOGETHER not in table.dimensions[at].categories:
        return table
    dimensions = _regrouped(table, at, [TOGETHER], [*OTHERS, TOGETHER])
    return replace(table, dimensions=dimensions, cells=tuple(_untold(table.cells, at)))


def _regrouped(table: Table, at: int, gone: Sequence[str], new: Sequence[str]) -> tuple[Dimension, ...]:
    """Its dimensions with some groups gone and others at the end."""
    groups = [group for group in table.dimensions[at].categories if group not in gone]
    return (*table.dimensions[:at], Dimension(GROUP, (*groups, *new)), *table.dimensions[at + 1 :])


def _untold(cells: Iterable[Cell], at: int) -> Iterator[Cell]:
    for cell in cells:
        if cell.key[at] == TOGETHER:
            yield from (Cell(_with(cell.key, at, group), None, Status.MISSING) for group in OTHERS)
        yield cell


def _axis(table: Table) -> int | None:
    return next((at for at, dimension in enumerate(table.dimensions) if dimension.name == GROUP), None)


def _with(key: Key, at: int, category: str) -> Key:
    return (*key[:at], category, *key[at + 1 :])
