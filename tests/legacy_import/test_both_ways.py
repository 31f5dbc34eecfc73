"""Register and spreadsheet side by side: what differs is found, and by which rows."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

import pytest

from legacy_import.sheets.side_by_side import (
    ALL,
    FACTS,
    BothWays,
    DifferingPerson,
    Month,
    One,
    agreed_in_a_row,
    both_ways,
    of_json,
)
from tests.legacy_import.hands import Truth, draw, hands


def one(row: Truth, number: int, side: str, *, keyed: bool) -> One:
    facts = {
        "group": row.group,
        "main_purpose": row.purpose.partition(":")[2],
        "citizenship": row.land,
        "county": row.county,
        "organisation": row.agency,
        "month": f"{row.on:%m}",
    }
    facts = {name: "" if value in {"ZZ", "unknown"} else value for name, value in facts.items()}
    keys = ("", f"{row.case}-{row.name}") if keyed else ()
    return One(f"{side} {number}", row.on.isoformat(), keys, facts)


def sides(seed: int, *, keyed: bool) -> tuple[list[One], list[One]]:
    rows = draw(seed, 2026, hands()[seed % 6].counties)
    there = [one(row, n, "R", keyed=keyed) for n, row in enumerate(rows)]
    return there, [one(row, n, "S", keyed=keyed) for n, row in enumerate(rows)]


def damaged(seed: int, *, keyed: bool) -> tuple[list[One], list[One], dict[str, set[str]]]:
    """Two sides between which some differ: the truth by place in the register, or in the sheet."""
    rng = random.Random(seed)
    there, here = sides(seed, keyed=keyed)
    truth: dict[str, set[str]] = {}
    for n in rng.sample(range(len(here)), 6):
        name = rng.choice(FACTS[:2])
        other = "elsewhere" if here[n].facts[name] else "told"
        here[n] = replace(here[n], facts={**here[n].facts, name: other})
        truth[f"R {n}"] = {name}
    for n in sorted(rng.sample([n for n in range(len(here)) if f"R {n}" not in truth], 4), reverse=True):
        gone, side = (there, "S") if n % 2 else (here, "R")
        gone[:] = [row for row in gone if row.place[2:] != str(n)]
        truth[f"{side} {n}"] = set()
    rng.shuffle(here)
    return there, here, truth


@pytest.mark.parametrize("keyed", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_what_agrees_agrees_and_every_damage_is_told_by_its_rows(seed: int, keyed: bool) -> None:
    same = both_ways(*sides(seed, keyed=keyed))
    assert same.agrees
    assert all(cell.equal and not cell.rows for cell in same.cells)
    there, here, truth = damaged(seed, keyed=keyed)
    found = both_ways(there, here)
    if keyed:
        told = {row.register or row.sheet: set(row.differ) for row in found.rows}
        assert told == truth
    check(found, there, here)


def category_of(row: One, table: str) -> str:
    return ALL if table == ALL else row.facts[table] or "unknown"


def more_in_register(rows: Iterable[DifferingPerson], inside: set[str]) -> int:
    return sum((row.register in inside) - (row.sheet in inside) for row in rows)


def check(found: BothWays, there: list[One], here: list[One]) -> None:
    """Counted again, naively; and the rows of a cell are what it differs by."""
    by_place = {row.place: row for row in (*there, *here)}
    assert of_json(found.as_json()) == found
    for cell in found.cells:
        category = {place: category_of(row, cell.table) for place, row in by_place.items()}
        inside = {place for place, of in category.items() if of == cell.category}
        counts = [sum(row.place in inside for row in side) for side in (there, here)]
        assert [cell.register, cell.sheet] == counts
        assert cell.register - cell.sheet == more_in_register([found.rows[n] for n in cell.rows], inside)


def test_a_person_of_another_day_is_found_again_and_two_faults_that_cancel_do_not_agree() -> None:
    facts = {"group": "women", "citizenship": "RO", "county": "14", "month": "05", "main_purpose": "sexual"}
    first, second = One("R 1", "2026-05-03", (), facts), One("S 9", "2026-05-13", (), facts)
    assert both_ways([first], [second]).agrees
    later = replace(second, on="2026-06-01", facts={**facts, "month": "06"})
    assert [row.differ for row in both_ways([first], [later]).rows] == [("month",)]
    swapped = [
        One("R 1", "2026-05-03", ("k",), facts),
        One("R 2", "2026-05-03", ("l",), {**facts, "group": "men"}),
    ]
    other = [replace(swapped[0], place="S 1", keys=("l",)), replace(swapped[1], place="S 2", keys=("k",))]
    found = both_ways(swapped, other)
    assert not found.agrees
    assert all(cell.equal for cell in found.cells)


def test_a_fact_without_a_column_is_not_compared() -> None:
    first = One("R 1", "2026-05-03", (), {"group": "women", "citizenship": "RO"})
    found = both_ways([first], [replace(first, place="S 1", facts={"group": "women"})])
    assert found.agrees
    assert "citizenship" in found.left_out


def test_months_agree_in_a_row_when_none_is_between_them() -> None:
    agreed = {Month(2026, 11): True, Month(2026, 12): True, Month(2027, 1): True}
    assert agreed_in_a_row(agreed) == 3
    assert agreed_in_a_row(agreed | {Month(2026, 12): False}) == 1
    assert agreed_in_a_row({Month(2026, 10): True, Month(2026, 12): True}) == 1
    assert agreed_in_a_row(agreed | {Month(2027, 2): False}) == 0
    assert agreed_in_a_row({}) == 0
