"""Which tests run when, by their marks, and in which order. CONTRIBUTING.md says how a test comes to its
weight.

A test without a mark runs in `make test`, and once more on PostgreSQL where it uses the database: nothing
that is new is left out by mistake.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pytest

NEVER_USUAL: Final = pytest.StashKey[list[str]]()  # what `never_usual` says of all that was collected
EXAMPLES: Final = "TEST_EXAMPLES"  # of the environment
SQLITE, POSTGRES, CHROMIUM = "SQLite", "PostgreSQL", "Chromium"
RUNS: Final[Mapping[str, str]] = {
    SQLITE: "not browser",
    POSTGRES: "(flow or not browser)",
    CHROMIUM: "browser",
}


def chosen(run: str, *, everything: bool) -> str:
    """What `pytest -m` is told in one of the runs of `make test`, or with `everything` of `make test-all`."""
    left_out = ["bench", *([] if everything else ["long", *(["once"] if run == POSTGRES else [])])]
    return " and ".join([RUNS[run], *(f"not {mark}" for mark in left_out)])


def examples(usual: int, whole: int) -> int:
    """How many random examples a test is tried on: the whole number of them in `make test-all`."""
    return whole if os.environ.get(EXAMPLES) == "all" else usual


def heaviest_first(items: Sequence[Any], runners: int) -> list[Any]:
    """The same tests, so that every runner begins with its share of the heavy ones: each is given one stretch
    of the list, works from its head, and takes from the tail of another's when it is done."""
    heavy = [item for item in items if item.get_closest_marker("heavy")]
    light = [item for item in items if not item.get_closest_marker("heavy")]
    ordered: list[Any] = []
    for runner in range(runners):
        share = (len(items) - len(ordered)) // (runners - runner)
        first = heavy[runner::runners]
        others = max(0, share - len(first))
        ordered += [*first, *light[:others]]
        del light[:others]
    return [*ordered, *light]


def never_usual(items: Iterable[Any]) -> list[str]:
    """The tests of which `make test` runs nothing: every example of theirs is marked `long`."""
    usual: dict[str, bool] = defaultdict(bool)
    for item in items:
        usual[item.nodeid.partition("[")[0]] |= item.get_closest_marker("long") is None
    return sorted(name for name, some in usual.items() if not some)


def mostly_long(examples: Iterable[Any], *, usual: Iterable[Any]) -> list[Any]:
    """Parameters, of which only the usual ones run in `make test`."""
    examples, usual = list(examples), list(usual)
    if strangers := [one for one in usual if one not in examples]:
        raise ValueError(f"No example: {strangers}")
    return [pytest.param(one, marks=[] if one in usual else [pytest.mark.long]) for one in examples]
