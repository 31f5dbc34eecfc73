"""The intervals, by hand where a hand can do it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import multinomial, norm

from libs.capture_recapture import Estimate, EstimateCancelled
from libs.capture_recapture.design import Estimability, design
from libs.capture_recapture.estimation import estimate
from libs.capture_recapture.loglinear import (
    acceleration,
    bca,
    bootstrap,
    draw,
    jackknife,
    percentile,
    quantile,
    wald,
)
from libs.capture_recapture.selection import stepwise
from tests.summaries.dark_figure_tables import random_table, simulated, table
from tests.weights import examples, mostly_long

OVERLAPPING = simulated(1500, (0.2, 0.15, 0.12, 0.08), 4)


def test_wald_is_the_observed_plus_the_dark_figure_times_and_over_its_error() -> None:
    found = wald(100, math.log(50), 0.1)
    assert (found.low, found.high) == pytest.approx((100 + 50 * math.exp(-0.196), 100 + 50 * math.exp(0.196)))
    assert wald(100, 600, 900).high == math.inf


def test_quantiles_are_the_median_unbiased_ones_of_numpy() -> None:
    values = np.random.default_rng(1).normal(size=37)
    for level in (0.0, 0.001, 0.025, 0.3, 0.5, 0.975, 1.0):
        assert quantile(values, level) == pytest.approx(np.quantile(values, level, method="median_unbiased"))


def test_infinite_replicates_make_the_upper_end_infinite_and_nothing_undefined() -> None:
    values = np.r_[np.arange(90.0), np.full(10, np.inf)]
    assert quantile(values, 0.5) == 49.5
    assert quantile(values, 0.975) == math.inf
    assert quantile(np.full(5, np.inf), 0.5) == math.inf


def test_bca_without_bias_or_acceleration_is_the_percentile_interval() -> None:
    values = np.random.default_rng(2).normal(1000, 50, 2001)
    center = float(np.median(values)) + 1e-3
    interval, plain = bca(center, values, 0.0), percentile(values)
    assert (interval.low, interval.high) == pytest.approx((plain.low, plain.high), rel=1e-3)


def test_bca_takes_the_levels_of_the_formula() -> None:
    values, a = np.random.default_rng(3).normal(1000, 50, 1500), 0.05
    bias = norm.ppf((values < 1010).mean())
    levels = [norm.cdf(bias + (z + bias) / (1 - a * (z + bias))) for z in norm.ppf([0.025, 0.975])]
    interval = bca(1010, values, a)
    assert (interval.low, interval.high) == pytest.approx([quantile(values, level) for level in levels])


@pytest.mark.parametrize(("estimate_", "a"), [(0.0, 0.0), (1e9, 0.0), (500.0, 3.0), (500.0, -3.0)])
def test_bca_is_defined_when_all_replicates_lie_on_one_side_or_the_acceleration_is_wild(
    estimate_: float, a: float
) -> None:
    values = np.random.default_rng(4).normal(1000, 50, 500)
    interval = bca(estimate_, values, a)
    assert values.min() <= interval.low <= interval.high <= values.max()


def test_a_replicate_equal_to_the_estimate_up_to_rounding_is_not_below_it() -> None:
    same = bca(1000.0, np.full(99, 1000.0 - 1e-9), 0.0)
    assert (same.low, same.high) == pytest.approx((1000, 1000))


def test_the_jackknife_takes_one_person_away_from_each_history_in_turn() -> None:
    d, counts, codes = design(4), OVERLAPPING.vector(), Estimability(design(4))
    estimates, weights = jackknife(d, counts, codes)
    assert weights.sum() == OVERLAPPING.observed
    for place, found in zip(np.flatnonzero(counts), estimates, strict=True):
        less = counts.copy()
        less[place] -= 1
        assert found == pytest.approx(less.sum() + stepwise(d, less[None, :], codes).dark[0], rel=1e-9)


def test_the_acceleration_is_the_skewness_of_the_jackknife_over_persons() -> None:
    estimates, weights = np.array([10.0, 12.0, 17.0]), np.array([5.0, 2.0, 1.0])
    each = np.repeat(estimates, weights.astype(int))
    gap = each.mean() - each
    assert acceleration(estimates, weights) == pytest.approx((gap**3).sum() / (6 * (gap**2).sum() ** 1.5))
    assert acceleration(np.array([7.0, 7.0]), np.array([1.0, 2.0])) == 0
    assert acceleration(np.array([math.inf]), np.array([1.0])) == 0


def test_each_draw_is_multinomial() -> None:
    counts = np.array([500.0, 0, 30, 3, 1, 60])
    drawn = draw(counts, 4000, 1)
    share = counts / counts.sum()
    assert (drawn.sum(axis=1) == counts.sum()).all()
    assert (drawn[:, 1] == 0).all()
    assert np.allclose(drawn.mean(axis=0), counts, rtol=0.03)
    expected = multinomial.cov(counts.sum(), share)
    assert np.allclose(
        np.cov(drawn.T), expected, atol=0.06 * np.sqrt(np.outer(np.diag(expected), np.diag(expected))).max()
    )
    assert (draw(counts, 5, 7) == draw(counts, 5, 7)).all()
    assert (draw(counts, 5, 7) != draw(counts, 5, 8)).any()


def test_the_bootstrap_repeats_the_choice_of_the_model_in_every_replicate() -> None:
    d, counts = design(4), OVERLAPPING.vector()
    drawn = draw(counts, 40, 3)
    found = bootstrap(d, counts, Estimability(d), replicates=40, seed=3)
    alone = [row.sum() + stepwise(d, row[None, :], Estimability(d)).dark[0] for row in drawn]
    assert found == pytest.approx(alone, rel=1e-9)
    assert len(set(stepwise(d, drawn, Estimability(d)).models)) > 1


def test_a_replicate_without_any_overlap_is_kept_as_infinite() -> None:
    sparse = table("A B C | 100 50 | 010 50 | 001 50 | 110 1 | 011 1")
    found = bootstrap(design(3), sparse.vector(), Estimability(design(3)), replicates=200, seed=1)
    assert len(found) == 200
    assert 0.02 < np.isinf(found).mean() < 0.4


def test_many_infinite_replicates_keep_an_estimate_inside() -> None:
    from libs.capture_recapture.results import Interval, doubts

    narrow = (Interval(100, 200), Interval(100, 200))
    assert doubts(50, narrow, None, 0.05) == ()
    assert [reason.code for reason in doubts(50, narrow, None, 0.051)] == ["infinite_replicates"]


def test_progress_is_told_and_a_wish_to_stop_is_heeded() -> None:
    told: list[tuple[int, int]] = []
    estimate(OVERLAPPING, replicates=600, progress=lambda done, all_: told.append((done, all_)))
    assert told[-1] == (600, 600)
    assert len(told) > 1
    assert told == sorted(told)
    with pytest.raises(EstimateCancelled):
        estimate(OVERLAPPING, replicates=600, cancelled=lambda: True)


def test_no_replicates_leave_the_bootstrap_out() -> None:
    result = estimate(OVERLAPPING, replicates=0)
    assert isinstance(result, Estimate)
    assert (result.bca, result.percentile) == (None, None)
    assert result.interval == result.wald


def test_the_same_seed_gives_the_same_result_and_another_seed_another() -> None:
    first, again, other = (estimate(OVERLAPPING, replicates=100, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.bca != other.bca
    assert first.estimate == other.estimate


def test_the_interval_holds_the_truth_where_the_assumptions_hold() -> None:
    held = 0
    registers = examples(3, 20)
    for seed in range(registers):
        result = estimate(simulated(1000, (0.2, 0.17, 0.12, 0.1), seed), replicates=100)
        assert isinstance(result, Estimate)
        held += result.interval.holds(1000)
    assert held >= 0.8 * registers


def test_two_kinds_of_people_are_underestimated_and_the_text_says_so() -> None:
    from libs.capture_recapture.report import to_json

    random = np.random.default_rng(1)
    easy = random.random(1000) < 0.3
    chances = np.where(easy[:, None], (0.4, 0.35, 0.3, 0.25), (0.05, 0.04, 0.03, 0.02))
    masks = (random.random((1000, 4)) < chances) @ (1 << np.arange(4))
    from libs.capture_recapture import CaptureTable

    result = estimate(CaptureTable.from_counts("ABCD", [(int(m), 1) for m in masks]), replicates=50)
    assert isinstance(result, Estimate)
    assert result.interval.high < 1000
    assert "likely too low" in to_json(result)["caveats"]["en"][0]


@pytest.mark.parametrize("seed", mostly_long(range(3), usual=[0]))
def test_sparse_tables_give_finite_or_openly_infinite_ends(seed: int) -> None:
    result = estimate(random_table(seed, 5, 0.3), replicates=60)
    if isinstance(result, Estimate):
        assert not math.isnan(result.interval.low + result.interval.high)
        assert result.interval.low <= result.interval.high
