"""What to hide, as cheap as the attacks found so far allow (the master problem of a Benders decomposition).

M. Fischetti and J. J. Salazar, Management Science 47 (2001) 1008-1027, describe the decomposition.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.sparse import csr_matrix

from summaries.protection.attack import Move, Need, System
from summaries.protection.programme import Fate, Model
from summaries.protection.requirements import Bools, hideable
from summaries.protection.simplex import Floats
from summaries.protection.whole import WholeProgramme, cheapest
from summaries.protection.work import Work

TINY: Final = 1e-9


class Master:
    """Which of the free figures to hide. Every cut is `sum(weight * hidden) >= right`."""

    def __init__(self, model: Model, system: System) -> None:
        self._system = system
        self.forced: Bools = np.array(
            [v.fate in (Fate.KEPT, Fate.SMALL) for v in model.variables], dtype=bool
        )
        self.free: Bools = hideable(model) & ~self.forced
        self.costs: Floats = np.array([v.cost for v in model.variables])
        self.bound = 0.0  # no choice of free figures that is enough costs less
        self._cuts: list[tuple[Floats, float]] = []
        self._always = np.concatenate([self.forced, np.ones(len(system.low) - system.figures, dtype=bool)])

    def cut(self, need: Need, move: Move) -> bool:
        """A best move that is too short: what is hidden must leave room for the rest. False: nothing new."""
        room = (
            np.maximum(move.reduced, 0) * self._system.high + np.maximum(-move.reduced, 0) * -self._system.low
        )
        right = need.amount - room[self._always].sum()
        weights = np.where(self.free, room[: self._system.figures], 0)
        if right > TINY:
            self._cuts.append((np.minimum(weights, right) / right, 1.0))
        return bool(right > TINY)

    def cut_off(self, hidden: Bools, unless_shown: int | None = None) -> None:
        """`hidden` is not enough: something else must be hidden too (or `unless_shown` not be)."""
        weights = (self.free & ~hidden).astype(float)
        right = 1.0
        if unless_shown is not None and self.free[unless_shown]:
            weights[unless_shown], right = -1.0, 0.0
        self._cuts.append((weights, right))

    def chosen(self, work: Work) -> tuple[Bools | None, bool]:
        """The cheapest to hide, None where `work` was too little to find any, and whether it is proven."""
        hidden = self.forced.copy()
        free = np.flatnonzero(self.free)
        if not len(free) or not self._cuts:
            return hidden, True
        weights = csr_matrix(np.array([cut[0][free] for cut in self._cuts]))
        right = np.array([cut[1] for cut in self._cuts])
        zeros, ones = np.zeros(len(free)), np.ones(len(free))
        question = WholeProgramme(self.costs[free], weights, right, np.full(len(right), np.inf), zeros, ones)
        found = cheapest(question, work)
        self.bound = max(self.bound, found.bound)
        if found.point is None:
            return None, False
        hidden[free] = found.point > 0.5
        return hidden, found.proven

    def above(self, hidden: Bools) -> float:
        """By what share `hidden` costs more than the least that anything could cost, at most."""
        must = self.costs[self.forced].sum()
        least = must + self.bound
        return float(max(self.costs[hidden].sum() / least - 1, 0)) if least > 0 else 0.0
