"""What is hidden and what is shown, rule by rule, on tables that can be checked by hand."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from libs.suppression import Cancelled, Package, Reason, Verdict, audit, protect
from libs.suppression.attacker import Move, Need, needs
from libs.suppression.programme import Goal
from libs.suppression.tables import ProtectedTable, Table, TableError
from tests.summaries.small_tables import cross, line, package, run, shown, with_status

GROUPS = ("women", "men")


def test_a_table_without_small_counts_is_shown_whole() -> None:
    protection = run(line("a", {"x": 10, "y": 20, "z": 0}))
    assert shown(protection) == {"x": 10, "y": 20, "z": 0, "*": 30}
    assert (protection.audit.primary, protection.audit.hidden, protection.audit.method) == (0, 0, "exact")


def test_a_small_count_takes_the_cheapest_other_with_it() -> None:
    protection = run(line("a", {"x": 3, "y": 30, "z": 12}))
    assert shown(protection) == {"x": "x", "y": 30, "z": "x", "*": 45}
    assert (protection.audit.primary, protection.audit.hidden) == (1, 2)


def test_the_reader_inside_is_told_which_is_small_and_which_protects() -> None:
    table = line("a", {"x": 3, "y": 30, "z": 12})
    protection = run(table)
    reasons = {key: protection.reason(Table.from_json(table), (key,)) for key in ("x", "y", "z")}
    assert reasons == {"x": Reason.SMALL, "y": Reason.SHOWN, "z": Reason.PROTECTS}


def test_zeros_are_shown_and_a_lone_small_count_takes_its_total_with_it() -> None:
    assert shown(run(line("a", {"x": 3, "y": 0}))) == {"x": "x", "y": 0, "*": "x"}


def test_ones_that_fill_a_total_would_be_certain_if_it_were_shown() -> None:
    assert set(shown(run(line("a", dict.fromkeys("abcde", 1)))).values()) == {"x"}


def test_the_same_figure_has_one_status_in_every_table() -> None:
    groups = line("group", {"women": 3, "men": 40, "girls": 9})
    ages = cross("group", "age", {"women": (1, 2), "men": (20, 20), "girls": (5, 4)}, ("adult", "child"))
    protection = run(groups, ages)
    one, other = shown(protection), shown(protection, 1)
    assert {key: other[f"{key} *"] for key in ("women", "men", "girls")} == {
        key: one[key] for key in ("women", "men", "girls")
    }
    assert one["*"] == other["* *"]
    hidden = {figure for figure, reason in protection.statuses.items() if reason is not Reason.SHOWN}
    assert protection.audit.hidden == len(hidden)


def test_tables_and_cells_come_out_as_they_came_in_and_hold_no_hidden_value() -> None:
    tables = [line("b", {"z": 2, "y": 9, "x": 1}), line("a", {"q": 12})]
    protection = run(*tables)
    assert [table.name for table in protection.tables] == ["b", "a"]
    for before, after in zip(tables, protection.tables, strict=True):
        assert [tuple(cell["key"]) for cell in before["cells"]] == [cell.key for cell in after]
        assert isinstance(after, ProtectedTable)
    hidden = [cell for table in protection.tables for cell in table if cell.status == "hidden"]
    assert {cell.value for cell in hidden} == {None}


def test_exempt_figures_are_shown_however_small_and_known_to_the_attacker() -> None:
    groups = line("group", {"women": 30, "men": 2}, exempt=True)
    ages = cross("group", "age", {"women": (14, 16), "men": (1, 1)}, ("adult", "child"))
    protection = run(groups, ages)
    assert shown(protection)["men"] == 2
    assert shown(protection, 1)["men *"] == 2
    assert shown(protection, 1)["men adult"] == "x"
    assert protection.audit.passed
    assert protection.audit.lowered == 2  # two that are at least 1 and together 2: nothing can hide that


def test_missing_cells_stay_missing_and_give_no_equation() -> None:
    table = with_status(line("a", {"x": 3, "y": 30, "z": 12}), "missing", ["z"])
    assert shown(run(table)) == {"x": "x", "y": 30, "z": "..", "*": 45}


def test_a_missing_cell_still_leaves_no_part_above_its_total() -> None:
    table = with_status(line("a", {"x": 3, "y": 9}, 12), "missing", ["y"])
    protection = run(table)
    assert shown(protection) == {"x": "x", "y": "..", "*": 12}
    assert next(i for i in protection.intervals if i.figure).high == 12


@pytest.mark.parametrize("value", [12, None])
def test_what_was_sent_hidden_stays_hidden_with_or_without_its_value(value: int | None) -> None:
    table = with_status(line("a", {"x": value, "y": 30, "z": 12}, 54), "hidden", ["x"])
    seen = shown(run(table))
    assert seen["x"] == "x"
    assert list(seen.values()).count("x") == 2  # alone it could be subtracted


def test_hidden_cells_without_values_that_cannot_be_filled_in_are_refused() -> None:
    with pytest.raises(TableError, match="contradict"):
        run(line("a", {"x": None, "y": 30}, 20))


def test_main_purpose_is_at_most_any_purpose_and_any_purpose_at_most_its_total() -> None:
    main = line("main_purpose", {"labour": 4, "sexual": 40, "begging": 6})
    any_ = line("any_purpose", {"labour": 4, "sexual": 45, "begging": 9}, 50, additive=False)
    protection = run(main, any_)
    high = {
        dimension: interval.high
        for interval in protection.intervals
        for dimension, _ in interval.figure
        if interval.value == 4
    }
    assert shown(protection)["labour"] == shown(protection, 1)["labour"] == "x"
    assert high["main_purpose"] <= high["any_purpose"] <= 50


def test_main_purpose_is_bounded_by_a_shown_any_purpose() -> None:
    main = line("main_purpose", {"labour": 3, "sexual": 40, "begging": 20})
    any_ = line("any_purpose", {"labour": 6, "sexual": 45, "begging": 20}, 63, additive=False)
    interval = next(i for i in run(main, any_).intervals if ("main_purpose", "labour") in i.figure)
    assert interval.high == 6


def test_a_bare_purpose_dimension_is_main_or_any_by_whether_the_table_adds_up() -> None:
    main = {**line("purpose", {"labour": 10, "sexual": 40}), "name": "main_purpose"}
    any_ = {**line("purpose", {"labour": 12, "sexual": 45}, 50, additive=False), "name": "any_purpose"}
    assert shown(run(main, any_), 1) == {"labour": 12, "sexual": 45, "*": 50}


def test_overlapping_tables_still_add_up_over_the_groups() -> None:
    values = {"labour": (3, 30), "sexual": (20, 25)}
    table = cross("any_purpose", "group", values, GROUPS, additive=False)
    for cell in table["cells"]:
        if cell["key"][0] == "*":
            cell["value"] = {"women": 21, "men": 40, "*": 61}[cell["key"][1]]
    seen = shown(run(table))
    assert seen["labour women"] == "x"
    assert "x" in (seen["labour men"], seen["labour *"])  # else it is their difference


def test_two_values_for_one_figure_are_an_error_that_names_it() -> None:
    with pytest.raises(TableError, match="gives 11 for a x, another table gives 10"):
        run(line("a", {"x": 10, "y": 20}), {**line("a", {"x": 11, "y": 19}), "name": "again"})


def test_sums_that_do_not_add_up_are_an_error_that_names_the_table() -> None:
    with pytest.raises(TableError, match="Table a does not add up"):
        run(line("a", {"x": 10, "y": 20}, 31))


def test_a_part_above_its_total_is_an_error_where_parts_overlap() -> None:
    with pytest.raises(TableError, match="more than 9"):
        run(line("any_purpose", {"x": 10, "y": 2}, 9, additive=False))


@pytest.mark.parametrize("k", [1, 101, 0, -5, 2.5, "5", None, True])
def test_a_threshold_outside_2_to_100_is_refused(k: object) -> None:
    with pytest.raises(TableError, match="threshold"):
        Package.from_json({**package(line("a", {"x": 10})), "k": k})


@pytest.mark.parametrize("k", [2, 3, 10, 100])
def test_other_thresholds_are_kept(k: int) -> None:
    protection = run(line("a", {str(n): n for n in range(0, 300, 7)}), k=k)
    assert all(cell.value == 0 or cell.value >= k for cell in protection.tables[0] if cell.value is not None)
    assert protection.audit.passed


def test_no_time_at_all_still_ends_with_a_clean_audit_and_not_everything_hidden() -> None:
    table = cross("a", "b", {f"r{n}": (n, 7, 20 - n, 40) for n in range(1, 12)}, "wxyz")
    protection = run(table, seconds=0)
    assert protection.audit.method == "heuristic"
    assert protection.audit.passed
    assert protection.audit.hidden < len(protection.statuses)


def test_progress_is_told_and_cancelling_stops() -> None:
    told: list[tuple[int, int]] = []
    table = Package.from_json(package(line("a", {"x": 3, "y": 30, "z": 12})))
    protect(table, progress=lambda done, total: told.append((done, total)))
    assert told
    assert all(0 <= done <= total for done, total in told)
    with pytest.raises(Cancelled):
        protect(table, cancelled=lambda: True)


def test_the_audit_alone_finds_what_was_not_protected() -> None:
    input_ = package(line("a", {"x": 3, "y": 30, "z": 12}))
    mine = Package.from_json(input_)
    as_it_is = audit(mine, mine.tables)
    assert (as_it_is.recovered, as_it_is.under_protected, as_it_is.primary) == (1, 1, 1)
    only_small = Package.from_json(package(with_status(input_["tables"][0], "hidden", ["x"])))
    assert audit(mine, only_small.tables).recovered == 1
    narrow = Package.from_json(package(with_status(input_["tables"][0], "hidden", ["x"], ["z"])))
    assert audit(mine, narrow.tables).recovered == 0


def test_the_audit_tells_under_protected_from_recovered() -> None:
    input_ = package(line("a", {"x": 2, "y": 1, "z": 30}))
    mine = Package.from_json(input_)
    hidden = Package.from_json(package(with_status(input_["tables"][0], "hidden", ["x"], ["y"])))
    findings = audit(mine, hidden.tables)
    assert (findings.recovered, findings.under_protected) == (0, 2)
    assert {i.verdict for i in findings.intervals} == {Verdict.UNDER}


def test_the_audit_refuses_tables_that_are_not_the_packages() -> None:
    mine = Package.from_json(package(line("a", {"x": 10, "y": 30})))
    other = Package.from_json(package(line("a", {"x": 11, "y": 29})))
    with pytest.raises(TableError, match="another value"):
        audit(mine, other.tables)
    with pytest.raises(TableError, match="not those"):
        audit(mine, ())


def test_importing_disclosure_control_does_not_load_the_solver() -> None:
    code = (
        "import sys, libs.suppression; sys.exit(any(m in sys.modules for m in ('numpy', 'scipy', 'highspy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class HeldFromBelow:
    """In place of an attacker: every figure can be one person fewer at most, and as many more as is asked."""

    def face(self, _hidden: object) -> None: ...

    def attack_each(self, _needs: object) -> None: ...

    def reached(self, _need: Need) -> bool:
        return False

    def best(self, weights: Mapping[int, float]) -> Move:
        return Move(1.0 if min(weights.values()) < 0 else 99.0, np.zeros(1), np.zeros(1))


def test_a_figure_that_cannot_be_1_may_be_k_minus_1_more_than_the_least_it_can_be() -> None:
    goal = Goal(((0, 1),), 4)
    model: Any = SimpleNamespace(variables=(), targets=(goal,), k=5)
    attacker: Any = HeldFromBelow()
    assert needs(model, attacker) == [Need(goal, -1, 1), Need(goal, 1, 3)]  # from 3 to 7


def protected_rows(**rows: tuple[int, int]) -> dict[str, Any]:
    """What is shown of a table of rows of women and men, whose totals are known beside it."""
    women, men = (sum(row[at] for row in rows.values()) for at in (0, 1))
    headline = line("group", {"women": women, "men": men}, exempt=True)
    return shown(run(headline, cross("purpose", "group", rows, GROUPS)), 1)


def test_a_figure_that_protects_another_and_may_be_small_has_as_much_room_as_a_small_one() -> None:
    """With two rows hidden the men of c would be from 3 to 8, so not small, as a small one has more room."""
    found = protected_rows(a=(4, 12), b=(30, 30), c=(3, 6))
    assert [key for key, value in found.items() if value == "x"] == [
        f"{row} {group}" for row in "abc" for group in GROUPS
    ]


def test_a_figure_that_protects_another_and_cannot_be_small_needs_no_more_room() -> None:
    found = protected_rows(a=(4, 30), b=(30, 40), c=(3, 20))
    hidden = {key for key, value in found.items() if value == "x"}
    assert hidden == {"a women", "a men", "c women", "c men"}
