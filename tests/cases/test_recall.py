"""How many double registrations are found is measured, and what follows for a total is reckoned twice."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, strategies as st

from bench.second_records import COUNTRIES, found, measured, register
from cases.duplicates.evaluation import TRIALS, Trial, range_of, undetected

SMALL = (
    "tests/cases/test_recall.py::test_on_small_registers_the_search_finds_about_what_the_quality_page_says"
)


@pytest.mark.heavy
@pytest.mark.long(instead=SMALL)
def test_what_the_quality_page_says_of_the_search_is_what_the_bench_measures() -> None:
    trials = measured()
    assert set(trials) == {trial.name for trial in TRIALS}
    for trial in TRIALS:
        one = trials[trial.name]
        told = (trial.precision, trial.recall, trial.across)
        assert told == (round(one.precision, 2), round(one.recall, 2), round(one.recall_across, 2)), (
            trial.name
        )
        assert one.precision > 0.5


def test_on_small_registers_the_search_finds_about_what_the_quality_page_says() -> None:
    """By the search as it is: other weights or limits find other pairs."""
    for trial in TRIALS:
        outcome = found(register(400, seed, countries=COUNTRIES[trial.name]) for seed in (1, 2))
        assert outcome.recall == pytest.approx(trial.recall, abs=0.1)
        assert outcome.precision == pytest.approx(trial.precision, abs=0.1)


def test_the_bench_counts_pairs_as_they_are_counted_by_hand() -> None:
    """Nobody is found where nothing is known, and everybody where a reference says so."""
    blank = register(60, 4, countries=COUNTRIES["few"])
    assert 10 <= len(blank.twice) <= 20
    assert found([blank]).true == len(blank.twice)
    assert found([blank]).true_across == sum(
        blank.regions[min(pair)] != blank.regions[max(pair)] for pair in blank.twice
    )


@given(st.integers(200, 400), st.integers(20, 100), st.integers(1, 19), st.integers(0, 2**16))
def test_a_simulated_register_is_too_high_by_what_is_reckoned(
    persons: int, twice: int, found_of_them: int, seed: int
) -> None:
    """The second way: persons on two lists, some of them as two records, counted and estimated."""
    rng = random.Random(seed)
    true = range(persons)
    met_by_both = rng.sample(true, 2 * twice)
    first = {*met_by_both, *rng.sample(true, persons // 3)}
    second = {*met_by_both, *rng.sample(true, persons // 3)}
    both = sorted(first & second)
    lost = rng.sample(both, twice)  # of these nobody knows that they are one
    records = len(first | second) + len(lost)
    estimate = len(first) * len(second) / (len(both) - len(lost))
    truth = len(first) * len(second) / len(both)

    recall = found_of_them / (found_of_them + twice)
    one = undetected(
        Trial("this", precision=0.5, recall=recall, across=0.0),
        confirmed=found_of_them, waiting=0, total=records, met_by_several=len(both) - len(lost),
    )  # fmt: skip
    assert one.not_found == twice
    assert one.should_be == len(first | second)
    assert one.too_large is not None
    assert estimate / truth - 1 == pytest.approx(one.too_large)


def test_suggestions_that_wait_are_expected_to_be_right_as_often_as_others() -> None:
    trial = Trial("this", precision=0.6, recall=0.4, across=0.0)
    one = undetected(trial, confirmed=6, waiting=10, total=262, met_by_several=60)
    assert (one.not_found, one.should_be, one.too_large_percent) == (24, 238, 40)


def test_a_year_in_which_nothing_was_found_says_nothing_and_nobody_met_by_several_no_percent() -> None:
    for one in range_of(confirmed=0, waiting=0, total=50, met_by_several=0):
        assert (one.not_found, one.should_be, one.too_large_percent) == (0, 50, None)
    recalls = [one.recall for one in range_of(confirmed=1, waiting=0, total=50, met_by_several=2)]
    assert recalls == sorted(recalls, reverse=True)
