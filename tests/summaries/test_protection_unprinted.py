"""Figures that only tie the tables of a publication together: nobody prints them, or knows which of them are
0."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from libs.suppression import (
    Figure,
    FigureInterval,
    Package,
    Protection,
    Verdict,
    audit,
    protect,
)
from libs.suppression.tables import Status, Table
from tests.summaries.small_tables import Json, cross, line, package, still, with_status

NAMES: Final = ("women", "men")
GROUPS: Final = line("group", {"women": 6, "men": 6}, exempt=True)
TIES: Final = cross("age", "group", {"young": (6, 0), "old": (0, 6)}, NAMES)  # only its totals are printed


def of(*pairs: tuple[str, str]) -> Figure:
    return frozenset(pairs)


INNER: Final = frozenset(of(("age", age), ("group", group)) for age in ("young", "old") for group in NAMES)


def run(ties: Json = TIES, unprinted: frozenset[Figure] = INNER, k: int = 10) -> Protection:
    mine = Package.from_json(package(GROUPS, ties, k=k))
    return protect(replace(mine, unprinted=unprinted), seconds=20, clock=still)


def interval(protection: Protection, figure: Figure) -> FigureInterval:
    return next(one for one in protection.intervals if one.figure == figure)


def test_a_zero_that_nobody_prints_tells_nobody_who_a_total_is() -> None:
    assert (
        interval(run(unprinted=frozenset()), of(("age", "young"))).verdict is Verdict.LOWERED
    )  # if all were printed
    young = interval(run(), of(("age", "young")))
    assert (young.low, young.high, young.verdict) == (1, 11, Verdict.SAFE)


def test_a_small_figure_that_nobody_prints_may_be_none_as_far_as_anybody_knows() -> None:
    ties = cross("age", "group", {"young": (1, 5), "old": (5, 1)}, NAMES)
    women = interval(run(ties, k=5), of(("age", "young"), ("group", "women")))
    assert (women.value, women.low, women.verdict) == (1, 0, Verdict.SAFE)


def test_the_attack_takes_no_such_zero_for_a_reason_why_hiding_is_in_vain() -> None:
    """Young are hidden, old and all are shown: that was a choice, and it tells of the young."""
    mine = replace(Package.from_json(package(GROUPS, TIES, k=10)), unprinted=INNER)
    shown = Table.from_json(with_status(TIES, "hidden", ["young", "*"], *(key_of(one) for one in INNER)))
    findings = audit(mine, [mine.tables[0], shown])
    young = next(one for one in findings.intervals if one.figure == of(("age", "young")))
    assert young.verdict is Verdict.RECOVERED


def key_of(figure: Figure) -> list[str]:
    named = dict(figure)
    return [named["age"], named["group"]]


def test_what_is_unprinted_is_not_counted_as_hidden_and_never_shown() -> None:
    found = run()
    inner = [cell for cell in found.tables[1] if "*" not in cell.key]
    assert {cell.status for cell in inner} == {Status.HIDDEN}
    assert found.audit.hidden == 2  # young and old
