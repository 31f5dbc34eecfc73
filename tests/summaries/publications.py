"""Invented publications for tests and measurements, as the JSON that `manage.py protect` reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from random import Random
from typing import Any

Json = dict[str, Any]
GROUPS = ("women", "men", "girls", "boys", "other", "unknown")
CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "group": GROUPS,
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
    "any_purpose": (
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
    "county": tuple(f"{number:02}" for number in range(1, 22)),
    "citizenship": tuple(f"C{number:02}" for number in range(40)),
    "organisation": ("police", "migration", "municipality", "civil", "health", "other"),
}


@dataclass(frozen=True)
class Someone:
    group: str
    main_purpose: str
    purposes: frozenset[str]
    county: str
    citizenship: str
    organisation: str

    def has(self, dimension: str) -> tuple[str, ...]:
        return tuple(self.purposes) if dimension == "any_purpose" else (getattr(self, dimension),)


def _pick(random: Random, dimension: str, slope: float) -> str:
    categories = CATEGORIES[dimension]
    return random.choices(categories, [1 / (place + 1) ** slope for place in range(len(categories))])[0]


def people(random: Random, number: int) -> list[Someone]:
    return [_somebody(random, random.choices(GROUPS, (60, 20, 8, 10, 1, 1))[0]) for _ in range(number)]


def _somebody(random: Random, group: str) -> Someone:
    main = _pick(random, "main_purpose", 1.1)
    more = {_pick(random, "main_purpose", 1.1) for _ in range(random.choice((0, 0, 1, 2)))}
    return Someone(
        group,
        main,
        frozenset({main} | more),
        _pick(random, "county", 1.1),
        _pick(random, "citizenship", 1.0),
        _pick(random, "organisation", 1.2),
    )


def table(everybody: Iterable[Someone], name: str, *dimensions: str, exempt: bool = False) -> Json:
    counts: Counter[tuple[str, ...]] = Counter()
    for somebody in everybody:
        counts.update(product(*((*somebody.has(dimension), "*") for dimension in dimensions)))
    keys = product(*((*CATEGORIES[dimension], "*") for dimension in dimensions))
    return {
        "name": name,
        "title": name.replace("_", " "),
        "additive": "any_purpose" not in dimensions,
        "exempt": exempt,
        "dimensions": [{"name": d, "categories": list(CATEGORIES[d])} for d in dimensions],
        "cells": [{"key": list(key), "value": counts[key], "status": "shown"} for key in keys],
    }


def package(tables: Sequence[Json], ledger: Sequence[Json] = (), k: int = 5) -> Json:
    return {"k": k, "population": "2018", "tables": list(tables), "ledger": list(ledger)}


def publication(everybody: Sequence[Someone], *, exempt: bool = True) -> list[Json]:
    return [
        table(everybody, "groups", "group", exempt=exempt),
        table(everybody, "main_purpose", "main_purpose", "group"),
        table(everybody, "any_purpose", "any_purpose", "group"),
        table(everybody, "county", "county", "group"),
        table(everybody, "citizenship", "citizenship"),
        table(everybody, "organisation", "organisation", "group"),
    ]


def corrected(random: Random, everybody: Sequence[Someone], number: int) -> list[Someone]:
    """`number` persons turn out to have another purpose, county or citizenship; nobody comes or goes."""
    after = list(everybody)
    for place in random.sample(range(len(after)), number):
        other = _somebody(random, after[place].group)
        change = random.choice(("main_purpose", "county", "citizenship"))
        new = {change: getattr(other, change)}
        if change == "main_purpose":
            new["purposes"] = after[place].purposes - {after[place].main_purpose} | {other.main_purpose}
        after[place] = replace(after[place], **new)
    return after


def published(before: Json, tables: Sequence[Json], version: int = 1) -> Json:
    """The ledger's entry for `before`: its true values with the statuses of `tables`."""
    entry = []
    for true, protected in zip(before["tables"], tables, strict=True):
        cells = [
            {**cell, "status": shown["status"]}
            for cell, shown in zip(true["cells"], protected["cells"], strict=True)
        ]
        entry.append({**true, "cells": cells})
    return {"population": before["population"], "version": version, "tables": entry}
