"""What the tables of a package say that their categories are made of, in the shape of docs/open-data.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from summaries.protection.atoms import Bound, Codes, Made, Words
from summaries.protection.figures import Figure, Pair, dimension_names
from summaries.tables import Table, TableError

Json = Mapping[str, Any]


def words(data: Json, tables: Sequence[Table]) -> Words | None:
    """None where no table says so. Raises TableError."""
    raw = [table for table in data["tables"] if any("made_of" in one for one in table["dimensions"])]
    if not raw:
        return None
    by_name = {table.name: table for table in tables}
    made: dict[Pair, Made] = {}
    several: set[str] = set()
    try:
        for one in raw:
            several |= set(one.get("rules", {}).get("several", ()))
            for name, dimension in zip(dimension_names(by_name[one["name"]]), one["dimensions"], strict=True):
                for category, told in dimension.get("made_of", {}).items():
                    made[name, category] = _made(told)
        mentioned = {fact for told in made.values() for fact in told} - several
        base = {fact: set(codes) for fact, codes in data.get("facts", {}).items() if fact in mentioned}
        for told in made.values():
            for fact in told.keys() & mentioned:
                base.setdefault(fact, set()).update(told[fact])
        all_codes = {fact: frozenset(codes) for fact, codes in base.items()}
        never = tuple(map(_made, data.get("never", ())))
        return Words(made, all_codes, None, never, tuple(_bounds(raw, all_codes)))
    except (AttributeError, TypeError, KeyError, ValueError) as error:
        raise TableError(
            "What the categories are made of is not in the shape of docs/open-data.md."
        ) from error


def least(data: Json, tables: Sequence[Table]) -> dict[Figure, int]:
    """Of rows that stand there for their size."""
    by_name = {table.name: table for table in tables}
    found: dict[Figure, int] = {}
    for one in data["tables"]:
        if not isinstance(rules := one.get("rules", {}), dict):
            raise TableError(f"The rules of table {one['name']} must be a JSON object.")
        if rules.get("named_from"):
            name = dimension_names(by_name[one["name"]])[0]
            rows = set(by_name[one["name"]].dimensions[0].categories) - set(rules.get("always", ()))
            found |= {frozenset({(name, row)}): int(rules["named_from"]) for row in rows}
    return found


def _bounds(raw: Sequence[Json], base: Made) -> list[Bound]:
    """Of rows that do not. Codes that are one up to a plus sign are of one row."""
    found = []
    for one in raw:
        rules = one.get("rules") or {}
        if not rules.get("named_from"):
            continue
        told = [_made(codes) for codes in one["dimensions"][0]["made_of"].values()]
        (fact,) = {fact for codes in told for fact in codes}
        left = base[fact].difference(*(codes[fact] for codes in told), rules.get("unnamed", ()))
        rows: dict[str, set[str]] = {}
        for code in left:
            rows.setdefault(code.partition("+")[0], set()).add(code)
        found.append(
            Bound(fact, tuple(frozenset(rows[row]) for row in sorted(rows)), rules["named_from"] - 1)
        )
    return found


def _made(data: Json) -> dict[str, Codes]:
    return {fact: frozenset(codes) for fact, codes in data.items()}
