"""The shipped CSV files agree with each other, with the closed sets and with the rules of the domain."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django_countries.data import COUNTRIES

FOLDER = Path(__file__).resolve().parents[2] / "agencies" / "reference"

# What is a TextChoices and no row of codes.csv, yet has counterparts elsewhere.
CLOSED = {
    "sex": {"F", "M", "O", "U"},
    "status": {"under_assessment", "presumed", "declined", "identified", "not_victim"},
    "child": {"yes", "no", "unknown"},
    "age_class": {"0-6", "7-12", "13-15", "16-17", "18-24", "25-34", "35-49", "50+", "unknown"},
    "case_state": {"active", "follow_up", "closed", "handed_over"},
    "consent": {"given", "missing", "not_relevant"},
    "child_purpose": {"labour", "unreasonable", "domestic"},  # of whoever was a child
    "event": {"exploitation"},
    "country_group": {
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
    },
    "referral": {"call", "measure"},  # how the register knows of it
}

# HTCDS 2.0 has no code for these: it leaves the field empty, or names the organisation instead.
NOT_IN_HTCDS = {
    "purpose:unknown",
    "sexual_form:other",
    "sector:unknown",
    "act:harbouring",
    "act:receipt",
    "act:abduction",
    "relation:unknown",
    "agency_kind:public",
    "measure:interpreter",
    "measure:return",
    "measure:other",
}


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CODES = {row["key"]: row for row in rows("codes.csv")}
MAPPING = re.compile(r"(?P<target>\S+) (?P<release>\S+)=(?P<value>[^;=]+)")
MAPPINGS = [
    *rows("mappings.csv"),
    *(
        {"code": key, **found.groupdict()}
        for key in CODES
        for found in MAPPING.finditer(CODES[key]["mappings"])
    ),
]


def keys(code_list: str) -> set[str]:
    return {key for key, row in CODES.items() if row["list"] == code_list}


def mapped(target: str, release: str) -> dict[str, str]:
    return {m["code"]: m["value"] for m in MAPPINGS if (m["target"], m["release"]) == (target, release)}


def test_every_code_has_a_well_formed_key_both_labels_and_ordered_dates():
    assert len(CODES) == len(rows("codes.csv"))
    for key, row in CODES.items():
        assert re.fullmatch(rf"{row['list']}:[A-Za-z0-9_]+", key)
        for label in (row["label_sv"], row["label_en"]):
            assert label.strip() == label != ""
        start, end = row["valid_from"] or "0001-01-01", row["valid_to"] or "9999-12-31"
        assert date.fromisoformat(start) <= date.fromisoformat(end)


def test_positions_are_unique_in_a_list_and_labels_too_except_in_the_indicators():
    places = Counter((row["list"], row["position"]) for row in CODES.values())
    assert max(places.values()) == 1
    for label in ("label_sv", "label_en"):
        seen = Counter((row["list"], row[label]) for row in CODES.values() if row["list"] != "indicator")
        assert max(seen.values()) == 1, seen.most_common(1)


def test_the_offences_are_those_of_the_law_with_their_dates():
    assert {k: CODES[k]["valid_from"] for k in keys("offence")} == {
        "offence:trafficking": "",
        "offence:exploitation": "2018-07-01",
        "offence:gross_exploitation": "2018-07-01",
        "offence:marriage_coercion": "",
        "offence:other": "",
        "offence:not_assessed": "",
    }


def test_every_mapping_is_stated_once_and_belongs_to_a_code_or_a_closed_set():
    assert max(Counter((m["code"], m["target"], m["release"]) for m in MAPPINGS).values()) == 1
    for row in CODES.values():
        stated = row["mappings"].split("; ") if row["mappings"] else []
        assert all(MAPPING.fullmatch(one) for one in stated), row["key"]
    for mapping in MAPPINGS:
        prefix, _, member = mapping["code"].partition(":")
        assert mapping["code"] in CODES or member in CLOSED.get(prefix, ()), mapping
        assert mapping["target"]
        assert mapping["release"]
        assert mapping["value"]


def test_every_purpose_has_exactly_one_published_group_and_the_groups_are_those_of_the_design():
    nmt = mapped("nmt", "1")
    assert set(nmt) == keys("purpose")
    assert {f"purpose_group:{v}" for v in nmt.values()} == keys("purpose_group")
    expected = {
        "labour": {"labour", "unreasonable", "domestic"},
        "crime": {"crime", "fraud"},
        "marriage": {"marriage"},
        "military": {"war"},
        "other": {"adoption", "surrogacy", "slavery", "other"},
        "sexual": {"sexual"},
        "begging": {"begging"},
        "organs": {"organs"},
        "unknown": {"unknown"},
    }
    assert {g: {k.partition(":")[2] for k, v in nmt.items() if v == g} for g in nmt.values()} == expected


@pytest.mark.parametrize(
    "code_list",
    [
        "purpose",
        "sexual_form",
        "sector",
        "control",
        "relation",
        "recruitment",
        "agency_kind",
        "suspect_role",
        "act",
    ],
)
def test_every_code_has_an_htcds_name_or_stands_among_those_that_cannot(code_list):
    assert keys(code_list) - set(mapped("htcds", "2.0")) == NOT_IN_HTCDS & keys(code_list)


def test_every_measure_but_a_referral_has_a_kind_of_support_plan_or_stands_among_those_that_cannot():
    referrals = {k for k in keys("measure") if k.startswith("measure:referral_")}
    assert len(referrals) >= 10
    assert keys("measure") - set(mapped("htcds", "2.0")) - referrals == NOT_IN_HTCDS & keys("measure")


def test_htcds_control_names_are_the_sixteen_of_the_pick_list_and_seventeen_of_the_definitions():
    controls = keys("control")
    assert len({v for k, v in mapped("htcds", "2.0").items() if k in controls}) == 16
    assert len(set(mapped("htcds_definitions", "2.0").values())) == 17


def test_every_measure_has_a_step_of_the_manual_except_what_has_no_place_of_its_own():
    steps = mapped("step", "2023")
    assert set(steps.values()) == set("123456")
    assert keys("measure") - set(steps) == {"measure:other", "measure:referral_other"}


def test_the_measures_named_by_the_summary_exist():
    named = "shelter placement reflection permit police_report child_report nsp_rest nsp_rehab nsp_integration nsp_single"  # noqa: E501
    named += " health psych money legal guardian interpreter return wage_claim education work info police_support other"  # noqa: E501
    assert {f"measure:{name}" for name in named.split()} <= keys("measure")


@pytest.mark.parametrize(
    ("target", "release"),
    [("eurostat", "2024"), ("sdg", "16.2.2"), ("eu19a", "2024/1712")],
)
def test_every_purpose_has_a_place_in_what_is_reported_abroad(target, release):
    assert keys("purpose") <= set(mapped(target, release))


def test_begging_is_labour_for_the_directive_and_other_for_eurostat():
    assert mapped("eu19a", "2024/1712")["purpose:begging"] == "forced_labour"
    assert mapped("eurostat", "2024")["purpose:begging"] == "other"


def test_every_kind_of_agency_has_a_category_of_the_directive_and_a_list_for_the_dark_figure():
    assert keys("agency_kind") <= set(mapped("eu19a", "2024/1712"))
    lists = mapped("mse", "uk")
    assert set(lists) == keys("agency_kind")
    assert set(lists.values()) == {"LA", "NG", "PF", "GO", "GP"}


def test_ctdc_columns_of_2024_are_among_the_twenty_seven():
    known = "meansDebtBondageEarnings meansThreats meansAbusePsyPhySex meansFalsePromises meansDrugsAlcohol"
    known += " meansDenyBasicNeeds meansExcessiveWorkHours meansWithholdDocs isForcedLabour isSexualExploit isOtherExploit"  # noqa: E501
    known += (
        " typeOfLabourAgriculture typeOfLabourConstruction typeOfLabourDomesticWork typeOfLabourHospitality"
    )
    known += (
        " typeOfSexProstitution typeOfSexPornography recruiterRelationIntimatePartner recruiterRelationFriend"
    )
    known += " recruiterRelationFamily recruiterRelationOther"
    flags = {v for k, text in mapped("ctdc", "2024").items() if k in CODES for v in text.split("|")}
    assert flags == set(known.split())


def test_the_closed_sets_have_their_names_abroad():
    for target, release in (("htcds", "2.0"), ("ctdc", "2017"), ("eurostat", "2024"), ("eu19a", "2024/1712")):
        assert {f"sex:{s}" for s in CLOSED["sex"]} <= set(mapped(target, release))
    assert {f"status:{s}" for s in CLOSED["status"]} <= set(mapped("htcds", "2.0"))
    eu = mapped("eu19a", "2024/1712")
    assert {s: eu.get(f"status:{s}") for s in CLOSED["status"]} == {
        "under_assessment": "presumed",
        "presumed": "presumed",
        "declined": "presumed",
        "identified": "identified",
        "not_victim": None,
    }


def test_the_indicators_are_the_sixty_seven_in_six_groups():
    groups = Counter(v for k, v in mapped("ilo_group", "2009").items() if k in keys("indicator"))
    assert groups == {"D1": 10, "D2": 10, "D3": 16, "D4": 9, "D5": 15, "D6": 7}
    assert set(mapped("ilo_adult_labour", "2009").values()) == {"S", "M", "W"}
    assert len(mapped("ilo_child_labour", "2009")) == 65
    known = {k.partition(":")[2] for k in keys("indicator")} | {"D1"}
    for value in mapped("ilo", "2009").values():
        assert set(value.split("|")) <= known


def test_there_are_21_counties():
    counties = column("counties.csv", "code")
    assert len(set(counties)) == len(counties) == 21
    assert not {"02", "11", "15", "16"} & set(counties)
    assert all(re.fullmatch(r"SE-[A-Z]{1,2}", iso) for iso in column("counties.csv", "iso"))


def test_each_county_has_one_of_seven_regions_since_2009():
    assert Counter(column("county_regions.csv", "county")) == Counter(column("counties.csv", "code"))
    by_region = Counter(column("county_regions.csv", "region"))
    assert by_region == {"N": 4, "M": 3, "ST": 2, "Ö": 3, "V": 2, "SY": 4, "B": 3}
    assert set(column("regions.csv", "code")) == set(by_region)
    assert set(column("county_regions.csv", "valid_from")) == {"2009-01-01"}
    assert set(column("county_regions.csv", "evidence")) == {"source", "police region"}


def column(file, name):
    return [row[name] for row in rows(file)]


def test_every_municipality_lies_in_the_county_that_its_code_begins_with():
    municipalities = rows("municipalities.csv")
    codes, names = column("municipalities.csv", "code"), column("municipalities.csv", "name")
    assert len(set(codes)) == len(set(names)) == len(municipalities) == 290
    assert {code[:2] for code in codes} == set(column("counties.csv", "code"))
    assert all(row["county"] == row["code"][:2] for row in municipalities)
    per_county = Counter(row["county"] for row in municipalities)
    assert (per_county["01"], per_county["12"], per_county["14"], per_county["09"]) == (26, 33, 49, 1)


def test_the_lead_was_handed_over_at_new_year_2018_and_the_six_are_members():
    agencies = rows("agencies.csv")
    leads = [(row["member_from"], row["member_to"]) for row in agencies if row["kind"] == "lead"]
    assert leads == [("2009-01-01", "2017-12-31"), ("2018-01-01", "")]
    members_2018 = {row["name_sv"] for row in agencies if is_member(row, "2018-06-01")}
    six = {"Polismyndigheten", "Migrationsverket", "Åklagarmyndigheten", "Arbetsmiljöverket", "Skatteverket"}
    assert members_2018 == six | {"Socialtjänsten", "Jämställdhetsmyndigheten"}


def is_member(agency, day):
    return "" < agency["member_from"] <= day < (agency["member_to"] or "9")


def test_every_agency_is_of_a_known_kind():
    assert {f"agency_kind:{kind}" for kind in column("agencies.csv", "kind")} <= keys("agency_kind")
    assert {"support_line", "coordinator", "ngo"} <= set(column("agencies.csv", "code"))


def figures(year: str, measure: str = "persons") -> dict[str, int]:
    found = (r for r in rows("historical_figures.csv") if (r["year"], r["measure"]) == (year, measure))
    return {r["group"]: int(r["value"]) for r in found}


@pytest.mark.parametrize(
    ("year", "total", "beside"),
    [
        ("2017", 225, 0),
        ("2018", 262, 0),
        ("2019", 298, 0),
        ("2021", 490, 0),
        ("2022", 375, 0),
        ("2016", 150, 8),
    ],
)
def test_the_published_groups_of_a_year_add_up_to_its_total(year, total, beside):
    groups = figures(year)
    assert groups.pop("total") == total
    assert sum(groups.values()) + beside == total


def test_2018_is_the_year_of_262():
    assert figures("2018") == {"total": 262, "women": 163, "men": 42, "girls": 19, "boys": 38}


def test_every_historical_figure_has_a_source_and_a_status_and_2024_is_never_official():
    for row in rows("historical_figures.csv"):
        assert row["source"]
        assert row["status"] in {"published", "calculated", "unverified"}
        assert int(row["value"]) > 0
    assert {r["status"] for r in rows("historical_figures.csv") if r["year"] == "2024"} == {"unverified"}


def test_the_population_is_men_and_women_where_both_are_known_and_names_its_source():
    for row in rows("population.csv"):
        assert row["source"].startswith("SCB")
        if row["men"]:
            assert int(row["men"]) + int(row["women"]) == int(row["total"])
            assert int(row["under_18"]) < int(row["total"])
    assert [row["year"] for row in rows("population.csv")] == [str(y) for y in range(2015, 2025)]


def test_the_union_had_28_members_in_2018_and_27_after_january_2020():
    union = rows("eu_membership.csv")

    def members(day: str) -> int:
        return sum(r["valid_from"] <= day <= (r["valid_to"] or "9") for r in union)

    assert [members(d) for d in ("2018-12-31", "2020-01-31", "2020-02-01", "2012-01-01", "1995-01-01")] == [
        28, 28, 27, 27, 15,
    ]  # fmt: skip


def test_every_country_has_one_continent_and_every_own_code_a_name():
    groups = rows("country_groups.csv")
    assert {row["country"] for row in groups} == set(COUNTRIES) | {"XK"}
    assert len(groups) == len(COUNTRIES) + 1
    assert {row["group"] for row in groups} == {"europe", "africa", "asia", "americas", "oceania"}
    extra = {row["code"]: row for row in rows("country_names_extra.csv")}
    assert {"XK", "XS", "ZZ"} <= set(extra)
    assert set(extra) - set(COUNTRIES) == {"XK", "XS", "ZZ"}


def test_countries_that_the_library_leaves_in_english_have_swedish_names():
    names = {row["code"]: row["name_sv"] for row in rows("country_names_extra.csv")}
    assert (names["AL"], names["IN"], names["PH"], names["MK"]) == (
        "Albanien", "Indien", "Filippinerna", "Nordmakedonien",
    )  # fmt: skip
