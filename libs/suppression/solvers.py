"""Linear programmes that differ in their question or their bounds only, and the cheapest whole numbers that
keep some inequalities.

How much a search may do is counted in the solver's own steps: no clock decides what is hidden. The same
tables and the same budget therefore give the same choice on every machine, however busy it is.

HiGHS keeps its last basis, so the next question of many costs a fraction of a millisecond.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import highspy
import numpy as np
import numpy.typing as npt
from highspy._core import _Highs
from scipy.sparse import csc_matrix

STEPS_A_SECOND: Final = 5_000_000  # of one processor of 2026: it turns a setting into steps, no more
QUESTION: Final = 4  # iterations' worth of work around each question to a programme
MOST_ITERATIONS: Final = 100_000  # of one linear programme; none of a publication has needed a tenth of it
LOOK: Final = 100  # iterations between two looks of the branching solver at its limits, about
FEWEST_LOOKS: Final = 20
FLOOR: Final = 60  # seconds' worth that the cheap pass may always use to finish


@dataclass
class WorkBudget:
    """A budget of steps, what of it is `spent`, and how far the present part of it goes: `until`.

    A step is an iteration of the simplex method for each row of its programme.
    """

    budget: int
    spent: int = 0
    until: int = 0

    @classmethod
    def of(cls, seconds: float) -> WorkBudget:
        """About what a processor does in so many seconds."""
        return cls(round(seconds * STEPS_A_SECOND))

    @property
    def left(self) -> int:
        return self.until - self.spent

    def took(self, iterations: int, rows: int) -> None:
        self.spent += (iterations + QUESTION) * rows

    def looks(self, rows: int) -> int:
        """How often the branching solver may look up before it has to stop: at least some times."""
        return max(FEWEST_LOOKS, self.left // (LOOK * max(rows, 1)))

    def start(self, share: float = 1, least: float = 0) -> None:
        """Begin a part of the budget: a `share` of it, or `least` seconds' worth where that is more."""
        self.until = self.spent + max(round(share * self.budget), round(least * STEPS_A_SECOND))


Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
# One thread, a fixed seed and no limit of time: the same question has the same answer everywhere.
OPTIONS: Final = {
    "output_flag": False,
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


def sparse(cells: Sequence[tuple[int, int, float]], shape: tuple[int, int]) -> Any:
    """Of (row, column, value)."""
    rows, columns, values = np.array(cells, dtype=float).reshape(-1, 3).T
    return csc_matrix((values, (rows.astype(int), columns.astype(int))), shape=shape)


def _lp(matrix: Any) -> highspy.HighsLp:
    """With the matrix alone."""
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = matrix.data.astype(float)
    return lp


def _solver(options: Mapping[str, Any]) -> Any:
    highs = _Highs()  # the bare solver: the class around it prints a banner before it can be silenced
    for option, value in options.items():
        highs.setOptionValue(option, value)
    return highs


class Programme:
    """maximise sum(weight * x) where M x = right and low <= x <= high. Only the bounds may change.

    `matrix`: scipy sparse, by columns. Each question is counted in `work`. It raises ArithmeticError where
    there is no answer: the bounds always contain the truth, so there should be.
    """

    def __init__(self, matrix: Any, right: Floats, work: WorkBudget | None = None) -> None:
        work = work or WorkBudget(0)
        self._columns, self._rows, self._work = matrix.shape[1], matrix.shape[0], work
        self._numbers = np.arange(self._columns, dtype=np.int32)
        self._asked: list[int] = []
        lp = _lp(matrix)
        lp.col_cost_ = lp.col_lower_ = lp.col_upper_ = np.zeros(self._columns)
        lp.row_lower_ = lp.row_upper_ = right
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._highs = _solver(OPTIONS)
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


INTEGER_OPTIONS: Final = {
    "output_flag": False,
    "threads": 1,
    "mip_rel_gap": 0.0,
    "random_seed": 0,
    "mip_detect_symmetry": False,
}
MOST_NODES: Final = 5000


@dataclass(frozen=True)
class WholeProgramme:
    """minimise costs x where row_low <= M x <= row_high and low <= x <= high, x whole. M is sparse."""

    costs: Floats
    matrix: Any
    row_low: Floats
    row_high: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Whole:
    """`point`: the best found, None where nothing was. No other costs less than `bound`."""

    point: Floats | None
    proven: bool
    bound: float


def cheapest(question: WholeProgramme, work: WorkBudget | None = None) -> Whole:
    """Whole up to the solver's tolerance. Without `work` it goes on until the best is proven."""
    matrix = question.matrix.tocsc()
    lp = _lp(matrix)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = question.costs, question.low, question.high
    lp.row_lower_, lp.row_upper_ = question.row_low, question.row_high
    lp.integrality_ = [highspy.HighsVarType.kInteger] * matrix.shape[1]
    highs = _solver(INTEGER_OPTIONS)
    if work is not None:
        highs.setOptionValue("mip_max_nodes", MOST_NODES)
        highs.setCallback(_Looking(work.looks(matrix.shape[0])), None)
        highs.startCallback(highspy.cb.HighsCallbackType.kCallbackMipInterrupt)
    highs.passModel(lp)
    highs.run()
    info = highs.getInfo()
    if work is not None:
        work.took(max(info.simplex_iteration_count, 0), matrix.shape[0])
    proven = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    point = np.array(highs.getSolution().col_value) if found else None
    return Whole(point, proven, float(info.objective_function_value if proven else info.mip_dual_bound))


class _Looking:
    """Called whenever the solver looks at its limits, which follows from its work alone."""

    def __init__(self, most: int) -> None:
        self._left = most

    def __call__(self, kind: object, message: object, told: object, answer: Any, own: object) -> None:
        self._left -= 1
        answer.user_interrupt = self._left < 0


def smallest(
    rows: Sequence[tuple[Mapping[int, float], float, float]], width: int, least: float, most: float
) -> list[int] | None:
    """The smallest whole numbers from `least` to `most` of which each row, a weighted sum, is from so much to
    so much. None where there are none."""
    matrix = sparse(
        [(place, *term) for place, (terms, _low, _high) in enumerate(rows) for term in terms.items()],
        (len(rows), width),
    )
    low, high = np.array([(low, high) for _terms, low, high in rows]).reshape(-1, 2).T
    ones = np.ones(width)
    found = cheapest(WholeProgramme(ones, matrix, low, high, least * ones, most * ones)).point
    return None if found is None else [round(one) for one in found]
