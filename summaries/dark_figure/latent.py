"""A latent class model: persons of a few kinds, of which each list finds its own share. Gibbs draws of the
number.

Source: Manrique-Vallier (2016), Biometrics 72:1246-1254, as the R package LCMCR does it. Within a kind the
lists are independent; how many kinds there are is left to a stick-breaking prior, at most CLASSES of them.
Chances have the prior Beta(1, 1), the number N has 1/N, the concentration Gamma(1/4, 1/4). As its posterior
has no closed form, it is drawn: several chains side by side, from a fixed seed, so that the same table
gives the same figures. Two kinds of persons is what the log-linear models of two lists cannot see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from summaries.dark_figure.table import CaptureTable

if TYPE_CHECKING:
    from numpy.random import Generator

    from summaries.dark_figure.design import Floats, Ints

CLASSES: Final = 5
CHAINS: Final = 12
WARMING: Final = 250
DRAWS: Final = 500  # of each chain
SHAPE: Final = 0.25  # of the prior of the concentration, and its rate
TINY: Final = 1e-12


@dataclass(frozen=True)
class Options:
    """How much is drawn."""

    classes: int = CLASSES
    chains: int = CHAINS
    warming: int = WARMING
    draws: int = DRAWS
    seed: int = 1


def usual(seed: int) -> Options:
    """As an estimate is made."""
    return Options(CLASSES, CHAINS, WARMING, DRAWS, seed)


@dataclass(eq=False)
class _State:
    """Of C chains: shares of the K kinds (C, K), chances (C, K, t), concentration (C,)."""

    share: Floats
    chance: Floats
    concentration: Floats


def draws(table: CaptureTable, options: Options) -> Floats:
    """(draws, chains): known and unknown persons, after the warming. Every list has persons."""
    import numpy as np

    random = np.random.default_rng(options.seed)
    masks = np.array([mask for mask, _n in table.histories])
    holds = (masks[:, None] >> np.arange(len(table.lists)) & 1).astype(float)
    counts = np.array([n for _mask, n in table.histories])
    state = _start(len(table.lists), options, random)
    kept = np.zeros((options.draws, options.chains))
    for step in range(options.warming + options.draws):
        missing = _step(state, holds, counts, random)
        if step >= options.warming:
            kept[step - options.warming] = counts.sum() + missing
    return kept


def _start(lists: int, options: Options, random: Generator) -> _State:
    import numpy as np

    size = (options.chains, options.classes)
    return _State(
        random.dirichlet(np.ones(options.classes), options.chains),
        random.uniform(0.05, 0.4, (*size, lists)),
        np.ones(options.chains),
    )


def _step(state: _State, holds: Floats, counts: Ints, random: Generator) -> Floats:
    """Everybody is given a kind, those on no list are drawn anew, then what the kinds are like. The persons
    on no list, of each chain."""
    import numpy as np

    log_in, log_out = np.log(state.chance), np.log1p(-state.chance)
    log_share = np.log(state.share)
    known = (
        log_share[:, None]
        + np.einsum("wt,ckt->cwk", holds, log_in)
        + np.einsum("wt,ckt->cwk", 1 - holds, log_out)
    )
    nobody = np.exp(log_share + log_out.sum(axis=2))
    unseen = np.minimum(nobody.sum(axis=1), 1 - 1e-9)
    missing = random.poisson(random.gamma(counts.sum(), unseen / (1 - unseen)))  # a negative binomial
    of_kind = np.exp(known - known.max(axis=2, keepdims=True))
    split = random.multinomial(counts, of_kind / of_kind.sum(axis=2, keepdims=True))  # (C, W, K)
    dark = random.multinomial(missing, nobody / nobody.sum(axis=1, keepdims=True))  # (C, K)
    size = split.sum(axis=1) + dark
    found = np.einsum("cwk,wt->ckt", split, holds)
    state.chance = np.clip(random.beta(1 + found, 1 + size[:, :, None] - found), TINY, 1 - TINY)
    _shares(state, size, random)
    return np.asarray(missing, dtype=float)


def _shares(state: _State, size: Floats, random: Generator) -> None:
    import numpy as np

    later = size[:, ::-1].cumsum(axis=1)[:, ::-1] - size
    stick = np.clip(
        random.beta(1 + size[:, :-1], state.concentration[:, None] + later[:, :-1]), TINY, 1 - TINY
    )
    left = np.asarray(np.cumprod(1 - stick, axis=1), dtype=float)
    state.share = np.maximum(_broken(stick, left), TINY)
    classes = size.shape[1]
    state.concentration = random.gamma(SHAPE + classes - 1, 1 / (SHAPE - np.log1p(-stick).sum(axis=1)))


def _broken(stick: Floats, left: Floats) -> Floats:
    """Shares of the kinds: each takes its part of what those before it left."""
    import numpy as np

    before = np.hstack([np.ones((len(left), 1)), left])
    return np.asarray(np.hstack([stick, np.ones((len(left), 1))]) * before, dtype=float)


def quantiles(drawn: Floats, levels: Sequence[float]) -> list[float]:
    """Over all chains."""
    import numpy as np

    return [float(value) for value in np.quantile(drawn, levels)]
