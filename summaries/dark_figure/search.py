"""Every two-list model, so that one sees how much the figure hangs on the choice.

Source: Silverman (2020): a small share of the possible models give rather different answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from summaries.dark_figure.design import Design
from summaries.dark_figure.fitting import fit
from summaries.dark_figure.loglinear import every_code
from summaries.dark_figure.results import Interval, Search, Spread

if TYPE_CHECKING:
    from summaries.dark_figure.design import Floats

MAX_LISTS = 5
LIMITS = (2, 6, 10)


def search(d: Design, counts: Floats, names: tuple[str, ...]) -> Search | None:
    """Of W counts without empty lists. BIC = -2 log L + k log n, k with empty overlaps. None if no model can
    be estimated."""
    import numpy as np

    models = np.flatnonzero(every_code(d, counts) == 0)
    if not len(models):
        return None
    fits = fit(d, np.repeat(counts[None, :], len(models), axis=0), models)
    observed = counts.sum()
    bic = -2 * fits.log_likelihood + fits.parameters * np.log(observed)
    totals = observed + fits.dark
    best = int(np.argmin(bic))
    pairs = tuple((names[i], names[j]) for k, (i, j) in enumerate(d.pairs) if int(models[best]) >> k & 1)
    spread = tuple(_spread(limit, totals[bic <= bic[best] + limit]) for limit in LIMITS)
    return Search(float(totals[best]), pairs, len(models), spread)


def _spread(limit: int, totals: Floats) -> Spread:
    return Spread(limit, Interval(float(totals.min()), float(totals.max())), len(totals))
