"""Without consent only statistical facts are kept: nothing that points at the person or carries a
referral."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cases.rules.faults import Fault

# Facts of calls and persons that may be kept without consent. What is not named here may not.
STATISTICAL_FACTS: Final = frozenset(
    {
        "received_at",
        "medium",
        "caller",
        "caller_group",
        "caller_county",
        "county",
        "municipality",
        "minutes",
        "topics",
        "topics_answer",
        "purposes",
        "purposes_answer",
        "women",
        "men",
        "girls",
        "boys",
        "unknown",
        "urgency",
        "consent",
        "outcomes",
        "outcomes_answer",
        "referred_region",
        "referred_agency",
        "follow_up_of",
        "follow_up_due",
        "case",
        "taken_by",
        "opened_on",
        "opened_from_call",
        "close_reason",
        "channel",
        "state",
        "accompanying_children",
        "suspects",
        "sex",
        "child",
        "age_class",
        "citizenship",
        "further_citizenships",
        "country_of_origin",
        "residence",
        "status",
        "status_on",
        "offence",
        "identified_on",
        "agency",
        "main_purpose",
        "measures",
        "kind",
        "answer",
        "month",
        "ends_on",
        "provider",
        "purpose",
        "is_main",
        "sector",
        "sexual_form",
        "place",
        "country",
        "start",
        "end",
        "acts",
        "acts_answer",
        "means",
        "means_answer",
        "controls",
        "controls_answer",
    }
)


def consent(answer: str, facts: Mapping[str, object]) -> tuple[Fault, ...]:
    """One fault for each filled field that is no statistical fact, when consent is missing."""
    if answer != "missing":
        return ()
    return tuple(
        Fault(name, "consent")
        for name, value in facts.items()
        if _filled(value) and name not in STATISTICAL_FACTS
    )


def _filled(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else bool(value)
