"""How far every target must be able to move, lowered to what can be had at all."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from summaries.protection.attack import EPSILON, Attacker, Need
from summaries.protection.programme import Fate, Goal, Model

Bools = npt.NDArray[np.bool_]


def concealable(model: Model) -> Bools:
    """What could be hidden if nothing had been published: all but zeros and exempt figures."""
    return np.array([v.secret_by_choice or v.fate is Fate.KEPT for v in model.variables], dtype=bool)


def hideable(model: Model) -> Bools:
    """What is hidden or can still be."""
    return np.array([variable.fate is not Fate.KNOWN for variable in model.variables], dtype=bool)


def kept(model: Model) -> Bools:
    """What must not be certain when it is hidden: of what is veiled, a small step from another version
    alone."""
    found = np.array([not variable.veiled for variable in model.variables], dtype=bool)
    steps = {number for target in model.targets if target.is_difference for number, _ in target.terms}
    found[[number for number in steps if model.variables[number].in_package]] = True
    return found


def needs(model: Model, attacker: Attacker) -> list[Need]:
    """A small figure must be possible as 1 and as k, so its interval is k - 1 wide: as near to that as can
    be.

    Where it cannot be as low as 1, its interval must be k - 1 wide from the lowest it can be.
    """
    attacker.face(concealable(model))
    attacker.sweep([Need(target, -1, target.value - 1) for target in model.targets])
    attacker.sweep([Need(target, 1, model.k - target.value) for target in model.targets])
    found = [need for target in model.targets for need in _of_target(target, model.k, attacker)]
    if (concealable(model) == hideable(model)).all():
        return found
    attacker.face(hideable(model))
    attacker.sweep(found)
    return [lowered for need in found if (lowered := _lowered(need, attacker)).amount > 0]


def _of_target(target: Goal, k: int, attacker: Attacker) -> Iterator[Need]:
    down = _lowered(Need(target, -1, target.value - 1), attacker)
    lowest = target.value - down.amount
    up = _lowered(Need(target, 1, max(k, lowest + k - 1) - target.value), attacker)
    yield from (need for need in (down, up) if need.amount > 0)


def _lowered(need: Need, attacker: Attacker) -> Need:
    if need.amount <= 0 or attacker.reached(need):
        return need
    gain = attacker.best(need.weights).gain
    if gain >= need.amount - EPSILON:
        return need
    if need.target.is_difference and need.sign > 0 and _met(other := _other_way(need), attacker):
        return other
    return Need(need.target, need.sign, math.floor(gain + EPSILON))


def _other_way(need: Need) -> Need:
    """A step that cannot be as large as k may be as large the other way: neither its size nor its sign is
    known."""
    return Need(need.target, -1, need.amount + 2 * need.target.value)


def _met(need: Need, attacker: Attacker) -> bool:
    return attacker.reached(need) or attacker.best(need.weights).gain >= need.amount - EPSILON
