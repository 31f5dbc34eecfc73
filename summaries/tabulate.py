"""From grouped counts to tables. Pure: no Django, clock or settings.

The database groups; what comes back is a few rows `Grouped`, however many persons they stand for. Here each row is put
into its cell and the margins are added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from summaries.tables import TOTAL, Cell, Dimension, Key, Table

WOMEN, MEN, GIRLS, BOYS, OTHER, UNKNOWN = GROUPS = ("women", "men", "girls", "boys", "other", "unknown")
GROUP_OF: Final = {("F", "no"): WOMEN, ("M", "no"): MEN, ("F", "yes"): GIRLS, ("M", "yes"): BOYS}
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


def group_of(sex: str, child: str) -> str:
    """Counting rule 3: disjoint groups that add up to all persons."""
    return OTHER if sex == "O" else GROUP_OF.get((sex, child), UNKNOWN)


def by_group(rows: Iterable[Grouped], category: Callable[[Grouped], str]) -> Counter[Key]:
    """Counts at (category, group)."""
    counts: Counter[Key] = Counter()
    for row in rows:
        counts[category(row), group_of(row.sex, row.child)] += row.n
    return counts


def one_way(
    name: str, title: str, dimension: Dimension, counts: Counter[Key], *, total: int | None = None, exempt: bool = False
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

    Where categories overlap, margins are no sums: `columns` then gives the total of each category of the second
    dimension (with TOTAL for all), and `rows` that of each category of the first.
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
            raise CountError(f"Table {name} has no category {', '.join(sorted(strange))} in {dimension.name}.")


def _sum(counts: Counter[Key], at: int, category: str) -> int:
    return sum(n for key, n in counts.items() if key[at] == category)
