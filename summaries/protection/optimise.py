"""What to hide: the cheapest choice that an attacker cannot see through, or a good one when time runs out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from summaries.protection.attack import Attacker, Need, System
from summaries.protection.findings import Cancelled
from summaries.protection.heuristic import hide_supports
from summaries.protection.master import Master
from summaries.protection.programme import Goal, Model
from summaries.protection.requirements import Bools, hideable, kept, needs

with suppress(ImportError):  # loaded before any clock is started: on a busy machine that takes seconds
    import highspy  # noqa: F401

LEANER: Final = 1 / 6  # of the time given, to take out again what need not be hidden
# seconds the heuristic may take after the time is out; then everything that can be hidden is
GRACE: Final = 15.0
Method = Literal["exact", "heuristic"]


@dataclass(frozen=True)
class Watch:
    """The caller's clock, patience and ear."""

    clock: Callable[[], float]
    deadline: float
    patience: float  # seconds until the deadline, when all began
    progress: Callable[[int, int], None]
    cancelled: Callable[[], bool]

    def left(self) -> float:
        if self.cancelled():
            raise Cancelled
        return self.deadline - self.clock()


def choose(model: Model, watch: Watch) -> tuple[Bools, Method]:
    """Which variables are hidden in the end."""
    if not model.targets and not hideable(model).any():
        return hideable(model), "exact"
    return Chooser(model, watch).choose()


class Chooser:
    def __init__(self, model: Model, watch: Watch) -> None:
        self.model, self.watch = model, watch
        self.system = System.of(model)
        self.attacker = Attacker(self.system)
        self.needs = needs(model, self.attacker)
        self.master = Master(model, self.system)
        self._pinned = self._given_away()

    def choose(self) -> tuple[Bools, Method]:
        hidden = self.master.forced
        try:
            while self.watch.left() > 0:
                before, (hidden, proven) = hidden, self.master.chosen(self.watch.left())
                if not proven:  # cut short: the last proven choice is a better start for the heuristic
                    hidden = before
                    break
                if self._met(hidden):
                    return hidden, "exact"
                if (hidden == before).all():  # within the solver's tolerance the cuts were kept
                    self.master.cut_off(hidden)
        except TimeoutError:
            pass
        return self._finish(hidden), "heuristic"

    def _met(self, hidden: Bools) -> bool:
        """Whether `hidden` is enough; where not, the master has been told why."""
        self.attacker.face(hidden)
        self.attacker.sweep(self.needs)
        failed = 0
        for need, move in self.attacker.failures(self.needs):
            failed += 1
            if not self.master.cut(need, move):
                self.master.cut_off(hidden)
            if self.watch.left() <= 0:
                break
        self.watch.progress(len(self.needs) - failed, len(self.needs))
        return not failed and not self._cut_off_points(hidden)

    def _cut_off_points(self, hidden: Bools) -> bool:
        """A figure hidden to protect another must not be certain itself."""
        points = [figure for figure in self._points(hidden) if figure not in self._pinned]
        for figure in points:
            self.master.cut_off(hidden, unless_shown=figure)
        return bool(points)

    def _points(self, hidden: Bools) -> Iterable[int]:
        """The hidden figures that cannot move by a whole person, up or down, but for those that may be
        known."""
        self.attacker.face(hidden)
        for figure in np.flatnonzero(hidden & kept(self.model)).tolist():
            target = Goal(((figure, 1),), self.model.variables[figure].value)
            ways = Need(target, 1, 1), Need(target, -1, 1)
            if any(self.attacker.reached(way) for way in ways):
                continue
            if all(any(True for _ in self.attacker.failures([way])) for way in ways):
                yield figure

    def _given_away(self) -> set[int]:
        """What is certain whatever is hidden: the audit says so, nothing here can help."""
        return set(self._points(hideable(self.model)))

    def _finish(self, hidden: Bools) -> Bools:
        end = max(self.watch.deadline, self.watch.clock()) + GRACE
        out_of_time = lambda: self.watch.left() < 0 and self.watch.clock() > end  # noqa: E731
        found = hide_supports(self.attacker, self.master, self.needs, hidden.astype(float), out_of_time) > 0.5
        points = [figure for figure in self._points(found) if figure not in self._pinned]
        shown = [figure for figure in points if self.master.free[figure]]
        if shown:  # they protect nobody
            found[shown] = False
        if len(shown) < len(points) or not self._holds(found):
            return hideable(self.model)
        return self._leaner(
            found, max(self.watch.deadline, self.watch.clock()) + self.watch.patience * LEANER
        )

    def _leaner(self, hidden: Bools, until: float) -> Bools:
        """Without what the ways of later needs have made needless, the dearest first."""
        free = np.flatnonzero(hidden & self.master.free).tolist()
        for figure in sorted(free, key=lambda one: -self.master.costs[one]):
            if self.watch.left() < 0 and self.watch.clock() >= until:
                break
            without = hidden.copy()
            without[figure] = False
            hidden = without if self._holds(without) else hidden
        return hidden

    def _holds(self, hidden: Bools) -> bool:
        self.attacker.face(hidden)
        self.attacker.sweep(self.needs)
        enough = not any(True for _ in self.attacker.failures(self.needs))
        return enough and all(figure in self._pinned for figure in self._points(hidden))
