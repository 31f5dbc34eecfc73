"""How the status of a presumed victim may change: one table, every pair of states in it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from cases.rules.faults import Fault
from cases.rules.values import STATUSES


class StatusChange(StrEnum):
    SAME = "same"
    FREE = "free"  # the ordinary course: a reason may be given
    REASON = "reason"  # goes back, or takes the person out of or into the counts
    NO = "no"


_CODES: Final = {
    "=": StatusChange.SAME,
    "f": StatusChange.FREE,
    "r": StatusChange.REASON,
    "-": StatusChange.NO,
}
# Rows from, columns to, in the order of STATUSES. From not_victim the way leads through a new assessment.
_TABLE: Final = {
    "under_assessment": "= f f f r",
    "presumed": "r = f f r",
    "declined": "r r = f r",
    "identified": "- r - = r",
    "not_victim": "r r - - =",
}
TRANSITIONS: Final[dict[tuple[str, str], StatusChange]] = {
    (before, after): _CODES[mark]
    for before, marks in _TABLE.items()
    for after, mark in zip(STATUSES, marks.split(), strict=True)
}


def status_change(before: str, after: str, reason: str) -> tuple[Fault, ...]:
    """Faults at `status` or `status_reason`. A new record has no `before` (""): any status may be the
    first."""
    if not before or not after:
        return ()
    change = TRANSITIONS.get((before, after), StatusChange.NO)
    if change is StatusChange.NO:
        return (Fault("status", "status_not_allowed"),)
    if change is StatusChange.REASON and not reason.strip():
        return (Fault("status_reason", "status_reason"),)
    return ()


def next_statuses(before: str) -> tuple[str, ...]:
    """The states that may follow, itself first: what a form offers."""
    after = (s for s in STATUSES if TRANSITIONS[before, s] not in (StatusChange.NO, StatusChange.SAME))
    return (before, *after)
