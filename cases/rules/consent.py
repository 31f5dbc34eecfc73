"""Without consent only statistical facts are kept: nothing that points at the person or carries a referral."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cases.rules.faults import Fault

CONSENTS: Final = ("given", "missing", "not_relevant")

# Facts of calls and persons that may be kept without consent. What is not named here may not.
STATISTICAL_FACTS: Final = frozenset(
    {
        "received_at",
        "received",
        "medium",
        "caller",
        "caller_group",
        "caller_kind",
        "county",
        "municipality",
        "language",
        "interpreter",
        "minutes",
        "topics",
        "topics_answer",
        "purposes",
        "purposes_answer",
        "suspected_purposes",
        "suspected_purposes_answer",
        "women",
        "men",
        "girls",
        "boys",
        "unknown",
        "urgency",
        "consent",
        "advice",
        "outcomes",
        "outcomes_answer",
        "outcome",
        "outcome_answer",
        "follow_up_of",
        "taken_by",
        "opened",
        "channel",
        "state",
        "accompanying_children",
        "suspects",
        "sex",
        "child",
        "age_class",
        "citizenship",
        "citizenships",
        "country_of_origin",
        "residence",
        "status",
        "status_date",
        "offence",
        "identified_on",
        "agency",
        "main_purpose",
        "measures",
        "sector",
        "form",
        "sexual_form",
        "where",
        "county_of_exploitation",
        "country_of_exploitation",
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
        Fault(name, "consent") for name, value in facts.items() if _filled(value) and name not in STATISTICAL_FACTS
    )


def _filled(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else bool(value)
