"""Cells become figures: the same set of (dimension, category) pairs is one figure, in whichever table it
stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from summaries.tables import TOTAL, Key, Status, Table, TableError

Pair = tuple[str, str]
Figure = frozenset[Pair]
GRAND_TOTAL: Final[Figure] = frozenset()


@dataclass(frozen=True, slots=True)
class Figured:
    """A figure as one publication has it. `summed`: the most dimensions any of its cells is a total over."""

    figure: Figure
    value: int | None
    hidden: bool
    exempt: bool
    summed: int


def dimension_names(table: Table) -> tuple[str, ...]:
    """The names that figures are told apart by.

    A bare `purpose` is the main purpose where parts add up and any purpose where they overlap: two figures,
    not one.
    """
    purpose = "main_purpose" if table.additive else "any_purpose"
    return tuple(purpose if d.name == "purpose" else d.name for d in table.dimensions)


def figure_of(table: Table, key: Key) -> Figure:
    return frozenset(pair for pair in zip(dimension_names(table), key, strict=True) if pair[1] != TOTAL)


def name_of(figure: Figure) -> str:
    return ", ".join(f"{dimension} {category}" for dimension, category in sorted(figure)) or "the grand total"


def figures_of(tables: Iterable[Table]) -> Mapping[Figure, Figured]:
    """Every figure of one publication, once. Raises TableError where two tables give it different values."""
    found: dict[Figure, Figured] = {}
    for table in tables:
        for cell in table:
            if cell.status is Status.MISSING:
                continue
            figure = figure_of(table, cell.key)
            hidden = cell.status is Status.HIDDEN
            exempt = table.exempt and cell.value is not None
            new = Figured(figure, cell.value, hidden, exempt, cell.key.count(TOTAL))
            found[figure] = _merged(found[figure], new, table) if figure in found else new
    return found


def _merged(old: Figured, new: Figured, table: Table) -> Figured:
    if old.value is not None and new.value is not None and old.value != new.value:
        raise TableError(
            f"Table {table.name} gives {new.value} for {name_of(new.figure)}, another table gives "
            f"{old.value}."
        )
    return Figured(
        figure=old.figure,
        value=old.value if old.value is not None else new.value,
        hidden=old.hidden or new.hidden,
        exempt=old.exempt or new.exempt,
        summed=max(old.summed, new.summed),
    )
