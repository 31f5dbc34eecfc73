"""What the attacker knows of how the figures of one publication hang together.

Where parts add up: total = sum of the parts, along every line of every table, margins included. Where they
overlap (a person in several parts): each part <= total; main <= any; and sum of parts >= total where that is
true of the data all along the dimension (everybody has a part). The last is more than the attacker may know:
a relation that is true of the data can only make the audit stricter, never blind.

Along a dimension of an overlapping table the parts still add up where a person has one value of it only
(group, county): a dimension that adds up in some other table, or is listed here, and does so in these
figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Final

from summaries.protection.figures import Figure, Figured, dimension_names, figure_of, name_of
from summaries.tables import TOTAL, Key, Status, Table, TableError

ONE_VALUE_EACH: Final = frozenset(
    {
        "group",
        "sex",
        "child",
        "age",
        "ages",
        "age_class",
        "county",
        "region",
        "organisation",
        "channel",
        "source",
    }
)


# A main purpose may be written as a class of its own, or below one.
MAIN: Final = dict.fromkeys(("purpose_field", "purpose_class", "main_purpose"), "purpose")


@dataclass(frozen=True, slots=True)
class Relation:
    """sum(sign * figure) = 0, or >= 0 where not `equal`."""

    terms: frozenset[tuple[Figure, int]]
    equal: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One total and its parts. `absent`: categories without a figure; `missing`: some of them are marked
    missing."""

    total: Figure
    parts: tuple[Figure, ...]
    absent: bool
    missing: bool


Figures = Mapping[Figure, Figured]


def additive_dimensions(tables: Iterable[Table]) -> Set[str]:
    return ONE_VALUE_EACH | {name for table in tables if table.additive for name in dimension_names(table)}


def relations(tables: Iterable[Table], figures: Figures, additive: Set[str]) -> set[Relation]:
    """Raises TableError where a table that should add up does not."""
    found = _main_within_any(figures)
    for table in tables:
        for axis, name in enumerate(dimension_names(table)):
            lines = list(_lines(table, axis, figures))
            if table.additive or (name in additive and all(_may_add_up(line, figures) for line in lines)):
                found.update(_adding_up(line, figures, table) for line in lines if line.parts)
            else:
                found.update(_overlapping(lines, figures))
    return found


def _lines(table: Table, axis: int, figures: Figures) -> Iterator[Line]:
    name = dimension_names(table)[axis]
    missing = {cell.key for cell in table if cell.status is Status.MISSING}
    for rest in dict.fromkeys(_without(cell.key, axis) for cell in table):
        total = figure_of(table, _with(rest, axis, TOTAL))
        if total not in figures:
            continue
        categories = table.dimensions[axis].categories
        whole = [total | {(name, category)} for category in categories]
        parts = tuple(figure for figure in whole if figure in figures)
        is_missing = any(_with(rest, axis, c) in missing for c in categories)
        yield Line(total, parts, absent=len(parts) < len(whole), missing=is_missing)


def _without(key: Key, axis: int) -> Key:
    return key[:axis] + key[axis + 1 :]


def _with(rest: Key, axis: int, category: str) -> Key:
    return (*rest[:axis], category, *rest[axis:])


def _balance(line: Line, figures: Figures) -> int | None:
    """Total minus parts; None where a value is not known here."""
    values = [figures[figure].value for figure in line.parts]
    total = figures[line.total].value
    known = [value for value in values if value is not None]
    return None if total is None or len(known) < len(values) else total - sum(known)


def _may_add_up(line: Line, figures: Figures) -> bool:
    balance = _balance(line, figures)
    return balance is None or balance == 0 or (balance > 0 and line.absent)


def _adding_up(line: Line, figures: Figures, table: Table) -> Relation:
    balance = _balance(line, figures)
    if balance is not None and (balance < 0 or (balance > 0 and not line.absent)):
        total = figures[line.total].value or 0
        raise TableError(
            f"Table {table.name} does not add up: {name_of(line.total)} is {total}, its parts are "
            f"{total - balance}."
        )
    # Categories left out where the rest already adds up are zeros that anybody can guess.
    return _relation(line, equal=not line.absent or (balance == 0 and not line.missing))


def _relation(line: Line, *, equal: bool, sign: int = 1) -> Relation:
    return Relation(frozenset({(line.total, sign), *((part, -sign) for part in line.parts)}), equal)


def _overlapping(lines: list[Line], figures: Figures) -> Iterator[Relation]:
    whole = [line for line in lines if line.parts and not line.absent]
    covers = all((balance := _balance(line, figures)) is not None and balance <= 0 for line in whole)
    for line in whole if covers else ():
        yield _relation(line, equal=False, sign=-1)
    for line in lines:
        for part in line.parts:
            _check_part(line.total, part, figures)
            yield Relation(frozenset({(line.total, 1), (part, -1)}), equal=False)


def _check_part(total: Figure, part: Figure, figures: Figures) -> None:
    whole, some = figures[total].value, figures[part].value
    if whole is not None and some is not None and some > whole:
        raise TableError(f"{name_of(part)} is {some}, which is more than {whole} for {name_of(total)}.")


def _main_within_any(figures: Figures) -> set[Relation]:
    """main X <= any X, wherever both are published and it is so."""
    found = set()
    for figure, main in figures.items():
        for dimension, category in figure:
            if dimension not in MAIN:
                continue
            rest = frozenset(pair for pair in figure if MAIN.get(pair[0]) != MAIN[dimension])
            wider = rest | {(f"any_{MAIN[dimension]}", category)}
            other = figures.get(wider)
            if other is None or (main.value or 0) > (
                other.value if other.value is not None else main.value or 0
            ):
                continue
            found.add(Relation(frozenset({(wider, 1), (figure, -1)}), equal=False))
    return found
