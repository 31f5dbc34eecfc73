"""Which tests run when, by their marks, and in which order. tests/README.md says what each mark means.

A test without a mark runs in `make test` on SQLite, and there on PostgreSQL too if it is listed
(`tests.on_postgresql`).
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, Final

import pytest
from _pytest.mark.expression import Expression

from tests.on_postgresql import is_listed

USUAL: Final = pytest.StashKey[dict[str, bool]]()  # what `usual` says of all that was collected
INSTEAD: Final = pytest.StashKey[dict[str, str]]()  # and `instead`
EXAMPLES: Final = "TEST_EXAMPLES"  # of the environment
SQLITE, POSTGRES, CHROMIUM = "SQLite", "PostgreSQL", "Chromium"
ONLY_ALL: Final = "in make test-all"  # why a test is skipped that runs nowhere else
RUNS: Final[Mapping[str, str]] = {
    SQLITE: "not browser",
    POSTGRES: "(flow or not browser)",
    CHROMIUM: "browser",
}


def mark_listed(items: Iterable[Any]) -> None:
    for item in items:
        file, *_classes, test = item.nodeid.partition("[")[0].split("::")
        if is_listed(file, test):
            item.add_marker("postgresql")


def chosen(run: str, *, everything: bool) -> str:
    """What `pytest -m` is told in one of the runs of `make test`, or with `everything` of `make test-all`: on
    PostgreSQL the further examples of what is listed alone."""
    taken = [RUNS[run], "not bench"]
    if not everything:
        taken.append("not long")
    if run == POSTGRES:
        taken.append("(not long or postgresql)" if everything else "postgresql")
    return " and ".join(taken)


def examples(usual: int, whole: int) -> int:
    """How many random examples a test is tried on: the whole number of them in `make test-all`."""
    return whole if os.environ.get(EXAMPLES) == "all" else usual


def heaviest_first(items: Sequence[Any], runners: int) -> list[Any]:
    """The same tests, so that every runner begins with its share of the files that hold heavy ones: each is
    given one stretch of the list, works from its head, and takes from the tail of another's when it is done.
    A file stays whole: its tests share a world, which took seconds to make and would be made for each part
    again."""
    files: dict[str, list[Any]] = defaultdict(list)
    for item in items:
        files[item.nodeid.partition("::")[0]].append(item)
    heavy = _shared_out(files, runners)
    light = [item for tests in files.values() if not _heavy(tests) for item in tests]
    ordered: list[Any] = []
    for runner, first in enumerate(heavy):
        share = (len(items) - len(ordered)) // (runners - runner)
        others = max(0, share - len(first))
        ordered += [*first, *light[:others]]
        del light[:others]
    return [*ordered, *light]


def _shared_out(files: Mapping[str, Sequence[Any]], runners: int) -> list[list[Any]]:
    """For each runner the tests of its files that hold heavy ones: of these about as many as any other's."""
    shares: list[list[Any]] = [[] for _runner in range(runners)]
    with_heavy = [tests for tests in files.values() if _heavy(tests)]
    for tests in sorted(with_heavy, key=_heavy, reverse=True):
        min(shares, key=_heavy).extend(tests)
    return shares


def _heavy(tests: Iterable[Any]) -> int:
    return sum(1 for test in tests if test.get_closest_marker("heavy"))


def usual(items: Iterable[Any]) -> dict[str, bool]:
    """Return for each test, without its examples, whether `make test` runs one of them.

    A test that is skipped outside `make test-all` says so as its reason.
    """
    runs = [Expression.compile(chosen(run, everything=False)) for run in RUNS]

    def is_run(item: Any) -> bool:
        def has(name: str, **_more: Any) -> bool:
            return item.get_closest_marker(name) is not None

        skipped = any(mark.kwargs.get("reason") == ONLY_ALL for mark in item.iter_markers("skipif"))
        return not skipped and any(run.evaluate(has) for run in runs)

    found: dict[str, bool] = defaultdict(bool)
    for item in items:
        found[item.nodeid.partition("[")[0]] |= is_run(item)
    return found


def instead(items: Iterable[Any]) -> dict[str, str]:
    """Return for each test that names one what proves its promise in `make test`, by a smaller example; and
    for those in Chromium its name: there one page of each kind, the keys and the walks of two people are
    enough (ADR 68)."""
    named = {}
    for item in items:
        name, mark = item.nodeid.partition("[")[0], item.get_closest_marker("long")
        if mark and "instead" in mark.kwargs:
            named[name] = mark.kwargs["instead"]
        elif mark and item.get_closest_marker("browser"):
            named[name] = CHROMIUM
    return named


def diagonal(*lists: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Return so many combinations that each value of each list is in one, and no more than the longest list
    has: the n-th is of the n-th values, and a shorter list begins again."""
    values = [list(one) for one in lists]
    return [tuple(value[number % len(value)] for value in values) for number in range(max(map(len, values)))]


def mostly_long(examples: Iterable[Any], *, usual: Iterable[Any]) -> list[Any]:
    """Return parameters of which only the usual ones run in `make test`, and all in `make test-all`."""
    examples, usual = list(examples), list(usual)
    if unknown := [example for example in usual if example not in examples]:
        raise ValueError(f"No example: {unknown}")
    return [pytest.param(example, marks=() if example in usual else pytest.mark.long) for example in examples]


def every_value_once(*lists: Iterable[Any]) -> list[Any]:
    """Parameters of all combinations of the lists, of which those of `diagonal` run in `make test`, and the
    others in `make test-all`."""
    values = [list(one) for one in lists]
    usual = diagonal(*values)
    return [pytest.param(*one, marks=() if one in usual else pytest.mark.long) for one in product(*values)]
