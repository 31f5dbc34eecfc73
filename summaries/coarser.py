"""The coarser categories, fixed in advance: nobody chooses them by looking at a year's figures. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

SECTIONS: Final = {
    "women": "women",
    "men": "men",
    "girls": "children",
    "boys": "children",
    "other": "other_unknown",
    "unknown": "other_unknown",
}
COUNTRY_GROUPS: Final = (  # not coarser than a country alone: by the membership of the Union on the day too
    "sweden",
    "other_eu",
    "other_europe",
    "africa",
    "asia",
    "americas",
    "oceania",
    "stateless",
    "unknown",
    "not_asked",
)
SECTORS: Final = {
    **dict.fromkeys(("agri", "berries", "forest", "fish"), "land"),
    **dict.fromkeys(("mining", "industry", "waste", "construction", "carwash"), "making"),
    **dict.fromkeys(
        ("retail", "street", "transport", "horeca", "cleaning", "staffing", "care", "beauty"), "services"
    ),
    "household": "households",
}
CALLERS: Final = {
    **dict.fromkeys(
        ("social", "police", "migration", "labour_insp", "authority", "coordinator"), "authorities"
    ),
    **dict.fromkeys(("health", "school"), "care_and_school"),
    **dict.fromkeys(("ngo", "legal", "union", "company"), "civil_society"),
    **dict.fromkeys(("public", "self", "abroad"), "individuals"),
}
AGE_CLASSES: Final = {
    **dict.fromkeys(("0-6", "7-12"), "0-12"),
    **dict.fromkeys(("13-15", "16-17"), "13-17"),
    **{age: age for age in ("18-24", "25-34")},
    **dict.fromkeys(("35-49", "50+"), "35+"),
}
AGE_SPANS: Final = {
    **dict.fromkeys(("0-12", "13-17"), "0-17"),
    **dict.fromkeys(("18-24", "25-34", "35+"), "18+"),
}
MAIN_MEASURES: Final = (
    "shelter",
    "placement",
    "health",
    "psych",
    "money",
    "legal",
    "reflection",
    "permit",
    "police_report",
    "return",
    "child_report",
)
PURPOSES: Final = dict.fromkeys(("marriage", "organs", "military", "other"), "other_purposes")
PURPOSE_FIELDS: Final = dict.fromkeys(("other_purposes", "unknown"), "other_or_unknown")
AREAS: Final = dict.fromkeys(("ST", "SY", "V"), "metropolitan")
OFFENCES: Final = dict.fromkeys(("not_assessed", "not_asked"), "no_offence_stated")
# What is left over stands last, wherever its number would put it.
RESIDUAL: Final = (
    *("other_purposes", "other_sectors", "other_offences", "other_callers", "other_unknown", "other_regions"),
    *("other", "unmapped", "not_relevant", "none_given", "XS"),
    *("other_or_unknown", "no_offence_stated", "not_assessed", "unknown_citizens", "unknown_age"),
    *("unknown", "ZZ", "not_asked"),
)


def residuals_last(categories: Iterable[str]) -> tuple[str, ...]:
    """In their order, those that are left over after all others: by their names alone, never by their
    numbers."""
    listed = tuple(categories)
    kept = tuple(one for one in listed if one not in RESIDUAL)
    return (*kept, *sorted(set(listed) - set(kept), key=RESIDUAL.index))
