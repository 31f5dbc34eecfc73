"""What must not matter does not, and what must, does."""

from __future__ import annotations

from itertools import permutations

import pytest

from libs.capture_recapture import CaptureTable, CaptureTableError, Estimate, Refusal
from libs.capture_recapture.estimation import chao, consistency, estimate, fit_stepwise, sensitivity
from libs.capture_recapture.results import Sensitivity
from tests.summaries.dark_figure_tables import random_table, simulated, table
from tests.weights import examples

FOUR = simulated(1500, (0.2, 0.15, 0.12, 0.08), 4, pair=(0, 2, 5))
SYMMETRIC = table("C B A | 100 60 | 010 60 | 001 60 | 110 20 | 101 20 | 011 5 | 111 1")


def figures(result: Estimate | Refusal) -> tuple[object, ...]:
    assert isinstance(result, Estimate)
    assert result.search is not None
    return (
        result.estimate, result.wald, result.bca, result.percentile, result.main_effects, result.search.best,
        result.search.spread, result.chao, {frozenset(pair) for pair in result.interactions}, result.verdict,
    )  # fmt: skip


@pytest.mark.parametrize("given", [FOUR, random_table(3, 4, 0.9)])
def test_the_order_of_the_columns_changes_not_one_digit(given: CaptureTable) -> None:
    expected = figures(estimate(given, replicates=30))
    for order in list(permutations(given.lists))[:: examples(12, 5)]:
        assert figures(estimate(given.ordered(order), replicates=30)) == expected


def test_tied_pairs_give_the_same_estimate_whatever_the_order_of_the_columns() -> None:
    expected = figures(estimate(SYMMETRIC, replicates=0))
    for order in permutations("ABC"):
        assert figures(estimate(SYMMETRIC.ordered(order), replicates=0)) == expected


def test_interactions_are_told_in_the_order_of_the_columns() -> None:
    for order in (("A", "B", "C", "D"), ("D", "C", "B", "A")):
        result = estimate(FOUR.ordered(order), replicates=0)
        assert isinstance(result, Estimate)
        assert result.lists == order
        places = [(order.index(a), order.index(b)) for a, b in result.interactions]
        assert places
        assert places == sorted(places)
        assert all(i < j for i, j in places)


@pytest.mark.parametrize("factor", [10, 10**6])
def test_a_table_times_a_factor_gives_the_main_effects_times_it(factor: int) -> None:
    large = CaptureTable.from_counts(FOUR.lists, [(mask, n * factor) for mask, n in FOUR.histories])
    small_result, result = estimate(FOUR, replicates=0), estimate(large, replicates=20)
    assert isinstance(small_result, Estimate)
    assert isinstance(result, Estimate)
    assert result.main_effects == pytest.approx(small_result.main_effects * factor, rel=1e-9)
    assert result.bca is not None
    assert result.bca.low <= result.bca.high


def test_two_lists_give_the_estimate_of_lincoln_and_petersen() -> None:
    found = fit_stepwise(table("A B | 10 60 | 01 40 | 11 20"))
    assert found is not None
    assert found.estimate == pytest.approx(80 * 60 / 20)


def test_a_list_without_persons_is_dropped_and_named() -> None:
    with_empty = FOUR.moved([*FOUR.lists, "nobody"], range(4))
    plain, result = estimate(FOUR, replicates=20), estimate(with_empty, replicates=20)
    assert figures(result) == figures(plain)
    assert result.dropped == ("nobody",)


def test_merged_lists_hold_who_was_on_either() -> None:
    merged = FOUR.merged(["A", "C"], "A or C")
    assert merged.lists == ("A or C", "B", "D")
    assert merged.observed == FOUR.observed
    assert merged.size("A or C") == FOUR.size("A") + FOUR.size("C") - FOUR.shared("A", "C")
    assert merged.shared("A or C", "B") == FOUR.shared("A", "B") + FOUR.shared("B", "C") - FOUR.shared(
        "A", "B", "C"
    )
    with pytest.raises(CaptureTableError):
        FOUR.merged(["A", "C"], "B")


def test_a_list_left_out_takes_only_its_own_persons_with_it() -> None:
    less = FOUR.without("B")
    only_b = sum(persons for mask, persons in FOUR.histories if mask == 2)
    assert less.lists == ("A", "C", "D")
    assert less.observed == FOUR.observed - only_b
    assert less.shared("A", "C") == FOUR.shared("A", "C")
    with pytest.raises(CaptureTableError, match="X"):
        FOUR.without("X")


def test_persons_are_counted_once_by_all_lists_they_are_on() -> None:
    found = CaptureTable.from_persons([(1, {"B"}), (2, {"A", "B"}), (1, {"A"}), (3, {"C"}), (4, frozenset())])
    assert found.lists == ("A", "B", "C")
    assert found.histories == ((3, 2), (4, 1))
    assert (found.observed, found.overlap) == (3, 2)


def test_the_digest_follows_the_data_and_not_the_order_of_the_rows() -> None:
    rows = [(1, 5), (3, 2), (2, 4)]
    capture_table, other = CaptureTable.from_counts("AB", rows), CaptureTable.from_counts("AB", rows[::-1])
    assert capture_table.digest() == other.digest()
    assert capture_table.digest() != CaptureTable.from_counts("AB", [*rows, (3, 1)]).digest()
    assert capture_table.digest() != CaptureTable.from_counts("AC", rows).digest()


def test_chao_is_its_formula_with_and_without_persons_on_two_lists() -> None:
    assert chao(table("A B C | 100 10 | 010 8 | 001 2 | 110 4 | 111 1")) == pytest.approx(
        25 + 2 / 3 * 20**2 / 8
    )
    assert chao(table("A B C | 100 10 | 010 8 | 001 2 | 111 1")) == pytest.approx(21 + 2 / 3 * 20 * 19 / 2)


def test_a_list_of_known_size_is_estimated_from_the_others_on_it() -> None:
    checks = {check.name: check for check in consistency(simulated(4000, (0.4, 0.3, 0.3, 0.25), 5))}
    assert set(checks) == set("ABCD")
    for check in checks.values():
        assert check.estimate is not None
        assert check.estimate == pytest.approx(check.known, rel=0.25)
    alone = consistency(table("A B C | 100 9 | 010 9 | 001 9 | 110 12"))
    assert [check.estimate for check in alone] == [None, None, None]
    assert alone[0].agrees is None


@pytest.fixture(scope="module")
def varied() -> Sensitivity:
    return sensitivity(FOUR, estimate(FOUR, replicates=0))


def test_sensitivity_leaves_out_each_list_and_merges_each_two(varied: Sensitivity) -> None:
    without = {variation.names: variation.result for variation in varied.lists if variation.kind == "without"}
    assert without == {(name,): estimate(FOUR.without(name), replicates=0) for name in "ABCD"}
    assert len([variation for variation in varied.lists if variation.kind == "merged"]) == 6


def test_sensitivity_lowers_the_link_recall(varied: Sensitivity) -> None:
    base = estimate(FOUR, replicates=0)
    assert isinstance(base, Estimate)
    assert [(r.recall, r.estimate) for r in varied.recall] == [
        (recall, pytest.approx(recall * base.estimate)) for recall in (0.95, 0.9, 0.8)
    ]


def test_missed_links_raise_the_estimate_about_as_sensitivity_says() -> None:
    import numpy as np

    random = np.random.default_rng(1)
    on = random.random((20000, 4)) < (0.25, 0.2, 0.15, 0.12)
    records = []
    for person, row in enumerate(on):
        for place in np.flatnonzero(row):
            found = random.random() < 0.9
            records.append(((person, "linked" if found else int(place)), ("ABCD"[place],)))
    found = fit_stepwise(CaptureTable.from_persons(records))
    assert found is not None
    assert found.estimate > 20000
    assert 0.8 * found.estimate < 20000 < found.estimate
