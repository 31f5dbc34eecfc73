"""Rows of a register as plain words: what is fitted, and what is drawn. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

# A fact and what it is thought to hang together with most, the most important first: where a combination is
# too rare to be kept, the last of them is left out. Each stands after those that it names.
CHAIN: Final[Mapping[str, tuple[str, ...]]] = {
    "year": (),
    "month": ("year",),
    "sex": ("year",),
    "child": ("sex", "year"),
    "age_class": ("child", "sex"),
    "main_purpose": ("sex", "child", "year"),
    "further_purpose": ("main_purpose", "sex"),
    "citizenship": ("main_purpose", "sex", "year"),
    "further_citizenship": (),
    "residence": ("child",),
    "county": ("main_purpose",),
    "agency": ("main_purpose", "county"),
    "channel": ("agency",),
    "call": ("channel",),  # whether the case was opened from a call
    "sector": ("main_purpose", "citizenship"),
    "offence": ("main_purpose",),
    "status": ("agency", "child"),
    "later": ("agency",),  # how many organisations met the person afterwards: 0, 1, 2
}
# Of one more meeting, by the organisation of the first.
LATER: Final = {"later_agency": ("agency",), "later_county": ()}
MOST_LATER: Final = 2
SAME, NEAR, OTHER, UNKNOWN = "same", "near", "other", "unknown"
YES, NO = "yes", "no"
# What may be written otherwise when a person is registered again.
AGAIN: Final = ("sex", "child", "age_class", "citizenship", "main_purpose", "county")
NOT_KNOWN: Final = frozenset({"", "U", "ZZ", "unknown", "purpose:unknown"})
AGES: Final = ("0-6", "7-12", "13-15", "16-17", "18-24", "25-34", "35-49", "50+")
CHILDREN: Final = AGES[:4]
LABOUR: Final = frozenset({"purpose:labour", "purpose:unreasonable", "purpose:domestic"})


@dataclass(frozen=True, slots=True)
class Later:
    """Another organisation that met the person, so many days after the first."""

    days: int
    agency: str
    county: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """`facts`: a word for each fact of CHAIN that a row itself has; "" where nobody has said anything.

    `measures`: the answer by kind. `delay`: days from the first meeting to the registration."""

    facts: Mapping[str, str]
    on: date
    delay: int = 0
    region: str = ""
    later: tuple[Later, ...] = ()
    measures: Mapping[str, str] = field(default_factory=dict)
    reason: int = 0  # how long the text is, 0 for none

    def word(self, fact: str) -> str:
        return self.facts.get(fact, "")


@dataclass(frozen=True, slots=True)
class CaseRow:
    """Persons of one event. `note`: how long the text is, 0 for none."""

    persons: tuple[PersonRow, ...]
    note: int = 0
    accompanying: int = 0


@dataclass(frozen=True, slots=True)
class Rows:
    """`again`: persons with the second record that was made of them; those records are in none of `cases`.
    `calls`: how many in each year."""

    cases: tuple[CaseRow, ...]
    again: tuple[tuple[PersonRow, PersonRow], ...] = ()
    calls: Mapping[str, int] = field(default_factory=dict)

    @property
    def persons(self) -> list[PersonRow]:
        return [person for case in self.cases for person in case.persons]


def outcome(fact: str, first: str, second: str) -> str:
    """How the second record has the fact; "" where the first says nothing of it."""
    if first in NOT_KNOWN:
        return ""
    if second in NOT_KNOWN:
        return UNKNOWN
    if first == second:
        return SAME
    apart = abs(AGES.index(first) - AGES.index(second)) if fact == "age_class" else 0
    return NEAR if apart == 1 else OTHER


def allowed(fact: str, so_far: Mapping[str, str], words: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the words that the register would take beside what is drawn already."""
    if fact == "age_class":
        kind = so_far.get("child", "")
        fit = {YES: CHILDREN, NO: AGES[4:]}.get(kind, ())
        return tuple(word for word in words if word in ("", UNKNOWN, *fit))
    if fact == "sector" and so_far.get("main_purpose") not in LABOUR:
        return ("",)
    if fact == "further_purpose":
        return tuple(word for word in words if word != so_far.get("main_purpose"))
    return words
