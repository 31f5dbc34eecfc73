"""What a call says of the case that is opened from it, and what is asked when it does not say enough."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from cases.rules.faults import Fault, Severity

CASE_REGISTERED: Final = "outcome:case"
ABOUT_PERSON: Final = frozenset({"topic:person", "topic:child"})

# The organisation that has identified somebody whom such a caller rings about, by code; of others the line.
IDENTIFIES: Final = {
    "caller:social": "social",
    "caller:police": "police",
    "caller:migration": "migration",
    "caller:labour_insp": "labour_insp",
    "caller:health": "health",
    "caller:ngo": "ngo",
    "caller:coordinator": "coordinator",
}
UNNAMED: Final = "caller:authority"  # some other authority: which one is asked


def identifying(caller: str) -> str:
    """The code of the organisation that a case from the call begins with; "" where only the caller knows."""
    return "" if caller == UNNAMED else IDENTIFIES.get(caller, "support_line")


def unsaid(topics: Collection[str], *, persons: int, purposes: bool, outcomes: bool) -> Iterator[Fault]:
    """A warning for each, never an error: whoever called may not have known."""
    if not ABOUT_PERSON & set(topics):
        return
    said = {"call_no_persons": persons, "call_no_purpose": purposes, "call_no_outcome": outcomes}
    yield from (Fault("", code, severity=Severity.WARNING) for code, value in said.items() if not value)


def case_outcome(outcomes: Collection[str], *, has_case: bool, stored: bool) -> Iterator[Fault]:
    """Return a fault for the outcome that a case is registered, where the call has no case.

    The outcome comes with the case. Where it is stored already it is a warning, so that the rest of the call
    can be corrected.
    """
    if CASE_REGISTERED in outcomes and not has_case:
        yield Fault("outcomes", "outcome_case", severity=Severity.WARNING if stored else Severity.ERROR)
