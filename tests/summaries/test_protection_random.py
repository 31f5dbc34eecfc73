"""Random small packages, with and without an earlier version: the program's audit and a second one never
differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from libs.suppression import Figure, Package, Protection, Verdict, audit, protect
from libs.suppression.figures import figures_of
from libs.suppression.tables import ProtectedTable
from tests.summaries.outsider import Outsider
from tests.summaries.publications import Json, Someone, corrected, package, people, published, table
from tests.summaries.small_tables import still
from tests.weights import examples, mostly_long

TABLES = (("main_purpose", "group"), ("any_purpose",), ("organisation", "group"), ("county",), ("group",))
seeds = st.integers(0, 10**6)


def tables(everybody: list[Someone], chosen: list[int], *, exempt: bool) -> list[Json]:
    return [
        table(
            everybody,
            "_".join(TABLES[number]),
            *TABLES[number],
            exempt=exempt and TABLES[number] == ("group",),
        )
        for number in chosen
    ]


def protected(input_: Json, seconds: float = 10) -> Protection:
    return protect(Package.from_json(input_), seconds=seconds, clock=still)


def outside(protection: Protection) -> list[Json]:
    return [protected_table.to_json() for protected_table in protection.tables]


@pytest.mark.parametrize("seed", mostly_long(range(6), usual=[0]))
def test_an_audit_in_brief_comes_to_the_verdicts_of_one_in_full(seed: int) -> None:
    """Of a choice that is safe, and of one that shows the first figure that it should hide."""
    random = Random(seed)
    protection = protected(package(tables(people(random, 70), [0, 2, 3], exempt=False)))
    true = {cell.key: cell for cell in protection.package.tables[0]}
    first = next(cell.key for cell in protection.tables[0] if cell.status == "hidden")
    cells = (true[cell.key] if cell.key == first else cell for cell in protection.tables[0])
    opened = (replace(protection.tables[0], cells=tuple(cells)), *protection.tables[1:])
    audits(protection, protection.tables)
    full, brief = audits(protection, opened)
    assert {one.verdict for one in full} != {Verdict.SAFE}
    assert brief != full


def audits(protection: Protection, shown: Sequence[ProtectedTable]) -> list[Any]:
    """What one in full finds, and one in brief, which is less exact where all is safe."""
    full, brief = (audit(protection.package, shown, briefly=briefly).intervals for briefly in (False, True))
    assert [interval.verdict for interval in brief] == [interval.verdict for interval in full]
    for mine, exact in zip(brief, full, strict=True):
        assert exact.low <= mine.low <= mine.high <= exact.high
        assert mine == exact or mine.verdict is Verdict.SAFE
    return [full, brief]


choices = st.lists(st.sampled_from(range(len(TABLES))), min_size=1, max_size=3, unique=True)


@settings(max_examples=examples(5, 20), deadline=None, derandomize=True)
@given(
    seeds,
    st.integers(1, 90),
    choices,
    st.sampled_from((2, 3, 5, 10)),
    st.booleans(),
    st.sampled_from((0.0, 10.0)),
)
def test_a_first_publication_is_always_safe(
    seed: int, number: int, chosen: list[int], k: int, exempt: bool, seconds: float
) -> None:
    input_ = package(tables(people(Random(seed), number), chosen, exempt=exempt), k=k)
    protection = protected(input_, seconds)
    assert protection.audit.passed
    assert Outsider(input_, outside(protection)).attack() == (0, 0)


@settings(max_examples=examples(5, 15), deadline=None, derandomize=True)
@given(seeds, st.integers(20, 90), choices, st.integers(1, 6), st.booleans())
def test_of_a_correction_both_audits_say_the_same(
    seed: int, number: int, chosen: list[int], changes: int, come: bool
) -> None:
    """In so few persons, or with exempt groups that grow (`come`), it cannot always be protected: both must
    say so."""
    random = Random(seed)
    before = people(random, number)
    first = package(tables(before, chosen, exempt=True))
    entry = published(first, outside(protected(first)))
    after = corrected(random, before, min(changes, number)) + (people(random, 2) if come else [])
    second = package(tables(after, chosen, exempt=True), [entry])
    protection = protected(second)
    recovered, under = Outsider(second, outside(protection)).attack()
    assert protection.audit.passed == ((recovered, under) == (0, 0))
    old = {(t["name"], *c["key"]): c for t in entry["tables"] for c in t["cells"]}
    for true, shown in zip(second["tables"], outside(protection), strict=True):
        for cell, status in zip(true["cells"], shown["cells"], strict=True):
            earlier = old[(true["name"], *cell["key"])]
            if earlier["value"] == cell["value"]:
                assert status["status"] == earlier["status"]


@settings(max_examples=examples(5, 20), deadline=None, derandomize=True)
@given(seeds, st.integers(1, 90), choices, st.sampled_from((2, 3, 5, 10)), st.integers(0, 6))
def test_of_figures_that_stand_in_no_table_both_audits_say_the_same(
    seed: int, number: int, chosen: list[int], k: int, changes: int
) -> None:
    """Small ones among them are as safe as those that are hidden, in a first publication and after a
    correction."""
    random = Random(seed)
    before = people(random, number)
    first = package(tables(before, chosen, exempt=True), k=k)
    unprinted = some_figures(random, first)
    protection = protect(replace(Package.from_json(first), unprinted=unprinted), seconds=10, clock=still)
    assert protection.audit.passed
    assert Outsider(first, outside(protection), unprinted).attack() == (0, 0)
    after = corrected(random, before, min(changes, number))
    second = package(tables(after, chosen, exempt=True), [published(first, outside(protection))], k=k)
    later, whole = some_figures(random, second), Package.from_json(second)
    ledger = tuple(replace(entry, unprinted=unprinted) for entry in whole.ledger)
    two = protect(replace(whole, ledger=ledger, unprinted=later), seconds=10, clock=still)
    assert two.audit.passed == (Outsider(second, outside(two), later, unprinted).attack() == (0, 0))


def some_figures(random: Random, input_: Json) -> frozenset[Figure]:
    known = sorted(figures_of(Package.from_json(input_).tables), key=sorted)
    return frozenset(random.sample(known, len(known) // 3)) - {frozenset()}


@settings(max_examples=examples(5, 15), deadline=None, derandomize=True)
@given(seeds, st.integers(20, 90), choices)
def test_showing_the_small_ones_is_always_found_out(seed: int, number: int, chosen: list[int]) -> None:
    input_ = package(tables(people(Random(seed), number), chosen, exempt=False))
    mine = Package.from_json(input_)
    findings = audit(mine, mine.tables)
    assert findings.recovered == findings.primary
    assert (findings.primary > 0) == any(0 < cell.value < 5 for one in mine.tables for cell in one)  # type: ignore[operator]
