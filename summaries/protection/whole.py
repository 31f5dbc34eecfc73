"""The cheapest whole numbers that keep some inequalities: HiGHS by its own package, else by scipy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from summaries.protection.simplex import Floats
from summaries.protection.work import Work

# One thread, a fixed seed and no limit of time: the same question has the same answer everywhere.
OPTIONS: Final = {
    "output_flag": False,
    "threads": 1,
    "mip_rel_gap": 0.0,
    "random_seed": 0,
    "mip_detect_symmetry": False,
}
MOST_NODES: Final = 5000


@dataclass(frozen=True)
class WholeProgramme:
    """minimise costs x where row_low <= M x <= row_high and low <= x <= high, x whole. `matrix`: scipy
    sparse."""

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


def cheapest(question: WholeProgramme, work: Work | None = None) -> Whole:
    """Whole up to the solver's tolerance. Without `work` it goes on until the best is proven."""
    try:
        import highspy
    except ImportError:
        return _by_scipy(question, work)
    return _by_highs(question, work, highspy)


def _by_highs(question: WholeProgramme, work: Work | None, highspy: Any) -> Whole:
    lp, matrix = highspy.HighsLp(), question.matrix.tocsc()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = question.costs, question.low, question.high
    lp.row_lower_, lp.row_upper_ = question.row_low, question.row_high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = matrix.data.astype(float)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * matrix.shape[1]
    highs = highspy._Highs()  # the bare solver: the class around it prints a banner before it can be silenced
    for option, value in OPTIONS.items():
        highs.setOptionValue(option, value)
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

    def __call__(self, kind: Any, message: Any, told: Any, answer: Any, own: Any) -> None:
        self._left -= 1
        answer.user_interrupt = self._left < 0


def _by_scipy(question: WholeProgramme, work: Work | None) -> Whole:
    from scipy.optimize import Bounds, LinearConstraint, milp

    # Without presolve: some versions print a line of their own to standard output while they undo it.
    options: dict[str, Any] = {"mip_rel_gap": 0.0, "presolve": False}
    if work is not None:
        options["node_limit"] = MOST_NODES
    found = milp(
        question.costs,
        integrality=np.ones(len(question.costs)),
        bounds=Bounds(question.low, question.high),
        constraints=LinearConstraint(question.matrix, question.row_low, question.row_high),
        options=options,
    )
    if work is not None:  # it does not tell of its iterations
        work.took((found.mip_node_count or 1) * question.matrix.shape[0], question.matrix.shape[0])
    return Whole(found.x, found.status == 0, float(found.mip_dual_bound or 0))
