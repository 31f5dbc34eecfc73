"""How much a search may do, counted in the solver's own steps: no clock decides what is hidden.

The same tables and the same budget therefore give the same choice on every machine, however busy it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

STEPS_A_SECOND: Final = 5_000_000  # of one processor of 2026: it turns a setting into steps, no more
QUESTION: Final = 4  # iterations' worth of work around each question to a programme
MOST_ITERATIONS: Final = 100_000  # of one linear programme; none of a publication has needed a tenth of it
LOOK: Final = 100  # iterations between two looks of the branching solver at its limits, about
FEWEST_LOOKS: Final = 20
FLOOR: Final = 60  # seconds' worth that the cheap pass may always use to finish


@dataclass
class Work:
    """A budget of steps, what of it is `spent`, and how far the present part of it goes: `until`.

    A step is an iteration of the simplex method for each row of its programme.
    """

    budget: int
    spent: int = 0
    until: int = 0

    @classmethod
    def of(cls, seconds: float) -> Work:
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
        """A part of its own for what comes next: a `share` of the budget, or `least` seconds' worth where
        that is more."""
        self.until = self.spent + max(round(share * self.budget), round(least * STEPS_A_SECOND))
