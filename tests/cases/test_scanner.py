"""What identifies a person is found in free text, and what the work needs is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from cases import scanner
from cases.rules.faults import KINDS
from cases.rules.texts import name_told, note
from tests.cases.scanner_texts import CLEAN, REFUSED
from tests.weights import mostly_long


@pytest.mark.parametrize(("kind", "text"), REFUSED)
def test_what_identifies_a_person_is_found(kind, text):
    findings = scanner.find(text)
    assert [f.kind for f in findings] == [kind]
    assert findings[0].reason in KINDS


@pytest.mark.parametrize("text", CLEAN)
def test_what_the_work_needs_is_left_alone(text):
    assert scanner.find(text) == ()


def test_a_valid_and_an_invalid_check_digit_are_refused_alike():
    assert all(scanner.find(f"900101-001{digit}") for digit in range(10))


def test_day_61_to_91_is_a_coordination_number():
    assert scanner.find("900161-0017")[0].reason == "coordination_number"
    assert scanner.find("900192-0017") == ()


def test_a_coordination_number_is_refused_with_its_last_digits_masked_too():
    assert scanner.find("900161-XXXX")[0].reason == "masked_number"


def test_the_place_is_that_of_the_text_as_given_even_when_characters_are_hidden():
    text = "a\u200bb\u200b 900101\u200b-0017 c"
    finding = scanner.find(text)[0]
    assert text[finding.start : finding.end] == "900101\u200b-0017"


def test_two_things_in_one_text_are_both_found_in_order():
    text = "070-000 00 17 tillhör 900101-0017, skriv till a@exempel.se"
    assert [f.kind for f in scanner.find(text)] == ["phone", "identity_number", "email"]


# A compact date beside four digits cannot be told from an identity number.
UNDATED = [text for text in CLEAN if text != "20180701"]
BETWEEN = [". ", "\n", ", ", "; ", " - "]


@given(st.sampled_from(UNDATED), st.sampled_from(REFUSED), st.sampled_from(BETWEEN[:-1]))
def test_a_clean_text_before_or_after_hides_nothing(clean, refused, between):
    kind, text = refused
    assert kind in {f.kind for f in scanner.find(clean + between + text)}
    assert kind in {f.kind for f in scanner.find(text + between + clean)}


@given(st.sampled_from(UNDATED), st.sampled_from(UNDATED), st.sampled_from(BETWEEN))
def test_two_clean_texts_are_clean_together(one, other, between):
    assert scanner.find(one + between + other) == ()


@given(
    st.dates(),
    st.integers(0, 9999),
    st.sampled_from(["-", "+", " ", "", " - ", "\u2013", "\u00a0", "\u200b-"]),
    st.booleans(),
    st.text("abc ,;", max_size=8),
)
def test_any_number_of_the_form_of_a_personnummer_is_refused(day, tail, between, century, around):
    if century and not 1900 <= day.year <= 2099:
        return
    written = f"{day.year:04d}{day:%m%d}" if century else f"{day.year % 100:02d}{day:%m%d}"
    assert scanner.find(f"{around} {written}{between}{tail:04d} {around}")


@given(st.dates(), st.dates(), st.sampled_from([" ", "–", " - ", " till ", "/"]))
def test_no_two_dates_are_refused(one, other, between):
    if min(one.year, other.year) < 1900 or max(one.year, other.year) > 2099:
        return
    assert scanner.find(f"{one.isoformat()}{between}{other.isoformat()}") == ()


@given(st.text("0179-+ .,:/@\n\u200b\u00a0\u0301aÅgtn𝟘", max_size=40))
def test_findings_lie_inside_the_text_in_order_and_apart(text):
    ends = [0]
    for finding in scanner.find(text):
        assert ends[-1] <= finding.start < finding.end <= len(text)
        ends.append(finding.end)


# What a careless pattern would try in every way, with the number of findings that is known beforehand.
CAREFUL = (("a", 0), ("0", 0), ("19 ", 0), ("a.", 0), ("Aa ", 0), ("gat", 0), ("900101-0017, ", 1))


@pytest.mark.parametrize(("unit", "each"), CAREFUL)
def test_a_long_text_is_read_through(unit, each):
    times = 12_000 // len(unit)
    assert len(scanner.find(unit * times)) == each * times


@pytest.mark.parametrize("characters", mostly_long([100_000, 3_000_000], usual=[100_000]))
def test_a_text_of_any_length_is_read_through_to_the_end(characters):
    text = "ab" * (characters // 2) + " 900101-0017"
    assert [f.start for f in scanner.find(text)] == [characters + 1]


def test_half_the_text_holds_half_the_findings():
    unit = "Ring 070-000 00 17 eller skriv till a@exempel.se, Storgatan 12. "
    assert len(scanner.find(unit * 400)) == 2 * len(scanner.find(unit * 200)) == 1200


@pytest.mark.parametrize(
    "text",
    [
        "Hon heter Anna Svensson",
        "En man vid namn Bo",
        "Kallas Åsa",
        "She is called Maria",
        "Hennes namn är Eva",
        "Mannen från Kiev, Олександр, hämtade",
        "skrev مريم i chatten",
        "chatten var med สมชาย",
        "kontakt 美丽莎 på appen",
    ],
)
def test_whoever_is_called_by_name_is_asked_about_and_not_refused(text):
    (fault,) = name_told("note", text)
    assert (fault.code, fault.severity) == ("name", "warning")
    assert note("note", text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Enheten är 10 µg och 5 Ω, vinkel α, Ångström, ﬁlm",
        "Vet inte vad hon heter",
        "Samtalet rör Malmö",
        "Ingen nämns vid namn.",
        "Kallas in till möte",
    ],
)
def test_what_names_nobody_is_not_asked_about(text):
    assert name_told("note", text) == ()
