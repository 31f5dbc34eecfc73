"""The sender's reference of a person: kept with the identification, matched by its keyed index and the
agency. Pure."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from cases.rules.references import BETWEEN

MAX_REFERENCE: Final = 60  # characters of a sender's reference

# Numbers of ours: V-2018-0012, and V-2018-0012-P1 or P1 for a person.
REGION_CODES: Final = ("B", "M", "N", "ST", "SY", "V", "Ö")
_CASE: Final = rf"(?:{'|'.join(REGION_CODES)})-[0-9]{{4}}-[0-9]{{4,6}}"
CASE_NUMBER: Final = re.compile(_CASE)
PERSON_NUMBER: Final = re.compile(rf"({_CASE})-P[0-9]{{1,5}}")
IN_CASE: Final = re.compile(r"P[0-9]{1,5}")


class Numbers(NamedTuple):
    """The numbers of ours that a row has, each empty where it has a reference of the sender instead.
    `fault`: the column whose number does not fit beside the other cell."""

    case: str = ""
    person: str = ""
    fault: str = ""


def joined(case: str, person: str) -> str:
    """Both parts readable as "A-17 | K3". A | in a part is doubled, so that no two pairs give the same
    text."""
    return f"{_part(case)}{BETWEEN}{_part(person)}"


def _part(text: str) -> str:
    return " ".join(text.split()).replace("|", "||")


def case_number(text: str) -> str:
    """The number of ours that a text is, or nothing."""
    found = CASE_NUMBER.fullmatch(text.strip().upper())
    return found[0] if found else ""


def numbers_of(case: str, person: str) -> Numbers:
    """Return the numbers of ours in the two cells. What has the form of one is never the sender's own
    reference: that of a person stands beside its case, and P1 alone is one beside the number of a case."""
    of_case, said = case_number(case), person.strip().upper()
    if PERSON_NUMBER.fullmatch(case.strip().upper()):
        return Numbers(fault="case")
    whole = PERSON_NUMBER.fullmatch(said)
    if CASE_NUMBER.fullmatch(said) or (whole and whole[1] != of_case):
        return Numbers(of_case, fault="person")
    if of_case and IN_CASE.fullmatch(said):
        return Numbers(of_case, f"{of_case}-{said}")
    return Numbers(of_case, said if whole else "")
