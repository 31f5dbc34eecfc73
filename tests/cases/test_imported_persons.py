"""Who came from a spreadsheet of the years before is told apart, and counted as everybody is."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.access import Access
from accounts.roles import Role
from agencies.models import Region
from audit.models import Event
from cases.actions.misregistration import put_back, take_out_persons
from cases.actions.sharing import answer_transfer, ask_transfer
from cases.actions.years import decide_imported_year
from cases.forms.person import EditPersonForm
from cases.importing.importer import PERSONS, SPREADSHEETS
from cases.inbox.regions import incomplete
from cases.models import Person, TakenOverYear
from exchange.runs import import_file
from retention.export import tables
from tests.actors import access, user
from tests.cases.pages import signed_in
from tests.cases.spreadsheet import row, sheet
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
CHIP = "imported from a spreadsheet"


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
        page = client.get(where).content.decode()
        assert len(re.findall(rf'tag-mute">(?:<span class="visually-hidden">)?{CHIP}', page)) == 1, where
    assert CHIP not in client.get(own.get_absolute_url()).content.decode()
    for origin, person, other in (("taken_over", taken, own), ("own", own, taken)):
        for where in ("/cases/persons/", "/cases/"):
            page = client.get(f"{where}?origin={origin}").content.decode()
            assert (person.case.number in page, other.case.number in page) == (True, False), where


# --- a setting a year --------------------------------------------------------------------------------
@pytest.fixture
def maja() -> Access:
    return access(user("Maja", Role.MANAGER, language="en"))


WHERE = "/cases/years/taken-over/"


def test_what_those_lack_who_were_taken_over_is_asked_for_when_it_is_decided_so(
    vera: Access, maja: Access, client: Client
) -> None:
    person = new_case(new_person(taken_over=True), by=vera).persons.get()
    own = new_case(new_person(), by=vera).persons.get()

    def seen() -> tuple[object, ...]:
        year = client.get("/cases/years/2018/V/").context["page"]
        grid = client.get(f"/cases/several/persons/?case={person.case.code}").content.decode()
        lists = [
            [line.row.pk for line in client.get(f"/cases/persons/?complete={how}").context["lines"]]
            for how in ("no", "yes", "apart")
        ]
        missing = client.get(person.get_absolute_url()).content.decode().count("Missing before the year")
        waits = incomplete(vera).filter(taken_over=True).count()
        counts = year.counts["lacking"], year.counts["excused"]
        return *counts, lists, missing, waits, "Something is missing" in grid

    apart = seen()[:5]
    assert apart == (1, 1, [[own.pk], [person.pk], [person.pk]], 0, 0)
    decide_imported_year(year=2018, must_be_complete=True, by=maja)
    assert seen()[:5] == (2, 0, [[own.pk, person.pk], [], []], 1, 1)
    decide_imported_year(year=2018, must_be_complete=False, by=maja)
    assert seen()[:5] == apart
    assert Person.objects.counted().count() == 2


def test_the_manager_alone_decides_and_each_decision_is_an_event(vera: Access, maja: Access) -> None:
    new_case(new_person(taken_over=True), by=vera)
    with pytest.raises(PermissionDenied):
        decide_imported_year(year=2018, must_be_complete=True, by=vera)
    client = signed_in(maja.user)
    [line] = client.get(WHERE).context["lines"]
    assert (line["first_year"], line["persons"], line["lacking"], line["said"]) == (2018, 1, 1, None)
    for answer in ("yes", "yes", "no"):
        assert client.post(WHERE, {"year": "2018", "complete": answer}).status_code == 302
    assert client.post(WHERE, {"year": "2017", "complete": "yes"}).status_code == 302
    events = Event.objects.filter(action__startswith="year.").order_by("sequence")
    assert list(events.values_list("action", "target_label")) == [
        ("year.demand", "2018"),
        ("year.excuse", "2018"),
    ]
    assert TakenOverYear.objects.get().must_be_complete is False


def test_many_taken_over_cost_no_query_more(vera: Access, maja: Access, client: Client) -> None:
    def asked(where: str, who: Client) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert who.get(where).status_code == 200
        return len(queries)

    manager = signed_in(maja.user)
    pages = [("/cases/persons/", client), ("/cases/years/2018/V/", client), (WHERE, manager)]
    new_case(new_person(taken_over=True), by=vera)
    for where, who in pages:
        asked(where, who)
    few = [asked(where, who) for where, who in pages]
    for _n in range(3):
        new_case(new_person(taken_over=True), new_person(taken_over=True, sex="M"), by=vera)
    assert [asked(where, who) for where, who in pages] == few
