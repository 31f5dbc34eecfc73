"""Records that may be of one person are proposed; nothing is known from what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from bench.similarity import blocks, candidates, register, worth_asking
from cases.duplicates.scoring import (
    ACROSS_REGIONS,
    AGES,
    HIGH,
    WITHIN_SCOPE,
    Record,
    Shares,
    compare,
    shares_of,
)
from tests.weights import examples

WOMAN = Record(
    key="a",
    case="A",
    identified_on=date(2018, 3, 1),
    county="14",
    sex="F",
    child="no",
    age_class="25-34",
    citizenships=frozenset({"RO"}),
    purposes=frozenset({"sexual"}),
)

records = st.builds(
    Record,
    key=st.uuids().map(str),
    case=st.sampled_from(["", "A", "B"]),
    identified_on=st.none() | st.dates(date(2016, 1, 1), date(2019, 12, 31)),
    county=st.sampled_from(["", "01", "14"]),
    sex=st.sampled_from(["", "F", "M", "O", "U"]),
    child=st.sampled_from(["", "yes", "no", "unknown"]),
    age_class=st.sampled_from(["", "unknown", *AGES]),
    citizenships=st.frozensets(st.sampled_from(["RO", "TH", "ZZ"])),
    purposes=st.frozensets(st.sampled_from(["sexual", "purpose:labour", "unknown"])),
    references=st.frozensets(st.sampled_from(["r1", "r2"])),
)


@settings(max_examples=examples(20, 100))
@given(records, records)
def test_comparison_is_the_same_both_ways_and_names_each_known_fact_once(one, other):
    there, back = compare(one, other), compare(other, one)
    assert there == back
    assert not set(there.agreeing) & set(there.differing)


@given(records)
def test_a_record_never_differs_from_itself(record):
    assert compare(record, record).differing == ()


FACTS = {
    "identified_on": None,
    "county": "",
    "sex": "U",
    "citizenships": frozenset({"ZZ"}),
    "purposes": frozenset({"purpose:unknown"}),
}


@pytest.mark.parametrize("fact", FACTS)
def test_a_missing_fact_is_neutral(fact):
    gap = replace(WOMAN, key="b", **{fact: FACTS[fact]})
    name = {"citizenships": "citizenship"}.get(fact, fact)
    similarity = compare(WOMAN, gap)
    assert name not in similarity.agreeing + similarity.differing
    same, other = compare(WOMAN, WOMAN).score, similarity.score
    assert other < same


def test_age_falls_back_on_whether_the_person_is_a_child():
    gap = replace(WOMAN, age_class="unknown")
    assert "age_class" in compare(WOMAN, gap).agreeing
    assert "age_class" in compare(WOMAN, replace(gap, child="yes")).differing
    assert "age_class" not in compare(WOMAN, replace(gap, child="unknown")).agreeing


def test_the_same_person_seen_by_a_second_agency_next_week_is_asked_about():
    again = replace(WOMAN, key="b", case="B", identified_on=date(2018, 3, 6))
    similarity = compare(WOMAN, again)
    assert similarity.score >= HIGH
    assert worth_asking(similarity, across_regions=True)
    elsewhere = compare(WOMAN, replace(again, county="01", purposes=frozenset({"labour"}), age_class="35-49"))
    assert elsewhere.differing == ("county", "age_class", "purposes")
    assert not worth_asking(elsewhere, across_regions=True)


def test_a_common_reference_weighs_more_than_a_year_between():
    record = replace(WOMAN, references=frozenset({"keyed"}))
    later = replace(record, key="b", identified_on=date(2019, 6, 1))
    assert worth_asking(compare(record, later), across_regions=True)
    assert not worth_asking(
        compare(record, replace(later, references=frozenset({"other"}))), across_regions=True
    )


def test_the_more_apart_in_time_the_less_alike():
    scores = [
        compare(WOMAN, replace(WOMAN, identified_on=WOMAN.identified_on + timedelta(days))).score
        for days in (0, 8, 32, 93, 400)
    ]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 5


def test_a_rare_citizenship_says_more_than_a_common_one():
    shares = Shares({"citizenship": {"RO": 600, "TH": 40, "BG": 1360}})
    thai = replace(WOMAN, citizenships=frozenset({"TH"}))
    assert compare(thai, thai, shares).score > compare(WOMAN, WOMAN, shares).score


def test_a_young_register_says_little_of_what_is_rare():
    thai = replace(WOMAN, citizenships=frozenset({"TH"}))
    few, many = (Shares({"citizenship": {"RO": 99 * n, "TH": n}}) for n in (1, 20))
    assert compare(thai, thai).score < compare(thai, thai, few).score < compare(thai, thai, many).score


def test_agreeing_on_what_everybody_has_is_no_evidence_against():
    everybody = Shares({"county": {"14": 9999}, "sex": {"F": 9999}, "purposes F": {"sexual": 9999}})
    assert compare(WOMAN, WOMAN, everybody).differing == ()


def test_purposes_are_weighed_among_persons_of_the_same_sex():
    shares = Shares({"purposes F": {"sexual": 900, "crime": 10}, "purposes M": {"sexual": 10, "crime": 900}})
    thief = replace(WOMAN, purposes=frozenset({"crime"}))
    assert compare(thief, thief, shares).score > compare(WOMAN, WOMAN, shares).score
    men = [replace(record, sex="M") for record in (thief, WOMAN)]
    assert compare(men[0], men[0], shares).score < compare(men[1], men[1], shares).score


def test_across_regions_asks_more_than_within_scope():
    assert ACROSS_REGIONS > WITHIN_SCOPE
    between = compare(WOMAN, replace(WOMAN, identified_on=date(2018, 3, 20)))
    assert worth_asking(between, across_regions=False)
    assert not worth_asking(between, across_regions=True)


def test_few_of_one_case_who_have_one_reference_are_proposed_and_many_are_not():
    group = [replace(WOMAN, key=str(n), references=frozenset({"r"})) for n in range(4)]
    assert len(list(candidates(group[:3]))) == 3
    assert list(candidates(group)) == []


def test_persons_of_one_case_without_a_common_reference_are_never_proposed():
    forty = [replace(WOMAN, key=str(n)) for n in range(40)]
    assert list(candidates(forty)) == []
    assert len(list(candidates([*forty, replace(WOMAN, key="x", case="B")]))) == 40


@settings(max_examples=examples(20, 100))
@given(records, records)
def test_records_of_one_reference_always_meet(one, other):
    one, other = replace(one, references=frozenset({"r"})), replace(other, references=frozenset({"r", "s"}))
    assert blocks(one) & blocks(other)


@given(st.dates(date(2016, 1, 1), date(2020, 1, 1)), st.integers(0, 64))
def test_records_of_one_citizenship_meet_when_two_months_apart(day, apart):
    one = Record("a", identified_on=day, citizenships=frozenset({"RO"}))
    other = Record("b", identified_on=day + timedelta(apart), citizenships=frozenset({"RO", "SE"}))
    assert blocks(one) & blocks(other)


def test_twice_the_years_make_about_twice_the_pairs():
    short, long = (sum(1 for _ in candidates(register(persons, 5)[0])) for persons in (750, 1500))
    assert long < 2.5 * short


def test_on_an_invented_register_most_duplicates_are_proposed_and_few_strangers_across_regions():
    invented, truth = register(1500, 42)
    shares = shares_of(invented)
    found = [({a.key, b.key}, compare(a, b, shares)) for a, b in candidates(invented)]
    near = [pair in truth for pair, similarity in found if worth_asking(similarity, across_regions=False)]
    far = [pair in truth for pair, similarity in found if worth_asking(similarity, across_regions=True)]
    assert sum(near) / len(truth) > 0.55
    assert sum(far) / len(truth) > 0.35
    assert sum(far) / len(far) > 0.8
    assert sum(near) / len(near) > 0.5
