"""Free text is short and holds nothing that identifies a person."""

from __future__ import annotations

import re
from typing import Final

from cases import scanner
from cases.rules.faults import Fault, Severity

MAX_LENGTH: Final = 1000  # characters
# A telephone may look like an account of a bank or a passport, and is none; like these it may not look.
OF_A_PERSON: Final = frozenset(
    {"personal_number", "coordination_number", "masked_number", "birth_date", "migration_number"}
)
PHONE: Final = re.compile(r"\+?[0-9][0-9 ()-]{4,28}")
# An agency's reference may look like the number of a car or a passport.
OF_REFERENCES: Final = frozenset({"plate", "passport"})
REFERENCES: Final = ("reference", "registry_number")


def note(field: str, text: str, *, longest: int = MAX_LENGTH) -> tuple[Fault, ...]:
    """Length, then one fault for each kind of thing the scanner found. What it found is not repeated.

    A text that is too long is not scanned: it is refused anyhow."""
    if len(text) > longest:
        return (Fault(field, "long", {"n": len(text), "max": longest}),)
    reasons = dict.fromkeys(finding.reason for finding in scanner.find(text))
    if field.endswith(REFERENCES):
        reasons = {reason: None for reason in reasons if reason not in OF_REFERENCES}
    return tuple(Fault(field, "identity", {"kind": reason}) for reason in reasons)


def work_phone(text: str) -> bool:
    """Whether it is a number at which a colleague is reached: figures, and no number of a person."""
    found = {finding.reason for finding in scanner.find(text)}
    return bool(PHONE.fullmatch(text)) and not found & OF_A_PERSON


def name_told(field: str, text: str) -> tuple[Fault, ...]:
    """Whether somebody seems to be called by name: a question, since the word may be a town's or a firm's."""
    return (Fault(field, "name", severity=Severity.WARNING),) if scanner.named(text) else ()
