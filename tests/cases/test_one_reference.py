"""Two spellings of an agency's reference are one reference by one rule: in imports, in forms and in
searches."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import given, strategies as st

from accounts.roles import Role
from cases.importing.stored import joined
from cases.models import Case, Person
from cases.rules.texts import folded
from tests.actors import access, user
from tests.cases.pages import coordinator, signed_in
from tests.cases.spreadsheet import load, row, sheet
from tests.importers import in_words
from tests.makers import new_case, new_person

PIECES = st.text(st.sampled_from("aAÅå\u030a 1-–|\u00a0\u200bＫΐİß"), max_size=9)


@pytest.mark.parametrize(
    "other",
    ["k1234-26", "K 1234-26", "K1234–26", "K\u00a01234 - 26", "\u200bK1234-26", "Ｋ1234－26", " k1234-26 "],
)
def test_these_are_one_reference(other: str) -> None:
    assert folded(other) == folded("K1234-26")


@pytest.mark.parametrize(
    ("one", "other"),
    [("1 23", "12 3"), ("K1", "K11"), ("K-1", "K1"), ("2018/17", "201817"), ("A | B", "A B"), ("a", "å")],
)
def test_these_are_two(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(PIECES)
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(PIECES, PIECES, PIECES, PIECES)
def test_no_two_pairs_of_case_and_person_are_taken_for_one(
    case: str, person: str, other: str, second: str
) -> None:
    def without_bars(text: str) -> str:
        return folded(text.replace("|", "||"))

    same = (without_bars(case), without_bars(person)) == (without_bars(other), without_bars(second))
    assert (folded(joined(case, person)) == folded(joined(other, second))) == same


@pytest.mark.django_db
def test_two_spellings_in_one_file_are_warned_of() -> None:
    vera = access(user("Vera", Role.COORDINATOR, region="V"))
    plan = load(sheet(row(), row(person="k 1", identified_on="2018-06-01")), vera)
    assert [(entry.row, entry.column, entry.code) for entry in plan.warnings] == [(3, "person", "spelled")]
    assert "Rad 2" in in_words(plan)["warnings"][0][2]
    assert Person.objects.count() == 1


@pytest.mark.django_db
def test_a_case_is_found_by_any_spelling_of_its_reference() -> None:
    karin = coordinator()
    case = new_case(new_person(reference="K 1234-26"), by=access(karin))
    client: Client = signed_in(karin)
    answer = client.post("/cases/find/", {"find": "k1234–26"})
    assert answer["Location"] == Case.objects.get(pk=case.pk).get_absolute_url()
