"""Two checks that need no choice of model for the whole: a lower bound, and lists whose size is known."""

from __future__ import annotations

import math

from summaries.dark_figure.design import design
from summaries.dark_figure.existence import Estimability
from summaries.dark_figure.fitting import fit
from summaries.dark_figure.intervals import wald
from summaries.dark_figure.results import Consistency
from summaries.dark_figure.selection import stepwise
from summaries.dark_figure.table import CaptureTable


def chao(table: CaptureTable) -> float:
    """Chao's lower bound n + (t-1)/t f1²/(2 f2), f1 and f2 being the persons on exactly one and two lists."""
    lists = len(table.lists)
    once, twice = table.on_exactly(1), table.on_exactly(2)
    hidden = once**2 / (2 * twice) if twice else once * (once - 1) / 2
    return table.observed + (lists - 1) / lists * hidden


def consistency(table: CaptureTable) -> tuple[Consistency, ...]:
    """Each list estimated from the persons on it that other lists hold too; source: Binette & Steorts
    (2021)."""
    return tuple(_consistency(table, name) for name in table.lists)


def _consistency(table: CaptureTable, name: str) -> Consistency:

    known = table.size(name)
    others = table.held_by(name).without_empty()
    none = Consistency(name, known, None, None)
    if len(others.lists) < 2:
        return none
    d = design(len(others.lists))
    counts = others.vector()[None, :]
    choice = stepwise(d, counts, Estimability(d))
    if not math.isfinite(choice.dark[0]):
        return none
    fits = fit(d, counts, choice.models)
    total = others.observed + float(fits.dark[0])
    return Consistency(
        name, known, total, wald(others.observed, float(fits.log_dark[0]), float(fits.error[0]))
    )
