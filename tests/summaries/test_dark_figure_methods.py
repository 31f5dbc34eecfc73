"""Two methods beside the log-linear models, each against a second way to the same number."""

from __future__ import annotations

import math
from itertools import combinations, product

import numpy as np
import pytest
from scipy.special import betaln, gammaln, logsumexp

from bench._hidden_registers import KINDS, SIZES, histogram, ranks_of_graphs, ranks_of_kinds, register
from libs.capture_recapture import CaptureTable, averaging
from libs.capture_recapture.averaging import lower_bound, pairwise
from libs.capture_recapture.estimation import fit_stepwise
from libs.capture_recapture.results import refusals
from tests.summaries.dark_figure_tables import PUBLISHED, published, simulated, table
from tests.weights import examples, mostly_long

TINY = "A B C | 100 3 | 010 2 | 001 2 | 110 1 | 101 1 | 011 1"


def test_the_decomposable_graphs_are_as_many_as_are_known() -> None:
    """Chordal labelled graphs on 2 to 5 points (OEIS A058862: 2, 8, 61, 822)."""
    without_the_one_that_joins_all = [len(averaging.graphs(n)) for n in (2, 3, 4, 5)]
    assert without_the_one_that_joins_all == [2 - 1, 8 - 1, 61 - 1, 822 - 1]


def test_a_ring_of_four_lists_is_not_decomposable_and_a_path_has_two_separators() -> None:
    pairs = list(combinations(range(4), 2))
    ring = tuple(sorted(pairs.index(pair) for pair in ((0, 1), (1, 2), (2, 3), (0, 3))))
    path = tuple(pairs.index(pair) for pair in ((0, 1), (1, 2), (2, 3)))
    assert averaging.coefficients(4, ring) == {}
    assert averaging.coefficients(4, path) == {0b11: 1, 0b110: 1, 0b1100: 1, 0b10: -1, 0b100: -1}


def by_chances(counts: dict[tuple[int, ...], int], prior: dict[tuple[int, ...], float]) -> float:
    """log of the chance of these persons, one after the other, each cell as often as it came before:
    Pólya's urn, without a gamma function."""
    total, seen, result = sum(prior.values()), 0, 0.0
    for cell, number in counts.items():
        for before in range(number):
            result += math.log((prior[cell] + before) / (total + seen))
            seen += 1
    return result


def urn(counts: dict[tuple[int, ...], int], lists: tuple[int, ...]) -> float:
    cells = list(product((0, 1), repeat=len(lists)))
    few: dict[tuple[int, ...], int] = dict.fromkeys(cells, 0)
    for history, number in counts.items():
        few[tuple(history[i] for i in lists)] += number
    return by_chances(few, dict.fromkeys(cells, 1 / len(cells)))


# Of three lists: what is multiplied and what divides, written by hand for each of the seven graphs.
SEVEN = (
    (((0,), (1,), (2,)), ()),
    (((0, 1), (2,)), ()),
    (((0, 2), (1,)), ()),
    (((0, 1), (0, 2)), ((0,),)),
    (((1, 2), (0,)), ()),
    (((0, 1), (1, 2)), ((1,),)),
    (((0, 2), (1, 2)), ((2,),)),
)


def test_the_average_over_graphs_of_three_lists_is_the_sum_made_by_hand() -> None:
    given = table(TINY)
    missing = np.arange(0.0, 60.0)
    posterior = averaging.posterior(given, missing=missing)
    seen = {tuple(mask >> i & 1 for i in range(3)): n for mask, n in given.histories}
    weights = np.zeros((len(SEVEN), len(missing)))
    for column, dark in enumerate(range(60)):
        counts = seen | {(0, 0, 0): dark}
        persons = given.observed + dark
        orders = math.log(math.comb(persons, dark)) - math.log(persons)
        for row, (cliques, separators) in enumerate(SEVEN):
            weights[row, column] = orders + sum(urn(counts, c) for c in cliques)
            weights[row, column] -= sum(urn(counts, s) for s in separators)
    share = np.exp(weights - weights.max())
    share /= share.sum()
    assert posterior.share == pytest.approx(share.sum(axis=0), rel=1e-9)
    assert posterior.graphs == pytest.approx(share.sum(axis=1), rel=1e-9)


def test_the_coarse_end_of_the_grid_changes_no_limit() -> None:
    given = simulated(800, (0.15, 0.12, 0.1, 0.08), 3)
    coarse = averaging.posterior(given)
    every = averaging.posterior(given, missing=np.arange(0.0, averaging.REACH * given.observed))
    for level in (0.025, 0.05, 0.5, 0.975):
        assert coarse.quantile(level) == pytest.approx(every.quantile(level), rel=0.002)


def exact_kinds(given: CaptureTable, lists: int, top: int) -> np.ndarray:
    """Probabilities of 0 to `top` persons on no list when there are two kinds at most: every way to divide
    the persons between the kinds is added up, the chances and shares integrated out, the concentration over
    a grid."""
    histories = [(mask, n) for mask, n in given.histories]
    ways = list(product(*[range(n + 1) for _mask, n in histories]))
    first = np.array(ways)
    counts = np.array([n for _mask, n in histories])
    holds = np.array([[mask >> i & 1 for i in range(lists)] for mask, _n in histories])
    orders = (gammaln(counts + 1) - gammaln(first + 1) - gammaln(counts - first + 1)).sum(axis=1)
    log_a = np.linspace(math.log(1e-9), math.log(200), 2000)
    a = np.exp(log_a)
    log_prior = averaging.SHAPE * np.log(a) - averaging.SHAPE * a  # Gamma times the width of a step of log a
    result = np.zeros(top + 1)
    for dark in range(top + 1):
        of_first = np.arange(dark + 1)
        total = given.observed + dark
        one = first.sum(axis=1)[:, None] + of_first
        other = total - one
        weight = orders[:, None] + gammaln(dark + 1) - gammaln(of_first + 1) - gammaln(dark - of_first + 1)
        for i in range(lists):
            on = (first @ holds[:, i])[:, None]
            off = ((counts - first) @ holds[:, i])[:, None]
            weight = weight + betaln(1 + on, 1 + one - on) + betaln(1 + off, 1 + other - off)
        sizes = np.arange(total + 1)
        stick = logsumexp(
            betaln(1 + sizes[:, None], a + total - sizes[:, None]) - betaln(1, a) + log_prior, axis=1
        )
        weight = weight + stick[one]
        result[dark] = (
            logsumexp(weight) + gammaln(total + 1) - gammaln(dark + 1) - gammaln(given.observed + 1)
        )
        result[dark] -= math.log(total)
    return np.exp(result - logsumexp(result))


def test_the_drawn_kinds_agree_with_every_division_of_a_tiny_table() -> None:
    given = table(TINY)
    top = 40
    exact = exact_kinds(given, 3, top)
    options = averaging.Options(classes=2, chains=60, warming=300, draws=700, seed=4)
    dark = averaging.draws(given, options) - given.observed
    below = dark[dark <= top]
    for limit in (5, 10, 20, 30):
        assert (below <= limit).mean() == pytest.approx(exact[: limit + 1].sum(), abs=0.02)


def test_one_kind_is_the_closed_form_of_independent_lists() -> None:
    given = simulated(400, (0.2, 0.15, 0.15), 1)
    dark = np.arange(0, 3000)
    total = given.observed + dark
    log = gammaln(total + 1) - gammaln(dark + 1) - np.log(total)
    for name in given.lists:
        log = log + betaln(1 + given.size(name), 1 + total - given.size(name))
    share = np.exp(log - logsumexp(log))
    drawn = averaging.draws(given, averaging.Options(classes=1, chains=20, draws=500)) - given.observed
    for level in (0.05, 0.5, 0.95):
        exact = int(np.searchsorted(share.cumsum(), level))
        assert np.quantile(drawn, level) == pytest.approx(exact, rel=0.04)


def test_the_same_table_and_seed_draw_the_same() -> None:
    given = simulated(400, (0.2, 0.15, 0.15), 1)
    small = averaging.Options(chains=2, warming=5, draws=5, seed=3)
    assert (averaging.draws(given, small) == averaging.draws(given, small)).all()
    assert (
        averaging.draws(given, small)
        != averaging.draws(given, averaging.Options(chains=2, warming=5, draws=5))
    ).any()


def test_pair_by_pair_is_exact_where_lists_are_independent_and_too_low_where_persons_differ() -> None:
    """On expected counts, of unequal lists: Chao's own formula is above the truth there."""
    chances = np.array([0.3, 0.1, 0.05])

    def expected(kinds: list[tuple[int, np.ndarray]]) -> CaptureTable:
        counts = []
        for mask in range(1, 8):
            on = np.array([mask >> i & 1 for i in range(3)], dtype=bool)
            number = sum(n * np.where(on, p, 1 - p).prod() for n, p in kinds)
            counts.append((mask, round(number)))
        return CaptureTable.from_counts("ABC", counts)

    alike = expected([(10_000_000, chances)])
    assert pairwise(alike).estimate == pytest.approx(10_000_000, rel=1e-3)
    assert alike.observed + alike.on_exactly(1) ** 2 / (3 * alike.on_exactly(2)) > 10_500_000
    unlike = expected([(7_000_000, chances / 4), (3_000_000, chances)])
    assert pairwise(unlike).estimate < 9_000_000


@pytest.mark.parametrize("name", PUBLISHED)
def test_of_published_tables_the_bound_lies_between_the_known_and_every_method(name: str) -> None:
    given = published(name)
    fit = fit_stepwise(given)
    if fit is None or name == "Artificial_3":
        pytest.skip("a list of this table meets no other")
    bound = lower_bound(given, fit, seed=1, draw=False)
    assert given.observed < bound.value <= min(method.estimate for method in bound.methods)
    assert all(method.interval.low <= method.estimate <= method.interval.high for method in bound.methods)
    assert bound.printed <= bound.value


ONCE_IN_100_000 = 39.3  # chi-square with 9 degrees of freedom: chance exceeds it once in 100,000 times


@pytest.mark.parametrize("lists", mostly_long([3, 4], usual=[3]))
def test_the_true_number_lies_anywhere_in_the_average_over_graphs_as_often_as_anywhere_else(
    lists: int,
) -> None:
    """Simulation-based calibration: registers drawn from the prior itself."""
    counts, even = histogram(ranks_of_graphs(300, lists))
    assert even < ONCE_IN_100_000, counts


@pytest.mark.long(
    instead="tests/summaries/test_dark_figure_methods.py"
    "::test_the_drawn_kinds_agree_with_every_division_of_a_tiny_table"
)
@pytest.mark.parametrize("registers", [20, 200])
def test_the_true_number_lies_anywhere_in_the_kinds_as_often_as_anywhere_else(registers: int) -> None:
    counts, even = histogram(ranks_of_kinds(registers))
    assert even < ONCE_IN_100_000, counts


@pytest.mark.parametrize("kind", mostly_long(KINDS, usual=["independent"]))
def test_what_may_go_out_is_hardly_ever_above_the_truth(kind: str) -> None:
    """A sample of what `make bench` measures at length, without the kinds that are drawn: they lower it
    only."""
    shares = []
    for seed in range(examples(6, 15)):
        for lists, persons in SIZES:
            given = register(kind, lists, persons, seed)
            fit = None if refusals(given) else fit_stepwise(given)
            if fit:
                shares.append(lower_bound(given, fit, seed=1, draw=False).value / persons)
    assert len(shares) > 12
    assert np.mean(np.array(shares) <= 1) >= 0.95
    if kind == "independent":
        assert np.median(shares) >= 0.6


def test_two_lists_that_never_meet_do_not_raise_the_floor() -> None:
    """On expected counts of 10,000 persons: all pairs together are above the truth, and any pair left out,
    not."""
    chances = np.array([0.18, 0.18, 0.12])
    counts = []
    for mask in range(1, 8):
        on = np.array([mask >> i & 1 for i in range(3)], dtype=bool)
        share = np.where(on, chances, 1 - chances).prod()
        if mask & 3 == 3:
            continue
        if mask & 3 == 1:
            share /= 1 - chances[1]
        if mask & 3 == 0:
            share *= (1 - chances[0] - chances[1]) / (1 - chances[0]) / (1 - chances[1])
        if mask & 3 == 2:
            share /= 1 - chances[0]
        counts.append((mask, round(10_000 * share)))
    method = pairwise(CaptureTable.from_counts("ABC", counts))
    assert method.interval.low > 10_000
    assert method.floor < 10_000
