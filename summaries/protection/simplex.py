"""Linear programmes that differ from one another in their question or their bounds only.

HiGHS keeps its last basis, so the next question of many costs a fraction of a millisecond. Its own Python
package gives access to that; without it scipy's `linprog` (HiGHS from the start each time) gives the same
answers, slower.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from summaries.protection.work import MOST_ITERATIONS, Work

Floats = npt.NDArray[np.float64]
# One thread, a fixed seed and no limit of time: the same question has the same answer everywhere.
OPTIONS: Final = {
    "presolve": "off",
    "threads": 1,
    "simplex_strategy": 4,
    "random_seed": 0,
    "simplex_iteration_limit": MOST_ITERATIONS,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """`point` reaches `value`; `prices` of the rows prove that nothing goes higher."""

    value: float
    point: Floats
    prices: Floats


class Programme(Protocol):
    """maximise sum(weight * x) where M x = right and low <= x <= high. `right` never changes, the bounds
    may."""

    def bound(self, low: Floats, high: Floats) -> None: ...

    def maximise(self, weights: Mapping[int, float]) -> Answer:
        """Raises ArithmeticError where there is no answer: the bounds always contain the truth, so there
        should be."""


def programme(matrix: Any, right: Floats, work: Work | None = None) -> Programme:
    """`matrix`: scipy sparse, by columns. Each question is counted in `work`."""
    work = work or Work(0)
    try:
        import highspy
    except ImportError:
        return Cold(matrix, right, work)
    return Warm(matrix, right, work, highspy)


class Warm:
    def __init__(self, matrix: Any, right: Floats, work: Work, highspy: Any) -> None:
        self._columns, self._rows, self._work = matrix.shape[1], matrix.shape[0], work
        self._numbers = np.arange(self._columns, dtype=np.int32)
        self._asked: list[int] = []
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = matrix.shape
        lp.col_cost_ = lp.col_lower_ = lp.col_upper_ = np.zeros(self._columns)
        lp.row_lower_ = lp.row_upper_ = right
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = (
            matrix.indptr.astype(np.int32),
            matrix.indices.astype(np.int32),
        )
        lp.a_matrix_.value_ = matrix.data.astype(float)
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._highs = (
            highspy._Highs()
        )  # the bare solver: the class around it prints a banner before it can be silenced
        self._highs.setOptionValue("output_flag", False)
        for option, value in OPTIONS.items():
            self._highs.setOptionValue(option, value)
        self._highs.passModel(lp)

    def bound(self, low: Floats, high: Floats) -> None:
        self._highs.changeColsBounds(self._columns, self._numbers, low, high)

    def maximise(self, weights: Mapping[int, float]) -> Answer:
        costs = {**dict.fromkeys(self._asked, 0.0), **{column: -weight for column, weight in weights.items()}}
        columns = np.fromiter(costs, dtype=np.int32)
        self._highs.changeColsCost(len(costs), columns, np.fromiter(costs.values(), dtype=float))
        self._asked = list(weights)
        self._run()
        if self._highs.getModelStatus() != self._optimal:
            self._highs.clearSolver()  # a basis that led astray is not used again
            self._run()
        if self._highs.getModelStatus() != self._optimal:
            raise ArithmeticError(f"The solver stopped: {self._highs.getModelStatus()}.")
        solution = self._highs.getSolution()
        value = -self._highs.getInfo().objective_function_value
        return Answer(value, np.array(solution.col_value), -np.array(solution.row_dual))

    def _run(self) -> None:
        self._highs.run()
        self._work.took(max(self._highs.getInfo().simplex_iteration_count, 0), self._rows)


class Cold:
    def __init__(self, matrix: Any, right: Floats, work: Work) -> None:
        self._matrix, self._right, self._work = matrix, right, work
        self._low = self._high = np.zeros(matrix.shape[1])

    def bound(self, low: Floats, high: Floats) -> None:
        self._low, self._high = low, high

    def maximise(self, weights: Mapping[int, float]) -> Answer:
        from scipy.optimize import linprog

        objective = np.zeros(self._matrix.shape[1])
        for column, weight in weights.items():
            objective[column] = -weight
        bounds = np.column_stack([self._low, self._high])
        found = linprog(
            objective,
            A_eq=self._matrix,
            b_eq=self._right,
            bounds=bounds,
            method="highs-ds",
            options={"presolve": False, "maxiter": MOST_ITERATIONS},
        )
        self._work.took(found.nit, self._matrix.shape[0])
        if found.status != 0:
            raise ArithmeticError(f"The solver stopped: {found.message}")
        return Answer(-found.fun, found.x, -found.eqlin.marginals)
