"""A good choice of what to hide, without a proof, in one linear programme for each need that is not met.

The attacker's cheapest way to a need uses some figures; hiding those that are still shown meets it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import bmat, csc_matrix

from summaries.protection.attack import EPSILON, Attacker, Need, System
from summaries.protection.master import Master
from summaries.protection.simplex import Floats, programme
from summaries.protection.work import Work


class Supports:
    """Columns: steps up, steps down (both from 0), and one for each target: how far it moves."""

    def __init__(self, system: System, master: Master, needs: Sequence[Need], work: Work) -> None:
        targets = list(dict.fromkeys(need.target for need in needs))
        self._place = {target: place for place, target in enumerate(targets)}
        cells = [
            (place, column, sign) for place, target in enumerate(targets) for column, sign in target.terms
        ]
        rows, columns, signs = np.array(cells, dtype=int).reshape(-1, 3).T
        picked = csc_matrix((signs.astype(float), (rows, columns)), shape=(len(targets), len(system.low)))
        moved = -csc_matrix(np.eye(len(targets)))
        matrix = bmat([[system.matrix, -system.matrix, None], [picked, -picked, moved]], format="csc")
        self._programme = programme(matrix, np.zeros(matrix.shape[0]), work)
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
    attacker: Attacker, master: Master, needs: Sequence[Need], hidden: Floats, work: Work
) -> Floats:
    """`hidden` and as much more as the needs ask for. Raises TooMuchWork."""
    supports = Supports(attacker.system, master, needs, work)
    attacker.face(hidden)
    attacker.sweep(needs)
    for need in sorted(needs, key=lambda need: -need.amount):
        if work.left <= 0:
            raise TooMuchWork
        while any(True for _ in attacker.failures([need])):
            more = np.maximum(hidden, supports.cheapest(need, hidden))
            hidden = more if (more > hidden).any() else (master.free | master.forced).astype(float)
            attacker.face(hidden)
    return hidden
