"""What anybody knows besides the printed figures: the shipped lists of codes and mappings, and what their
words mean.

Read from the files that the register publishes with its code, and from docs/open-data.md; nothing of the
program.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parents[2] / "agencies" / "reference"
SECTION: Final = {
    "women": "women", "men": "men", "girls": "children", "boys": "children", "other": "other_unknown",
    "unknown": "other_unknown",
}  # fmt: skip
GROUPS: Final = tuple(SECTION)
OFFENCE_CLASS: Final = {
    "trafficking": "trafficking", "exploitation": "exploiting", "gross_exploitation": "exploiting",
    "not_assessed": "no_offence_stated", "not_asked": "no_offence_stated",
}  # fmt: skip
COUNTED: Final = ("trafficking", "exploiting")
METROPOLITAN: Final = ("ST", "SY", "V")
AGE: Final = {  # class of ages, span, whose
    "0-6": ("0-12", "0-17"), "7-12": ("0-12", "0-17"), "13-15": ("13-17", "0-17"), "16-17": ("13-17", "0-17"),
    "18-24": ("18-24", "18+"), "25-34": ("25-34", "18+"), "35-49": ("35+", "18+"), "50+": ("35+", "18+"),
    "unknown": ("unknown_age", "unknown_age"), "not_asked": ("unknown_age", "unknown_age"),
}  # fmt: skip
SPANS: Final = {"women": "18+", "men": "18+", "girls": "0-17", "boys": "0-17"}
SECTOR_CLASS: Final = {
    **dict.fromkeys(("agri", "berries", "forest", "fish"), "land"),
    **dict.fromkeys(("mining", "industry", "waste", "construction", "carwash"), "making"),
    **dict.fromkeys(
        ("retail", "street", "transport", "horeca", "cleaning", "staffing", "care", "beauty"), "services"
    ),
    "household": "households",
}
OTHER_PURPOSES: Final = ("marriage", "organs", "military", "other")
SWEDEN: Final = "SE"
GROUP_OF_ONE: Final = "sweden"
LEFT_THE_UNION: Final = {"GB": 2020}  # that year it was in, and then out
Facts = dict[str, str]


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def codes(kind: str) -> tuple[str, ...]:
    return tuple(row["key"].partition(":")[2] for row in rows("codes") if row["list"] == kind)


@cache
def mapped(target: str, kind: str) -> Mapping[str, str]:
    """Code → what `target` calls it."""
    stated = [(row["code"], row["target"], row["value"]) for row in rows("mappings")]
    for row in rows("codes"):
        named = (mapping.partition("=") for mapping in row["mappings"].split("; "))
        stated += [(row["key"], name.split()[0], value) for name, _sign, value in named if name]
    named_codes = ((key.partition(":"), name, value) for key, name, value in stated)
    return {code: value for (of, _colon, code), name, value in named_codes if (of, name) == (kind, target)}


def purposes() -> Iterator[Facts]:
    nmt, sdg, eu = (mapped(target, "purpose") for target in ("nmt", "sdg", "eu19a"))
    for code in codes("purpose"):
        group = nmt[code]
        coarse = "other_purposes" if group in OTHER_PURPOSES else group
        field = "other_or_unknown" if coarse in ("other_purposes", "unknown") else coarse
        words = {"main_purpose": group, "purpose_class": coarse, "purpose_field": field}
        yield {**words, "sdg": sdg[code], "eu_form": eu[code]}


def agencies() -> Iterator[Facts]:
    kinds = mapped("eu19a", "agency_kind")
    for row in rows("agencies"):
        yield {"organisation": row["code"], "eu_organisation": kinds[row["kind"]]}


def offences() -> Iterator[Facts]:
    for code in (*codes("offence"), "not_asked"):
        found = OFFENCE_CLASS.get(code, "other_offences")
        yield {"offence": code, "offence_class": found, "counted": found if found in COUNTED else "outside"}


def regions() -> Iterator[Facts]:
    for row in rows("regions"):
        yield {
            "region": row["code"],
            "area": "metropolitan" if row["code"] in METROPOLITAN else "other_regions",
        }


def sectors() -> Iterator[Facts]:
    for code in (*codes("sector"), "not_asked"):
        yield {"sector": code, "sector_class": SECTOR_CLASS.get(code, "other_sectors")}


def ages() -> Iterator[Facts]:
    for code, (age_class, span) in AGE.items():
        yield {"age": code, "age_class": age_class, "age_span": span}


def citizens(named: tuple[str, ...], year: int) -> Iterator[Facts]:
    """Each named country, and all others of each group of countries as one."""
    standard = mapped("eu19a", "country_group")
    for group, whole in standard.items():
        for country in named:
            if group in groups_of(country, year):
                yield {"citizenship": country, "country_group": group, "eu_citizenship": whole}
        yield {"citizenship": "", "country_group": group, "eu_citizenship": whole}


def groups_of(country: str, year: int) -> tuple[str, ...]:
    """More than one where it joined or left in the year."""
    if country == SWEDEN:
        return (GROUP_OF_ONE,)
    continent = {row["country"]: row["group"] for row in rows("country_groups")}[country]
    outside = "other_europe" if continent == "europe" else continent
    membership = next((row for row in rows("eu_membership") if row["country"] == country), None)
    if membership is None or (membership["valid_to"] and int(membership["valid_to"][:4]) < year):
        return (outside,)
    return ("other_eu", outside) if membership["valid_to"][:4] == str(year) else ("other_eu",)


def countries_in(group: str, year: int) -> int:
    """How many there are of a group of countries; 0 where it is none of countries."""
    everywhere = {row["country"] for row in rows("country_groups")}
    return sum(group in groups_of(country, year) for country in everywhere)
