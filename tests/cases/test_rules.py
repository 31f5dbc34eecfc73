"""The rules that forms and imports share."""

from __future__ import annotations

import re
from datetime import date
from itertools import product

import pytest
from hypothesis import given, strategies as st

from cases.rules import (
    consent,
    dates,
    exploitation,
    persons,
    persons as status,
    texts,
    values,
)
from cases.rules.exploitation import ExploitationFacts, palermo
from cases.rules.faults import KINDS, MESSAGES, Fault, NotAllowed, Severity, errors

TODAY = date(2018, 10, 1)
CONTEXT = persons.Context(today=TODAY)


def codes(faults: tuple[Fault, ...]) -> list[tuple[str, str]]:
    return [(f.field, f.code) for f in faults]


def warnings(faults: tuple[Fault, ...]) -> list[Fault]:
    return [f for f in faults if f.severity is Severity.WARNING]


def english(fault: Fault) -> str:
    params = dict(fault.params)
    if fault.code == "identity":
        params["kind"] = KINDS[str(params["kind"])]
    return MESSAGES[fault.code].format(**params)


# dates


def typed(text: str, read=values.day) -> tuple[Fault, ...]:
    """Faults of a date as a form reads it."""
    try:
        return dates.within("d", read(text), today=TODAY)
    except NotAllowed as refused:
        return (refused.fault("d"),)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2018-02-29", "date_impossible"),
        ("imorgon", "date"),
        ("2018-10-02", "date_future"),
        ("1918-10-02", "date_early"),
        ("2018-10-01", None),
        ("", None),
    ],
)
def test_a_typed_date_has_one_fault_or_none(text, code):
    assert codes(typed(text)) == ([("d", code)] if code else [])


def test_end_is_not_before_start_and_the_same_month_is_well():
    july, june = date(2018, 7, 1), date(2018, 6, 1)
    assert (
        dates.ordered("end", july, july)
        == dates.ordered("end", june, july)
        == dates.ordered("end", None, june)
        == ()
    )
    fault = dates.ordered("end", july, june)[0]
    assert english(fault) == "End 2018-06 cannot be before start 2018-07"


@given(st.dates())
def test_only_the_first_day_of_a_month_is_a_month(day):
    assert bool(dates.month_precision("start", day)) == (day.day != 1)


@given(st.dates(), st.dates() | st.none(), st.dates() | st.none())
def test_a_code_outside_its_validity_warns_and_never_blocks(day, start, end):
    faults = dates.code_validity("offence", "x", day, dates.Validity(start, end))
    inside = (start is None or start <= day) and (end is None or day <= end)
    assert bool(faults) != inside
    assert errors(faults) == ()


# exploitation


def rows(*purposes: str, main: int = 1) -> list[ExploitationFacts]:
    return [ExploitationFacts(p, is_main=n < main) for n, p in enumerate(purposes)]


@pytest.mark.parametrize(("main", "faults"), [(0, 1), (1, 0), (2, 1), (3, 1)])
def test_exactly_one_purpose_is_the_main_one(main, faults):
    found = exploitation.purposes(rows("sexual", "labour", "begging", main=main))
    assert len(found) == faults
    assert all(english(f) == f"Choose one main purpose. {main} are chosen now." for f in found)


def test_no_purpose_and_a_purpose_stated_twice_are_faults():
    assert codes(exploitation.purposes([])) == [("purposes", "no_purpose")]
    assert codes(exploitation.purposes(rows("purpose:labour", "labour"))) == [("purposes", "purpose_twice")]


def test_the_main_purpose_is_among_the_purposes_or_stands_alone():
    assert (
        exploitation.main_among("labour", ()) == exploitation.main_among("labour", ("purpose:labour",)) == ()
    )
    assert codes(exploitation.main_among("labour", ("begging",))) == [("main_purpose", "main_not_among")]


PURPOSES = (
    "sexual",
    "labour",
    "unreasonable",
    "domestic",
    "begging",
    "crime",
    "fraud",
    "marriage",
    "adoption",
    "surrogacy",
    "organs",
    "war",
    "slavery",
    "other",
    "unknown",
)


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("prefix", ["", "purpose:"])
def test_a_sector_stands_only_with_labour_and_a_form_only_with_sexual_purposes(purpose, prefix):
    facts = ExploitationFacts(prefix + purpose, sector="sector:horeca", sexual_form="sexual_form:private")
    found = codes(exploitation.exploitation(facts, CONTEXT))
    assert (("sector", "sector_without_labour") not in found) == (
        purpose in {"labour", "unreasonable", "domestic"}
    )
    assert (("sexual_form", "form_without_sexual") not in found) == (purpose == "sexual")


def test_a_labour_purpose_without_sector_warns():
    assert warnings(exploitation.sector_missing("purpose:labour", "")) != ()
    assert exploitation.sector_missing("labour", "horeca") == exploitation.sector_missing("sexual", "") == ()


def test_every_fault_of_a_row_is_named_at_its_field():
    facts = ExploitationFacts("labour", start=date(2018, 7, 15), end=date(2018, 6, 1))
    assert codes(exploitation.exploitation(facts, CONTEXT)) == [
        ("start", "month_precision"),
        ("end", "end_before_start"),
    ]


def test_exploitation_may_have_begun_long_ago_but_not_in_the_future():
    assert exploitation.exploitation(ExploitationFacts("labour", start=date(1985, 1, 1)), CONTEXT) == ()
    later = ExploitationFacts("labour", start=date(2018, 11, 1))
    assert codes(exploitation.exploitation(later, CONTEXT)) == [("start", "date_future")]


def test_codes_of_a_row_are_held_against_their_validity_on_the_day_of_identification():
    context = persons.Context(TODAY, validity={"purpose:surrogacy": dates.Validity(date(2024, 7, 14))})
    row = ExploitationFacts("purpose:surrogacy")
    faults = exploitation.exploitation(row, context, identified_on=date(2018, 7, 1))
    assert [(f.field, f.code, f.severity) for f in faults] == [("purpose", "code_early", Severity.WARNING)]
    assert exploitation.exploitation(row, context) == ()


def test_no_means_needed_is_for_children_and_stands_alone():
    none = ("means:none_child",)
    assert exploitation.no_means_is_for_children(none, "yes") == ()
    assert codes(exploitation.no_means_is_for_children(none, "no")) == [("means", "means_child_adult")]
    assert codes(exploitation.no_means_is_for_children((*none, "means:force"), "yes")) == [
        ("means", "means_none_and_other")
    ]


# persons


@pytest.mark.parametrize(
    ("child", "age"), list(product(["yes", "no", "unknown", ""], [*values.AGE_CLASSES, ""]))
)
def test_child_and_age_class_agree(child, age):
    known = age not in ("", "unknown")
    is_child_class = known and int(re.match(r"\d+", age)[0]) < 18
    wrong = known and child != "" and child != ("yes" if is_child_class else "no")
    assert bool(persons.child_and_age(child, age)) == wrong
    assert persons.child_of_class(age) == ("unknown" if not known else "yes" if is_child_class else "no")


@pytest.mark.parametrize("offence", ["exploitation", "offence:exploitation", "gross_exploitation"])
def test_exploitation_before_it_was_an_offence_warns_and_never_blocks(offence):
    for day, expected in ((date(2018, 6, 30), 1), (date(2018, 7, 1), 0)):
        faults = persons.person(persons.PersonFacts(offence=offence, identified_on=day), CONTEXT)
        assert len(faults) == len(warnings(faults)) == expected


def test_an_offence_outside_its_dates_is_warned_of_once():
    context = persons.Context(TODAY, validity={"offence:exploitation": dates.Validity(date(2018, 7, 1))})
    facts = persons.PersonFacts(offence="offence:exploitation", identified_on=date(2017, 1, 1))
    assert codes(persons.person(facts, context)) == [("offence", "offence_early")]


def test_a_person_without_facts_has_no_faults_and_one_with_every_fault_has_them_all():
    assert persons.person(persons.PersonFacts(), CONTEXT) == ()
    facts = persons.PersonFacts(
        child="yes",
        age_class="25-34",
        identified_on=date(2019, 1, 1),
    )
    assert codes(persons.person(facts, CONTEXT)) == [
        ("identified_on", "date_future"),
        ("age_class", "child_age"),
    ]


# status


def test_the_table_of_transitions_is_complete():
    assert set(status.TRANSITIONS) == set(product(values.STATUSES, repeat=2))
    for before, after in status.TRANSITIONS:
        assert (status.TRANSITIONS[before, after] is status.StatusChange.SAME) == (before == after)


@pytest.mark.parametrize(("before", "after"), list(product(values.STATUSES, repeat=2)))
def test_every_transition_is_free_asks_a_reason_or_is_refused(before, after):
    change = status.TRANSITIONS[before, after]
    without, with_reason = (
        status.status_change(before, after, " "),
        status.status_change(before, after, "ny uppgift"),
    )
    assert bool(without) == (change in (status.StatusChange.REASON, status.StatusChange.NO))
    assert bool(with_reason) == (change is status.StatusChange.NO)
    assert (after in status.next_statuses(before)) == (change is not status.StatusChange.NO)


def test_whatever_changes_who_is_counted_asks_a_reason_and_every_status_can_be_left_and_reached():
    for before, after in product(values.STATUSES, repeat=2):
        if before != after and "not_victim" in (before, after):
            assert status.TRANSITIONS[before, after] in (status.StatusChange.REASON, status.StatusChange.NO)
    for state in values.STATUSES:
        assert len(status.next_statuses(state)) > 1
        assert any(state in status.next_statuses(other) for other in values.STATUSES if other != state)


def test_a_new_record_may_begin_in_any_status():
    assert all(status.status_change("", after, "") == () for after in values.STATUSES)


# Palermo


def test_an_adult_needs_act_means_and_purpose():
    full = palermo(["act:transport"], ["means:threat"], ["purpose:labour"], "no")
    assert (full.act, full.means, full.purpose, full.complete, full.means_needed) == (True,) * 5
    for acts, means, purposes in (
        ([], ["threat"], ["labour"]),
        (["transport"], [], ["labour"]),
        (["transport"], ["threat"], []),
    ):
        assert not palermo(acts, means, purposes, "no").complete


def test_a_child_needs_no_means_and_one_whose_age_is_unknown_does():
    child = palermo(["harbouring"], [], ["crime"], "yes")
    assert (child.complete, child.means_needed, child.means) == (True, False, False)
    assert not palermo(["harbouring"], [], ["crime"], "unknown").complete


def test_surrogacy_alone_needs_means_also_of_a_child():
    assert not palermo(["receipt"], ["none_child"], ["surrogacy"], "yes").complete
    assert palermo(["receipt"], [], ["surrogacy", "sexual"], "yes").complete


def test_unknown_and_unreasonable_terms_are_no_purpose_of_trafficking():
    assert not palermo(["receipt"], ["force"], ["unknown", "unreasonable"], "no").purpose


def test_abduction_logged_as_an_act_is_a_means_too():
    assert palermo(["abduction"], [], ["sexual"], "no").complete


@given(
    st.lists(st.sampled_from(["recruitment", "abduction", "x"])),
    st.lists(st.sampled_from(["force", "none_child", "x"])),
    st.lists(st.sampled_from(["sexual", "surrogacy", "unknown"])),
    st.sampled_from(["yes", "no", "unknown"]),
)
def test_what_is_complete_has_all_that_is_needed(acts, means, purposes, child):
    found = palermo(acts, means, purposes, child)
    assert found.complete == (found.act and found.purpose and (found.means or not found.means_needed))


# answers, notes, consent


@pytest.mark.parametrize(
    ("answer", "rows_"), list(product(["given", "none", "unknown", "not_asked"], [0, 3]))
)
def test_an_answer_agrees_with_its_rows_and_stays_where_it_does(answer, rows_):
    agrees = (answer == "given") == (rows_ > 0)
    found = exploitation.answer_for(answer, rows_)
    assert (found == "given") == (rows_ > 0)
    assert (found == answer) == agrees


def test_a_note_has_a_thousand_characters_at_most():
    assert texts.note("note", "å" * 1000) == ()
    fault = texts.note("note", "å" * 1001)[0]
    assert english(fault) == "The text has 1001 characters. At most 1000 fit."
    assert codes(texts.note("note", "a" * 3_000_000)) == [("note", "long")]


def test_a_note_that_identifies_is_refused_for_each_reason_once_and_not_repeated():
    faults = texts.note("note", "900101-0017 och 900101-0025, ring 070-000 00 17")
    assert [f.params["kind"] for f in faults] == ["personal_number", "phone"]
    text = " ".join(english(f) for f in faults)
    assert text.startswith(
        "The text contains something that looks like a personal identity number. Remove it. "
    )
    assert "900101" not in text


def test_without_consent_only_statistical_facts_are_kept():
    facts = {
        "sex": "F",
        "county": "14",
        "note": "  ",
        "reference": "A1",
        "women": 2,
        "anything_new": "x",
        "topics": [],
    }
    assert codes(consent.consent("missing", facts)) == [("reference", "consent"), ("anything_new", "consent")]
    assert consent.consent("given", facts) == consent.consent("not_relevant", facts) == ()


# messages


def test_every_fault_that_the_rules_can_make_has_a_text_that_takes_its_params():
    made = (
        *typed("x"), *typed("2019-01-01"), *typed("1900-01-01"), *typed("2018-02-30"),
        *typed("x", values.month),
        *persons.child_and_age("yes", "25-34"), *persons.offence_date("exploitation", date(2017, 1, 1)),
        *dates.code_validity("c", "x", TODAY, dates.Validity(valid_to=date(2018, 1, 1))),
        *exploitation.purposes([]), *status.status_change("not_victim", "identified", ""),
    )  # fmt: skip
    assert len(made) == 10
    for fault in made:
        assert "{" not in english(fault)


def test_no_code_of_a_rule_is_without_text():
    from pathlib import Path

    source = "".join(p.read_text(encoding="utf-8") for p in Path(persons.__file__).parent.glob("*.py"))
    used = set(re.findall(r'(?:Fault\([^,()]+, |NotAllowed\(|code: str = )"([a-z_]+)"', source))
    used |= set(re.findall(r'fault_if\(.+, (?:"[a-z_]*"|field), "([a-z_]+)"', source))
    assert len(used) > 20
    assert used <= set(MESSAGES)
