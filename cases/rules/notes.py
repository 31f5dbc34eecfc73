"""Free text is short and holds nothing that identifies a person."""

from __future__ import annotations

import re
from typing import Final

from cases import scanner
from cases.rules.faults import Fault, Severity

MAX_LENGTH: Final = 1000  # characters
# A word in capitals after these is mostly somebody's name, but may be a company's: it is asked about, not
# refused.
NAMED: Final = re.compile(
    r"\b(?i:heter|hette|kallas|kallar sig|vid namn|namnet är|namn är|named|called|name is)"
    r"\s+[A-ZÅÄÖÉ][a-zåäöé]"
)


def note(field: str, text: str, *, longest: int = MAX_LENGTH) -> tuple[Fault, ...]:
    """Length, then one fault for each kind of thing the scanner found. What it found is not repeated.

    A text that is too long is not scanned: it is refused anyhow."""
    if len(text) > longest:
        return (Fault(field, "long", {"n": len(text), "max": longest}),)
    reasons = dict.fromkeys(finding.reason for finding in scanner.find(text))
    return tuple(Fault(field, "identity", {"kind": reason}) for reason in reasons)


def name_told(field: str, text: str) -> tuple[Fault, ...]:
    """Whether somebody seems to be called by name."""
    return (Fault(field, "name", severity=Severity.WARNING),) if NAMED.search(text) else ()
