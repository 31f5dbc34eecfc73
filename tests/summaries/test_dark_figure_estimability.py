"""Which models can be estimated: by the program of the method note, solved for each model by itself."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import linprog

from libs.capture_recapture import CaptureTable, Refusal
from libs.capture_recapture.design import Estimability, design, seen_histories
from libs.capture_recapture.estimation import estimability
from tests.summaries.dark_figure_tables import plain_design, published, random_table, table
from tests.weights import mostly_long


def plain_code(counts: np.ndarray, lists: int, model: int) -> int:
    """max s with X'x = X'y and x_w >= s >= 0, and the rank of X."""
    x, y = plain_design(counts, lists, model)
    rows = len(y)
    result = linprog(
        np.r_[np.zeros(rows), -1.0],
        A_ub=np.hstack([-np.eye(rows), np.ones((rows, 1))]),
        b_ub=np.zeros(rows),
        A_eq=np.hstack([x.T, np.zeros((x.shape[1], 1))]),
        b_eq=x.T @ y,
    )
    assert result.status == 0
    return (0 if -result.fun > 1e-9 else 1) + (0 if np.linalg.matrix_rank(x) == x.shape[1] else 2)


CASES = [
    *((3, seed, density) for seed in range(12) for density in (0.1, 0.4, 0.8)),
    *((4, seed, density) for seed in range(5) for density in (0.05, 0.15, 0.3)),
]


@pytest.mark.parametrize("case", mostly_long(CASES, usual=[*CASES[:6], *CASES[36:39]]))
def test_every_code_is_the_one_of_the_plain_program(case: tuple[int, int, float]) -> None:
    lists, seed, density = case
    given = random_table(seed, lists, density)
    counts = given.vector()
    codes = estimability(given)
    assert codes == [
        (bits, plain_code(counts, lists, bits)) for bits in range(2 ** (lists * (lists - 1) // 2))
    ]


@pytest.mark.parametrize("seed", mostly_long(range(3), usual=[0]))
def test_five_sparse_lists_are_judged_as_by_the_plain_program(seed: int) -> None:
    given = random_table(seed, 5, 0.06)
    codes = dict(estimability(given))
    some = np.random.default_rng(seed).choice(1024, 25, replace=False)
    assert {int(b): codes[int(b)] for b in some} == {
        int(b): plain_code(given.vector(), 5, int(b)) for b in some
    }


@pytest.mark.parametrize("seed", mostly_long(range(4), usual=[0]))
def test_one_model_alone_is_judged_as_among_all(seed: int) -> None:
    given = random_table(seed, 4, 0.15)
    one = Estimability(design(4))
    seen = seen_histories(given.vector()[None, :])[0]
    assert estimability(given) == [(bits, one.code(seen, bits)) for bits in range(64)]


def test_all_four_codes_occur_among_the_cases() -> None:
    both_faults = table("A B C D | 0110 5 | 1001 1")
    assert dict(estimability(both_faults))[63] == plain_code(both_faults.vector(), 4, 63) == 3
    found = {
        code for lists, seed, density in CASES for _, code in estimability(random_table(seed, lists, density))
    }
    assert found == {0, 1, 2}


def test_the_artificial_table_has_four_models_with_an_estimate() -> None:
    assert [code for _, code in estimability(published("Artificial_3"))] == [0, 1, 0, 1, 0, 1, 0, 2]


def test_the_model_of_all_pairs_is_not_identifiable_where_no_three_lists_overlap_pairwise() -> None:
    given = table("A B C D | 1000 9 | 0100 9 | 0010 9 | 0001 9 | 1100 3 | 0011 4")
    assert dict(estimability(given))[2**6 - 1] & 2


def test_the_bits_follow_the_columns_of_the_file() -> None:
    given = table("B A C | 100 40 | 010 30 | 001 20 | 110 6")
    turned = given.ordered(["A", "C", "B"])
    place = {frozenset(pair): k for k, pair in enumerate(turned.pairs())}
    codes = dict(estimability(turned))
    for bits, code in estimability(given):
        pairs = [frozenset(pair) for k, pair in enumerate(given.pairs()) if bits >> k & 1]
        assert codes[sum(1 << place[pair] for pair in pairs)] == code


def test_models_are_judged_also_where_an_estimate_would_be_refused() -> None:
    everyone = table("A B C | 100 5 | 110 5 | 101 5 | 111 5")
    assert estimability(everyone) == [(bits, plain_code(everyone.vector(), 3, bits)) for bits in range(8)]
    assert {code for _, code in estimability(everyone)} == {1}
    assert estimability(table("A B | 10 5 | 01 5")) == [(0, 1), (1, 2)]
    assert estimability(table("A B | 10 5 | 01 5 | 11 1")) == [(0, 0), (1, 2)]
    assert estimability(table("A | 1 5")) == [(0, 2)]


def test_a_list_without_persons_has_no_pairs() -> None:
    with_empty = CaptureTable(("A", "none", "B", "C"), ((1, 40), (4, 30), (8, 20), (5, 6)))
    assert len(estimability(with_empty)) == 8


def test_six_lists_have_their_32768_models_judged_and_seven_are_refused() -> None:
    given = random_table(4, 6, 0.08)
    codes = dict(estimability(given))
    assert len(codes) == 2**15
    for bits in np.random.default_rng(1).choice(2**15, 12, replace=False):
        assert codes[int(bits)] == plain_code(given.vector(), 6, int(bits))
    refused = estimability(random_table(1, 7, 0.2))
    assert isinstance(refused, Refusal)
    assert [reason.code for reason in refused.reasons] == ["too_many_lists_for_models"]


def test_a_table_without_persons_has_no_model() -> None:
    refused = estimability(CaptureTable(("A", "B", "C"), ()))
    assert isinstance(refused, Refusal)
    assert [reason.code for reason in refused.reasons] == ["no_persons"]


def test_pairs_are_numbered_in_the_order_of_the_note() -> None:
    assert design(4).pairs == tuple(combinations(range(4), 2))
