"""The manual's six steps of a case: what was done, what is missing, and where each step stands. Pure values
in and out.

The steps may go on at the same time; "under way" is the furthest one with something done in an open case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from cases.measures import WANTED, Someone

STEPS: Final = 6
REFLECTION_DAYS: Final = 30  # Aliens Act 5:15


@dataclass(frozen=True)
class StepEntry:
    """`what` was done for `persons` (their short names) in a month; `by` is an organisation or kind of
    provider."""

    what: str
    persons: tuple[str, ...]
    month: date | None = None
    by: str = ""
    answer: str = ""
    edit: str = ""


@dataclass(frozen=True)
class Lacks:
    """A measure (key) that should be there, for one person."""

    kind: str
    person: str
    address: str = ""


@dataclass(frozen=True)
class ManualStep:
    number: int
    done: tuple[StepEntry, ...] = ()
    lacking: tuple[Lacks, ...] = ()
    state: str = "empty"  # done, now, missing, empty, not_relevant


def steps(
    done: Iterable[tuple[int, StepEntry]], persons: Sequence[Someone], *, open_case: bool
) -> tuple[ManualStep, ...]:
    """`done` with the number of its step, in each the earliest first. Always six steps."""
    by_step: dict[int, list[StepEntry]] = {number: [] for number in range(1, STEPS + 1)}
    for number, what in sorted(done, key=lambda pair: pair[1].month or date.max):
        by_step[number].append(what)
    lacking = {number: _lacking(number, persons) for number in by_step}
    furthest = max((n for n, found in by_step.items() if found), default=0)
    at_home = bool(persons) and all(one.citizenship == "SE" for one in persons)
    return tuple(
        ManualStep(
            n, tuple(found), lacking[n], _state(n, found, lacking[n], furthest if open_case else 0, at_home)
        )
        for n, found in by_step.items()
    )


def _lacking(step: int, persons: Sequence[Someone]) -> tuple[Lacks, ...]:
    return tuple(
        Lacks(wanted.kind, one.name, f"{one.address}&kind={wanted.kind}")
        for wanted in WANTED.values()
        if wanted.step == step
        for one in persons
        if wanted.concerns(one) and wanted.kind not in one.kinds
    )


def _state(
    number: int, found: list[StepEntry], lacking: tuple[Lacks, ...], furthest: int, at_home: bool
) -> str:
    if lacking:
        return "missing"
    if not found:
        return "not_relevant" if number == STEPS and at_home else "empty"
    return "now" if number == furthest else "done"


@dataclass(frozen=True)
class Reflection:
    """A reflection period that counts down. `passed` of `length` days; `left` is negative when it has
    ended."""

    person: str
    ends_on: date
    left: int
    length: int = REFLECTION_DAYS

    @property
    def passed(self) -> int:
        return min(max(self.length - self.left, 0), self.length)


def reflection(person: str, month: date | None, ends_on: date | None, today: date) -> Reflection | None:
    """Until the day that was entered, or else 30 days from the month's first day; None when neither is
    known."""
    last = ends_on or (month and month + timedelta(days=REFLECTION_DAYS))
    if last is None:
        return None
    return Reflection(person, last, (last - today).days)
