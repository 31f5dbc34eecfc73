"""What the figure would be with other lists, or if the linking of persons missed some."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

from summaries.dark_figure.estimation import estimate
from summaries.dark_figure.intervals import EstimateCancelled
from summaries.dark_figure.results import Estimate, Interval, Refusal
from summaries.dark_figure.table import CaptureTable

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
