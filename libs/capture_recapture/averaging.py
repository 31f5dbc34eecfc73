"""Bayesian averaging over decomposable graphical models: the posterior of the number, whatever lists depend.

Source: Madigan & York (1997), Biometrika 84:19-31, as the R package `dga` does it. A graph joins lists that
depend on each other; of a decomposable one the marginal likelihood is a product over its cliques divided by
one over its separators, each a Dirichlet-multinomial of the persons by those lists alone. The hyper-Dirichlet
prior gives every cell of the whole table DELTA 2^-t, the number N has the prior 1/N, the graphs are equally
likely. The graph that joins all lists is left out: in it the persons on no list hang on the prior alone.

A latent class model: persons of a few kinds, of which each list finds its own share. Gibbs draws of the
number.

Source: Manrique-Vallier (2016), Biometrics 72:1246-1254, as the R package LCMCR does it. Within a kind the
lists are independent; how many kinds there are is left to a stick-breaking prior, at most CLASSES of them.
Chances have the prior Beta(1, 1), the number N has 1/N, the concentration Gamma(1/4, 1/4). As its posterior
has no closed form, it is drawn: several chains side by side, from a fixed seed, so that the same table
gives the same figures. Two kinds of persons is what the log-linear models of two lists cannot see.

The figure that may go out: at least about so many, by the method that says the least.

No method sees that some persons are harder to find than others beyond what its own form allows, so a figure
with an upper end cannot be defended. A lower bound can: being found unequally, and lists that pass persons
on, make every method here come out too low. Lists that seldom meet the same persons work the other way.
That is why the pairs of lists are taken one away at a time, and why of all methods the least is taken, each
at its own lower limit. How often it holds: `python -m bench.dark_figure`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Final

import numpy as np
from numpy.random import Generator
from scipy.special import gammaln, logsumexp

from libs.capture_recapture.design import Floats, Ints
from libs.capture_recapture.results import Fit, Interval, LowerBound, Method, Pair
from libs.capture_recapture.table import CaptureTable

DELTA = 1.0  # prior persons in the whole table
MAX_LISTS = 5  # 821 graphs; six lists have 18,153
REACH = 40  # the grid of persons on no list goes to so many times the known ones, where the tail is spent
STEPS = 3000  # points of the grid at most; the first are whole persons one by one


@dataclass(frozen=True, eq=False)
class Posterior:
    """Of the persons on no list: values and their probabilities; and the probability of each graph."""

    observed: int
    missing: Floats  # (M,), rising
    share: Floats  # (M,), adds up to 1
    graphs: Floats  # (G,), in the order of `graphs`

    def quantile(self, level: float) -> float:
        """Known and unknown persons."""
        place = int(np.searchsorted(np.cumsum(self.share), level * (1 - 1e-12)))
        return float(self.observed + self.missing[min(place, len(self.missing) - 1)])


@lru_cache(maxsize=8)
def graphs(lists: int) -> tuple[tuple[int, ...], ...]:
    """Return each decomposable graph, but the complete one, as its edges in the order (1,2), (1,3), …"""
    edges = math.comb(lists, 2)
    found = (tuple(k for k in range(edges) if bits >> k & 1) for bits in range(2**edges - 1))
    return tuple(one for one in found if coefficients(lists, one))


def coefficients(lists: int, graph: tuple[int, ...]) -> dict[int, int]:
    """The sets of lists in the marginal likelihood: 1 for a clique, -1 for each time it separates two.

    Empty where the graph is not decomposable: no list is left whose neighbours are all joined to each other.
    """
    pairs = list(combinations(range(lists), 2))
    near = [0] * lists
    for k in graph:
        i, j = pairs[k]
        near[i] |= 1 << j
        near[j] |= 1 << i
    left, found = (1 << lists) - 1, Counter[int]()
    while left:
        simple = next((v for v in range(lists) if left >> v & 1 and _joined(near, near[v] & left)), None)
        if simple is None:
            return {}
        others = near[simple] & left & ~(1 << simple)
        found[others | 1 << simple] += 1
        found[others] -= 1
        left &= ~(1 << simple)
    del found[0]  # no list separates nothing
    return {subset: n for subset, n in found.items() if n}


def _joined(near: list[int], members: int) -> bool:
    inside = [v for v in range(len(near)) if members >> v & 1]
    return all(near[i] >> j & 1 for i, j in combinations(inside, 2))


@lru_cache(maxsize=8)
def _matrix(lists: int) -> Floats:
    """(G, 2^t): the coefficients of every graph."""
    every = graphs(lists)
    matrix = np.zeros((len(every), 2**lists))
    for row, graph in enumerate(every):
        for subset, n in coefficients(lists, graph).items():
            matrix[row, subset] = n
    return matrix


def posterior(table: CaptureTable, missing: Floats | None = None) -> Posterior:
    """Of a table whose lists all have persons, at each number `missing`, or over a grid."""
    lists, observed = len(table.lists), table.observed
    spots = _grid(observed) if missing is None else missing
    total = observed + spots
    terms = np.array([_marginal(table, subset, spots) for subset in range(2**lists)])
    common = gammaln(total + 1) - gammaln(spots + 1) - np.log(total) + np.log(_widths(spots))
    weights = _matrix(lists) @ terms + common
    weights -= logsumexp(weights)
    return Posterior(observed, spots, np.exp(logsumexp(weights, axis=0)), np.exp(logsumexp(weights, axis=1)))


def _marginal(table: CaptureTable, subset: int, missing: Floats) -> Floats:
    """log of the Dirichlet-multinomial of the persons by the lists of `subset` alone, for each number on no
    list; 0 of no list."""
    prior = DELTA / (1 << subset.bit_count())
    counts: Counter[int] = Counter()
    for mask, persons in table.histories:
        counts[mask & subset] += persons
    none = counts.pop(0, 0)
    known = sum(gammaln(n + prior) - gammaln(prior) for n in counts.values())
    total = table.observed + missing
    dark = gammaln(none + missing + prior) - gammaln(prior)
    return np.asarray(gammaln(DELTA) - gammaln(total + DELTA) + known + dark, dtype=float)


def _grid(observed: int) -> Floats:
    """Every whole number to begin with, then ever wider apart up to REACH times the known."""
    top = max(REACH * observed, 200)
    first = np.arange(min(STEPS // 2, top + 1))
    rest = np.geomspace(len(first), top, STEPS // 2) if top > len(first) else np.zeros(0)
    return np.unique(np.concatenate([first, np.round(rest)])).astype(float)


def _widths(spots: Floats) -> Floats:
    """How many whole numbers each point of the grid stands for."""
    middle = (spots[1:] + spots[:-1]) / 2
    ends = np.concatenate([[spots[0] - 0.5], middle, [spots[-1] + 0.5]])
    return np.asarray(np.diff(ends), dtype=float)


CLASSES: Final = 5
CHAINS: Final = 12
WARMING: Final = 250
DRAWS: Final = 500  # of each chain
SHAPE: Final = 0.25  # of the prior of the concentration, and its rate
TINY: Final = 1e-12


@dataclass(frozen=True)
class Options:
    classes: int = CLASSES
    chains: int = CHAINS
    warming: int = WARMING
    draws: int = DRAWS
    seed: int = 1


@dataclass(eq=False)
class _State:
    """Of C chains: shares of the K kinds (C, K), chances (C, K, t), concentration (C,)."""

    share: Floats
    chance: Floats
    concentration: Floats


def draws(table: CaptureTable, options: Options) -> Floats:
    """(draws, chains): known and unknown persons, after the warming. Every list has persons."""
    random = np.random.default_rng(options.seed)
    masks, counts = (np.array(one) for one in zip(*table.histories, strict=True))
    holds = (masks[:, None] >> np.arange(len(table.lists)) & 1).astype(float)
    state = _start(len(table.lists), options, random)
    draws = np.zeros((options.draws, options.chains))
    for step in range(options.warming + options.draws):
        missing = _step(state, holds, counts, random)
        if step >= options.warming:
            draws[step - options.warming] = counts.sum() + missing
    return draws


def _start(lists: int, options: Options, random: Generator) -> _State:
    size = (options.chains, options.classes)
    return _State(
        random.dirichlet(np.ones(options.classes), options.chains),
        random.uniform(0.05, 0.4, (*size, lists)),
        np.ones(options.chains),
    )


def _step(state: _State, holds: Floats, counts: Ints, random: Generator) -> Floats:
    """Everybody is given a kind, those on no list are drawn anew, then what the kinds are like. The persons
    on no list, of each chain."""
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
    later = size[:, ::-1].cumsum(axis=1)[:, ::-1] - size
    stick = np.clip(
        random.beta(1 + size[:, :-1], state.concentration[:, None] + later[:, :-1]), TINY, 1 - TINY
    )
    left = np.asarray(np.cumprod(1 - stick, axis=1), dtype=float)
    # Shares of the kinds: each takes its part of what those before it left.
    ones = np.ones((len(left), 1))
    state.share = np.maximum(np.hstack([stick, ones]) * np.hstack([ones, left]), TINY)
    classes = size.shape[1]
    state.concentration = random.gamma(SHAPE + classes - 1, 1 / (SHAPE - np.log1p(-stick).sum(axis=1)))


ONE_SIDED: Final = 1.645  # of a normal distribution: 95 per cent lie above its negative
TWO_SIDED: Final = 1.96
LEVELS: Final = (0.05, 0.025, 0.5, 0.975)
# The kinds widen downwards what they do not know, beyond chance: at 5 per cent the least of all methods would
# leave little of independent lists (0.59 of the truth, instead of 0.64), at 10 it holds as often.
LEVELS_OF_KINDS: Final = (0.1, *LEVELS[1:])


def lower_bound(table: CaptureTable, fit: Fit, *, seed: int, draw: bool) -> LowerBound:
    """Of a table whose lists all have persons. `draw` takes the latent classes, which are drawn and so cost
    about a second; above five lists the graphs are too many."""
    floor = table.observed + _lowered(fit.log_dark, fit.error)
    methods = [pairwise(table), Method("loglinear", fit.estimate, fit.wald, floor)]
    if len(table.lists) <= MAX_LISTS:
        found = posterior(table)
        methods.append(_of("decomposable", [found.quantile(one) for one in LEVELS]))
    if draw:
        drawn = draws(table, Options(CLASSES, CHAINS, WARMING, DRAWS, seed))
        methods.append(_of("latent", np.quantile(drawn, LEVELS_OF_KINDS).tolist()))
    return LowerBound(tuple(methods), table.observed)


def _of(code: str, quantiles: list[float]) -> Method:
    floor, low, middle, high = quantiles
    return Method(code, middle, Interval(low, high), floor)


def pairwise(table: CaptureTable) -> Method:
    """Chao's bound, list by list: the persons on no list are at least the products of those on one list
    alone, over the pairs of lists, by those on exactly two.

    Chao (1987) takes the lists as equally long; with unequal ones his formula is no longer below. With the
    products it is exact for independent lists of any length, and too low whenever persons differ
    (Cauchy–Schwarz). The floor is the least that remains when any one pair of lists is left out, for a pair
    that seldom meets the same persons would raise it.
    """
    pairs = tuple(table.pairs())
    dark, error = _pooled(table, pairs)
    ends = [table.observed + dark * math.exp(z * error) for z in (-TWO_SIDED, TWO_SIDED)]
    fewer = combinations(pairs, max(len(pairs) - 1, 1))
    least = min(_lowered(math.log(d), e) if d else 0.0 for d, e in (_pooled(table, some) for some in fewer))
    return Method("pairs", table.observed + dark, Interval(*ends), table.observed + least)


def _pooled(table: CaptureTable, pairs: Iterable[Pair]) -> tuple[float, float]:
    """The persons on no list, and the standard error of their logarithm. One is added to those on two
    lists, as Chapman does, so that there is a figure also where nobody is."""
    alone = {name: _exactly(table, name) for name in table.lists}
    partners = dict.fromkeys(table.lists, 0)
    products, both = 0, 1
    for one, other in pairs:
        products += alone[one] * alone[other]
        partners[one] += alone[other]
        partners[other] += alone[one]
        both += _exactly(table, one, other)
    if not products:
        return 0.0, 0.0
    spread = sum(alone[name] * partners[name] ** 2 for name in table.lists) / products**2
    return products / both, math.sqrt(1 / both + spread)


def _exactly(table: CaptureTable, *names: str) -> int:
    """Persons on these lists and no other."""
    bits = sum(1 << table.place(name) for name in names)
    return dict(table.histories).get(bits, 0)


def _lowered(log_dark: float, error: float) -> float:
    return math.exp(min(log_dark - ONE_SIDED * error, 700))
