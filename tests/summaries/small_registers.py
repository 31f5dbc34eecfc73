"""Small registers of invented persons, tabulated and protected as a year's tables are, for the tests of the
text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any, Final

from libs.suppression import Package, protect
from libs.suppression.tables import ProtectedTable
from tests.summaries.small_tables import still

GROUPS: Final = ("women", "men", "girls", "boys", "other", "unknown")
SECTION: Final = {"women": "women", "men": "men", "girls": "children", "boys": "children"}
CATEGORIES: Final[Mapping[str, tuple[str, ...]]] = {
    "group": GROUPS,
    "section": ("women", "men", "children", "other_unknown"),
    "main_purpose": (
        "sexual",
        "labour",
        "begging",
        "crime",
        "marriage",
        "organs",
        "military",
        "other",
        "unknown",
    ),
    "citizenship": ("RO", "NG", "BG", "SE", "TH", "UA", "XS", "ZZ"),
    "measure": ("shelter", "return", "health"),
}
Json = dict[str, Any]


@dataclass(frozen=True)
class Somebody:
    group: str
    main_purpose: str
    purposes: frozenset[str]
    citizenship: str
    measure: frozenset[str]

    def at(self, dimension: str) -> tuple[str, ...]:
        if dimension == "section":
            return (SECTION.get(self.group, "other_unknown"),)
        found = self.purposes if dimension == "any_purpose" else getattr(self, dimension)
        return (found,) if isinstance(found, str) else tuple(found)


@dataclass(frozen=True)
class Kind:
    """What a register is like. `slope`: how much commoner the first of a list are than the last; 0 is not at
    all. `columns`: none where the purposes are told of everybody alone."""

    number: int
    groups: tuple[str, ...] = GROUPS
    purposes: tuple[str, ...] = CATEGORIES["main_purpose"]
    countries: tuple[str, ...] = CATEGORIES["citizenship"]
    slope: float = 1.2
    helped: float = 0.3
    columns: str = "group"
    k: int = 5


def people(kind: Kind, random: Random) -> list[Somebody]:
    return [_somebody(kind, random) for _ in range(kind.number)]


def tables_of(kind: Kind, everybody: Sequence[Somebody]) -> tuple[ProtectedTable, ...]:
    """Protected for the first time, so that what is hidden is somebody. Countries with too few are left
    out."""
    columns = [kind.columns] if kind.columns else []
    json = [
        _table(everybody, "groups", "group", exempt=True),
        _table(everybody, "main_purpose", "main_purpose", *columns),
        _table(everybody, "citizenship", "citizenship"),
        _table(everybody, "measures", "measure", *columns, additive=False),
    ]
    found = protect(Package.from_json({"k": kind.k, "population": "2018", "tables": json, "ledger": []}),
                    seconds=20, clock=still)  # fmt: skip
    assert found.audit.passed
    return tuple(
        _named(table, everybody, kind.k) if table.name == "citizenship" else table for table in found.tables
    )


def _somebody(kind: Kind, random: Random) -> Somebody:
    main = _one(random, kind.purposes, kind.slope)
    more = {_one(random, kind.purposes, kind.slope)} - {"unknown"} if random.random() < 0.4 else set()
    return Somebody(
        _one(random, kind.groups, kind.slope),
        main,
        frozenset({main} | more),
        _one(random, kind.countries, kind.slope),
        frozenset(one for one in CATEGORIES["measure"] if random.random() < kind.helped),
    )


def _one(random: Random, choices: Sequence[str], slope: float) -> str:
    return random.choices(choices, [1 / (at + 1) ** slope for at in range(len(choices))])[0]


def _table(
    everybody: Sequence[Somebody], name: str, *dimensions: str, additive: bool = True, **more: bool
) -> Json:
    counts: Counter[tuple[str, ...]] = Counter()
    for one in everybody:
        counts.update(product(*((*one.at(dimension), "*") for dimension in dimensions)))
    keys = product(*((*CATEGORIES[dimension], "*") for dimension in dimensions))
    cells = [{"key": list(key), "value": counts[key], "status": "shown"} for key in keys]
    named = [{"name": dimension, "categories": list(CATEGORIES[dimension])} for dimension in dimensions]
    return {"name": name, "title": "", "additive": additive, "dimensions": named, "cells": cells, **more}


def _named(table: ProtectedTable, everybody: Sequence[Somebody], k: int) -> ProtectedTable:
    """As the public table is: the countries with enough persons, which do not add up."""
    number = Counter(one.citizenship for one in everybody)
    kept = [country for country in table.dimensions[0].categories if number[country] >= k]
    dimension = type(table.dimensions[0])("citizenship", tuple(kept))
    cells = tuple(cell for cell in table if cell.key[0] in (*kept, "*"))
    return ProtectedTable("citizenship", "", (dimension,), cells, additive=False)
