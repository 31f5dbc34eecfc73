"""A fit is the maximum of the likelihood: by another library, by brute force, and by its own equations."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import poisson

from libs.capture_recapture.design import design
from libs.capture_recapture.loglinear import every_code
from libs.capture_recapture.selection import fit, log_p
from tests.summaries.dark_figure_tables import plain_design, random_table, simulated

TABLES = [
    *(random_table(seed, lists, density) for seed in (1, 3, 4) for lists in (3, 4) for density in (0.6, 0.9)),
    simulated(2000, (0.15, 0.12, 0.08, 0.05), 1),
    random_table(5, 5, 0.4),
]


def fitted(table, limit=40):
    """Counts, models that can be estimated (spread over all of them), and their fits."""
    d = design(len(table.lists))
    counts = table.vector()
    models = np.flatnonzero(every_code(d, counts) == 0)
    assert len(models)
    models = models[:: max(1, len(models) // limit)]
    return counts, models, fit(d, np.repeat(counts[None, :], len(models), axis=0), models)


@pytest.mark.long(
    instead="tests/summaries/test_dark_figure_fit.py::test_no_search_of_the_likelihood_finds_a_higher_point"
)
@pytest.mark.parametrize("table", TABLES)
def test_every_fit_is_the_one_of_statsmodels(table) -> None:
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    counts, models, fits = fitted(table)
    for b, model in enumerate(models):
        x, y = plain_design(counts, len(table.lists), int(model))
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it suspects a saturated model of separation
            other = GLM(y, x, family=Poisson()).fit(maxiter=200, tol=1e-12)
        assert np.exp(fits.log_dark[b]) == pytest.approx(np.exp(other.params[0]), rel=1e-6)
        assert fits.error[b] == pytest.approx(other.bse[0], rel=1e-5)
        assert fits.log_likelihood[b] == pytest.approx(other.llf, rel=1e-9, abs=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_no_search_of_the_likelihood_finds_a_higher_point(seed: int) -> None:
    table = random_table(seed, 3, 0.9)
    counts, models, fits = fitted(table)
    for b, model in enumerate(models):
        x, y = plain_design(counts, 3, int(model))

        def loss(beta, x=x, y=y):
            eta = np.clip(x @ beta, -50, 50)
            return np.exp(eta).sum() - y @ eta, x.T @ (np.exp(eta) - y)

        start = np.r_[np.log(counts.mean() + 1), np.zeros(x.shape[1] - 1)]
        best = minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 2000})
        expected = np.exp(x @ best.x)
        information = x.T @ (expected[:, None] * x)
        assert np.exp(fits.log_dark[b]) == pytest.approx(np.exp(best.x[0]), rel=1e-4)
        assert fits.error[b] == pytest.approx(np.sqrt(np.linalg.inv(information)[0, 0]), rel=1e-4)
        assert fits.log_likelihood[b] == pytest.approx(poisson.logpmf(y, expected).sum(), rel=1e-6)


def test_what_is_expected_adds_up_to_what_was_found_on_every_list_and_in_every_pair_of_the_model() -> None:
    table = simulated(3000, (0.2, 0.15, 0.1, 0.1, 0.05), 3, pair=(0, 1, 4))
    d = design(5)
    counts, models, fits = fitted(table)
    assert np.allclose(fits.mu @ d.holds.T, counts @ d.holds.T, rtol=1e-9)
    for b, model in enumerate(models):
        inside = [k for k in range(10) if int(model) >> k & 1]
        assert np.allclose(
            (fits.mu[b] @ d.contains.T)[inside], (counts @ d.contains.T)[inside], rtol=1e-9, atol=1e-9
        )


def test_counts_of_a_million_are_fitted_as_well_as_small_ones() -> None:
    table = random_table(1, 4, 0.9)
    counts, models, small = fitted(table)
    large = fit(design(4), np.repeat(counts[None, :] * 10**6, len(models), axis=0), models)
    assert np.allclose(large.dark, small.dark * 10**6, rtol=1e-9)


def test_a_start_near_the_fit_changes_nothing_but_the_time() -> None:
    table = simulated(2000, (0.2, 0.15, 0.1), 2)
    d, counts = design(3), table.vector()[None, :]
    plain = fit(d, counts, np.array([1]))
    near = fit(d, counts, np.array([1]), fit(d, counts, np.array([0])).mu)
    assert near.log_dark == pytest.approx(plain.log_dark, rel=1e-10)


def test_the_surprise_of_an_overlap_is_the_smaller_tail_of_the_poisson_distribution() -> None:
    found, expected = np.meshgrid(np.arange(0.0, 30), np.array([0.3, 2, 9.5, 25]))
    tails = np.minimum(poisson.cdf(found, expected), poisson.sf(found - 1, expected))
    assert np.exp(log_p(found, expected)) == pytest.approx(tails, rel=1e-9)


def test_overlaps_too_surprising_for_a_double_are_still_ordered() -> None:
    found = np.array([5000.0, 6000.0, 7000.0, 100.0, 0.0])
    surprise = log_p(found, np.array([1000.0, 1000.0, 1000.0, 2000.0, 2000.0]))
    assert np.isfinite(surprise).all()
    assert surprise[0] > surprise[1] > surprise[2]
    assert surprise[3] > surprise[4]
    assert surprise[4] == pytest.approx(-2000)
