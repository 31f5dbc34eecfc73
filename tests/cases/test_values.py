"""Words as people type them become the values that are stored, in both languages and every spelling."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings, strategies as st

from cases.rules import values
from cases.rules.faults import NotAllowed
from tests.weights import examples


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("yes", "yes"),
        ("JA", "yes"),
        (" nej ", "no"),
        ("No", "no"),
        ("okänt", "unknown"),
        ("OKANT", "unknown"),
        ("", ""),
    ],
)
def test_yes_no_and_unknown_in_both_languages(typed, value):
    assert values.answer(typed) == value


@pytest.mark.parametrize("typed", ["x", "kanske", "2", "-", "?"])
def test_another_answer_is_refused_and_what_is_allowed_is_said(typed):
    with pytest.raises(NotAllowed) as refused:
        values.answer(typed)
    fault = refused.value.fault("child")
    assert (fault.field, fault.code) == ("child", "not_allowed")
    assert fault.params["allowed"] == "yes, no, unknown"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("F", "F"), ("f", "F"), ("kvinna", "F"), ("Flicka", "F"), ("girl", "F"), ("woman", "F"),
        ("M", "M"), ("man", "M"), ("pojke", "M"), ("boy", "M"),
        ("O", "O"), ("annat", "O"), ("other", "O"), ("U", "U"), ("okänt", "U"), ("unknown", "U"), ("", ""),
    ],
)  # fmt: skip
def test_sexes_in_both_languages(typed, value):
    assert values.sex(typed) == value


@pytest.mark.parametrize("age_class", values.AGE_CLASSES)
@pytest.mark.parametrize("dash", ["-", "–", "−", " – ", "\u2011"])
def test_age_classes_take_any_dash(age_class, dash):
    assert values.age_class(age_class.replace("-", dash)) == age_class


@pytest.mark.parametrize(
    ("typed", "value"), [("50+", "50+"), ("50 +", "50+"), ("okänt", "unknown"), ("", "")]
)
def test_the_open_and_the_unknown_class(typed, value):
    assert values.age_class(typed) == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0", "0-6"), ("6", "0-6"), ("15", "13-15"), ("17 år", "16-17"), ("18", "18-24"), ("50", "50+"),
     ("97", "50+"), ("13–15 år", "13-15")],
)  # fmt: skip
def test_an_exact_age_is_the_class_that_it_lies_in(typed, value):
    assert values.age_class(typed) == value


@pytest.mark.parametrize("typed", ["0-17", "06", "18-25", "1824", "120", "1998", "-5", "15,5"])
def test_another_age_class_is_refused(typed):
    with pytest.raises(NotAllowed):
        values.age_class(typed)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("presumed", "presumed"),
        ("Förmodat offer", "presumed"),
        ("status:presumed", "presumed"),
        ("under assessment", "under_assessment"),
        ("Presumed victim, under assessment", "under_assessment"),
        ("identifierat offer", "identified"),
        ("Bedömd ej vara offer", "not_victim"),
        ("not_victim", "not_victim"),
        ("Har avböjt formell identifiering", "declined"),
    ],
)
def test_statuses_in_both_languages(typed, value):
    assert values.status(typed) == value


@given(st.dates())
def test_every_day_is_read_as_it_is_written(day):
    assert values.day(day.isoformat()) == day
    assert values.month(f"{day.isoformat()[:7]}") == day.replace(day=1)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("2018-02-30", "date_impossible"), ("2018-13-01", "date_impossible"), ("0000-01-01", "date_impossible"),
     ("31/4-18", "date_impossible"), ("20181304", "date_impossible"), ("4 foo 2018", "date"),
     ("04-09-18", "date"), ("4/9/2018", "date"), ("4-9-2018", "date"), ("12/25/2018", "date"),
     ("4.9.18", "date"), ("180904", "date"), ("4/9", "date"), ("2018-09/04", "date"),
     ("2018-07", "date"), ("i dag", "date"), ("٢٠١٨-07-01", "date")],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_its_reason(typed, code):
    with pytest.raises(NotAllowed) as refused:
        values.day(typed)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "typed",
    ["2018-09-04", "2018-9-4", "20180904", "2018/09/04", "2018.9.4", "4/9-18", "4/9 -18", "4/9 2018",
     "4/9–2018", "4.9.2018", "04.09.2018", "4 september 2018", "den 4 sept. 2018", "4-sep-2018",
     "2018-09-04 00:00:00", "2018-09-04T00:00:00"],
)  # fmt: skip
def test_a_day_is_read_in_every_way_that_can_mean_one_day_only(typed):
    assert values.day(typed) == date(2018, 9, 4)


def test_a_day_beyond_twelve_is_no_month():
    assert values.day("25/12/2018") == values.day("25-12-2018") == date(2018, 12, 25)


@pytest.mark.parametrize(
    "typed",
    ["2018-07", "2018-7", "2018/7", "201807", "7/2018", "juli 2018", "2018 jul", "July 2018", "2018-07-01"],
)
def test_a_month_is_read_in_every_way_that_can_mean_one_month_only(typed):
    assert values.month(typed) == date(2018, 7, 1)


@pytest.mark.parametrize(
    ("typed", "code"), [("2018-13", "date_impossible"), ("2018", "month"), ("2018-07-15", "month")]
)
def test_what_is_no_month_is_refused(typed, code):
    with pytest.raises(NotAllowed) as refused:
        values.month(typed)
    assert refused.value.code == code


def test_several_values_are_parted_by_bar_or_semicolon_and_kept_once():
    assert values.several("labour| begging ;labour;;") == ("labour", "begging")
    assert values.several("  ") == ()


def test_a_measure_is_a_kind_and_a_month():
    assert values.measure("shelter:2018-07") == values.MeasureFact("shelter", date(2018, 7, 1))
    assert values.measure("measure:shelter:2018-07") == values.MeasureFact("shelter", date(2018, 7, 1))
    assert values.measure("") is None


@pytest.mark.parametrize("typed", ["shelter", "shelter:", ":2018-07", "shelter:hösten", "shelter:2018-14"])
def test_a_measure_without_kind_or_month_is_refused(typed):
    with pytest.raises(NotAllowed):
        values.measure(typed)


NAMES = values.index(
    [
        ("14", "14"),
        ("Västra Götalands län", "14"),
        ("Västra Götaland County", "14"),
        ("01", "01"),
        ("Berg", "a"),
        ("berg", "b"),
    ]
)


@pytest.mark.parametrize(
    "typed", ["14", "västra götalands län", "VASTRA GOTALANDS LAN", "Västra  Götalands  län"]
)
def test_a_name_is_found_whatever_its_case_accents_and_spaces(typed):
    assert values.named(typed, NAMES) == "14"


def test_a_name_of_two_values_or_of_none_is_refused():
    for typed in ("Berg", "Skone"):
        with pytest.raises(NotAllowed):
            values.named(typed, NAMES)


def test_codes_come_with_or_without_their_prefix_or_by_label():
    names = values.index([("labour", "purpose:labour"), ("Tvångsarbete", "purpose:labour")])
    assert {values.code(t, names) for t in ("labour", "purpose:labour", "tvångsarbete")} == {"purpose:labour"}
    with pytest.raises(NotAllowed, match="unknown_code"):
        values.code("arbete", names)


@pytest.mark.parametrize("text", ["purpose:", " purpose: "])
def test_the_prefix_of_a_list_alone_is_no_code(text: str) -> None:
    with pytest.raises(NotAllowed):
        values.code(text, {"labour": "purpose:labour"})


def test_countries_come_by_code_or_name():
    names = values.index(
        [("TH", "TH"), ("THA", "TH"), ("Thailand", "TH"), ("Rumänien", "RO"), ("Romania", "RO")]
    )
    assert [values.named(t, names) for t in ("th", "tha", "Rumanien", "romania", "")] == [
        "TH",
        "TH",
        "RO",
        "RO",
        "",
    ]


@given(st.text("abc", min_size=41, max_size=200))
def test_a_refusal_never_repeats_a_long_text(text):
    with pytest.raises(NotAllowed) as refused:
        values.answer(text)
    assert len(str(refused.value.params["value"])) == 40


@settings(max_examples=examples(10, 100))
@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert values.fold(values.fold(text)) == values.fold(text)
