"""Small tables for the tests of disclosure control, in the JSON that `manage.py protect` reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from libs.suppression import Package, Protection, protect

Json = dict[str, Any]


def still() -> float:
    """A clock that stands: how busy the machine is decides nothing."""
    return 0.0


def line(dimension: str, values: Mapping[str, int | None], total: int | None = None, **more: Any) -> Json:
    """One dimension and its total (the sum, unless given)."""
    if total is None:
        total = sum(value or 0 for value in values.values())
    cells = [_cell([category], value) for category, value in values.items()]
    return {
        "name": dimension,
        "title": dimension,
        "additive": True,
        "dimensions": [{"name": dimension, "categories": list(values)}],
        "cells": [*cells, _cell(["*"], total)],
        **more,
    }


def cross(
    rows: str, columns: str, values: Mapping[str, Sequence[int]], names: Sequence[str], **more: Any
) -> Json:
    """Two dimensions with all margins: `values` has a row for each category of `rows`."""
    cells = [
        _cell([row, name], value)
        for row, line in values.items()
        for name, value in zip(names, line, strict=True)
    ]
    cells += [_cell([row, "*"], sum(line)) for row, line in values.items()]
    cells += [
        _cell(["*", name], sum(line[place] for line in values.values())) for place, name in enumerate(names)
    ]
    cells.append(_cell(["*", "*"], sum(map(sum, values.values()))))
    dimensions = [{"name": rows, "categories": list(values)}, {"name": columns, "categories": list(names)}]
    return {
        "name": f"{rows}_{columns}",
        "title": "",
        "additive": True,
        "dimensions": dimensions,
        "cells": cells,
        **more,
    }


def _cell(key: list[str], value: int | None) -> Json:
    return {"key": key, "value": value, "status": "hidden" if value is None else "shown"}


def package(*tables: Json, k: int = 5, ledger: Sequence[Json] = ()) -> Json:
    return {"k": k, "population": "2018", "tables": list(tables), "ledger": list(ledger)}


def entry(*tables: Json, population: str = "2018", version: int = 1) -> Json:
    return {"population": population, "version": version, "tables": list(tables)}


def with_status(table: Json, status: str, *keys: Sequence[str]) -> Json:
    """`table` with the cells at `keys` hidden (or missing)."""
    wanted = {tuple(key) for key in keys}
    cells = [{**cell, "status": status} if tuple(cell["key"]) in wanted else cell for cell in table["cells"]]
    return {**table, "cells": cells}


def run(*tables: Json, k: int = 5, ledger: Sequence[Json] = (), seconds: float = 20) -> Protection:
    return protect(Package.from_json(package(*tables, k=k, ledger=ledger)), seconds=seconds, clock=still)


def shown(protection: Protection, table: int = 0) -> dict[str, Any]:
    """What the outside sees of a table: values by key, `x` where hidden and `..` where missing."""
    symbols = {"hidden": "x", "missing": ".."}
    return {" ".join(cell.key): symbols.get(cell.status, cell.value) for cell in protection.tables[table]}
