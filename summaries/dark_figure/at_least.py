"""The figure that may go out: at least about so many, by the method that says the least.

No method sees that some persons are harder to find than others beyond what its own form allows, so a figure
with an upper end cannot be defended. A lower bound can: being found unequally, and lists that pass persons
on, make every method here come out too low. Lists that seldom meet the same persons work the other way.
That is why the pairs of lists are taken one away at a time, and why of all methods the least is taken, each
at its own lower limit. How often it holds: `python -m bench.dark_figure`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from summaries.dark_figure import decomposable, latent
from summaries.dark_figure.results import Fit, Interval, LowerBound, Method, Pair
from summaries.dark_figure.table import CaptureTable

ONE_SIDED: Final = 1.645  # of a normal distribution: 95 per cent lie above its negative
TWO_SIDED: Final = 1.96
LEVELS: Final = (0.05, 0.025, 0.5, 0.975)
# The kinds widen downwards what they do not know, beyond chance: at 5 per cent the least of all methods would
# leave little of independent lists (0.59 of the truth, instead of 0.64), at 10 it holds as often.
LEVELS_OF_KINDS: Final = (0.1, *LEVELS[1:])


def lower_bound(table: CaptureTable, fit: Fit, *, seed: int, draw: bool) -> LowerBound:
    """Of a table whose lists all have persons. `draw` takes the latent classes, which are drawn and so cost
    about a second; above five lists the graphs are too many."""
    methods = [pairwise(table), _stepwise(fit, table.observed)]
    if len(table.lists) <= decomposable.MAX_LISTS:
        found = decomposable.posterior(table)
        methods.append(_of("decomposable", [found.quantile(level) for level in LEVELS]))
    if draw:
        drawn = latent.draws(table, latent.usual(seed))
        methods.append(_of("latent", latent.quantiles(drawn, LEVELS_OF_KINDS)))
    return LowerBound(tuple(methods), table.observed)


def _of(code: str, quantiles: list[float]) -> Method:
    floor, low, middle, high = quantiles
    return Method(code, middle, Interval(low, high), floor)


def _stepwise(fit: Fit, observed: int) -> Method:
    return Method("loglinear", fit.estimate, fit.wald, observed + _lowered(fit.log_dark, fit.error))


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
    fewer = [tuple(pair for pair in pairs if pair != left) for left in pairs] if len(pairs) > 1 else [pairs]
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
