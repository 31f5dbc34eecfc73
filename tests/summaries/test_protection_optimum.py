"""Against brute force: every choice of cells and every table of whole numbers an attacker could believe
in."""

from __future__ import annotations

import math
from itertools import combinations, product
from random import Random

import numpy as np
import pytest

from libs.suppression.tables import Table
from tests.summaries.small_tables import Json, cross, run

K = 3


class Everything:
    """All tables of 2 x 2 with margins that have zeros where the true one has."""

    def __init__(self, values: list[list[int]]) -> None:
        (a, b), (c, d) = values
        true = [a, b, c, d, a + b, c + d, a + c, b + d, a + b + c + d]
        self.true = np.array(true)
        top = max(true) + K
        inner = np.array(list(product(*((range(1, top + 1) if value else (0,)) for value in true[:4]))))
        a, b, c, d = inner.T
        tables = np.column_stack([inner, a + b, c + d, a + c, b + d, inner.sum(axis=1)])
        self.tables = tables[(tables <= top).all(axis=1)]

    def range(self, hidden: frozenset[int]) -> tuple[np.ndarray, np.ndarray]:
        known = [place for place in range(9) if place not in hidden]
        left = self.tables[(self.tables[:, known] == self.true[known]).all(axis=1)]
        return left.min(axis=0), left.max(axis=0)

    def safe(self, hidden: frozenset[int]) -> bool:
        low, high = self.range(hidden)
        lowest, highest = self.range(frozenset(np.flatnonzero(self.true).tolist()))
        for place in hidden:
            if self.true[place] >= K:
                if low[place] == high[place]:
                    return False
                continue
            enough = min(highest[place], max(K, lowest[place] + K - 1))
            if low[place] > max(1, lowest[place]) or high[place] < enough:
                return False
        return True

    def cost(self, hidden: frozenset[int]) -> float:
        prices = [
            (1 + 0.05 * math.log1p(v)) * (1 if n < 4 else 5 if n < 8 else 0) for n, v in enumerate(self.true)
        ]
        prices[8] = 1e5
        return sum(prices[place] for place in hidden)

    def optimum(self) -> float:
        small = frozenset(np.flatnonzero((self.true > 0) & (self.true < K)).tolist())
        free = np.flatnonzero(self.true >= K).tolist()
        choices = [
            small | frozenset(more) for size in range(len(free) + 1) for more in combinations(free, size)
        ]
        return self.cost(next(choice for choice in sorted(choices, key=self.cost) if self.safe(choice)))


ORDER = [
    ("r", "x"),
    ("r", "y"),
    ("s", "x"),
    ("s", "y"),
    ("r", "*"),
    ("s", "*"),
    ("*", "x"),
    ("*", "y"),
    ("*", "*"),
]


def hidden_in(table: Table) -> frozenset[int]:
    return frozenset(ORDER.index(cell.key) for cell in table if cell.status == "hidden")


def squares() -> list[list[list[int]]]:
    random = Random(20)
    drawn = [[[random.choice((0, 1, 1, 2, 3, 4, 5)) for _ in range(2)] for _ in range(2)] for _ in range(14)]
    return [square for square in drawn if sum(map(sum, square)) <= 13]


@pytest.mark.parametrize("values", squares(), ids=str)
def test_no_choice_is_cheaper_and_no_table_of_whole_numbers_gives_it_away(values: list[list[int]]) -> None:
    everything = Everything(values)
    protection = run(cross("a", "b", {"r": values[0], "s": values[1]}, ("x", "y")), k=K)
    hidden = hidden_in(protection.tables[0])
    assert everything.safe(hidden)
    assert everything.cost(hidden) == pytest.approx(everything.optimum())
    low, high = everything.range(hidden)
    by_figure = {interval.figure: (interval.low, interval.high) for interval in protection.intervals}
    for place in hidden:
        figure = frozenset((d, c) for d, c in zip("ab", ORDER[place], strict=True) if c != "*")
        assert by_figure[figure] == (low[place], high[place])


def test_the_heuristic_hides_little_more_than_the_optimum() -> None:
    def hidden(seconds: float) -> int:
        random = Random(5)
        rows = {f"r{n}": [random.choice((0, 1, 2, 4, 7, 12, 30)) for _ in range(6)] for n in range(12)}
        return run(cross("a", "b", rows, "uvwxyz"), seconds=seconds).audit.hidden

    assert hidden(0) <= 1.1 * hidden(20)


def table_of(random: Random) -> Json:
    rows = {f"r{n}": [random.choice((0, 0, 1, 2, 4, 7, 12, 30)) for _ in range(4)] for n in range(8)}
    return cross("a", "b", rows, "uvwx")
