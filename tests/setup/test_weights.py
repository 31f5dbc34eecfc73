"""`make test` leaves out only what it may: nothing that is new, and of nothing every example."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from _pytest.mark.expression import Expression

from tests.on_postgresql import BY_ITS_OWN_WAY, LISTED, LISTED_FILES, REASONS
from tests.weights import (
    CHROMIUM,
    EXAMPLES,
    INSTEAD,
    ONLY_ALL,
    POSTGRES,
    RUNS,
    SQLITE,
    USUAL,
    chosen,
    diagonal,
    every_value_once,
    examples,
    heaviest_first,
    mark_listed,
    mostly_long,
    usual,
)

Marks = tuple[str, ...]
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Item:
    """What the collection tells of a test."""

    nodeid: str
    marks: Marks = ()
    skipped: str = ""
    added: list[str] = field(default_factory=list)

    @property
    def path(self) -> Path:
        return ROOT / self.nodeid.partition("::")[0]

    def add_marker(self, name: str) -> None:
        self.added.append(name)

    def get_closest_marker(self, name: str) -> bool | None:
        return True if name in self.marks else None

    def iter_markers(self, name: str) -> list[pytest.Mark]:
        return [getattr(pytest.mark, name)(True, reason=self.skipped).mark]


def runs(marks: Marks, *, everything: bool) -> set[str]:
    """In which runs a test of these marks is, on the databases if it uses one."""
    has: Callable[..., bool] = lambda name, **_more: name in marks  # noqa: E731
    return {run for run in RUNS if Expression.compile(chosen(run, everything=everything)).evaluate(has)}


@pytest.mark.parametrize(
    ("marks", "usual", "whole"),
    [
        ((), {SQLITE}, {SQLITE, POSTGRES}),
        (("postgresql",), {SQLITE, POSTGRES}, {SQLITE, POSTGRES}),
        (("heavy",), {SQLITE}, {SQLITE, POSTGRES}),
        (("report",), {SQLITE}, {SQLITE, POSTGRES}),
        (("long",), set(), {SQLITE}),
        (("long", "postgresql"), set(), {SQLITE, POSTGRES}),
        (("browser",), {CHROMIUM}, {CHROMIUM}),
        (("browser", "long"), set(), {CHROMIUM}),
        (("browser", "flow"), {CHROMIUM}, {CHROMIUM, POSTGRES}),
        (("browser", "flow", "postgresql"), {CHROMIUM, POSTGRES}, {CHROMIUM, POSTGRES}),
        (("bench",), set(), set()),
    ],
)
def test_a_mark_says_where_a_test_runs(marks: Marks, usual: set[str], whole: set[str]) -> None:
    assert runs(marks, everything=False) == usual
    assert runs(marks, everything=True) == whole


def test_every_test_of_the_list_is_there_once() -> None:
    files = {name.partition("::")[0] for name in LISTED}
    assert [name for name in sorted(files) if not (ROOT / "tests" / name).is_file()] == []
    texts = {name: (ROOT / "tests" / name).read_text(encoding="utf-8") for name in files}
    tests = [name.rpartition("::") for name in LISTED if "::" in name]
    assert [test for file, _, test in tests if f"def {test}(" not in texts[file.partition("::")[0]]] == []
    assert [file for file, _, _test in tests if file in LISTED] == [], "the file is listed as a whole"
    assert len(LISTED) == sum(map(len, REASONS.values()))


def test_what_databases_do_in_ways_of_their_own_is_proved_on_postgresql_in_make_test() -> None:
    """A new file that says such a word has to be listed, or some of its tests, or here with a reason."""
    listed = set(LISTED_FILES)
    facts = {}
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        text, name = file.read_text(encoding="utf-8"), file.relative_to(ROOT).as_posix()
        if name not in listed | NOT_OF_POSTGRESQL.keys() and BY_ITS_OWN_WAY.search(text):
            facts[name] = BY_ITS_OWN_WAY.findall(text)
    assert facts == {}


# Files that say such a word and prove nothing that PostgreSQL does otherwise.
NOT_OF_POSTGRESQL: Final = {
    "tests/agencies/test_audit_log_by_index.py": "asks SQLite for a trigger that PostgreSQL does not need",
    "tests/nmt_site/test_killed_while_writing.py": "of SQLite; test_killed_and_restored is of PostgreSQL",
    "tests/nmt_site/test_logs.py": "raises it itself, to see what the log says",
    "tests/setup/test_commands.py": "copies SQLite's file for a process of its own",
    "tests/setup/test_weights.py": "names the words",
    "tests/test_rights_in_one_table.py": "copies SQLite's file for a process of its own",
}


def test_a_listed_test_is_marked_and_another_of_its_file_is_not() -> None:
    whole, one = "tests/cases/test_policies.py::test", "tests/cases/test_facts.py::"
    names = (whole, f"{one}test_the_database_takes_codes_of_the_list_alone[sex]", f"{one}test_another")
    items = [Item(name) for name in names]
    mark_listed(items)
    assert [item.added for item in items] == [["postgresql"], ["postgresql"], []]


# Registers that are installed, killed and brought back whole, which takes a minute each.
WHOLE_ONLY = (
    "tests/nmt_site/test_killed_and_restored.py::",
    "tests/setup/test_as_the_guide_says.py::",
    "tests/setup/test_the_guides_blocks.py::test_by_hand_the_register_is_set_up_backed_up_and_drilled",
)


def test_of_every_test_an_example_runs_in_make_test_or_a_smaller_test_that_it_names(
    request: pytest.FixtureRequest,
) -> None:
    """True of all that was collected: in `make test`, of everything."""
    runs = request.config.stash[USUAL]
    left = unproved(runs, request.config.stash[INSTEAD])
    assert [name for name in left if not name.startswith(WHOLE_ONLY)] == [], (
        "leave one of its examples without the mark long, or name a test that proves the same: long(instead=)"
    )


def unproved(runs: Mapping[str, bool], named: Mapping[str, str]) -> list[str]:
    """Return the tests that `make test` neither runs nor has another for. What lies in a file that was not
    collected is not known."""
    files = {name.partition("::")[0] for name in runs}

    def proved(name: str) -> bool:
        other = named.get(name, "")
        unknown = bool(other) and other.partition("::")[0] not in files
        return other == CHROMIUM or unknown or runs.get(other, False)

    return [name for name, is_run in runs.items() if not is_run and not proved(name)]


def test_a_test_that_names_none_that_runs_in_its_place_is_found_out() -> None:
    runs = {"a.py::test_whole": False, "a.py::test_small": True, "a.py::test_large": False}
    assert unproved(runs, {}) == ["a.py::test_whole", "a.py::test_large"]
    small = {"a.py::test_whole": "a.py::test_small", "a.py::test_large": "a.py::test_whole"}
    assert unproved(runs, small) == ["a.py::test_large"]
    gone = {"a.py::test_whole": "a.py::test_of_before", "a.py::test_large": "another.py::test"}
    assert unproved(runs, gone) == ["a.py::test_whole"]


def test_a_test_whose_every_example_is_left_to_make_test_all_is_found_out() -> None:
    some = [Item("a.py::test_one[1]"), Item("a.py::test_one[2]", ("long",)), Item("a.py::test_two")]
    none = [Item("a.py::test_three[1]", ("long",)), Item("a.py::test_three[2]", ("long",))]
    skipped = [Item("a.py::test_four", skipped=ONLY_ALL), Item("a.py::test_five", ("bench",))]
    found = usual([*some, *none, *skipped])
    assert [name for name, runs in found.items() if runs] == ["a.py::test_one", "a.py::test_two"]
    assert found.keys() >= {"a.py::test_three", "a.py::test_four", "a.py::test_five"}


def test_of_a_product_each_value_is_in_one_of_a_few_combinations() -> None:
    assert diagonal("ab", range(3)) == [("a", 0), ("b", 1), ("a", 2)]
    assert diagonal("abc", "x", range(2)) == [("a", "x", 0), ("b", "x", 1), ("c", "x", 0)]
    examples = every_value_once("ab", range(3))
    assert len(examples) == 6
    assert [example.values for example in examples if not example.marks] == [("a", 0), ("a", 2), ("b", 1)]


def test_examples_that_are_not_usual_are_marked_long() -> None:
    marks = {
        param.values[0]: [mark.name for mark in param.marks] for param in mostly_long(range(4), usual=(1, 2))
    }
    assert marks == {0: ["long"], 1: [], 2: [], 3: ["long"]}


def test_there_are_two_sizes_and_every_test_is_in_the_larger() -> None:
    """But what is a measurement, in `make bench`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    marks = [line.partition(":")[0] for line in project["tool"]["pytest"]["ini_options"]["markers"]]
    assert [mark for mark in marks if not runs((mark,), everything=True)] == ["bench"]
    commands = re.findall(r"^(test[\w-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert commands == ["test", "test-all"]


def test_what_would_be_usual_and_is_no_example_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="7"):
        mostly_long(range(4), usual=(7,))


def test_the_whole_number_of_random_examples_is_for_make_test_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(EXAMPLES, raising=False)
    assert examples(6, 12) == 6
    monkeypatch.setenv(EXAMPLES, "all")
    assert examples(6, 12) == 12


@pytest.mark.parametrize("runners", [1, 2, 3, 7, 20])
def test_every_runner_begins_with_its_share_of_the_heavy_ones(runners: int) -> None:
    heavy = [Item(f"heavy{number}", ("heavy",)) for number in range(5)]
    light = [Item(f"light{number}") for number in range(12)]
    ordered = heaviest_first([*light[:6], *heavy, *light[6:]], runners)
    assert sorted(one.nodeid for one in ordered) == sorted(one.nodeid for one in (*heavy, *light))
    left, found = list(ordered), []
    for runner in range(runners):  # as pytest-xdist shares the list out
        stretch = [left.pop(0) for _ in range(len(left) // (runners - runner))]
        found.append(["heavy" in one.nodeid for one in stretch])
    assert all(marks == sorted(marks, reverse=True) for marks in found)
    if runners <= len(light):
        numbers = [sum(marks) for marks in found]
        assert max(numbers) - min(numbers) <= 1
    assert [one for one in ordered if one in light] == light  # what shares a world stays together


def test_a_file_with_a_heavy_test_is_begun_by_one_runner_with_all_that_share_its_world() -> None:
    marks = ((), ("heavy",), ())
    some = [
        Item(f"{name}.py::test{n}", marks[n] if name != "light" else ())
        for name in ("a", "light", "b")
        for n in range(3)
    ]
    ordered = [item.nodeid.partition("::")[0] for item in heaviest_first(some, 2)]
    assert ordered == ["a.py"] * 3 + ["light.py"] + ["b.py"] * 3 + ["light.py"] * 2
