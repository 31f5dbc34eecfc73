"""The dark figure: how often the interval holds the truth and the lower bound does not exceed it, whether the
Bayesian methods are calibrated, and how long an estimate takes.

    python -m bench.dark_figure [--tables 60] [--replicates 200]

Coverage is counted over simulated registers whose true number is known; its own uncertainty is about 3 points
with 60 tables. Times are set beside statsmodels fitting one model once, so that they can be compared between
machines.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads would wait for each other

import argparse
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench._hidden_registers import KINDS, SIZES, histogram, ranks_of_graphs, ranks_of_kinds, register
from libs.capture_recapture import CaptureTable, Estimate
from libs.capture_recapture.estimation import estimability, estimate, fit_stepwise
from libs.capture_recapture.texts import HETEROGENEITY

TARGET = 0.90
SURE = 0.95  # of the lower bounds, not above the truth
CLOSE = 0.6  # of the truth, where the lists are independent


@dataclass(frozen=True)
class Scenario:
    """`total` persons, each found by list i with chance `chances[i]`; see the fields for what departs from
    that."""

    name: str
    total: int
    chances: tuple[float, ...]
    pair: float = 1.0  # times the chance of list 2 for those on list 1
    hard: tuple[float, ...] = ()  # the chances of 70 % of the persons, where there are two kinds

    def draw(self, seed: int) -> CaptureTable:
        random = np.random.default_rng(seed)
        chances = np.tile(self.chances, (self.total, 1))
        if self.hard:
            chances[random.random(self.total) < 0.7] = self.hard
        on = random.random(chances.shape) < chances
        if self.pair != 1:
            raised = np.where(on[:, 0], min(1.0, self.chances[1] * self.pair), self.chances[1])
            on[:, 1] = random.random(self.total) < raised
        masks = on @ (1 << np.arange(len(self.chances)))
        return CaptureTable.from_counts("ABCDEFGH"[: len(self.chances)], [(int(mask), 1) for mask in masks])


FOUR = (0.15, 0.12, 0.08, 0.05)
SCENARIOS = (
    Scenario("independent, 4 lists, N=1000", 1000, FOUR),
    Scenario("independent, 4 lists, N=3000", 3000, FOUR),
    Scenario("one positive pair, N=1000", 1000, FOUR, pair=4),
    Scenario("one positive pair, N=3000", 3000, FOUR, pair=4),
    Scenario("sparse, 5 lists, N=2000", 2000, (0.08, 0.06, 0.05, 0.04, 0.02)),
    Scenario("3 lists, N=600", 600, (0.2, 0.18, 0.14)),
)
TWO_KINDS = Scenario(
    "two kinds of people, N=1000", 1000, (0.35, 0.3, 0.2, 0.12), hard=(0.06, 0.05, 0.03, 0.02)
)


def coverage(scenario: Scenario, tables: int, replicates: int) -> dict[str, float]:
    """Shares of the tables whose interval holds the truth; a refused table is drawn anew and counted
    apart."""
    estimates: list[Estimate] = []
    refused = 0
    for seed in range(10 * tables):
        result = estimate(scenario.draw(seed), replicates=replicates, seed=seed)
        if isinstance(result, Estimate):
            estimates.append(result)
        else:
            refused += 1
        if len(estimates) == tables:
            break
    held = {
        name: sum(getattr(result, name).holds(scenario.total) for result in estimates) / len(estimates)
        for name in ("wald", "bca", "percentile")
    }
    return held | {"median": float(np.median([result.estimate for result in estimates])), "refused": refused}


def print_coverage(tables: int, replicates: int) -> None:
    print(
        f"{'coverage of the 95 % interval':32} {'Wald':>6} {'BCa':>6} {'perc.':>6} {'median N':>9} "
        f"{'refused':>8}"
    )
    for scenario in (*SCENARIOS, TWO_KINDS):
        held = coverage(scenario, tables, replicates)
        mark = "" if scenario is TWO_KINDS else ("ok" if held["bca"] >= TARGET else f"BELOW {TARGET}")
        print(
            f"{scenario.name:32} {held['wald']:6.2f} {held['bca']:6.2f} {held['percentile']:6.2f} "
            f"{held['median']:9.0f} {held['refused']:8.0f} {mark}",
            flush=True,
        )
    print(f"What is said beside every figure, because of the last line: {HETEROGENEITY.en}")


def bounds(kind: str, tables: int, replicates: int) -> dict[str, float]:
    """Of registers of 300 and 800 persons and 3 and 4 lists: the shares of the lower bounds that the truth
    reaches, of all estimates and of those that may go out, and the medians of what they say by the truth."""
    every, out, printed, refused, two_sided = [], [], [], 0, []
    for seed in range(-(-tables // len(SIZES))):
        for lists, persons in SIZES:
            result = estimate(register(kind, lists, persons, seed), replicates=replicates, seed=seed)
            if not isinstance(result, Estimate):
                refused += 1
                continue
            every.append(result.lower.value / persons)
            two_sided.append(result.interval.holds(persons))
            if result.at_least is not None:
                out.append(result.lower.value / persons)
                printed.append(result.at_least / persons)
    return {
        "all": float(np.mean(np.array(every) <= 1)),
        "median": float(np.median(every)),
        "interval": float(np.mean(two_sided)),
        "n": len(out),
        "out": float(np.mean(np.array(out) <= 1)) if out else 1.0,
        "out_median": float(np.median(out)) if out else 0.0,
        "printed": float(np.median(printed)) if printed else 0.0,
        "refused": refused,
        "estimates": len(every),
    }


def print_bounds(tables: int, replicates: int) -> None:
    print(
        f"\n{'at least about L, of N persons':40} {'L<=N':>5} {'L/N':>5} {'interval':>9} {'may go out':>11} "
        f"{'L<=N':>5} {'L/N':>5} {'printed/N':>10} {'refused':>8}"
    )
    for kind, words in KINDS.items():
        held = bounds(kind, tables, replicates)
        low = min(held["all"], held["out"]) < SURE or (kind == "independent" and held["median"] < CLOSE)
        print(
            f"{words:40} {held['all']:5.2f} {held['median']:5.2f} {held['interval']:9.2f} "
            f"{held['n']:5.0f} of {held['estimates']:<3.0f} {held['out']:4.2f} {held['out_median']:5.2f} "
            f"{held['printed']:10.2f} {held['refused']:8.0f} {'BELOW' if low else 'ok'}",
            flush=True,
        )


def print_calibration(tables: int) -> None:
    """Tenths of the posterior in which the true number lies, of registers drawn from the prior itself."""
    print("\nranks of the truth (even if right; chi-square below 21.7 in 99 of 100)")
    for name, ranks in (
        ("graphs, 3 lists", ranks_of_graphs(5 * tables)),
        ("graphs, 4 lists", ranks_of_graphs(5 * tables, 4)),
        ("kinds, 3 lists", ranks_of_kinds(3 * tables)),
    ):
        counts, even = histogram(ranks)
        print(f"{name:20} {' '.join(f'{n:3}' for n in counts)}   chi-square {even:.1f}", flush=True)


def seconds(work: Callable[[], Any], times: int = 1) -> float:
    """The quickest of `times`."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return min(spent)


def reference_fit(table: CaptureTable) -> Callable[[], Any]:
    """statsmodels fitting the model without dependence to the table once."""
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    masks = np.arange(1, 2 ** len(table.lists))
    x = np.column_stack([np.ones(len(masks)), *(masks >> i & 1 for i in range(len(table.lists)))])
    y = table.vector()

    def fit() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return GLM(y, x, family=Poisson()).fit()

    return fit


def print_times() -> None:
    five = Scenario("", 6000, (0.12, 0.1, 0.08, 0.06, 0.05), pair=3).draw(1)
    six = Scenario("", 6000, (0.12, 0.1, 0.08, 0.06, 0.05, 0.04), pair=3).draw(1)
    sparse = Scenario("", 900, (0.03, 0.03, 0.02, 0.02, 0.02, 0.02)).draw(3)
    base = {table: seconds(reference_fit(table), 7) for table in (five, six)}
    estimate(five, replicates=1)  # loads scipy
    rows: list[tuple[str, float, CaptureTable | None]] = [
        ("stepwise estimate, 5 lists", seconds(lambda: fit_stepwise(five), 5), five),
        ("stepwise estimate, 6 lists", seconds(lambda: fit_stepwise(six), 5), six),
        ("estimate with all 1,024 models, 5 lists", seconds(lambda: estimate(five, replicates=0), 3), five),
        ("the same and 1,000 replicates, 5 lists", seconds(lambda: estimate(five, replicates=1000)), five),
        ("1,000 replicates, 6 lists", seconds(lambda: estimate(six, replicates=1000)), six),
        ("codes of 32,768 models, 6 sparse lists", seconds(lambda: estimability(sparse)), None),
    ]
    print(f"\n{'time':42} {'seconds':>8}   one GLM fit of statsmodels = 1")
    for name, spent, table in rows:
        print(f"{name:42} {spent:8.3f}   {f'{spent / base[table]:.1f}' if table else ''}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=60, help="simulated tables a scenario")
    parser.add_argument("--replicates", type=int, default=200, help="bootstrap replicates a table")
    options = parser.parse_args()
    print_bounds(options.tables, options.replicates)
    print_calibration(options.tables)
    print_coverage(options.tables, options.replicates)
    print_times()


if __name__ == "__main__":
    main()
