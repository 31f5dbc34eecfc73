"""Facts of several stored persons are filled in at once, in a grid that has the missing ones first."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from audit.models import Event
from cases.models import Case, Exploitation, Person
from tests.actors import access
from tests.cases.pages import coordinator, sent_grid, signed_in
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
GRID = "/cases/several/persons/"


@pytest.fixture
def client(karin: User) -> Client:
    return signed_in(karin)


def alike(karin: User, number: int) -> Case:
    """Persons without offence and channel."""
    return new_case(*(new_person(main="labour") for _n in range(number)), by=access(karin))


def grid_of(client: Client, case: Case, missing: str = "") -> Any:
    return client.get(f"{GRID}?case={case.code}&missing={missing}").context["grid"]


def test_what_is_come_for_and_what_most_lack_stand_first(client: Client, karin: User) -> None:
    case = alike(karin, 3)
    Person.objects.filter(case=case, position__lte=2).update(offence=None)
    grid = grid_of(client, case, "channel")
    assert grid.columns[0] == "channel"
    assert grid.lacking["offence"] >= 2
    page = client.get(f"{GRID}?case={case.code}").content.decode()
    assert page.index(f"{grid.edits and next(iter(grid.edits.values())).person.number}") > 0


def test_two_facts_of_a_dozen_are_kept_by_one_saving_and_each_history_tells_it(
    client: Client, karin: User
) -> None:
    case = alike(karin, 12)
    sent = sent_grid(grid_of(client, case), offence="människohandel", sector="sector:berries")
    sent["row-3-offence"] = "annat brott"
    answer = client.post(GRID, sent)
    assert answer.status_code == 302, [form.errors for form in answer.context["grid"].rows]
    assert answer["Location"] == case.get_absolute_url()
    rows = Person.objects.filter(case=case).order_by("position")
    sectors = Exploitation.objects.filter(person__case=case).values_list("sector", flat=True)
    offences = ["offence:trafficking"] * 12
    offences[3] = "offence:other"
    assert list(rows.values_list("offence", flat=True)) == offences
    assert set(sectors) == {"sector:berries"}
    assert {(row.history.count(), row.version) for row in rows} == {(2, 2)}
    event = Event.objects.filter(action="person.edit_several").get()
    assert (event.target_label, event.rows, event.fields) == (case.number, 12, ["offence", "sector"])


def test_a_dozen_take_no_more_statements_than_four(
    client: Client, karin: User, django_assert_max_num_queries
) -> None:
    case = alike(karin, 12)
    client.get("/cases/")
    sent = sent_grid(grid_of(client, case), offence="annat brott")
    with django_assert_max_num_queries(30):
        client.post(GRID, sent)
    assert Person.objects.filter(offence="offence:other").count() == 12


def test_a_wrong_word_is_told_of_beside_its_cell_and_nothing_is_kept(client: Client, karin: User) -> None:
    case = alike(karin, 2)
    sent = sent_grid(grid_of(client, case), offence="annat brott")
    sent |= {"row-1-offence": "trafiking", "row-0-sector": "bärplockning", "row-0-main_purpose": "tiggeri"}
    answer = client.post(GRID, sent)
    rows = answer.context["grid"].rows
    assert answer.status_code == 200
    assert rows.forms[1].errors.keys() == {"offence"}
    assert "sector" in rows.forms[0].errors
    assert "trafiking" in answer.content.decode()
    assert not Person.objects.filter(offence="offence:other").exists()


def test_what_another_saved_meanwhile_stays_where_one_wrote_nothing(client: Client, karin: User) -> None:
    case = alike(karin, 2)
    sent = sent_grid(grid_of(client, case))
    Person.objects.filter(case=case, position=1).update(citizenship="BG", version=2)
    client.post(GRID, {**sent, "row-0-offence": "annat brott"})
    first = Person.objects.get(case=case, position=1)
    assert (first.citizenship, first.offence_id, first.version) == ("BG", "offence:other", 3)


def test_where_both_wrote_one_is_asked_and_then_decides(client: Client, karin: User) -> None:
    case = alike(karin, 2)
    sent = sent_grid(grid_of(client, case)) | {
        "row-0-citizenship": "Rumänien",
        "row-1-offence": "annat brott",
    }
    Person.objects.filter(case=case, position=1).update(
        citizenship="BG", residence="residence:unknown", version=2
    )
    answer = client.post(GRID, sent)
    text = answer.content.decode()
    assert "Bulgarien" in text
    assert 'value="Rumänien"' in text
    assert not Person.objects.filter(offence="offence:other").exists()
    shown = chain(*answer.context["grid"].rows)
    sent |= {bound.html_name: str(bound.value() or "") for bound in shown}
    assert client.post(GRID, sent).status_code == 302
    first = Person.objects.get(case=case, position=1)
    assert (first.citizenship, first.residence_id) == ("RO", "residence:unknown")


def test_a_grid_sent_twice_changes_once(client: Client, karin: User) -> None:
    case = alike(karin, 2)
    sent = sent_grid(grid_of(client, case), offence="annat brott")
    client.post(GRID, sent)
    client.post(GRID, sent)
    assert {row.version for row in Person.objects.filter(case=case)} == {2}


def test_persons_of_another_region_are_neither_shown_nor_changed(client: Client, karin: User) -> None:
    sven = access(coordinator("SY", "Sven"))
    other = new_case(new_person(county="12"), by=sven, region="SY")
    assert client.get(f"{GRID}?case={other.code}")["Location"] == "/cases/"
    own = alike(karin, 1)
    sent = sent_grid(grid_of(client, own), offence="annat brott")
    sent["row-0-code"] = str(Person.objects.get(case=other).code)
    answer = client.post(GRID, sent)
    assert not Person.objects.filter(offence="offence:other").exists()
    assert answer["Location"] == "/cases/"


def test_saving_leads_on_to_the_next_case_that_lacks_something(client: Client, karin: User) -> None:
    case, other = alike(karin, 1), alike(karin, 1)
    answer = client.post(GRID, sent_grid(grid_of(client, case), offence="annat brott"), follow=True)
    assert f'href="{GRID}?case={other.code}"' in answer.content.decode()


def test_what_several_of_a_case_lack_leads_to_the_grid_for_all_of_them(client: Client, karin: User) -> None:
    case = alike(karin, 3)
    page = client.get(case.get_absolute_url()).content.decode()
    assert f'href="{GRID}?case={case.code}&amp;missing=' in page
