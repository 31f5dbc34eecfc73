"""Rules on a presumed victim, shared by forms and imports: the groups that are counted (counting rule 3), how
a status may change, and which facts agree with each other. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from cases.rules.dates import Validity, code_validity, within
from cases.rules.faults import Fault, Severity, fault_if
from cases.rules.values import AGES, STATUSES, bare, years_of

WOMEN, MEN, GIRLS, BOYS, OTHER, UNKNOWN = GROUPS = ("women", "men", "girls", "boys", "other", "unknown")
GROUP_OF: Final = {("F", "no"): WOMEN, ("M", "no"): MEN, ("F", "yes"): GIRLS, ("M", "yes"): BOYS}


def group_of(sex: str, child: str) -> str:
    """One of GROUPS: they are disjoint, and add up to all persons."""
    return OTHER if sex == "O" else GROUP_OF.get((sex, child), UNKNOWN)


class StatusChange(StrEnum):
    SAME = "same"
    FREE = "free"  # the ordinary course: a reason may be given
    REASON = "reason"  # goes back, or takes the person out of or into the counts
    NO = "no"


CHANGES: Final = frozenset({StatusChange.FREE, StatusChange.REASON})
_CODES: Final = dict(zip("=fr-", StatusChange, strict=True))
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
    if "" in (before, after):
        return ()
    change = TRANSITIONS.get((before, after), StatusChange.NO)
    unsaid = change is StatusChange.REASON and not reason.strip()
    not_allowed = fault_if(change is StatusChange.NO, "status", "status_not_allowed")
    return not_allowed or fault_if(unsaid, "status_reason", "status_reason")


def next_statuses(before: str) -> tuple[str, ...]:
    """The states that may follow, itself first: what a form offers."""
    return (before, *(after for after in STATUSES if TRANSITIONS[before, after] in CHANGES))


ADULT_FROM: Final = 18
CHILD_CLASSES: Final = frozenset(ages for ages in AGES if years_of(ages)[1] < ADULT_FROM)
ADULT_CLASSES: Final = frozenset(AGES) - CHILD_CLASSES
CHILD_OF_CLASS: Final = dict.fromkeys(CHILD_CLASSES, "yes") | dict.fromkeys(ADULT_CLASSES, "no")
EXPLOITATION_FROM: Final = date(2018, 7, 1)  # SFS 2018:601, Criminal Code 4:1b
EXPLOITATION: Final = frozenset({"exploitation", "gross_exploitation"})


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is stated on one person; "" and None are not asked. Codes with or without prefix.

    `identified_on` is the earliest identification."""

    sex: str = ""
    child: str = ""
    age_class: str = ""
    status: str = ""
    offence: str = ""
    identified_on: date | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What the rules may not look up themselves: today, and when codes apply (by key as stored)."""

    today: date
    validity: Mapping[str, Validity] = field(default_factory=dict)

    def outside(self, column: str, key: str, day: date | None, *, called: str = "") -> tuple[Fault, ...]:
        """Warn of a code on a day on which it does not apply. `called`: what the message calls it."""
        return code_validity(column, called or bare(key), day, self.validity.get(key, Validity()))


def person(facts: PersonFacts, context: Context) -> tuple[Fault, ...]:
    """Every fault of the person's own facts."""
    return (
        *within("identified_on", facts.identified_on, today=context.today),
        *child_and_age(facts.child, facts.age_class),
        *offence_date(facts.offence, facts.identified_on),
        *_offence_validity(facts, context),
    )


def child_and_age(child: str, age_class: str) -> tuple[Fault, ...]:
    """A known class says whether the person is a child, and the answer must say the same; an unknown class
    goes with any answer. An answer not asked ("") is not checked: take `child_of_class`."""
    differs = child and age_class in AGES and child != child_of_class(age_class)
    return fault_if(differs, "age_class", "child_age", age_class=age_class.replace("-", "–"))


def child_of_class(age_class: str) -> str:
    """yes, no or unknown, as the age class says."""
    return CHILD_OF_CLASS.get(age_class, "unknown")


def offence_date(offence: str, identified_on: date | None) -> tuple[Fault, ...]:
    """Människoexploatering before it was an offence warns."""
    early = identified_on is not None and identified_on < EXPLOITATION_FROM
    return fault_if(early and bare(offence) in EXPLOITATION, "offence", "offence_early", Severity.WARNING)


def _offence_validity(facts: PersonFacts, context: Context) -> tuple[Fault, ...]:
    """Not said again of what `offence_date` has warned of."""
    if offence_date(facts.offence, facts.identified_on):
        return ()
    return context.outside("offence", facts.offence, facts.identified_on)
