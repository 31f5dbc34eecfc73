"""The sender's reference of a person: kept with the identification, matched by its keyed index and the
agency. Pure."""

from __future__ import annotations

import re
from typing import Final

from cases.rules.references import BETWEEN

MAX_REFERENCE: Final = 60  # characters of a sender's reference

# Numbers of ours: V-2018-0012, and V-2018-0012-P1 or P1 for a person.
CASE_NUMBER: Final = re.compile(r"[A-ZÅÄÖ]{1,2}-[0-9]{4}-[0-9]{4,6}")
PERSON_NUMBER: Final = re.compile(r"(?:([A-ZÅÄÖ]{1,2}-[0-9]{4}-[0-9]{4,6})-)?(P[0-9]{1,5})")


def joined(case: str, person: str) -> str:
    """Both parts readable as "A-17 | K3". A | in a part is doubled, so that no two pairs give the same
    text."""
    return f"{_part(case)}{BETWEEN}{_part(person)}"


def _part(text: str) -> str:
    return " ".join(text.split()).replace("|", "||")


def case_number(text: str) -> str:
    """The number of ours that a text may be, or nothing."""
    found = CASE_NUMBER.fullmatch(text.strip().upper())
    return found[0] if found else ""


def person_number(case: str, text: str) -> str:
    """The number of ours that a person of that case number may have, or nothing."""
    found = PERSON_NUMBER.fullmatch(text.strip().upper())
    if not case or not found or (found[1] and found[1] != case):
        return ""
    return f"{case}-{found[2]}"
