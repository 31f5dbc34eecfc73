"""From a capture-history table to an estimate or a refusal, and what the figure would be with other lists, or
if the linking of persons missed some."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from libs.capture_recapture.averaging import lower_bound
from libs.capture_recapture.design import Design, Estimability, Floats, design
from libs.capture_recapture.loglinear import (
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
    EstimateCancelled,
    Fit,
    Interval,
    LeftOut,
    LinkRecall,
    LowerBound,
    ModelSearch,
    Pair,
    Refusal,
    RefusalReason,
    Seconds,
    Sensitivity,
    Variation,
    disagreements,
    doubts,
    reason,
    refusals,
)
from libs.capture_recapture.selection import fit, stepwise
from libs.capture_recapture.table import CaptureTable

MAX_LISTS = 5  # of which every model is tried
LIMITS = (2, 6, 10)
MAX_ESTIMABILITY_LISTS = 6  # 2^15 models; 7 lists would have 2^21
RECALLS = (0.95, 0.9, 0.8)
Clock = Callable[[], float]


def chao(table: CaptureTable) -> float:
    """Chao's lower bound n + (t-1)/t f1²/(2 f2), f1 and f2 being the persons on exactly one and two lists."""
    lists = len(table.lists)
    once, twice = table.on_exactly(1), table.on_exactly(2)
    hidden = once**2 / (2 * twice) if twice else once * (once - 1) / 2
    return table.observed + (lists - 1) / lists * hidden


def consistency(table: CaptureTable) -> tuple[Consistency, ...]:
    """Estimate each list from its persons on other lists too; source: Binette & Steorts (2021)."""
    return tuple(_consistency(table, name) for name in table.lists)


def _consistency(table: CaptureTable, name: str) -> Consistency:
    known, found = table.size(name), fit_stepwise(table.held_by(name))
    if found is None:
        return Consistency(name, known, None, None)
    return Consistency(name, known, found.estimate, found.wald)


def search(d: Design, counts: Floats) -> ModelSearch | None:
    """Every two-list model of W counts without empty lists, so that one sees how much the figure hangs on the
    choice. None if no model can be estimated.

    BIC = -2 log L + k log n, k with empty overlaps. Source: Silverman (2020): a small share of the possible
    models give rather different answers.
    """
    models = np.flatnonzero(every_code(d, counts) == 0)
    if not len(models):
        return None
    fits = fit(d, np.repeat(counts[None, :], len(models), axis=0), models)
    observed = counts.sum()
    bic = -2 * fits.log_likelihood + fits.parameters * np.log(observed)
    totals = observed + fits.dark
    near = {limit: totals[bic <= bic.min() + limit] for limit in LIMITS}
    spread = {limit: Interval(float(of.min()), float(of.max())) for limit, of in near.items()}
    return ModelSearch(float(totals[np.argmin(bic)]), spread)


@dataclass
class _Watch:
    clock: Clock | None
    parts: Seconds = ()
    start: float = 0.0

    def __post_init__(self) -> None:
        self.start = self.clock() if self.clock else 0.0

    def lap(self, part: str) -> None:
        if self.clock:
            now = self.clock()
            self.parts += ((part, now - self.start),)
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
        """Of a model, in the order of the lists as they were given."""
        inside = {frozenset(pair) for k, pair in enumerate(self.table.pairs()) if model >> k & 1}
        return tuple(pair for pair in combinations(self.given, 2) if frozenset(pair) in inside)

    def fit(self) -> Fit | None:
        """The stepwise model; None where there is no finite value."""
        choice = stepwise(self.design, self.counts[None, :], self.codes)
        if not math.isfinite(choice.dark[0]):
            return None
        model = int(choice.models[0])
        both = np.array([model, 0])  # beside it, the main effects alone
        fits = fit(self.design, np.repeat(self.counts[None, :], 2, axis=0), both)
        total, main_effects = (float(one) for one in self.table.observed + fits.dark)
        log_dark, error = float(fits.log_dark[0]), float(fits.error[0])
        interval = wald(self.table.observed, log_dark, error)
        return Fit(total, interval, self.pairs(model), log_dark, error, main_effects)


def fit_stepwise(table: CaptureTable) -> Fit | None:
    """The stepwise estimate whatever the verdict on it would be; None of fewer than two lists, and where the
    main effects have none."""
    full = table.without_empty()
    return _Work.of(full).fit() if len(full.lists) > 1 else None


def estimate(
    table: CaptureTable,
    *,
    replicates: int = 1000,
    seed: int = 1,
    progress: Callable[[int, int], None] = lambda done, of: None,
    cancelled: Callable[[], bool] = lambda: False,
    clock: Clock | None = None,
) -> Estimate | Refusal:
    """How many persons there are, on a list or on none; or why that cannot be said.

    `progress` is called with (replicates done, all); `cancelled` is asked between batches, and where it says
    yes EstimateCancelled is raised; `clock` gives seconds, for `seconds` of the result. The same table,
    replicates and seed always give the same result, in whatever order the columns stand. Method: Silverman
    (2014), Chan, Silverman & Vincent (2021); critics: Whitehead, Jackson, Balch & Francis (2021).
    """
    watch = _Watch(clock)
    full = table.without_empty()
    dropped = tuple(name for name in table.lists if name not in full.lists)
    refused = replace(_refusal(full, refusals(full)), dropped=dropped)
    if refused.reasons:
        return refused
    work = _Work.of(full)
    found = work.fit()
    watch.lap("estimate")
    if found is None:
        return replace(refused, reasons=(reason("no_finite_estimate"),), seconds=watch.parts)
    searched = search(work.design, work.counts) if len(full.lists) <= MAX_LISTS else None
    watch.lap("search")
    drawn = _Drawn()
    if replicates:
        drawn = _bootstrap(work, found.estimate, replicates, seed, progress, cancelled)
    watch.lap("bootstrap")
    lower = lower_bound(work.table, found, seed=seed, draw=replicates > 0)
    result = _result(full, found, searched, drawn, lower)
    watch.lap("consistency")
    return replace(result, dropped=dropped, seconds=watch.parts)


def _refusal(full: CaptureTable, reasons: tuple[RefusalReason, ...]) -> Refusal:
    return Refusal(observed=full.observed, lists=full.lists, overlap=full.overlap, reasons=reasons)


def _result(
    full: CaptureTable, found: Fit, searched: ModelSearch | None, drawn: _Drawn, lower: LowerBound
) -> Estimate:
    """The figures with what other lists say of them, and whether they may be published."""
    checked, without = consistency(full), tuple(_left_out(full, name) for name in full.lists)
    reasons = (
        *doubts(full.overlap, (found.wald, drawn.bca), searched, drawn.infinite),
        *disagreements(lower, found.estimate, without, checked),
    )
    return Estimate(
        observed=full.observed,
        lists=full.lists,
        overlap=full.overlap,
        estimate=found.estimate,
        wald=found.wald,
        bca=drawn.bca,
        percentile=drawn.percentile,
        interactions=found.interactions,
        main_effects=found.main_effects,
        search=searched,
        chao=chao(full),
        consistency=checked,
        reasons=reasons,
        infinite=drawn.infinite,
        lower=lower,
        left_out=without,
    )


def _left_out(table: CaptureTable, name: str) -> LeftOut:
    """Return the stepwise estimate without the list; of two that remain it is the usual product."""
    others = table.without(name).without_empty()
    ruled_out = {refusal.code for refusal in refusals(others)} - {"too_few_lists"}
    found = None if ruled_out else fit_stepwise(others)
    return LeftOut(name, found.estimate, found.wald) if found else LeftOut(name, None, None)


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
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> _Drawn:
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
        return _refusal(full, (reason(code, lists=lists),))
    codes = every_code(design(lists), full.vector())
    return [(bits, int(code)) for bits, code in enumerate(codes)]


def sensitivity(
    table: CaptureTable,
    base: Estimate | Refusal,
    *,
    seed: int = 1,
    cancelled: Callable[[], bool] = lambda: False,
) -> Sensitivity:
    """Leave out each list, merge each two, and lower the recall of links. `base`: of the table itself."""
    done = []
    for kind, names, changed in _variations(table.without_empty()):
        if cancelled():
            raise EstimateCancelled
        done.append(Variation(kind, names, estimate(changed, replicates=0, seed=seed)))
    return Sensitivity(tuple(done), _recalls(base))


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
