"""What is hidden follows from the tables and a budget of steps alone, and what is known of it is told."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from random import Random

import pytest

from libs.suppression import Package, Protection, optimisation, protect
from libs.suppression.blocks import blocks
from libs.suppression.figures import Words
from tests.summaries.publications import Json, package, people, publication
from tests.summaries.small_tables import cross, run
from tests.weights import mostly_long

SECONDS = 0.02  # of this the search does not come to its end
PROGRAM = """
import json, sys
from libs.suppression import Package, protect
found = protect(Package.from_json(json.load(sys.stdin)), seconds=float(sys.argv[1])).to_json()
del found["audit"]["seconds"]
print(json.dumps(found))
"""


def year(persons: int = 600) -> Json:
    return package(publication(people(Random(3), persons)))


def report_of(protection: Protection) -> Json:
    found = protection.to_json()
    del found["audit"]["seconds"]
    return found


def elsewhere(input_: Json, seed: str) -> bytes:
    """What a process of its own prints: another order of its sets, another place in memory."""
    asked = [sys.executable, "-c", PROGRAM, str(SECONDS)]
    env = os.environ | {"PYTHONHASHSEED": seed}
    return subprocess.run(
        asked, input=json.dumps(input_).encode(), env=env, check=True, capture_output=True
    ).stdout


@contextmanager
def burning() -> Iterator[None]:
    """Every core has something else to do."""
    busy = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _core in range(os.cpu_count() or 1)
    ]
    try:
        yield
    finally:
        for one in busy:
            one.kill()
            one.wait()


@pytest.mark.long(instead="tests/summaries/test_protection_budget.py::test_no_clock_decides_anything")
def test_a_busy_machine_prints_the_same_bytes() -> None:
    input_ = year()
    alone = elsewhere(input_, "1")
    with burning():
        assert elsewhere(input_, "2") == alone
    assert json.loads(alone)["audit"]["proof"] == "bounded"


def test_no_clock_decides_anything() -> None:
    hours = count(step=3600)
    input_ = Package.from_json(year(60))
    slow = protect(input_, seconds=SECONDS, clock=lambda: float(next(hours)))
    assert report_of(slow) == report_of(protect(input_, seconds=SECONDS, clock=lambda: 0.0))


def table(random: Random) -> Json:
    rows = {f"r{n}": [random.choice((0, 0, 1, 2, 4, 7, 12, 30)) for _ in range(4)] for n in range(8)}
    return cross("a", "b", rows, "uvwx")


@pytest.mark.parametrize("seed", mostly_long(range(4), usual=[0, 1]))
def test_the_cheapest_is_within_what_is_said_of_a_choice_that_is_not_proven(seed: int) -> None:
    """The bound is what the search had come to, so that it holds wherever it was stopped."""
    input_ = table(Random(seed))
    true = {tuple(cell["key"]): cell["value"] for cell in input_["cells"]}

    def cost(one: Protection) -> float:
        cells = [cell for cell in one.tables[0] if cell.status == "hidden"]
        return sum((1 + 0.05 * math.log1p(true[cell.key])) * 5 ** cell.key.count("*") for cell in cells)

    best = run(input_)
    assert (best.audit.proof, best.audit.above) == ("cheapest", 0)
    for seconds in (0, 0.0002, 0.001):
        hasty = run(input_, seconds=seconds)
        assert hasty.audit.passed
        assert cost(hasty) <= cost(best) * (1 + hasty.audit.above / 100) + 1e-6


def test_a_search_without_any_work_left_says_that_it_is_not_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimisation, "FLOOR", 0)
    protection = run(table(Random(1)), seconds=0)
    assert protection.audit.passed
    assert protection.audit.proof == "unfinished"


def test_how_blocks_hang_together_stands_in_an_order_of_names() -> None:
    """Not in that of a set, which is another one in every process: six tables, each by one fact more."""
    facts = ("age", "county", "group", "measure", "offence", "sector")
    told = [{"act": frozenset({"a"}), fact: frozenset({"x"})} for fact in facts]
    base = {fact: frozenset({"a", "x", "y"}) for fact in ("act", *facts)}
    ties = blocks(told, Words({}, base, None)).ties
    for one in {tie.one for tie in ties}:
        neighbours = [sorted(tie.other) for tie in ties if tie.one == one]
        assert neighbours == sorted(neighbours)
    assert len(ties) >= len(facts)
