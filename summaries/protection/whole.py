"""The cheapest whole numbers that keep some inequalities: HiGHS by its own package, else by scipy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from summaries.protection.simplex import Floats


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


def cheapest(question: WholeProgramme, seconds: float = math.inf) -> tuple[Floats | None, bool]:
    """The best found (None: nothing), and whether it is proven best. Whole up to the solver's tolerance."""
    try:
        import highspy
    except ImportError:
        return _by_scipy(question, seconds)
    return _by_highs(question, seconds, highspy)


def _by_highs(question: WholeProgramme, seconds: float, highspy: Any) -> tuple[Floats | None, bool]:
    lp, matrix = highspy.HighsLp(), question.matrix.tocsc()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = question.costs, question.low, question.high
    lp.row_lower_, lp.row_upper_ = question.row_low, question.row_high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = matrix.data.astype(float)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * matrix.shape[1]
    highs = highspy._Highs()  # the bare solver: the class around it prints a banner before it can be silenced
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("mip_rel_gap", 0.0),
        ("time_limit", seconds),
    ):
        highs.setOptionValue(option, value)
    highs.passModel(lp)
    highs.run()
    proven = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    found = highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return (np.array(highs.getSolution().col_value), proven) if found else (None, False)


def _by_scipy(question: WholeProgramme, seconds: float) -> tuple[Floats | None, bool]:
    from scipy.optimize import Bounds, LinearConstraint, milp

    # Without presolve: some versions print a line of their own to standard output while they undo it.
    options: dict[str, Any] = {"mip_rel_gap": 0.0, "presolve": False}
    if math.isfinite(seconds):
        options["time_limit"] = seconds
    found = milp(
        question.costs,
        integrality=np.ones(len(question.costs)),
        bounds=Bounds(question.low, question.high),
        constraints=LinearConstraint(question.matrix, question.row_low, question.row_high),
        options=options,
    )
    return found.x, found.status == 0
