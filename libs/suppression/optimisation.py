"""What to hide: the cheapest choice that an attacker cannot see through, or a good one where work runs out.

`Master` hides as cheaply as the attacks found so far allow (the master problem of a Benders decomposition;
M. Fischetti and J. J. Salazar, Management Science 47 (2001) 1008-1027). `hide_supports` makes a good choice
without a proof, by one linear programme for each need that is not met: the attacker's cheapest way to a need
uses some figures, and hiding those that are still shown meets it. `Chooser` tries the first, then the second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from scipy.sparse import bmat, csc_matrix, csr_matrix

from libs.suppression.attacker import EPSILON, Attacker, LinearSystem, Move, Need, hideable, kept, needs
from libs.suppression.package import Cancelled, Method
from libs.suppression.programme import Fate, Model
from libs.suppression.solvers import (
    FLOOR,
    Bools,
    Floats,
    Programme,
    WholeProgramme,
    WorkBudget,
    cheapest,
    sparse,
)

TINY: Final = 1e-9
CUTS: Final = 60  # of one choice: the next one is better asked than this one asked to the end
LEANER: Final = 1 / 4  # of the budget, to take out again what need not be hidden


class Master:
    """Which of the free figures to hide. Every cut is `sum(weight * hidden) >= right`."""

    def __init__(self, model: Model, system: LinearSystem) -> None:
        self._system = system
        self.forced: Bools = np.array(
            [v.fate in (Fate.KEPT, Fate.SMALL) for v in model.variables], dtype=bool
        )
        self.free: Bools = hideable(model) & ~self.forced
        self.costs: Floats = np.array([variable.cost for variable in model.variables])
        self.bound = 0.0  # no choice of free figures that is enough costs less
        self._cuts: list[tuple[Floats, float]] = []
        self._always = np.concatenate([self.forced, np.ones(len(system.low) - system.figures, dtype=bool)])

    def cut(self, need: Need, move: Move) -> bool:
        """A best move that is too short: what is hidden must leave room for the rest. False: nothing new.

        A need of a free figure that may be waived is met by showing the figure too. That the figure could not
        fall then, though hidden, is not looked for: `cheapest` is said of choices without this way.
        """
        room = (
            np.maximum(move.reduced, 0) * self._system.high + np.maximum(-move.reduced, 0) * -self._system.low
        )
        right = need.amount - room[self._always].sum()
        weights, least = np.where(self.free, room[: self._system.figures], 0), 1.0
        figure = need.target.terms[0][0]
        if need.unless and self.free[figure]:
            right, least = right - weights[figure], 0.0
            weights[figure] = -right
        if right > TINY:
            self._cuts.append((np.minimum(weights, right) / right, least))
        return bool(right > TINY)

    def cut_off(self, hidden: Bools, unless_shown: int | None = None) -> None:
        """`hidden` is not enough: something else must be hidden too (or `unless_shown` not be)."""
        weights = (self.free & ~hidden).astype(float)
        right = 1.0
        if unless_shown is not None and self.free[unless_shown]:
            weights[unless_shown], right = -1.0, 0.0
        self._cuts.append((weights, right))

    def chosen(self, work: WorkBudget) -> tuple[Bools | None, bool]:
        """The cheapest to hide, None where `work` was too little to find any, and whether it is proven."""
        hidden = self.forced.copy()
        free = np.flatnonzero(self.free)
        if not len(free) or not self._cuts:
            return hidden, True
        weights = csr_matrix(np.array([cut[0][free] for cut in self._cuts]))
        right = np.array([cut[1] for cut in self._cuts])
        zeros, ones = np.zeros(len(free)), np.ones(len(free))
        question = WholeProgramme(self.costs[free], weights, right, np.full(len(right), np.inf), zeros, ones)
        whole = cheapest(question, work)
        self.bound = max(self.bound, whole.bound)
        if whole.point is None:
            return None, False
        hidden[free] = whole.point > 0.5
        return hidden, whole.proven

    def above(self, hidden: Bools) -> float:
        """By what share `hidden` costs more than the least that anything could cost, at most."""
        least = self.costs[self.forced].sum() + self.bound
        return float(max(self.costs[hidden].sum() / least - 1, 0)) if least > 0 else 0.0


class Supports:
    """Columns: steps up, steps down (both from 0), and one for each target: how far it moves."""

    def __init__(self, system: LinearSystem, master: Master, needs: Sequence[Need], work: WorkBudget) -> None:
        targets = list(dict.fromkeys(need.target for need in needs))
        self._place = {target: place for place, target in enumerate(targets)}
        cells = [
            (place, column, sign) for place, target in enumerate(targets) for column, sign in target.terms
        ]
        picked = sparse(cells, (len(targets), len(system.low)))
        moved = -csc_matrix(np.eye(len(targets)))
        matrix = bmat([[system.matrix, -system.matrix, None], [picked, -picked, moved]], format="csc")
        self._programme = Programme(matrix, np.zeros(matrix.shape[0]), work)
        self._figures, self._columns = system.figures, len(system.low)
        can = system.spread(master.free | master.forced)
        self._high = np.concatenate([system.high * can, -system.low * can])
        self._costs = master.costs

    def cheapest(self, need: Need, hidden: Floats) -> Floats:
        """By figure, whether the cheapest way to `need` uses it; what is `hidden` already costs nothing."""
        moves_low, moves_high = np.full(len(self._place), -np.inf), np.full(len(self._place), np.inf)
        moves_low[self._place[need.target]] = moves_high[self._place[need.target]] = need.sign * need.amount
        zeros = np.zeros(len(self._high))
        self._programme.bound(np.concatenate([zeros, moves_low]), np.concatenate([self._high, moves_high]))
        costs = self._costs * (1 - hidden) + EPSILON  # never quite nothing: no step both up and down
        weights = {column: -cost for column, cost in enumerate(costs)}
        weights |= {self._columns + column: -cost for column, cost in enumerate(costs)}
        point = self._programme.maximise(weights).point
        used = point[: self._figures] + point[self._columns : self._columns + self._figures]
        return np.asarray(used > EPSILON, dtype=float)


class TooMuchWork(Exception):
    """There is no work left, and needs are not met."""


def hide_supports(
    attacker: Attacker, master: Master, needs: Sequence[Need], hidden: Floats, work: WorkBudget
) -> Floats:
    """`hidden` and as much more as the needs ask for. Raises TooMuchWork."""
    supports = Supports(attacker.system, master, needs, work)
    attacker.face(hidden)
    attacker.attack_each(needs)
    for need in sorted(needs, key=lambda need: -need.amount):
        if work.left <= 0:
            raise TooMuchWork
        while not attacker.meets(need):
            more = np.maximum(hidden, supports.cheapest(need, hidden))
            hidden = more if (more > hidden).any() else (master.free | master.forced).astype(float)
            attacker.face(hidden)
    return hidden


class ChoiceProof(StrEnum):
    CHEAPEST = "cheapest"  # no other choice costs less
    BOUNDED = "bounded"  # it costs at most so much more than the cheapest could
    UNFINISHED = "unfinished"  # the work was too little: all that can be hidden is


@dataclass(frozen=True)
class SuppressionChoice:
    """Which variables are hidden. `above`: by what share it costs more than the cheapest, at most."""

    hidden: Bools
    proof: ChoiceProof
    above: float = 0.0

    @property
    def method(self) -> Method:
        return "exact" if self.proof is ChoiceProof.CHEAPEST else "heuristic"


@dataclass(frozen=True)
class Watch:
    work: WorkBudget
    progress: Callable[[int, int], None]
    cancelled: Callable[[], bool]

    def left(self) -> int:
        if self.cancelled():
            raise Cancelled
        return self.work.left


def choose(model: Model, watch: Watch) -> SuppressionChoice:
    """Which variables are hidden in the end."""
    if not model.targets and not hideable(model).any():
        return SuppressionChoice(hideable(model), ChoiceProof.CHEAPEST)
    return Chooser(model, watch).choose()


class Chooser:
    def __init__(self, model: Model, watch: Watch) -> None:
        self.model, self.watch = model, watch
        self.system = LinearSystem.of(model)
        self.work = watch.work
        self.attacker = Attacker(self.system, self.work)
        self.needs = needs(model, self.attacker)
        self.master = Master(model, self.system)
        # What is certain whatever is hidden: the audit says so, nothing here can help.
        self._pinned = set(self._points(hideable(model)))
        self._first = 0  # the need that is asked about first

    def choose(self) -> SuppressionChoice:
        self.work.start()  # what it takes to know what is asked for is not counted
        hidden = self.master.forced
        while self.watch.left() > 0:
            found, proven = self.master.chosen(self.work)
            if found is None or not proven:  # the last proven choice is a better start for the cheap pass
                break
            same, hidden = (found == hidden).all(), found
            if self._met(hidden):
                return SuppressionChoice(hidden, ChoiceProof.CHEAPEST)
            if same:  # within the solver's tolerance the cuts were kept
                self.master.cut_off(hidden)
        return self._finished(hidden)

    def _met(self, hidden: Bools) -> bool:
        """Whether `hidden` is enough; where not, the master knows why."""
        self.attacker.face(hidden)
        self.attacker.attack_each(self.needs)
        failed, asked = 0, self.needs[self._first :] + self.needs[: self._first]
        for need, move in self.attacker.failures(asked):
            failed += 1
            if not self.master.cut(need, move):
                self.master.cut_off(hidden)
            if failed == CUTS or self.watch.left() <= 0:
                asked = asked[: asked.index(need) + 1]
                self._first = (self._first + len(asked)) % len(self.needs)
                break
        self.watch.progress(len(asked) - failed, len(self.needs))
        return not failed and not self._cut_off_points(hidden)

    def _cut_off_points(self, hidden: Bools) -> bool:
        """A figure hidden to protect another must not be certain itself."""
        points = self._new_points(hidden)
        for figure in points:
            self.master.cut_off(hidden, unless_shown=figure)
        return bool(points)

    def _new_points(self, hidden: Bools) -> list[int]:
        return [point for point in self._points(hidden) if point not in self._pinned]

    def _points(self, hidden: Bools) -> Iterable[int]:
        """Yield hidden figures that cannot move by a whole person, but for those that may be known."""
        self.attacker.face(hidden)
        for figure in np.flatnonzero(hidden & kept(self.model)).tolist():
            ways = self._ways(figure)
            if not (
                any(self.attacker.reached(way) for way in ways)
                or any(self.attacker.meets(way) for way in ways)
            ):
                yield figure

    def _ways(self, figure: int) -> tuple[Need, Need]:
        """By a whole person up and down."""
        goal = self.model.goal(figure)
        return Need(goal, 1, 1), Need(goal, -1, 1)

    def _finished(self, hidden: Bools) -> SuppressionChoice:
        """By the cheap pass, whatever the search has come to; it has a budget of its own."""
        self.work.start(least=FLOOR)
        try:
            found = self._filled(hidden)
        except TooMuchWork:
            return SuppressionChoice(hideable(self.model), ChoiceProof.UNFINISHED)
        self.work.start(LEANER, least=1)
        found = self._leaner(found)
        return SuppressionChoice(found, ChoiceProof.BOUNDED, self.master.above(found))

    def _filled(self, hidden: Bools) -> Bools:
        """Enough hidden for every need, and for every figure that is hidden on the way."""
        needs = list(self.needs)
        while True:
            found = hide_supports(self.attacker, self.master, needs, hidden.astype(float), self.work) > 0.5
            points = self._new_points(found)
            must_be_hidden = [point for point in points if not self.master.free[point]]
            found[points] &= ~self.master.free[points]  # the others protect nobody
            if not must_be_hidden and self._holds(found):
                return found
            if (found == hideable(self.model)).all() or (found == hidden).all():
                raise TooMuchWork
            for figure in must_be_hidden:
                needs += self._way_out(figure)
            hidden = found

    def _way_out(self, figure: int) -> list[Need]:
        """A way for a figure that must be hidden and is certain: by one person up, else down."""
        self.attacker.face(hideable(self.model))
        return [way for way in self._ways(figure) if self.attacker.meets(way)][:1]

    def _leaner(self, hidden: Bools) -> Bools:
        """Without what the ways of later needs have made needless, the greatest weight first."""
        free = np.flatnonzero(hidden & self.master.free).tolist()
        for figure in sorted(free, key=lambda one: (-self.master.costs[one], one)):
            if self.watch.left() <= 0:
                break
            without = hidden.copy()
            without[figure] = False
            hidden = without if self._holds(without) else hidden
        return hidden

    def _holds(self, hidden: Bools) -> bool:
        self.attacker.face(hidden)
        self.attacker.attack_each(self.needs)
        return self.attacker.meets(*self.needs) and all(one in self._pinned for one in self._points(hidden))
