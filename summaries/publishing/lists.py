"""The coarser categories of what is published, fixed in advance: nobody chooses them by looking at a year's
figures."""

from __future__ import annotations

from typing import Final

SECTIONS: Final = {
    "women": "women",
    "men": "men",
    "girls": "children",
    "boys": "children",
    "other": "other_unknown",
    "unknown": "other_unknown",
}
PURPOSE_CLASSES: Final = dict.fromkeys(("marriage", "organs", "military", "other"), "other_purposes")
COUNTED: Final = "thb"  # offences that Article 19a of the European Union's directive counts: by mapping rows
OFFENCES: Final = {  # all others
    "not_assessed": ("outside", "no_offence_stated"),
    "not_asked": ("outside", "no_offence_stated"),
}
OTHER_OFFENCE: Final = ("outside", "other_offences")
AREAS: Final = dict.fromkeys(("ST", "SY", "V"), "metropolitan")
OTHER_AREA: Final = "other_regions"
AGES: Final = {
    "0-6": ("0-17", "0-12"),
    "7-12": ("0-17", "0-12"),
    "13-15": ("0-17", "13-17"),
    "16-17": ("0-17", "13-17"),
    "18-24": ("18+", "18-24"),
    "25-34": ("18+", "25-34"),
    "35-49": ("18+", "35+"),
    "50+": ("18+", "35+"),
}
UNKNOWN_AGE: Final = ("unknown_age", "unknown_age")
SECTORS: Final = {
    **dict.fromkeys(("agri", "berries", "forest", "fish"), "land"),
    **dict.fromkeys(("mining", "industry", "waste", "construction", "carwash"), "making"),
    **dict.fromkeys(
        ("retail", "street", "transport", "horeca", "cleaning", "staffing", "care", "beauty"), "services"
    ),
    "household": "households",
}
OTHER_SECTOR: Final = "other_sectors"
CALLERS: Final = {
    **dict.fromkeys(
        ("social", "police", "migration", "labour_insp", "authority", "coordinator"), "authorities"
    ),
    **dict.fromkeys(("health", "school"), "care_and_school"),
    **dict.fromkeys(("ngo", "legal", "union", "company"), "civil_society"),
    **dict.fromkeys(("public", "self", "abroad"), "individuals"),
}
OTHER_CALLER: Final = "other_callers"
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
