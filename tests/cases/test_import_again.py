"""The same file again makes nobody and restores nobody, whatever was transferred, merged or taken out since;
and a number of the register in a file is never a sender's own reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.access import Access
from accounts.roles import Role
from cases.actions.cases import edit_case
from cases.actions.duplicates import decide_same
from cases.actions.misregistration import (
    put_back,
    take_out_case,
    take_out_part,
    take_out_person,
)
from cases.actions.persons import save_identification
from cases.choices import Decision
from cases.model_fields import index_of
from cases.models import Case, Identification, Misregistration, Person
from tests.actors import access, user
from tests.cases.spreadsheet import counts, load, row, sheet
from tests.exchange.list_files import table
from tests.importers import brought, in_words
from tests.makers import hand_over, new_case, new_person
from tests.weights import mostly_long

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
TWO = sheet(row(), row(person="K2"))
FIRST, SECOND = "V-2018-0001-P1", "V-2018-0001-P2"
ELSEWHERE = f"{FIRST} belongs to another region now."
TAKEN_OUT = f"{FIRST} was removed as registered by mistake."
CASES = table(["reference", "region", "opened_on", "state"], ["A-17", "V", "2018-05-02", "active"])


@pytest.fixture
def stina() -> Access:
    return access(user("Stina", Role.COORDINATOR, region="ST"))


@pytest.fixture
def sven() -> Access:
    return access(user("Sven", Role.COORDINATOR, region="SY"))


def person(number: str = FIRST) -> Person:
    return Person.objects.get(number=number)


def stored() -> list[tuple[Any, ...]]:
    columns = ("number", "responsible_region", "sex", "status", "version")
    return [*Person.objects.order_by("number").values_list(*columns), *Case.objects.values_list("number")]


def warnings(plan: Any) -> list[str]:
    return [message for _column, _value, message in in_words(plan)["warnings"]]


# --- after a transfer
def test_the_same_file_after_a_transfer_changes_nothing_and_says_who_left(
    vera: Access, stina: Access
) -> None:
    load(TWO, vera)
    hand_over(person(), by=vera, to=stina)
    before = stored()

    plan = load(TWO, vera)

    assert (counts(plan), stored()) == ((0, 0, 2, 0), before)
    assert [warning[: len(ELSEWHERE)] for warning in warnings(plan)] == [ELSEWHERE]


def test_who_was_handed_on_by_the_next_region_is_not_made_anew(
    vera: Access, stina: Access, sven: Access
) -> None:
    load(TWO, vera)
    hand_over(person(), by=vera, to=stina)
    hand_over(person(), by=stina, to=sven)
    assert counts(load(TWO, vera)) == (0, 0, 2, 0)


def test_a_corrected_row_of_who_has_left_changes_nothing(vera: Access, stina: Access) -> None:
    load(TWO, vera)
    hand_over(person(), by=vera, to=stina)
    assert counts(load(sheet(row(sex="M")), vera)) == (0, 0, 1, 0)
    assert person().sex == "F"


@pytest.mark.parametrize("named", mostly_long(["P1", FIRST], usual=[FIRST]))
def test_who_has_left_is_known_by_number_too(vera: Access, stina: Access, named: str) -> None:
    load(TWO, vera)
    hand_over(person(), by=vera, to=stina)
    plan = load(sheet(row(case="V-2018-0001", person=named)), vera)
    assert (counts(plan), len(warnings(plan))) == ((0, 0, 1, 0), 1)


def test_who_comes_back_is_changed_by_the_file_again(vera: Access, stina: Access) -> None:
    load(TWO, vera)
    hand_over(person(), by=vera, to=stina)
    hand_over(person(), by=stina, to=vera)
    assert counts(load(sheet(row(sex="M")), vera)) == (0, 1, 0, 0)


def test_what_was_changed_since_stands_in_the_preview_as_a_change(vera: Access) -> None:
    load(TWO, vera)
    Person.objects.filter(number=FIRST).update(sex="M")
    plan = load(TWO, vera, trial=True)
    assert counts(plan) == (0, 1, 1, 0)
    assert [line.told for line in plan.lines if line.key == FIRST] == [[("sex", "M", "F")]]


# --- after the reference was changed
RENAMED = f"{FIRST} had this reference and has another now."
CASE_RENAMED = "V-2018-0001 had this reference and has another now."


def _gets_another_reference(by: Access) -> None:
    identification = person().identifications.get()
    identification.reference = "R-7"
    save_identification(identification=identification, by=by)


def test_the_same_file_after_a_reference_was_changed_changes_nothing_and_says_so(vera: Access) -> None:
    load(TWO, vera)
    _gets_another_reference(vera)
    before = stored()

    plan = load(TWO, vera)

    assert (counts(plan), stored()) == ((0, 0, 2, 0), before)
    assert [warning[: len(RENAMED)] for warning in warnings(plan)] == [RENAMED]


def test_who_got_another_reference_in_the_next_region_is_not_made_anew(vera: Access, stina: Access) -> None:
    load(TWO, vera)
    hand_over(person(), by=vera, to=stina)
    _gets_another_reference(stina)

    plan = load(TWO, vera)

    assert (counts(plan), warnings(plan)[0][: len(ELSEWHERE)]) == ((0, 0, 2, 0), ELSEWHERE)


def test_a_reference_that_somebody_else_has_now_is_of_that_person(vera: Access) -> None:
    load(sheet(row()), vera)
    _gets_another_reference(vera)
    second = new_case(new_person(reference="A-17 | K1"), by=vera)

    plan = load(sheet(row()), vera, trial=True)

    assert [line.key for line in plan.lines] == [f"{second.number}-P1"]


# --- after a mistake was taken out, or a judgement
def _person_out(by: Access) -> None:
    take_out_person(person=person(), seen="", reason="Wrong person", by=by)


def _case_out(by: Access) -> None:
    take_out_case(case=Case.objects.get(), seen="", reason="Wrong case", by=by)


@pytest.mark.parametrize(("out", "left"), [(_person_out, 1), (_case_out, 2)])
def test_who_was_taken_out_is_neither_made_anew_nor_restored(
    vera: Access, out: Callable[[Access], None], left: int
) -> None:
    load(TWO, vera)
    out(vera)
    before = stored()

    plan = load(TWO, vera)

    assert (counts(plan), stored()) == ((0, 0, 2, 0), before)
    assert len(warnings(plan)) == left
    assert warnings(plan)[0].startswith(TAKEN_OUT)


def test_who_was_put_back_is_changed_by_the_file_again(vera: Access) -> None:
    load(TWO, vera)
    _person_out(vera)
    put_back(mistake=Misregistration.objects.get(), by=vera)
    assert counts(load(sheet(row(sex="M")), vera)) == (0, 1, 0, 0)


def test_who_was_taken_out_by_the_next_region_is_told_as_handed_over(vera: Access, stina: Access) -> None:
    load(TWO, vera)
    hand_over(person(), by=vera, to=stina)
    _person_out(stina)
    plan = load(TWO, vera)
    assert (counts(plan), warnings(plan)[0][: len(ELSEWHERE)]) == ((0, 0, 2, 0), ELSEWHERE)


def test_a_person_whose_identification_of_the_file_was_taken_out_is_not_made_anew(vera: Access) -> None:
    load(TWO, vera)
    load(sheet(row(case="V-2018-0001", person="P1", agency="migration")), vera)
    imported = Identification.objects.get(person=person(), agency__code="police")
    take_out_part(part=imported, seen="", reason="Wrong agency", by=vera)
    assert counts(load(TWO, vera)) == (0, 0, 2, 0)


def test_who_was_judged_to_be_somebody_else_is_not_made_anew(vera: Access) -> None:
    load(TWO, vera)
    decide_same(one=person(), other=person(SECOND), decision=Decision.SAME, reason="Same", by=vera)
    assert counts(load(TWO, vera)) == (0, 0, 2, 0)


def test_a_reference_that_only_another_region_has_had_is_new(vera: Access, stina: Access) -> None:
    load(TWO, stina)
    take_out_person(person=Person.objects.earliest("pk"), seen="", reason="Wrong person", by=stina)
    assert counts(load(TWO, vera)) == (2, 0, 0, 0)


# --- a list of cases
def _all_left(vera: Access, stina: Access) -> None:
    for one in Person.objects.all():
        hand_over(one, by=vera, to=stina)


@pytest.mark.parametrize("leaves", [_all_left, lambda vera, _stina: _case_out(vera)])
def test_the_same_list_of_cases_opens_no_case_again(
    vera: Access, stina: Access, leaves: Callable[[Access, Access], None]
) -> None:
    brought("cases", CASES, vera)
    load(sheet(row(case="V-2018-0001")), vera)
    leaves(vera, stina)
    before = stored()

    plan = brought("cases", CASES, vera).plan

    assert (counts(plan), len(plan.warnings), stored()) == ((0, 0, 1, 0), 1, before)


def _gets(case: Case, reference: str, by: Access) -> None:
    case.reference = reference
    case.reference_index = index_of(case)
    edit_case(case=case, fields=["reference"], by=by)


def test_the_same_list_of_cases_after_a_reference_was_changed_opens_no_case_again(vera: Access) -> None:
    brought("cases", CASES, vera)
    _gets(Case.objects.get(), "B-9", vera)
    before = stored()

    plan = brought("cases", CASES, vera).plan

    assert (counts(plan), stored()) == ((0, 0, 1, 0), before)
    assert [warning.message[: len(CASE_RENAMED)] for warning in plan.warnings] == [CASE_RENAMED]


def test_a_former_reference_of_a_case_is_free_for_the_case_that_has_it_now(vera: Access) -> None:
    brought("cases", CASES, vera)
    _gets(Case.objects.get(), "B-9", vera)
    _gets(new_case(by=vera), "A-17", vera)

    assert counts(brought("cases", CASES, vera).plan)[0] == 0
    assert Case.objects.count() == 2


@pytest.mark.parametrize("reference", ["V-2018-0777", "V-2018-0777-P1"])
def test_a_number_of_the_register_is_no_reference_of_a_case(vera: Access, reference: str) -> None:
    data = table(["reference", "region", "opened_on", "state"], [reference, "V", "2018-05-02", "active"])
    assert counts(brought("cases", data, vera).plan) == (0, 0, 0, 1)


# --- numbers of the register
@pytest.mark.parametrize(
    ("case", "name", "column"),
    [
        ("V-2018-0001", "V-2018-0002-P1", "person"),  # of another case
        pytest.param("SY-2018-0009", "V-2018-0001-P1", "person", marks=pytest.mark.long),
        ("V-2018-0001", "SY-2018-0009-P1", "person"),
        pytest.param(
            "S-2018-0001", "V-2018-0001-P1", "person", marks=pytest.mark.long
        ),  # beside the sender's own reference
        pytest.param("V-2018-0001", "V-2018-0001", "person", marks=pytest.mark.long),  # of a case
        ("A-17", "V-2018-0001", "person"),
        pytest.param("V-2018-0001-P1", "P1", "case", marks=pytest.mark.long),
        ("V-2018-0001-P1", "K1", "case"),
    ],
)
def test_a_number_that_does_not_fit_beside_the_other_cell_is_an_error_on_its_row(
    vera: Access, case: str, name: str, column: str
) -> None:
    new_case(by=vera)
    new_case(by=vera)
    before = stored()

    plan = load(sheet(row(case=case, person=name)), vera)

    assert (counts(plan), stored()) == ((0, 0, 0, 1), before)
    assert [(error.row, error.column) for error in plan.errors] == [(2, column)]


@pytest.mark.parametrize(
    "case",
    mostly_long(
        ["A-17", "AB-2018-0001", "V-18-0001", "V-2018-0000001", "V-2018-001"], usual=["V-2018-0000001"]
    ),
)
def test_what_only_resembles_a_number_is_the_senders_own_reference(vera: Access, case: str) -> None:
    data = sheet(row(case=case, person="P1"))
    assert counts(load(data, vera)) == (1, 0, 0, 0)
    assert counts(load(data, vera)) == (0, 0, 1, 0)


def test_a_further_identification_by_number_keeps_no_number_as_a_reference(vera: Access) -> None:
    new_case(new_person(reference="K 7"), by=vera)
    load(sheet(row(case="V-2018-0001", person="P1", agency="migration")), vera)
    assert {identification.reference for identification in Identification.objects.all()} == {"K 7", ""}


def test_the_preview_names_case_and_person_of_each_new_row(vera: Access) -> None:
    plan = load(TWO, vera, trial=True)
    assert [tuple(line.told[:2]) for line in plan.lines] == [("A-17", "K1"), ("A-17", "K2")]
