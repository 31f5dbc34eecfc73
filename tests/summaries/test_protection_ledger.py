"""What was published before is known, stays as it is, and makes every small difference a secret of its
own."""

from __future__ import annotations

from dataclasses import replace

from libs.suppression import LedgerEntry, Package, protect
from tests.summaries.small_tables import cross, entry, line, package, run, shown, still, with_status


def test_what_was_shown_stays_shown_and_what_was_hidden_stays_hidden() -> None:
    table = line("a", {"x": 3, "y": 30, "z": 12})
    before = with_status(table, "hidden", ["x"], ["y"])  # with more weight than x and z
    assert shown(run(table, ledger=[entry(before)])) == {"x": "x", "y": "x", "z": 12, "*": 45}


def test_a_figure_that_was_published_small_is_known_and_not_hidden_again() -> None:
    table = line("a", {"x": 3, "y": 30, "z": 12})
    protection = run(table, ledger=[entry(table)])
    assert shown(protection) == {"x": 3, "y": 30, "z": 12, "*": 45}
    assert (protection.audit.primary, protection.audit.passed) == (0, True)


def test_another_population_is_another_matter() -> None:
    table = line("a", {"x": 3, "y": 30, "z": 12})
    before = with_status(table, "hidden", ["x"], ["y"])
    assert shown(run(table, ledger=[entry(before, population="2017")])) == {
        "x": "x",
        "y": 30,
        "z": "x",
        "*": 45,
    }


def test_a_small_step_from_a_published_value_is_hidden() -> None:
    before = line("a", {"x": 20, "y": 30, "z": 12})
    now = line("a", {"x": 21, "y": 29, "z": 12})
    protection = run(now, ledger=[entry(before)])
    assert shown(protection) == {"x": "x", "y": "x", "z": 12, "*": 62}
    assert (protection.audit.primary, protection.audit.hidden, protection.audit.passed) == (2, 2, True)
    steps = [i for i in protection.intervals if i.kind == "difference"]
    assert len(steps) == 2
    assert all(step.low <= 1 and step.high >= 5 for step in steps)


def test_a_large_step_is_shown() -> None:
    before = line("a", {"x": 20, "y": 30, "z": 12})
    now = line("a", {"x": 25, "y": 25, "z": 12})
    assert shown(run(now, ledger=[entry(before)])) == {"x": 25, "y": 25, "z": 12, "*": 62}


def test_one_person_more_hides_every_total_the_person_is_in() -> None:
    before = cross("a", "b", {"r": (20, 30), "s": (40, 50)}, "xy")
    now = cross("a", "b", {"r": (21, 30), "s": (40, 50)}, "xy")
    protection = run(now, ledger=[entry(before)])
    seen = shown(protection)
    assert {key for key, value in seen.items() if value == "x"} == {"r x", "r *", "* x", "* *"}
    assert protection.audit.passed


def test_a_step_in_an_exempt_figure_is_not_a_secret() -> None:
    before = line("group", {"women": 20, "men": 30}, exempt=True)
    now = line("group", {"women": 21, "men": 30}, exempt=True)
    protection = run(now, ledger=[entry(before)])
    assert shown(protection) == {"women": 21, "men": 30, "*": 51}
    assert protection.audit.passed


def test_the_audit_says_so_when_the_ledger_has_said_too_much() -> None:
    """An exempt total rises by one and all other parts are published: the one that rose is plain."""
    groups = line("group", {"women": 50}, exempt=True), line("group", {"women": 51}, exempt=True)
    before = cross("group", "county", {"women": (20, 30)}, ("01", "03"))
    now = cross("group", "county", {"women": (21, 30)}, ("01", "03"))
    protection = run(groups[1], now, ledger=[entry(groups[0], before)])
    assert protection.audit.recovered == 2  # the county and the woman's county
    assert not protection.audit.passed


def test_a_new_table_that_would_open_an_old_hidden_cell_is_hidden_too() -> None:
    before = with_status(line("a", {"x": 3, "y": 30, "z": 12}), "hidden", ["x"], ["z"])
    parts = cross("a", "b", {"y": (18, 12), "z": (6, 6)}, ("u", "v"))
    parts["cells"] = [cell for cell in parts["cells"] if cell["key"][0] != "*"]
    protection = run(parts, ledger=[entry(before)])
    assert shown(protection)["z *"] == "x"
    assert "x" in (shown(protection)["z u"], shown(protection)["z v"])
    assert protection.audit.passed


def test_the_smaller_total_without_one_part_is_protected_from_the_whole() -> None:
    """All, and all but Stockholm, in two files of one population: the difference is Stockholm's."""
    values = {"01": (3, 20), "03": (15, 25), "12": (18, 21)}
    whole = cross("county", "group", values, ("women", "men"))
    before = run(whole)
    status = {cell.key: str(cell.status) for cell in before.tables[0]}
    old = {**whole, "cells": [{**cell, "status": status[tuple(cell["key"])]} for cell in whole["cells"]]}
    assert shown(before)["01 women"] == "x"
    split = cross("county", "group", {"01": values["01"], "rest": (33, 46)}, ("women", "men"))
    after = run(split, ledger=[entry(old)])
    assert shown(after)["01 women"] == shown(after)["rest women"] == "x"
    assert after.audit.passed


def test_several_earlier_versions_are_held_against_one_another() -> None:
    versions = [line("a", {"x": 20 + 10 * n, "y": 60 - 10 * n, "z": 12}) for n in range(3)]
    now = line("a", {"x": 22, "y": 58, "z": 12})
    protection = run(now, ledger=[entry(table, version=n) for n, table in enumerate(versions)])
    assert shown(protection)["x"] == "x"
    assert protection.audit.primary == 2
    assert protection.audit.passed


def test_a_ledger_without_values_for_hidden_cells_is_read_too() -> None:
    before = line("a", {"x": None, "y": None, "z": 12}, 45)
    protection = run(line("a", {"x": 3, "y": 30, "z": 12}), ledger=[entry(before)])
    assert protection.audit.passed


def test_a_year_may_have_more_versions_than_a_file_may_have_cells() -> None:
    large = line("county", {f"{number:03}": 5 + number for number in range(150)})
    mine = Package.from_json(package(large))
    ledger = tuple(LedgerEntry("2018", version, mine.tables) for version in range(200))
    assert protect(replace(mine, ledger=ledger), clock=still).audit.passed
