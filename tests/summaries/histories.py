"""What the outside has of a year after several versions, for an attack that reads the public tables as they
stand.

The figures are named by the tables and categories that everybody sees, not by the program's own trees of
categories. Nothing here is the program's but the counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from tests.summaries.outsider import Outsider

Json = dict[str, Any]
WIDER: Final = {"trafficking": frozenset({("scope", "with_exploitation")})}
COUNTRIES: Final = (
    ("eu_citizenship", "country_group"),
    {
        "RO": ("eu_citizens", "other_eu"), "BG": ("eu_citizens", "other_eu"), "SE": ("own", "sweden"),
        "NG": ("non_eu", "africa"), "TH": ("non_eu", "asia"), "VN": ("non_eu", "asia"),
        "AL": ("non_eu", "other_europe"),
    },
)  # fmt: skip
SECTIONS: Final = {"children": ("girls", "boys"), "other_unknown": ("other", "unknown")}
PARTS: Final = ("scope", "scope_status")
NAMES: Final = {  # the offence is what a scope counts; labour is a purpose and a class of purposes
    "section": "group", "offence": "scope", "offence_class": "scope", "purpose_class": "main_purpose",
    "purpose_field": "main_purpose",
}  # fmt: skip
LABOUR: Final = ("sector",)  # tables of those alone whose purpose is labour


def attacked(k: int, versions: Sequence[tuple[list[Json], list[Json]]]) -> tuple[int, int]:
    """`versions`: the public tables of each, with true values and as they were published. The last is the
    newest.

    How many secrets are recovered, how many under-protected, by somebody who knows all versions together,
    but not which of the figures that a version no longer shows are as they were.
    """
    read = [(_alike(true), _alike(public)) for true, public in versions]
    shown: set[tuple[Any, int]] = set()
    for number, (true, public) in enumerate(read, start=1):
        shown |= _set_alone(number, true, public, shown)
    ledger = [_entry(number, *one) for number, one in enumerate(read[:-1], start=1)]
    tables = [{**table, "exempt": bool(table.get("exempt"))} for table in read[-1][0]]
    package = {"k": k, "population": "2018", "tables": tables, "ledger": ledger}
    outsider = Outsider(package, read[-1][1])
    for true, _public in read:
        _tie(outsider, _figures(true))
    return outsider.attack()


def _set_alone(
    number: int, true: list[Json], public: list[Json], before: set[tuple[Any, int]]
) -> set[tuple[Any, int]]:
    """Mark the figures that are hidden though they are as they were shown before; return what is shown."""
    shown = set()
    for table, printed in zip(true, public, strict=True):
        for (figure, cell), there in zip(_cells(table), printed["cells"], strict=True):
            place = figure, cell["value"]
            if there["status"] == "shown":
                shown.add(place)
            elif place in before and cell["value"]:
                cell["alone"] = number
    return shown


def _entry(number: int, true: list[Json], public: list[Json]) -> Json:
    tables = [
        {
            **one,
            "cells": [
                {**c, "status": p["status"]} for c, p in zip(one["cells"], shown["cells"], strict=True)
            ],
        }
        for one, shown in zip(true, public, strict=True)
    ]
    return {"population": "2018", "version": number, "tables": tables}


def _alike(tables: Iterable[Json]) -> list[Json]:
    """One dimension of groups, whether coarse or fine; a table for each column of those whose columns are
    nested."""
    return [part for table in tables for part in _columns(_renamed(table))]


def _renamed(table: Json) -> Json:
    """Nothing is told of a cell that is missing: it is as if it were not there."""
    dimensions = [{**d, "name": NAMES.get(d["name"], d["name"])} for d in table["dimensions"]]
    told = [cell for cell in table["cells"] if cell["status"] != "missing"]
    if table["name"] not in LABOUR:
        return {**table, "dimensions": dimensions, "cells": told}
    cells = [{**cell, "key": [*cell["key"], "labour"]} for cell in told]
    return {
        **table,
        "dimensions": [*dimensions, {"name": "main_purpose", "categories": ["labour"]}],
        "cells": cells,
    }


def _columns(table: Json) -> list[Json]:
    if len(table["dimensions"]) < 2 or table["dimensions"][1]["name"] not in PARTS:
        return [table]
    nested = {**table["dimensions"][1], "name": "scope"}
    return [
        {
            **table, "additive": True, "dimensions": [table["dimensions"][0], nested],
            "cells": [cell for cell in table["cells"] if cell["key"][1] == column],
        }
        for column in (*nested["categories"], "*")
    ]  # fmt: skip


def _figures(tables: Iterable[Json]) -> dict[Any, Any]:
    """Of one version: what each figure is called among all values that it had."""
    found = {}
    for table in tables:
        for figure, cell in _cells(table):
            found[figure] = (figure, cell["value"], cell.get("alone", 0))
    return found


def _cells(table: Json) -> Iterator[tuple[Any, Json]]:
    """Yield each cell with its figure: what is said of those whom it counts."""
    names = [dimension["name"] for dimension in table["dimensions"]]
    for cell in table["cells"]:
        pairs = zip(names, cell["key"], strict=True)
        yield frozenset(pair for pair in pairs if pair[1] != "*"), cell


def _tie(outsider: Outsider, own: Mapping[Any, Any]) -> None:
    """What everybody knows of categories: children are girls and boys, countries lie in groups of countries,
    trafficking is counted with exploitation too, and everybody has a status."""
    for figure, name in own.items():
        for dimension, category in figure:
            rest = figure - {(dimension, category)}
            if dimension == "group" and category in SECTIONS:
                _sum(outsider, own, name, [rest | {("group", part)} for part in SECTIONS[category]])
            if dimension in COUNTRIES[0]:
                _within(outsider, own, name, [one for one in _countries(rest, category) if one in own])
            if dimension == "scope":
                _tie_scope(outsider, own, figure, category)


def _countries(rest: Any, category: str) -> list[Any]:
    of = [country for country, groups in COUNTRIES[1].items() if category in groups]
    return [rest | {("citizenship", country)} for country in of]


def _tie_scope(outsider: Outsider, own: Mapping[Any, Any], figure: Any, category: str) -> None:
    if "+" in category:
        return
    name, rest = own[figure], figure - {("scope", category)}
    statuses = {c for f in own for d, c in f if d == "scope" and c.startswith(f"{category}+")}
    _sum(outsider, own, name, [rest | {("scope", status)} for status in statuses])
    wider = own.get(rest | WIDER.get(category, frozenset()), name)
    _within(outsider, own, wider, [figure])
    if wider != name:
        _sum(outsider, own, wider, [figure, rest | {("scope", "exploitation")}])


def _sum(outsider: Outsider, own: Mapping[Any, Any], name: Any, parts: Sequence[Any]) -> None:
    """Where all parts stand somewhere, and a category that nobody has is known to have none."""
    if parts and all(part in own for part in parts) and name[1] == sum(own[part][1] for part in parts):
        outsider.equal.append({name: 1, **{own[part]: -1 for part in parts}})


def _within(outsider: Outsider, own: Mapping[Any, Any], name: Any, parts: Sequence[Any]) -> None:
    if parts and name[0] not in parts:
        outsider.at_least.append({name: 1, **{own[part]: -1 for part in parts}})
