"""The optimiser's attacker: how far can a figure move while all that is known stays as it is, and how far
must every target be able to?

Everything is a step away from the truth: M d = 0, and low y <= d <= high y, where y says how far each figure
is hidden (0 or 1, or between in the relaxed master problem). One sparse matrix; an inequality has a slack
column that is always free. Every step found is kept: it may answer other questions too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from libs.suppression.programme import Fate, Goal, Model
from libs.suppression.solvers import Bools, Floats, Programme, WorkBudget, sparse

EPSILON: Final = 1e-6
FEW: Final = 10  # questions that are asked one by one
MOST_STEPS: Final = 4000  # remembered; older ones are forgotten


@dataclass(frozen=True, slots=True)
class Need:
    """How far `target` must be able to move: `amount` > 0 persons, up (`sign` 1) or down (-1).

    `unless`: the need is waived where `target` cannot fall by so many persons; 0 where it never is.
    """

    target: Goal
    sign: int
    amount: int
    unless: int = 0

    @property
    def weights(self) -> dict[int, float]:
        return {column: float(sign * self.sign) for column, sign in self.target.terms}


@dataclass(frozen=True, slots=True)
class Move:
    """The best step: its gain, and the reduced costs that prove there is no better."""

    gain: float
    step: Floats
    reduced: Floats


@dataclass(frozen=True)
class LinearSystem:
    """Columns: the variables, then the slacks. `low` and `high` are steps from the true values."""

    matrix: Any
    low: Floats
    high: Floats
    figures: int

    @classmethod
    def of(cls, model: Model) -> LinearSystem:
        values = [variable.value for variable in model.variables]
        low = [variable.low - variable.value for variable in model.variables]
        high = [variable.high(model.ceiling) - variable.value for variable in model.variables]
        cells: list[tuple[int, int, int]] = []
        for place, (terms, equal) in enumerate(model.rows):
            cells += [(place, number, sign) for number, sign in terms]
            if not equal:
                cells.append((place, len(low), -1))
                low.append(-sum(sign * values[number] for number, sign in terms))
                high.append(model.ceiling * len(terms))
        matrix = sparse(cells, (len(model.rows), len(low)))
        return cls(matrix, np.array(low, dtype=float), np.array(high, dtype=float), len(values))

    def spread(self, hidden: npt.NDArray[Any]) -> Floats:
        """`hidden` for every column: slacks are never known."""
        return np.concatenate([hidden.astype(float), np.ones(len(self.low) - self.figures)])


class Attacker:
    """`face` a choice of hidden figures, then ask."""

    def __init__(self, system: LinearSystem, work: WorkBudget | None = None) -> None:
        self.system = system
        self._programme = Programme(system.matrix, np.zeros(system.matrix.shape[0]), work)
        self._steps: list[Floats] = []
        self._possible: list[Floats] = []
        self._low = self._high = self._least = self._most = np.zeros(len(system.low))

    def face(self, hidden: npt.NDArray[Any]) -> None:
        """From now on attack with `hidden` (by figure, from 0 to 1)."""
        spread = self.system.spread(hidden)
        before = self._low, self._high
        self._low, self._high = self.system.low * spread, self.system.high * spread
        self._programme.bound(self._low, self._high)
        if ((self._low <= before[0]) & (self._high >= before[1])).all():
            return  # what was possible still is
        del self._steps[:-MOST_STEPS]
        steps = np.array(self._steps).reshape(-1, len(self._low))
        fits = ((steps >= self._low - EPSILON) & (steps <= self._high + EPSILON)).all(axis=1)
        self._possible = [self._steps[place] for place in np.flatnonzero(fits)]
        self._most, self._least = steps[fits].max(axis=0, initial=0), steps[fits].min(axis=0, initial=0)

    def best(self, weights: dict[int, float]) -> Move:
        answer = self._programme.maximise(weights)
        objective = np.zeros(len(self._low))
        objective[list(weights)] = list(weights.values())
        self._steps.append(answer.point)
        self._possible.append(answer.point)
        self._most, self._least = np.maximum(self._most, answer.point), np.minimum(self._least, answer.point)
        return Move(answer.value, answer.point, objective - self.system.matrix.T @ answer.prices)

    def reached(self, need: Need) -> bool:
        """Whether a step that is already known shows that `need` is met."""
        weights = need.weights.items()
        enough = need.amount - EPSILON
        if sum(max(w * self._most[column], w * self._least[column]) for column, w in weights) < enough:
            return False
        return len(weights) == 1 or any(
            sum(w * step[c] for c, w in weights) >= enough for step in self._possible
        )

    def attack_each(self, needs: Sequence[Need]) -> None:
        """Look for steps that meet many needs at once, so that few are left to ask about one by one."""
        for sign in (1, -1):
            single = [need for need in needs if need.sign == sign and not need.target.is_difference]
            left = [one for one in single if self._may_fall(one)]
            before = 2 * len(left)
            left = [one for one in left if not self.reached(one)]
            while FEW <= len(left) <= 0.8 * before:
                before = len(left)
                self._together(left)
                left = [one for one in left if not self.reached(one)]

    def _together(self, needs: Sequence[Need]) -> None:
        """The most of all of them, none further than it has to go."""
        low, high, weights = self._low.copy(), self._high.copy(), {}
        for need in needs:
            column, sign = need.target.terms[0][0], need.sign
            weights[column] = float(sign)
            if sign > 0:
                high[column] = min(high[column], need.amount)
            else:
                low[column] = max(low[column], -need.amount)
        self._programme.bound(low, high)
        self.best(weights)
        self._programme.bound(self._low, self._high)

    def failures(self, needs: Iterable[Need]) -> Iterator[tuple[Need, Move]]:
        """The needs that are not met, each with the best step there is."""
        for need in needs:
            if self.reached(need) or self._is_waived(need):
                continue
            move = self.best(need.weights)
            if move.gain < need.amount - EPSILON:
                yield need, move

    def _may_fall(self, need: Need) -> bool:
        """Return whether the bounds let the figure fall as far as the need says: never if it is shown."""
        return bool(self._low[need.target.terms[0][0]] <= -need.unless)

    def _is_waived(self, need: Need) -> bool:
        return need.unless > 0 and not (
            self._may_fall(need) and self.meets(Need(need.target, -1, need.unless))
        )

    def meets(self, *needs: Need) -> bool:
        return next(self.failures(needs), None) is None


def concealable(model: Model) -> Bools:
    """What could be hidden if nothing had been published: all but zeros and exempt figures."""
    return np.array([v.secret_by_choice or v.fate is Fate.KEPT for v in model.variables], dtype=bool)


def hideable(model: Model) -> Bools:
    """What is hidden or can still be."""
    return np.array([variable.fate is not Fate.KNOWN for variable in model.variables], dtype=bool)


def kept(model: Model) -> Bools:
    """Return what must not be certain when hidden: of unprinted and drawn figures, small differences
    alone."""
    found = np.array([not (variable.unprinted or variable.drawn) for variable in model.variables], dtype=bool)
    steps = {number for target in model.targets if target.is_difference for number, _ in target.terms}
    found[[number for number in steps if model.variables[number].in_package]] = True
    return found


def needs(model: Model, attacker: Attacker) -> list[Need]:
    """A small figure must be possible as 1 and as k, so its interval is k - 1 wide: as near to that as can
    be.

    Where it cannot be as low as 1, its interval must be k - 1 wide from the lowest it can be. A figure from k
    on needs the same where it can fall below k. Otherwise whoever runs the program again would see that it
    has less room than a small one, and that others are smaller therefore. What cannot fall below k tells
    nothing: everybody sees that it is not small.
    """
    goals = [*model.targets, *_from_k_on(model)]
    attacker.face(concealable(model))
    downs = [Need(goal, -1, goal.value - 1) for goal in goals]
    attacker.attack_each([*downs, *(Need(goal, 1, model.k - goal.value) for goal in goals)])
    found = [need for goal in goals for need in _of_goal(goal, model, attacker) if need.amount > 0]
    if (concealable(model) == hideable(model)).all():
        return found
    attacker.face(hideable(model))
    attacker.attack_each(found)
    return [lowered for need in found if (lowered := _lowered(need, attacker)).amount > 0]


def _from_k_on(model: Model) -> Iterator[Goal]:
    """Yield the figures that are not small, and are printed as hidden or can be."""
    for number in np.flatnonzero(hideable(model)).tolist():
        variable = model.variables[number]
        if variable.in_package and not variable.unprinted and variable.value >= model.k:
            yield model.goal(number)


def _of_goal(goal: Goal, model: Model, attacker: Attacker) -> Iterator[Need]:
    """What is drawn near k must be possible as k - 1 more too, so that it is never alone."""
    unless = max(0, goal.value - model.k + 1)
    down = _lowered(Need(goal, -1, goal.value - 1, unless), attacker)
    if down.amount >= unless:
        yield down
        up = max(model.k - goal.value, model.k - 1 - down.amount)
        yield _lowered(Need(goal, 1, up, unless), attacker)
    if model.k <= goal.value < 2 * model.k - 1 and model.variables[goal.terms[0][0]].drawn:
        yield _lowered(Need(goal, 1, model.k - 1), attacker)


def _lowered(need: Need, attacker: Attacker) -> Need:
    if need.amount <= 0 or attacker.reached(need):
        return need
    gain = attacker.best(need.weights).gain
    if gain >= need.amount - EPSILON:
        return need
    # Downwards is as good for a difference: neither its size nor its sign may be known.
    other = replace(need, sign=-1, amount=need.amount + 2 * need.target.value)
    if need.target.is_difference and need.sign > 0 and attacker.meets(other):
        return other
    return replace(need, amount=math.floor(gain + EPSILON))
