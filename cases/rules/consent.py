"""Consent to referral decides. Without it only statistical facts are kept, nothing that points at the person
or carries a referral; and a case is opened for a child alone, unless the authority has decided otherwise.

What a call says of the case that is opened from it, and what is asked when it does not say enough.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from cases.rules.faults import Fault, Severity, fault_if
from cases.rules.values import bare

# Facts of calls and persons that may be kept without consent. What is not named here may not.
STATISTICAL_FACTS: Final = frozenset(
    (
        *("received_at", "medium", "caller", "caller_group", "caller_county", "county", "municipality"),
        *("minutes", "topics", "topics_answer", "purposes", "purposes_answer", "women", "men", "girls"),
        *("boys", "unknown", "urgency", "consent", "outcomes", "outcomes_answer", "referred_region"),
        *("referred_agency", "follow_up_of", "follow_up_due", "case", "taken_by"),
        *("opened_on", "opened_from_call", "close_reason", "channel", "state", "accompanying_children"),
        *("suspects", "sex", "child", "age_class", "citizenship", "further_citizenships"),
        *("country_of_origin", "residence", "status", "status_on", "offence", "identified_on", "agency"),
        *("main_purpose", "measures", "kind", "answer", "month", "ends_on", "provider"),
        *("purpose", "is_main", "sector", "sexual_form", "place", "country", "start", "end"),
        *("acts", "acts_answer", "means", "means_answer", "controls", "controls_answer"),
    )
)


# What the authority decides of calls without consent (the setting CASE_WITHOUT_CONSENT).
CHILDREN, FACTS, NEVER = "children", "facts", "never"
# Why there is a case all the same: a child, whose report of concern has its own ground in law; a decision of
# the authority.
CHILD, DECISION = "child", "decision"

# The ground by whether the call is about a child, and by what is decided.
_GROUNDS: Final = {(True, CHILDREN): CHILD, (True, FACTS): CHILD, (False, FACTS): DECISION}

SUSPECTED_CASE: Final = "topic:person"  # a call about it is not saved before consent is answered


def unanswered(answer: str, topics: Collection[str]) -> tuple[Fault, ...]:
    """One fault when a call is about a suspected case and nobody has said whether there is consent."""
    return fault_if(not answer and SUSPECTED_CASE in topics, "consent", "consent_unanswered")


def ground(answer: str, children: int, decided: str) -> str | None:
    """Why a case may be opened from a call: "" where consent stands in nobody's way, None where there is no
    case."""
    if answer != "missing":
        return ""
    return _GROUNDS.get((children > 0, decided))


def of_case(without: str, facts: Mapping[str, object]) -> tuple[Fault, ...]:
    """One fault for each filled field that a case, or a part of it, must not hold without consent."""
    return _beyond_statistics(without, facts, "consent_case")


def of_person(without: str, child: str | None) -> tuple[Fault, ...]:
    """Of a case that is there for a child's sake, children alone."""
    return fault_if(without == CHILD and child != "yes", "child", "consent_child")


def of_call(answer: str, before: str, without: str, children: int) -> Iterable[Fault]:
    """Faults of a call that a case was opened from: the region of the case is informed when consent is taken
    back, and the child that the case is there for stays."""
    if answer == "missing":
        yield from fault_if(before != "missing", "consent", "consent_taken_back")
        yield from fault_if(without == CHILD and not children, "girls", "consent_no_child")
    elif without and before == "missing":
        yield Fault("consent", "consent_given_afterwards", severity=Severity.WARNING)


def consent(answer: str, facts: Mapping[str, object]) -> tuple[Fault, ...]:
    """One fault for each filled field that is no statistical fact, when consent is missing."""
    return _beyond_statistics(answer == "missing", facts, "consent")


def _beyond_statistics(is_missing: object, facts: Mapping[str, object], fault: str) -> tuple[Fault, ...]:
    beyond = facts.keys() - STATISTICAL_FACTS if is_missing else set()
    return tuple(Fault(name, fault) for name in facts if name in beyond and str(facts[name] or "").strip())


CASE_REGISTERED: Final = "outcome:case"
ABOUT_PERSON: Final = frozenset({"topic:person", "topic:child"})

# Callers whose organisation has identified whom they ring about, with its code; of others the line has.
_NAMED: Final = ("social", "police", "migration", "labour_insp", "health", "ngo", "coordinator")
# Of some other authority it is asked which one.
_IDENTIFYING: Final = dict(zip(_NAMED, _NAMED, strict=True)) | {"authority": ""}


def identifying(caller: str) -> str:
    """The code of the organisation that a case from the call begins with; "" where only the caller knows."""
    return _IDENTIFYING.get(bare(caller), "support_line")


def unsaid(topics: Collection[str], *, persons: int, purposes: bool, outcomes: bool) -> Iterator[Fault]:
    """A warning for each, never an error: the caller may not have known."""
    if ABOUT_PERSON & set(topics):
        yield from fault_if(not persons, "", "call_no_persons", Severity.WARNING)
        yield from fault_if(not purposes, "", "call_no_purpose", Severity.WARNING)
        yield from fault_if(not outcomes, "", "call_no_outcome", Severity.WARNING)


def case_outcome(outcomes: Collection[str], *, has_case: bool, stored: bool) -> tuple[Fault, ...]:
    """Return a fault for the outcome that a case is registered, where the call has no case.

    The outcome comes with the case. Where it is stored already it is a warning, so that the rest of the call
    can be corrected.
    """
    severity = Severity.WARNING if stored else Severity.ERROR
    return fault_if(CASE_REGISTERED in outcomes and not has_case, "outcomes", "outcome_case", severity)
