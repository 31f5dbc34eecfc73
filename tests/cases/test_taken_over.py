"""Who came from a spreadsheet of the years before is told apart, and counted as everybody is."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.access import Access
from accounts.roles import Role
from agencies.models import Region
from cases.actions.misregistering import put_back, take_out_persons
from cases.actions.transfers import answer_transfer, ask_transfer
from cases.forms.person import EditPersonForm
from cases.importing.importer import PERSONS, SPREADSHEETS
from cases.models import Person
from exchange.runs import import_file
from lifecycle.dictionary import tables
from tests.actors import access, user
from tests.cases.pages import signed_in
from tests.cases.spreadsheet import row, sheet
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
CHIP = "taken over from a spreadsheet"


@pytest.fixture
def vera() -> Access:
    return access(user("Vera", Role.COORDINATOR, region="V", language="en"))


@pytest.fixture
def client(vera: Access) -> Client:
    return signed_in(vera.user)


def test_only_a_take_over_marks_and_only_who_is_new(vera: Access) -> None:
    import_file(sheet(row(case="A", person="1")), PERSONS, by=vera)
    both = sheet(row(case="A", person="1", sex="M"), row(case="B", person="2"))
    import_file(both, SPREADSHEETS, by=vera)
    assert list(Person.objects.order_by("pk").values_list("sex", "taken_over")) == [("M", False), ("F", True)]
    import_file(sheet(row(case="B", person="2", sex="M")), PERSONS, by=vera)
    assert Person.objects.filter(taken_over=True, sex="M").count() == 1
    assert Person.objects.counted().identified_in(2018).count() == 2
    assert "taken_over" not in EditPersonForm.base_fields


def test_the_mark_stays_through_a_transfer_and_a_mistake_and_leaves_with_everything(vera: Access) -> None:
    case = new_case(new_person(), new_person(taken_over=True), by=vera)
    person = Person.objects.get(taken_over=True)
    put_back(mistake=take_out_persons(case=case, persons=[person], reason="Fel rad.", by=vera), by=vera)
    stina = access(user("Stina", Role.COORDINATOR, region="SY"))
    there = Region.objects.get(code="SY")
    moved = ask_transfer(person=Person.objects.get(pk=person.pk), to_region=there, reason="Bor där.", by=vera)
    answer_transfer(transfer=moved, accept=True, reason="", by=stina)
    found = Person.objects.get(pk=person.pk)
    assert (found.taken_over, found.responsible_region_id) == (True, "SY")
    [columns] = [table.kept for table in tables(texts=False) if table.name == "cases_person"]
    assert "taken_over" in {column.name for column in columns}


def test_lists_say_who_was_taken_over_and_select_by_it(vera: Access, client: Client) -> None:
    new_case(new_person(), by=vera)
    new_case(new_person(taken_over=True), by=vera)
    own, taken = Person.objects.order_by("pk")
    for where in ("/cases/persons/", taken.get_absolute_url(), taken.case.get_absolute_url()):
        assert client.get(where).content.decode().count(f'tag-mute">{CHIP}') == 1, where
    assert CHIP not in client.get(own.get_absolute_url()).content.decode()
    for origin, one, other in (("taken_over", taken, own), ("own", own, taken)):
        for where in ("/cases/persons/", "/cases/"):
            page = client.get(f"{where}?origin={origin}").content.decode()
            assert (one.case.number in page, other.case.number in page) == (True, False), where
