"""The code of every two-list model over a table at once, and intervals: Wald, which takes the chosen model
for granted, and the bootstrap, which repeats the choice.

What one test says of many models is used: histories with persons never leave the design, so a model whose
pairs they identify alone has code 0 whatever empty overlaps it holds; leaving out a pair keeps a model
identifiable; and a direction in which one likelihood rises for ever does so in every model that has its pairs
and histories.

Source: Chan, Silverman & Vincent (2021) for BCa; Silverman, Chan & Vincent (2023) for why the choice is
repeated.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from libs.capture_recapture.design import ZERO, Bools, Design, Estimability, Floats, Ints, chosen, escape
from libs.capture_recapture.results import EstimateCancelled, Interval
from libs.capture_recapture.selection import stepwise

CHUNK = 2048


@dataclass(frozen=True, eq=False)
class _Table:
    """Every list has persons. `empty` are the pairs that nobody is in."""

    design: Design
    seen: Bools  # (W,)
    empty: Bools  # (P,)

    def columns(self, models: Ints) -> Bools:
        """(B, K)"""
        base = np.ones((len(models), 1 + self.design.lists), dtype=bool)
        return np.hstack([base, chosen(models, len(self.empty)) & ~self.empty])

    def rows(self, models: Ints) -> Bools:
        """(B, W)"""
        gone = (chosen(models, len(self.empty)) & self.empty).astype(float) @ self.design.contains
        return np.asarray(gone == 0)

    def full_rank(self, models: Ints, *, only_seen: bool) -> Bools:
        """(B,): the columns are independent, over the histories with persons or over all that remain."""
        result = np.zeros(len(models), dtype=bool)
        for start in range(0, len(models), CHUNK):
            part = models[start : start + CHUNK]
            columns = self.columns(part)
            rows = np.broadcast_to(self.seen, (len(part), len(self.seen))) if only_seen else self.rows(part)
            gram = (rows.astype(float) @ self.design.unions)[:, self.design.joint]
            gram *= columns[:, :, None] & columns[:, None, :]
            corner = np.arange(self.design.width)
            gram[:, corner, corner] += ~columns
            result[start : start + CHUNK] = np.linalg.eigvalsh(gram)[:, 0] > ZERO
        return result


def every_code(d: Design, counts: Floats) -> Ints:
    """(2^P,): the code of every model, of W counts with no empty list."""
    table = _Table(d, counts > 0, d.contains @ counts == 0)
    models = np.arange(2 ** len(d.pairs))
    plain = models & ~_bits(table.empty)
    firm = _closed(table, np.unique(plain), only_seen=True)
    open_models = models[~np.isin(plain, firm)]
    codes = np.zeros(len(models), dtype=np.int64)
    if len(open_models):
        identified = _closed(table, open_models, only_seen=False)
        codes[open_models] += np.where(np.isin(open_models, identified), 0, 2)
        codes[open_models] += _without_maximum(table, open_models)
    return codes


def _bits(pairs: Bools) -> int:
    return sum(1 << k for k in np.flatnonzero(pairs).tolist())


def _closed(table: _Table, models: Ints, *, only_seen: bool) -> Ints:
    """Those of the models that have full rank. All have it if the largest has; else level by level upwards,
    as a model fails with any of the smaller ones it contains."""
    largest = models[np.argmax(np.bitwise_count(models))]
    if (models & ~largest == 0).all() and table.full_rank(np.array([largest]), only_seen=only_seen)[0]:
        return models
    failed = np.zeros(2 ** len(table.empty), dtype=bool)
    level = np.bitwise_count(models)
    for size in range(int(level.max()) + 1):
        here = models[level == size]
        doomed = np.zeros(len(here), dtype=bool)
        for k in range(len(table.empty)):
            doomed |= (here >> k & 1).astype(bool) & failed[here & ~(1 << k)]
        failed[here[doomed]] = True
        left = here[~doomed]
        failed[left] = ~table.full_rank(left, only_seen=only_seen)
    return models[~failed[models]]


def _without_maximum(table: _Table, models: Ints) -> Ints:
    """(B,): 1 where the likelihood has no maximum."""
    bits = _bits(table.empty)
    unknown = np.ones(len(models), dtype=bool)
    answer = np.zeros(len(models), dtype=np.int64)
    rows = table.rows(models)
    order = np.argsort(-np.bitwise_count(models & ~bits).astype(int), kind="stable")
    for b in order:
        if not unknown[b]:
            continue
        model = models[b]
        way = _escape(table, model, rows[b])
        if way is None:
            unknown &= ~((models & bits == model & bits) & (models & ~model == 0))
            continue
        climbs, falls, pairs = way
        doomed = (models & pairs == pairs) & ~(rows & falls).any(axis=1) & (rows & climbs).any(axis=1)
        answer[doomed] = 1
        unknown &= ~doomed
    return answer


def _escape(table: _Table, model: int, rows: Bools) -> tuple[Bools, Bools, int] | None:
    """Return a direction of ascent: the histories it raises and lowers, and the pairs it uses."""
    columns = table.columns(np.array([model]))[0]
    x = table.design.x
    found = escape(x[rows & table.seen][:, columns], x[rows & ~table.seen][:, columns])
    if found is None:
        return None
    direction = np.zeros(table.design.width)
    direction[columns] = found
    direction /= np.abs(direction).max()
    direction[np.abs(direction) < ZERO] = 0
    moves = x @ direction
    return moves > ZERO, moves < -ZERO, _bits(direction[1 + table.design.lists :] != 0)


Z = 1.96
TAILS = (0.025, 0.975)
BATCH = 250
EQUAL = 1e-9  # relative difference below which a replicate counts as equal to the estimate


def wald(observed: int, log_dark: float, error: float) -> Interval:
    return Interval(observed + _exp(log_dark - Z * error), observed + _exp(log_dark + Z * error))


def _exp(power: float) -> float:
    return math.exp(power) if power < 700 else math.inf


def bootstrap(
    d: Design,
    counts: Floats,
    codes: Estimability,
    *,
    replicates: int,
    seed: int,
    progress: Callable[[int, int], None] = lambda done, of: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Floats:
    """Estimate `replicates` tables drawn from W counts; infinite where nothing overlaps."""
    tables, back = np.unique(draw(counts, replicates, seed), axis=0, return_inverse=True)
    dark = np.full(len(tables), np.inf)
    for start in range(0, len(tables), BATCH):
        if cancelled():
            raise EstimateCancelled
        dark[start : start + BATCH] = stepwise(d, tables[start : start + BATCH], codes).dark
        progress(replicates * min(start + BATCH, len(tables)) // len(tables), replicates)
    return np.asarray(counts.sum() + dark[back.reshape(-1)], dtype=float)


def draw(counts: Floats, replicates: int, seed: int) -> Floats:
    """(R, W): each row multinomial(n, counts / n), drawn history by history, the largest first.

    The R uniforms behind one history lie one in each R-th of the unit interval (Latin hypercube). Each row
    keeps its distribution, and the limits vary with the seed about half as much as with independent rows.
    """
    from scipy.stats import binom

    random = np.random.default_rng(seed)
    places = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    drawn = np.zeros((replicates, len(counts)))
    left, rest = np.full(replicates, counts.sum()), float(counts.sum())
    for place in places[:-1]:
        level = (random.permutation(replicates) + random.uniform(1e-9, 1, replicates)) / replicates
        drawn[:, place] = np.clip(binom.ppf(level, left, counts[place] / rest), 0, left)
        left, rest = left - drawn[:, place], rest - counts[place]
    drawn[:, places[-1]] = left
    return drawn


def jackknife(d: Design, counts: Floats, codes: Estimability) -> tuple[Floats, Floats]:
    """Estimate without one person of each observed history, and return the persons of each."""
    places = np.flatnonzero(counts)
    tables = np.repeat(counts[None, :], len(places), axis=0)
    tables[np.arange(len(places)), places] -= 1
    return counts.sum() - 1 + stepwise(d, tables, codes).dark, counts[places]


def acceleration(estimates: Floats, weights: Floats) -> float:
    """a = sum c d^3 / (6 (sum c d^2)^1.5); a person without whom there is no finite estimate is left out."""
    finite = np.isfinite(estimates)
    values, c = estimates[finite], weights[finite]
    if not len(values):
        return 0.0
    gap = np.average(values, weights=c) - values
    scale = np.abs(gap).max()
    if scale <= EQUAL * np.abs(values).max():
        return 0.0
    gap = gap / scale
    return float((c * gap**3).sum() / (6 * (c * gap**2).sum() ** 1.5))


def bca(estimate: float, replicates: Floats, a: float) -> Interval:
    """Bias-corrected and accelerated, from the estimate, its replicates and the acceleration."""
    number = len(replicates)
    below = float((replicates < estimate * (1 - EQUAL)).mean())
    # A share of exactly 0 or 1 would send the correction to infinity.
    bias = float(ndtri(min(max(below, 1 / (number + 1)), number / (number + 1))))
    low, high = (quantile(replicates, _level(float(ndtri(tail)), bias, a)) for tail in TAILS)
    return Interval(low, high)


def _level(z: float, bias: float, a: float) -> float:
    room = 1 - a * (z + bias)
    if room <= 0:
        return float(z + bias > 0)
    return float(ndtr(bias + (z + bias) / room))


def percentile(replicates: Floats) -> Interval:
    return Interval(*(quantile(replicates, one) for one in TAILS))


def quantile(values: Floats, level: float) -> float:
    """Type 8, median-unbiased; infinite where it falls between a finite and an infinite value."""
    ordered = np.sort(values)
    place = (len(ordered) + 1 / 3) * level + 1 / 3
    whole = math.floor(place)
    low = float(ordered[min(max(whole, 1), len(ordered)) - 1])
    high = float(ordered[min(max(whole + 1, 1), len(ordered)) - 1])
    part = place - whole
    return low if part == 0 or low == high else low + part * (high - low)
