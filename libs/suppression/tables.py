"""Tables as values: what is counted, protected and shown. Pure: no Django, clock or settings.

A `Table` is a set of cells over one or more dimensions, margins included: the key of a cell holds one
category for each dimension, `TOTAL` standing for "all". Renderers for the outside accept only
`ProtectedTable`, which no other module than `libs.suppression` makes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, TypeVar

TOTAL: Final = "*"
GROUP: Final = "group"
OTHERS: Final = ("other", "unknown")  # groups of few: other sex, and those of whom sex or age is not known
TOGETHER: Final = "other_unknown"  # their sum, where one of them is too small to stand alone
Key = tuple[str, ...]
Kind = TypeVar("Kind")


def of_calls(name: str) -> bool:
    """Of a table by its name: calls are counted in it, not persons."""
    return name.startswith("calls_")


class TableError(ValueError):
    """A table that cannot be read; the message is one sentence for the person who sent it."""


def refuse_if(holds: object, sentence: str) -> None:
    """Raise TableError where something holds that no table may have."""
    if holds:
        raise TableError(sentence)


def required(value: object, kind: type[Kind], sentence: str) -> Kind:
    """Return a value of this kind. Raises TableError where it is of another."""
    if not isinstance(value, kind):
        raise TableError(sentence)
    return value


class Status(StrEnum):
    SHOWN = "shown"
    HIDDEN = "hidden"  # by disclosure control; printed x
    MISSING = "missing"  # not available; printed ..


@dataclass(frozen=True, slots=True)
class Dimension:
    name: str
    categories: tuple[str, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """The categories that add up: without the two groups of which only the sum is published."""
        if self.name != GROUP or TOGETHER not in self.categories:
            return self.categories
        return tuple(category for category in self.categories if category not in OTHERS)


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` is a count of persons (or what the title says); None when it is not known here."""

    key: Key
    value: int | None
    status: Status = Status.SHOWN

    @property
    def number(self) -> int:
        """The value as what it adds to a sum."""
        return self.value or 0


NOBODY: Final = Cell((), 0)


@dataclass(frozen=True)
class Table:
    """`additive` is False where categories overlap, so that parts may add up to more than the total.

    `left_out`: how many persons of the year it does not count, since the headline alone has them.
    `version`: the earlier version that it stands from, unchanged; 0 of a table that was made anew.
    """

    name: str
    title: str
    dimensions: tuple[Dimension, ...]
    cells: tuple[Cell, ...]
    additive: bool = True
    exempt: bool = False
    left_out: int = 0
    version: int = 0

    @cached_property
    def by_key(self) -> Mapping[Key, Cell]:
        return {cell.key: cell for cell in self.cells}

    @property
    def levels(self) -> tuple[str, ...]:
        """The names of its dimensions."""
        return tuple(dimension.name for dimension in self.dimensions)

    def __getitem__(self, key: Key) -> Cell:
        return self.by_key[key]

    def value(self, *key: str) -> int | None:
        """The value at `key`, padded with totals; None when absent, hidden or missing."""
        cell = self.by_key.get(key + (TOTAL,) * (len(self.dimensions) - len(key)))
        return cell.value if cell else None

    def __iter__(self) -> Iterator[Cell]:
        return iter(self.cells)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Table:
        """The TABLE of the design's part 7. Raises TableError."""
        data = required(data, dict, "A table must be a JSON object.")
        name = required(data.get("name") or None, str, "A table has no name.")
        parts = required(data.get("dimensions"), list, f"Table {name}: dimensions must be a list.")
        dimensions = tuple(_dimension(name, item) for item in parts)
        items = required(data.get("cells"), list, f"Table {name}: cells must be a list.")
        cells = tuple(_cell(name, dimensions, item) for item in items)
        refuse_if(
            len({cell.key for cell in cells}) != len(cells), f"Table {name}: the same key stands twice."
        )
        return cls(
            name=name,
            title=str(data.get("title", "")),
            dimensions=dimensions,
            cells=cells,
            additive=_flag(name, data, "additive", default=True),
            exempt=_flag(name, data, "exempt", default=False),
            left_out=_count(name, data, "left_out"),
            version=_count(name, data, "version"),
        )

    def to_json(self) -> dict[str, Any]:
        seldom = {"exempt": self.exempt, "left_out": self.left_out, "version": self.version}
        return {
            "name": self.name,
            "title": self.title,
            "additive": self.additive,
            **{name: value for name, value in seldom.items() if value},
            "dimensions": [{"name": d.name, "categories": list(d.categories)} for d in self.dimensions],
            "cells": [{"key": list(c.key), "value": c.value, "status": str(c.status)} for c in self.cells],
        }


@dataclass(frozen=True)
class ProtectedTable(Table):
    """A table whose hidden cells hold no value. Made by disclosure control only."""

    protected: bool = field(default=True, init=False)

    def __post_init__(self) -> None:
        for cell in self.cells:
            if cell.status is not Status.SHOWN and cell.value is not None:
                raise ValueError(f"{self.name}: a cell that is not shown holds a value")


def protected(table: Table) -> ProtectedTable:
    """One that was protected when it was stored, or published before."""
    return ProtectedTable(**{one.name: getattr(table, one.name) for one in fields(Table)})


def largest_first(table: ProtectedTable, last: Sequence[str] = ()) -> ProtectedTable:
    """Sort rows by their shown totals, then the others by name: their place would reveal them."""
    first, *others = table.dimensions
    rows = sorted(first.categories, key=lambda category: _place(table, last, category))
    order = {category: at for at, category in enumerate((*rows, TOTAL))}
    cells = tuple(sorted(table.cells, key=lambda cell: order[cell.key[0]]))
    return replace(table, dimensions=(Dimension(first.name, tuple(rows)), *others), cells=cells)


def _place(table: ProtectedTable, last: Sequence[str], category: str) -> tuple[bool, bool, int, str]:
    value = table.value(category)
    if category in last:
        return True, False, last.index(category), ""
    return False, value is None, -(value or 0), category


def _flag(table: str, data: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = data.get(name)
    if value is None:
        return default
    return required(value, bool, f"Table {table}: {name} must be true or false.")


def _count(table: str, data: Mapping[str, Any], name: str) -> int:
    value = data.get(name, 0)
    refuse_if(not _is_count(value), f"Table {table}: {name} must be a whole number from 0.")
    return int(value)


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _dimension(table: str, item: object) -> Dimension:
    nameless = f"Table {table}: a dimension needs a name."
    facts = required(item, dict, nameless)
    name = required(facts.get("name"), str, nameless)
    no_texts = f"Table {table}: the categories of {name} must be a list of texts."
    categories = required(facts.get("categories"), list, no_texts)
    refuse_if({type(category) for category in categories} - {str}, no_texts)
    refuse_if(
        len({TOTAL, *categories}) <= len(categories),
        f"Table {table}: the categories of {name} must differ, and none may be {TOTAL}.",
    )
    return Dimension(name, tuple(categories))


def _cell(table: str, dimensions: tuple[Dimension, ...], item: object) -> Cell:
    keyless = f"Table {table}: a cell needs a key."
    facts = required(item, dict, keyless)
    key = tuple(required(facts.get("key"), list, keyless))
    _check_key(table, dimensions, key)
    value = facts.get("value")
    refuse_if(
        value is not None and not _is_count(value),
        f"Table {table}: the value at {list(key)} must be a whole number from 0, or null.",
    )
    said = facts.get("status", "shown")
    refuse_if(said not in list(Status), f"Table {table}: {said!r} is not a status.")
    status = Status(said)
    refuse_if(
        (status, value) == (Status.SHOWN, None),
        f"Table {table}: the cell at {list(key)} is shown but has no value.",
    )
    return Cell(key, value, status)


def _check_key(table: str, dimensions: tuple[Dimension, ...], key: tuple[Any, ...]) -> None:
    refuse_if(
        len(key) != len(dimensions),
        f"Table {table}: the key {list(key)} has not one part for each dimension.",
    )
    for part, dimension in zip(key, dimensions, strict=True):
        allowed = (TOTAL, *dimension.categories)
        refuse_if(part not in allowed, f"Table {table}: {part!r} is not a category of {dimension.name}.")
