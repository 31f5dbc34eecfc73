"""Bayesian averaging over decomposable graphical models: the posterior of the number, whatever lists depend.

Source: Madigan & York (1997), Biometrika 84:19-31, as the R package `dga` does it. A graph joins lists that
depend on each other; of a decomposable one the marginal likelihood is a product over its cliques divided by
one over its separators, each a Dirichlet-multinomial of the persons by those lists alone. The hyper-Dirichlet
prior gives every cell of the whole table DELTA 2^-t, the number N has the prior 1/N, the graphs are equally
likely. The graph that joins all lists is left out: in it the persons on no list hang on the prior alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

from summaries.dark_figure.table import CaptureTable

if TYPE_CHECKING:
    from summaries.dark_figure.design import Floats

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
        import numpy as np

        place = int(np.searchsorted(np.cumsum(self.share), level * (1 - 1e-12)))
        return float(self.observed + self.missing[min(place, len(self.missing) - 1)])


@lru_cache(maxsize=8)
def graphs(lists: int, *, whole: bool = False) -> tuple[tuple[int, ...], ...]:
    """Each decomposable graph as the edges it has, numbered in the order (1,2), (1,3), …; `whole` takes the
    graph that joins all."""
    edges = len(list(combinations(range(lists), 2)))
    found = (tuple(k for k in range(edges) if bits >> k & 1) for bits in range(2**edges))
    return tuple(g for g in found if (whole or len(g) < edges or lists == 1) and coefficients(lists, g))


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
    left, found = (1 << lists) - 1, dict[int, int]()
    while left:
        simple = next((v for v in range(lists) if left >> v & 1 and _joined(near, near[v] & left)), None)
        if simple is None:
            return {}
        others = near[simple] & left & ~(1 << simple)
        found[others | 1 << simple] = found.get(others | 1 << simple, 0) + 1
        if others:
            found[others] = found.get(others, 0) - 1
        left &= ~(1 << simple)
    return {subset: n for subset, n in found.items() if n}


def _joined(near: list[int], members: int) -> bool:
    inside = [v for v in range(len(near)) if members >> v & 1]
    return all(near[i] >> j & 1 for i, j in combinations(inside, 2))


@lru_cache(maxsize=8)
def _matrix(lists: int) -> Floats:
    """(G, 2^t): the coefficients of every graph."""
    import numpy as np

    every = graphs(lists)
    matrix = np.zeros((len(every), 2**lists))
    for row, graph in enumerate(every):
        for subset, n in coefficients(lists, graph).items():
            matrix[row, subset] = n
    return matrix


def posterior(
    table: CaptureTable, *, delta: float = 1.0, log_prior: Floats | None = None, missing: Floats | None = None
) -> Posterior:
    """Of a table whose lists all have persons. `delta` is the prior persons in the whole table, `log_prior`
    of N at each of `missing`; without them 1/N over a grid."""
    import numpy as np
    from scipy.special import gammaln, logsumexp

    lists, observed = len(table.lists), table.observed
    spots = _grid(observed) if missing is None else missing
    width = _widths(spots)
    total = observed + spots
    terms = np.array([_marginal(table, subset, spots, delta) for subset in range(2**lists)])
    log_prior = -np.log(total) if log_prior is None else log_prior
    common = gammaln(total + 1) - gammaln(spots + 1) + log_prior + np.log(width)
    weights = _matrix(lists) @ terms + common
    weights -= logsumexp(weights)
    return Posterior(observed, spots, np.exp(logsumexp(weights, axis=0)), np.exp(logsumexp(weights, axis=1)))


def _marginal(table: CaptureTable, subset: int, missing: Floats, delta: float) -> Floats:
    """log of the Dirichlet-multinomial of the persons by the lists of `subset` alone, for each number on no
    list; 0 of no list."""
    import numpy as np
    from scipy.special import gammaln

    cells = 1 << subset.bit_count()
    prior = delta / cells
    counts: dict[int, int] = {}
    for mask, persons in table.histories:
        counts[mask & subset] = counts.get(mask & subset, 0) + persons
    none = counts.pop(0, 0)
    known = sum(gammaln(n + prior) - gammaln(prior) for n in counts.values())
    total = table.observed + missing
    dark = gammaln(none + missing + prior) - gammaln(prior)
    return np.asarray(gammaln(delta) - gammaln(total + delta) + known + dark, dtype=float)


def _grid(observed: int) -> Floats:
    """Every whole number to begin with, then ever wider apart up to REACH times the known."""
    import numpy as np

    top = max(REACH * observed, 200)
    first = np.arange(min(STEPS // 2, top + 1))
    rest = np.geomspace(len(first), top, STEPS // 2) if top > len(first) else np.zeros(0)
    return np.unique(np.concatenate([first, np.round(rest)])).astype(float)


def _widths(spots: Floats) -> Floats:
    """How many whole numbers each point of the grid stands for."""
    import numpy as np

    middle = (spots[1:] + spots[:-1]) / 2
    ends = np.concatenate([[spots[0] - 0.5], middle, [spots[-1] + 0.5]])
    return np.asarray(np.diff(ends), dtype=float)
