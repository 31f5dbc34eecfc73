"""From values to lengths, with round numbers on the axis."""

from __future__ import annotations

from collections.abc import Callable


def ticks(top: int, most: int = 4) -> list[int]:
    """Round numbers from 0 to at least `top`, in at most `most` steps of 1, 2 or 5 times a power of ten.

    Whole persons: a step is never under 1.
    """
    top = max(top, 1)
    power = 1
    while True:
        for factor in (1, 2, 5):
            step = factor * power
            if step * most >= top:
                return list(range(0, step * (-(-top // step)) + 1, step))
        power *= 10


def linear(top: int, length: float) -> Callable[[int], float]:
    """Length of a value when `top` has `length`."""
    return lambda value: length * value / max(top, 1)
