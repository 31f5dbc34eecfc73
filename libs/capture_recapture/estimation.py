"""From a capture-history table to an estimate or a refusal.

What the figure would be with other lists, or if the linking of persons missed some.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from libs.capture_recapture.averaging import lower_bound
from libs.capture_recapture.design import Design, Estimability, design
from libs.capture_recapture.loglinear import (
    EstimateCancelled,
    acceleration,
    bca,
    bootstrap,
    every_code,
    jackknife,
    percentile,
    wald,
)
from libs.capture_recapture.results import (
    Consistency,
    Estimate,
    Fit,
    Interval,
    LeftOut,
    ModelSearch,
    Pair,
    Refusal,
    Seconds,
    Spread,
    disagreements,
    doubts,
    reason,
    refusals,
)
from libs.capture_recapture.selection import fit, stepwise
from libs.capture_recapture.table import CaptureTable

if TYPE_CHECKING:
    from libs.capture_recapture.design import Floats


# --- bounds ---
# Two checks that need no choice of model for the whole: a lower bound, and lists whose size is known.


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


# --- search ---
# Every two-list model, so that one sees how much the figure hangs on the choice. Source: Silverman
# (2020): a small share of the possible models give rather different answers.

MAX_LISTS = 5
LIMITS = (2, 6, 10)


def search(d: Design, counts: Floats, names: tuple[str, ...]) -> ModelSearch | None:
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
    return ModelSearch(float(totals[best]), pairs, len(models), spread)


def _spread(limit: int, totals: Floats) -> Spread:
    return Spread(limit, Interval(float(totals.min()), float(totals.max())), len(totals))


# --- estimation ---
__all__ = ["MAX_ESTIMABILITY_LISTS", "EstimateCancelled", "Fit", "estimability", "estimate", "fit_stepwise"]

MAX_ESTIMABILITY_LISTS = 6  # 2^15 models; 7 lists would have 2^21
Clock = Callable[[], float]


@dataclass
class _Watch:
    """Seconds for each part of the work, by the caller's clock."""

    clock: Clock | None
    parts: Seconds = ()
    start: float = 0.0

    def lap(self, part: str) -> None:
        if self.clock:
            now = self.clock()
            self.parts += ((part, now - self.start),) if part else ()
            self.start = now


@dataclass(frozen=True, eq=False)
class _Work:
    """Columns stand in the order of their names, so that the order of the columns in the file changes
    nothing: not a tie, nor the random draws, nor the last digit."""

    given: tuple[str, ...]
    table: CaptureTable
    design: Design
    counts: Floats  # (W,)
    codes: Estimability

    @classmethod
    def of(cls, table: CaptureTable) -> _Work:
        ordered = table.ordered(sorted(table.lists))
        d = design(len(table.lists))
        return cls(table.lists, ordered, d, ordered.vector(), Estimability(d))

    def pairs(self, model: int) -> tuple[Pair, ...]:
        names = self.table.lists
        return self.in_order(
            (names[i], names[j]) for k, (i, j) in enumerate(self.design.pairs) if model >> k & 1
        )

    def in_order(self, pairs: Iterable[Pair]) -> tuple[Pair, ...]:
        inside = {frozenset(pair) for pair in pairs}
        return tuple(pair for pair in combinations(self.given, 2) if frozenset(pair) in inside)

    def fit(self) -> tuple[Fit, float] | None:
        """The stepwise model and the estimate of the main effects; None where there is no finite value."""
        import numpy as np

        choice = stepwise(self.design, self.counts[None, :], self.codes)
        if not math.isfinite(choice.dark[0]):
            return None
        models = np.array([int(choice.models[0]), 0])
        fits = fit(self.design, np.repeat(self.counts[None, :], 2, axis=0), models)
        n = self.table.observed
        totals = n + fits.dark
        log_dark, error = float(fits.log_dark[0]), float(fits.error[0])
        pairs = self.pairs(int(models[0]))
        return Fit(float(totals[0]), wald(n, log_dark, error), pairs, log_dark, error), float(totals[1])


def fit_stepwise(table: CaptureTable) -> Fit | None:
    """The stepwise estimate whatever the verdict on it would be; None where the main effects have none."""
    found = _Work.of(table.without_empty()).fit()
    return found[0] if found else None


def estimate(
    table: CaptureTable,
    *,
    replicates: int = 1000,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    clock: Clock | None = None,
) -> Estimate | Refusal:
    """How many persons there are, on a list or on none; or why that cannot be said.

    `progress` is called with (replicates done, all); `cancelled` is asked between batches, and where it says
    yes EstimateCancelled is raised; `clock` gives seconds, for `seconds` of the result. The same table,
    replicates and seed always give the same result, in whatever order the columns stand. Method:
    Silverman (2014), Chan, Silverman & Vincent (2021); its critics: Whitehead, Jackson, Balch & Francis
    (2021).
    """
    full = table.without_empty()
    dropped = tuple(name for name in table.lists if name not in full.lists)
    watch = _Watch(clock)
    watch.lap("")
    refused = Refusal(full.observed, full.lists, full.overlap, refusals(full), dropped)
    if refused.reasons:
        return refused
    work = _Work.of(full)
    found = work.fit()
    watch.lap("estimate")
    if not found:
        return replace(refused, reasons=(reason("no_finite_estimate"),), seconds=watch.parts)
    searched = _search(work)
    watch.lap("search")
    drawn = _bootstrap(work, found[0].estimate, replicates, seed, progress, cancelled)
    watch.lap("bootstrap")
    checked = consistency(full)
    lower = lower_bound(work.table, found[0], seed=seed, draw=replicates > 0)
    without = left_out(full)
    watch.lap("consistency")
    return Estimate(
        observed=full.observed,
        lists=full.lists,
        overlap=full.overlap,
        estimate=found[0].estimate,
        wald=found[0].wald,
        bca=drawn.bca,
        percentile=drawn.percentile,
        interactions=found[0].interactions,
        main_effects=found[1],
        search=searched,
        chao=chao(full),
        consistency=checked,
        reasons=(
            *doubts(full.overlap, (found[0].wald, drawn.bca), searched, drawn.infinite),
            *disagreements(lower, found[0].estimate, without, checked),
        ),
        replicates=replicates,
        seed=seed,
        infinite=drawn.infinite,
        dropped=dropped,
        seconds=watch.parts,
        lower=lower,
        left_out=without,
    )


def left_out(table: CaptureTable) -> tuple[LeftOut, ...]:
    """The stepwise estimate of a table without each of its lists; of two lists that is the usual product."""
    return tuple(_left_out(table, name) for name in table.lists)


def _left_out(table: CaptureTable, name: str) -> LeftOut:
    others = table.without(name).without_empty()
    ruled_out = {found.code for found in refusals(others)} - {"too_few_lists"}
    found = None if ruled_out or len(others.lists) < 2 else fit_stepwise(others)
    return LeftOut(name, found.estimate, found.wald) if found else LeftOut(name, None, None)


def _search(work: _Work) -> ModelSearch | None:
    if len(work.given) > MAX_LISTS:
        return None
    found = search(work.design, work.counts, work.table.lists)
    return found and replace(found, interactions=work.in_order(found.interactions))


@dataclass(frozen=True)
class _Drawn:
    bca: Interval | None = None
    percentile: Interval | None = None
    infinite: float = 0.0


def _bootstrap(
    work: _Work,
    total: float,
    replicates: int,
    seed: int,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> _Drawn:
    import numpy as np

    if replicates < 1:
        return _Drawn()
    drawn = bootstrap(
        work.design,
        work.counts,
        work.codes,
        replicates=replicates,
        seed=seed,
        progress=progress,
        cancelled=cancelled,
    )
    a = acceleration(*jackknife(work.design, work.counts, work.codes))
    return _Drawn(bca(total, drawn, a), percentile(drawn), float(np.isinf(drawn).mean()))


def estimability(table: CaptureTable) -> list[tuple[int, int]] | Refusal:
    """(bits, code) of every two-list model over the lists with persons, bit k for the k-th pair of them in
    the order (1,2), (1,3), …; refused above 6 lists. Codes: see `design`."""
    full = table.without_empty()
    lists = len(full.lists)
    if not 1 <= lists <= MAX_ESTIMABILITY_LISTS:
        code = "no_persons" if not lists else "too_many_lists_for_models"
        return Refusal(full.observed, full.lists, full.overlap, (reason(code, lists=lists),))
    codes = every_code(design(lists), full.vector())
    return [(bits, int(code)) for bits, code in enumerate(codes)]


RECALLS = (0.95, 0.9, 0.8)


@dataclass(frozen=True)
class Variation:
    """The lists named left out (`without`) or taken as one (`merged`)."""

    kind: str
    names: tuple[str, ...]
    result: Estimate | Refusal


@dataclass(frozen=True)
class LinkRecall:
    """The estimate if only this share of the true links was found: about recall x estimate, as every missed
    link both counts a person twice and hides an overlap. Simulated: true 1,000 came out as 1,067, 1,095 and
    1,259 at 0.95, 0.9 and 0.8."""

    recall: float
    estimate: float
    interval: Interval


@dataclass(frozen=True)
class Sensitivity:
    lists: tuple[Variation, ...]
    recall: tuple[LinkRecall, ...]


def sensitivity(
    table: CaptureTable,
    *,
    base: Estimate | Refusal | None = None,
    replicates: int = 0,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Sensitivity:
    """Each list left out, each two merged, and three link recalls. `base` is the estimate of the table
    itself, made here if not given; `progress` counts variations."""
    full = table.without_empty()
    planned = list(_variations(full))
    done = []
    for number, (kind, names, changed) in enumerate(planned):
        if cancelled and cancelled():
            raise EstimateCancelled
        done.append(Variation(kind, names, estimate(changed, replicates=replicates, seed=seed)))
        if progress:
            progress(number + 1, len(planned))
    return Sensitivity(tuple(done), _recalls(base or estimate(full, replicates=replicates, seed=seed)))


def _variations(table: CaptureTable) -> Iterator[tuple[str, tuple[str, ...], CaptureTable]]:
    for name in table.lists:
        yield "without", (name,), table.without(name)
    for pair in combinations(table.lists, 2):
        yield "merged", pair, table.merged(pair, " + ".join(pair))


def _recalls(base: Estimate | Refusal) -> tuple[LinkRecall, ...]:
    if isinstance(base, Refusal):
        return ()
    low, high = base.interval.low, base.interval.high
    return tuple(LinkRecall(r, r * base.estimate, Interval(r * low, r * high)) for r in RECALLS)
