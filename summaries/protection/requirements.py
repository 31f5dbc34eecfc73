"""How far every target must be able to move, lowered to what can be had at all."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from summaries.protection.attack import EPSILON, Attacker, Need
from summaries.protection.model import Fate, Model, Target

Bools = npt.NDArray[np.bool_]


def concealable(model: Model) -> Bools:
    """What could be hidden if nothing had been published: all but zeros and exempt figures."""
    return np.array([v.secret_by_choice or v.fate is Fate.KEPT for v in model.variables], dtype=bool)


def hideable(model: Model) -> Bools:
    """What is hidden or can still be."""
    return np.array([variable.fate is not Fate.KNOWN for variable in model.variables], dtype=bool)


def needs(model: Model, attacker: Attacker) -> list[Need]:
    """A small figure must be possible as 1 and as k, so its interval is k - 1 wide: as near to that as can be.

    Where it cannot be as low as 1, its interval must be k - 1 wide from the lowest it can be.
    """
    attacker.face(concealable(model))
    found = [need for target in model.targets for need in _of_target(target, model.k, attacker)]
    if (concealable(model) == hideable(model)).all():
        return found
    attacker.face(hideable(model))
    return [lowered for need in found if (lowered := _lowered(need, attacker)).amount > 0]


def _of_target(target: Target, k: int, attacker: Attacker) -> Iterator[Need]:
    down = _lowered(Need(target, -1, target.value - 1), attacker)
    lowest = target.value - down.amount
    up = _lowered(Need(target, 1, max(k, lowest + k - 1) - target.value), attacker)
    yield from (need for need in (down, up) if need.amount > 0)


def _lowered(need: Need, attacker: Attacker) -> Need:
    if need.amount <= 0 or attacker.reached(need):
        return need
    gain = attacker.best(need.weights).gain
    return Need(need.target, need.sign, min(need.amount, math.floor(gain + EPSILON)))
