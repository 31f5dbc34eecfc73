"""Intervals: Wald, which takes the chosen model for granted, and the bootstrap, which repeats the choice.

Source: Chan, Silverman & Vincent (2021) for BCa; Silverman, Chan & Vincent (2023) for why the choice is
repeated.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from libs.capture_recapture.design import Design, Estimability
from libs.capture_recapture.results import Interval
from libs.capture_recapture.selection import stepwise

if TYPE_CHECKING:
    from libs.capture_recapture.design import Floats

Z = 1.96
TAILS = (0.025, 0.975)
BATCH = 250
EQUAL = 1e-9  # relative difference below which a replicate counts as equal to the estimate


class EstimateCancelled(Exception):
    """The caller asked for the work to stop."""


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
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Floats:
    """Estimates of `replicates` tables drawn from the observed one (W counts); infinite where nothing
    overlaps."""
    import numpy as np

    tables, back = np.unique(draw(counts, replicates, seed), axis=0, return_inverse=True)
    dark = np.full(len(tables), np.inf)
    for start in range(0, len(tables), BATCH):
        if cancelled and cancelled():
            raise EstimateCancelled
        dark[start : start + BATCH] = stepwise(d, tables[start : start + BATCH], codes).dark
        if progress:
            progress(replicates * min(start + BATCH, len(tables)) // len(tables), replicates)
    return np.asarray(counts.sum() + dark[back.reshape(-1)], dtype=float)


def draw(counts: Floats, replicates: int, seed: int) -> Floats:
    """(R, W): each row multinomial(n, counts / n), drawn history by history, the largest first.

    The R uniforms behind one history lie one in each R-th of the unit interval (Latin hypercube). Each row
    keeps its distribution, and the limits vary with the seed about half as much as with independent rows.
    """
    import numpy as np
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
    """Estimates with one person of each observed history taken away, and the persons who have that
    history."""
    import numpy as np

    places = np.flatnonzero(counts)
    tables = np.repeat(counts[None, :], len(places), axis=0)
    tables[np.arange(len(places)), places] -= 1
    return counts.sum() - 1 + stepwise(d, tables, codes).dark, counts[places]


def acceleration(estimates: Floats, weights: Floats) -> float:
    """a = sum c d^3 / (6 (sum c d^2)^1.5); a person without whom there is no finite estimate is left out."""
    import numpy as np

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
    from scipy.special import ndtri

    number = len(replicates)
    below = float((replicates < estimate * (1 - EQUAL)).mean())
    # A share of exactly 0 or 1 would send the correction to infinity.
    bias = float(ndtri(min(max(below, 1 / (number + 1)), number / (number + 1))))
    low, high = (quantile(replicates, _level(float(ndtri(tail)), bias, a)) for tail in TAILS)
    return Interval(low, high)


def _level(z: float, bias: float, a: float) -> float:
    from scipy.special import ndtr

    room = 1 - a * (z + bias)
    if room <= 0:
        return 1.0 if z + bias > 0 else 0.0
    return float(ndtr(bias + (z + bias) / room))


def percentile(replicates: Floats) -> Interval:
    low, high = (quantile(replicates, tail) for tail in TAILS)
    return Interval(low, high)


def quantile(values: Floats, level: float) -> float:
    """Type 8, median-unbiased; infinite where it falls between a finite and an infinite value."""
    import numpy as np

    ordered = np.sort(values)
    place = (len(ordered) + 1 / 3) * level + 1 / 3
    whole = math.floor(place)
    low = float(ordered[min(max(whole, 1), len(ordered)) - 1])
    high = float(ordered[min(max(whole + 1, 1), len(ordered)) - 1])
    part = place - whole
    return low if part == 0 or low == high else low + part * (high - low)
