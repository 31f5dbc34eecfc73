"""Fits of many models to many tables at once, by iteratively reweighted least squares, and the forward
stepwise choice of the two-list effects.

Every fit is a row of arrays; what a model leaves out is masked. Only models with code 0 may be fitted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, pdtr, pdtrc, xlogy

from libs.capture_recapture.design import (
    Bools,
    Design,
    Estimability,
    Floats,
    Frame,
    Ints,
    chosen,
    frame,
    seen_histories,
)

ROUNDS = 200
TOLERANCE = 1e-12
LARGEST = 600.0  # exp of it is still a double


@dataclass(frozen=True, eq=False)
class Fits:
    """B fits. `log_dark` is b_0: exp of it is the expected number of persons on no list."""

    log_dark: Floats  # (B,)
    error: Floats  # (B,), standard error of b_0
    mu: Floats  # (B, W), expected persons; 0 in histories that left the design
    log_likelihood: Floats  # (B,), the factorial term included
    parameters: Ints  # (B,)

    @property
    def dark(self) -> Floats:
        """(B,), expected persons on no list."""
        return np.exp(np.minimum(self.log_dark, LARGEST))


def fit(d: Design, counts: Floats, models: Ints, start: Floats | None = None) -> Fits:
    """Counts (B, W), models (B,), and expected counts near the fit (B, W), counts + 0.1 if none are known."""
    left = frame(d, counts, models)
    places = np.argsort(~left.columns, axis=1, kind="stable")[:, : int(left.columns.sum(axis=1).max())]
    used = np.take_along_axis(left.columns, places, axis=1)
    system = _System(d, left, places, used)
    beta, mu, eta, error = _iterate(system, counts, counts + 0.1 if start is None else start)
    likelihood = (counts * eta - mu - gammaln(counts + 1)).sum(axis=1)
    return Fits(beta[:, 0], error, mu, likelihood, left.parameters)


@dataclass(frozen=True, eq=False)
class _System:
    design: Design
    left: Frame
    places: Ints  # (B, k): the columns each fit uses, then unused ones up to the same number
    used: Bools  # (B, k)

    def take(self, rows: Ints) -> _System:
        left = Frame(self.left.rows[rows], self.left.columns[rows], self.left.parameters[rows])
        return _System(self.design, left, self.places[rows], self.used[rows])

    def means(self, beta: Floats) -> tuple[Floats, Floats]:
        """eta and mu, both 0 in histories that left the design."""
        full = np.zeros((len(beta), self.design.width))
        np.put_along_axis(full, self.places, np.where(self.used, beta, 0.0), axis=1)
        eta = np.where(self.left.rows, np.clip(full @ self.design.x.T, -LARGEST, LARGEST), 0.0)
        return eta, np.where(self.left.rows, np.exp(eta), 0.0)

    def scores(self, values: Floats) -> Floats:
        """X'values, (B, k)."""
        return np.where(self.used, np.take_along_axis(values @ self.design.x, self.places, axis=1), 0.0)

    def information(self, mu: Floats) -> Floats:
        """X'diag(mu)X, (B, k, k), with 1 on the diagonal of unused columns."""
        index = self.design.joint[self.places[:, :, None], self.places[:, None, :]].reshape(len(mu), -1)
        sums = np.take_along_axis(mu @ self.design.unions, index, axis=1)
        small = sums.reshape(len(mu), self.places.shape[1], -1)
        small = np.where(self.used[:, :, None] & self.used[:, None, :], small, 0.0)
        corner = np.arange(small.shape[1])
        # The grain keeps a column whose expectation is nearly 0 from being exactly singular; the solution is
        # the same.
        small[:, corner, corner] = small[:, corner, corner] * (1 + 1e-14) + np.where(self.used, 1e-200, 1.0)
        return small


def _iterate(system: _System, counts: Floats, start: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """beta (B, k), mu and eta (B, W), and the standard error of b_0 (B,), at the maximum."""
    rows = system.left.rows
    mu = np.where(rows, np.maximum(start, 1e-100), 0.0)
    working = np.where(rows, np.log(np.maximum(start, 1e-100)) * mu + counts - mu, 0.0)
    beta = _solve(system.information(mu), system.scores(working))
    step, height = np.zeros_like(beta), np.full(len(beta), -np.inf)
    going = np.arange(len(beta))
    for _ in range(ROUNDS):
        part = system.take(going)
        moved, step[going], height[going], done = _round(
            part, counts[going], beta[going], step[going], height[going]
        )
        beta[going] = moved
        going = going[~done]
        if not len(going):
            break
    eta, mu = system.means(beta)
    unit = np.zeros_like(beta)
    unit[:, 0] = 1
    return beta, mu, eta, np.sqrt(np.maximum(_solve(system.information(mu), unit)[:, 0], 0.0))


def _round(
    part: _System, counts: Floats, beta: Floats, step: Floats, height: Floats
) -> tuple[Floats, Floats, Floats, Bools]:
    """Take the step, or half of it where the likelihood would fall; then find the next one."""
    eta, mu = part.means(beta + step)
    terms = counts * eta - mu
    reached = terms.sum(axis=1)
    grain = 4e-16 * np.abs(terms).sum(axis=1)
    saturated = (counts * np.log(np.maximum(counts, 1)) - counts).sum(axis=1)
    worse = reached < height - grain - TOLERANCE
    done = ~worse & (
        2 * np.abs(reached - height) <= TOLERANCE * (2 * np.abs(saturated - reached) + 0.1) + grain
    )
    ahead = _solve(part.information(mu), part.scores(counts - mu))
    fell = worse[:, None]
    return (
        np.where(fell, beta, beta + step),
        np.where(fell, step / 2, ahead),
        np.where(worse, height, reached),
        done,
    )


def _solve(matrix: Floats, right: Floats) -> Floats:
    return np.asarray(np.linalg.solve(matrix, right[:, :, None])[:, :, 0], dtype=float)


THRESHOLD = 0.02  # p below which a pair may enter
TIE = 7  # decimals of log p beyond which two pairs are tied


@dataclass(frozen=True, eq=False)
class Selected:
    """B choices. `dark` is infinite where even the main effects have no estimate."""

    models: Ints  # (B,)
    dark: Floats  # (B,), expected persons on no list


def stepwise(d: Design, counts: Floats, codes: Estimability) -> Selected:
    """From no pair, add the pair whose overlap the current fit explains worst, as long as p < 0.02 and the
    larger model can be estimated; ties go to the first pair."""
    seen = seen_histories(counts)
    models = np.zeros(len(counts), dtype=np.int64)
    dark = np.full(len(counts), np.inf)
    going = np.array([b for b in range(len(counts)) if codes.code(seen[b], 0) == 0], dtype=np.int64)
    near = counts + 0.1
    while len(going):
        fits = fit(d, counts[going], models[going], near[going])
        near[going] = fits.mu
        dark[going] = fits.dark
        order = _candidates(d, counts[going], fits.mu, models[going])
        grown = [_first(codes, seen[b], int(models[b]), pairs) for b, pairs in zip(going, order, strict=True)]
        moved = np.array([model is not None for model in grown], dtype=bool)
        going = going[moved]
        before, models[going] = models[going], [model for model in grown if model is not None]
        near[going] *= _raised(d, counts[going], near[going], models[going] ^ before)
    return Selected(models, dark)


def _raised(d: Design, counts: Floats, mu: Floats, entered: Ints) -> Floats:
    """(B, W): factors that bring the overlap of the pair that entered to what was found."""
    entering = chosen(entered, len(d.pairs)).astype(float)
    overlap = entering @ d.contains
    ratio = (overlap * counts).sum(axis=1) / np.maximum((overlap * mu).sum(axis=1), 1e-300)
    return np.where(overlap > 0, np.where(ratio > 0, ratio, 1.0)[:, None], 1.0)


def _first(codes: Estimability, seen: bytes, model: int, pairs: list[int]) -> int | None:
    """Tested lazily in order of p: about ten times fewer tests than all of them, and the same choice."""
    return next((model | 1 << k for k in pairs if codes.code(seen, model | 1 << k) == 0), None)


def _candidates(d: Design, counts: Floats, mu: Floats, models: Ints) -> list[list[int]]:
    """The pairs outside each model with p < 0.02, smallest p first."""
    surprise = log_p(counts @ d.contains.T, mu @ d.contains.T)
    surprise[chosen(models, len(d.pairs))] = 0.0
    order = np.argsort(np.round(surprise, TIE), axis=1, kind="stable")
    below = surprise < np.log(THRESHOLD)
    return [[int(k) for k in row if below[b, k]] for b, row in enumerate(order)]


def log_p(found: Floats, expected: Floats) -> Floats:
    """log of min{P(Poisson(expected) <= found), P(Poisson(expected) >= found)}.

    Where that is too small for a double, from the first term of the tail: else pairs that differ would be
    tied at 0.
    """
    below = pdtr(found, expected)
    above = np.where(found > 0, pdtrc(np.maximum(found - 1, 0), expected), 1.0)
    p = np.minimum(below, above)
    term = xlogy(found, expected) - expected - gammaln(found + 1)
    ratio = np.where(found < expected, found / np.maximum(expected, 1e-300), expected / (found + 1))
    tail = term - np.log1p(-np.minimum(ratio, 1 - 1e-12))
    return np.asarray(np.where(p > 1e-290, np.log(np.maximum(p, 1e-300)), tail), dtype=float)
