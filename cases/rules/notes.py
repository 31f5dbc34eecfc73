"""Free text is short and holds nothing that identifies a person."""

from __future__ import annotations

from typing import Final

from cases import scanner
from cases.rules.faults import Fault

MAX_LENGTH: Final = 1000  # characters


def note(field: str, text: str, *, longest: int = MAX_LENGTH) -> tuple[Fault, ...]:
    """Length, then one fault for each kind of thing the scanner found. What it found is not repeated.

    A text that is too long is not scanned: it is refused anyhow."""
    if len(text) > longest:
        return (Fault(field, "long", {"n": len(text), "max": longest}),)
    reasons = dict.fromkeys(finding.reason for finding in scanner.find(text))
    return tuple(Fault(field, "identity", {"kind": reason}) for reason in reasons)
