"""What is asked about, when a call about somebody says nothing of whom, of what, or of what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from cases.rules.faults import Fault, Severity

ABOUT_PERSON: Final = frozenset({"topic:person", "topic:child"})


def unsaid(topics: Collection[str], *, persons: int, purposes: bool, outcomes: bool) -> Iterator[Fault]:
    """A warning for each, never an error: whoever called may not have known."""
    if not ABOUT_PERSON & set(topics):
        return
    said = {"call_no_persons": persons, "call_no_purpose": purposes, "call_no_outcome": outcomes}
    yield from (Fault("", code, severity=Severity.WARNING) for code, value in said.items() if not value)
