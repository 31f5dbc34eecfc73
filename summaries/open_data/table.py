"""A frozen table with all that a file of its own says of it. Pure: words and days are handed in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

from summaries.tables import TOTAL, Cell, ProtectedTable, Status


@dataclass(frozen=True, slots=True)
class Axis:
    """`categories`: code → label, in the order of the table, its total last."""

    name: str
    label: str
    categories: tuple[tuple[str, str], ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(code for code, _label in self.categories)

    @property
    def labels(self) -> tuple[str, ...]:
        """Each once, as most formats ask: of those that share a label the later ones have their code beside
        it."""
        found: dict[str, None] = {}
        for code, label in self.categories:
            found[f"{label} ({code})" if label in found else label] = None
        return tuple(found)

    @property
    def total(self) -> str:
        """The label of everybody; empty where the axis has no total."""
        return next((label for code, label in self.categories if code == TOTAL), "")


@dataclass(frozen=True)
class OpenTable:
    """`updated`: day and minute of the version, as 2019-05-09 09:00. `symbols`: the words of x and of .."""

    table: ProtectedTable
    title: str
    axes: tuple[Axis, ...]
    year: int
    version: int
    state: str
    updated: str
    language: str
    unit: str
    of_year: str
    area: str
    source: str
    contact: str
    symbols: tuple[str, str]
    notes: tuple[str, ...] = ()
    so_far: str = ""
    demo: bool = False

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def time(self) -> Axis:
        return Axis("year", self.of_year, ((str(self.year), str(self.year)),))

    @property
    def size(self) -> int:
        return prod(len(axis.categories) for axis in self.axes)

    def cells(self) -> Iterator[Cell]:
        """Of every combination of categories, the last axis moving first; `missing` where the table has
        none."""
        for key in product(*(axis.codes for axis in self.axes)):
            yield self.table.by_key.get(key) or Cell(key, None, Status.MISSING)
