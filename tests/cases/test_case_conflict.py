"""Two people at once: the second save shows both versions, and nothing that was typed is lost."""

from __future__ import annotations

import pytest

from tests.actors import access
from tests.cases.pages import coordinator, signed_in
from tests.makers import new_case, new_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def clients(karin):
    """Two coordinators of one region."""
    pair = (signed_in(karin), signed_in(coordinator(name="Kalle")))
    for client in pair:
        client.cookies["django_language"] = "en"
    return pair


@pytest.fixture
def case(karin):
    return new_case(
        new_person(age_class="25-34"), by=access(karin), registry_number="2018/1", accompanying_children=1
    )


def facts(**changes):
    stored = {
        "opened_on": "2018-05-02",
        "registry_number": "2018/1",
        "accompanying_children": "1",
        "note": "",
    }
    return stored | {"version": "1"} | changes


def resent(response):
    sent = {}
    for name, value in response.context["comparison"].sent:
        sent.setdefault(name, []).append(value)
    rows = response.context["comparison"].rows
    return sent | {
        "version": str(response.context["comparison"].version),
        "differs": [row.name for row in rows],
    }


def test_the_second_sees_both_versions_and_nothing_is_saved(clients, case):
    first, second = clients
    address = f"{case.get_absolute_url()}edit/"
    first.post(address, facts(registry_number="2018/2", accompanying_children="3"))
    response = second.post(address, facts(registry_number="2018/9", note="My own words"))
    assert response.status_code == 409
    rows = {row.name: (row.mine, row.saved, row.chosen) for row in response.context["comparison"].rows}
    assert rows == {
        "registry_number": ("2018/9", "2018/2", ""),  # both changed it: nothing is preselected
        "accompanying_children": ("1", "3", "saved"),  # only the other did
        "note": ("My own words", "", ""),  # the history of a secret text is not kept
    }
    case.refresh_from_db()
    assert case.registry_number == "2018/2"
    assert "My own words" in response.content.decode()


def test_it_is_said_when_the_other_version_was_saved_and_in_which_role(clients, case):
    first, second = clients
    first.post(f"{case.get_absolute_url()}edit/", facts(registry_number="2018/2"))
    page = second.post(f"{case.get_absolute_url()}edit/", facts(registry_number="2018/9")).content.decode()
    assert (
        'The saved version is of <span class="num">2019-03-01 13:00</span>, by: Regional coordinator.' in page
    )


def test_a_zero_is_a_value_and_differs_from_nothing(clients, karin):
    first, second = clients
    case = new_case(by=access(karin), registry_number="2018/1")
    address = f"{case.get_absolute_url()}edit/"
    first.post(address, facts(accompanying_children="2"))
    response = second.post(address, facts(accompanying_children="0"))
    rows = [(row.name, row.mine, row.saved, row.chosen) for row in response.context["comparison"].rows]
    assert rows == [("accompanying_children", "0", "2", "saved")]


def test_the_person_chooses_field_by_field(clients, case):
    first, second = clients
    address = f"{case.get_absolute_url()}edit/"
    first.post(address, facts(registry_number="2018/2", accompanying_children="3"))
    shown = second.post(address, facts(registry_number="2018/9", note="My own words"))
    keep = {"keep_registry_number": "mine", "keep_accompanying_children": "saved", "keep_note": "mine"}
    assert second.post(address, resent(shown) | keep).status_code == 302
    case.refresh_from_db()
    assert (case.registry_number, case.accompanying_children, case.note) == ("2018/9", 3, "My own words")


def test_a_choice_left_open_is_asked_for_again(clients, case):
    first, second = clients
    address = f"{case.get_absolute_url()}edit/"
    first.post(address, facts(registry_number="2018/2"))
    shown = second.post(address, facts(registry_number="2018/9"))
    again = second.post(address, resent(shown))
    assert '<a href="#keep_registry_number">Registry number</a>' in again.content.decode()
    assert 'id="keep_registry_number"' in again.content.decode()
    (row,) = again.context["comparison"].rows
    assert (row.name, row.chosen) == ("registry_number", "")
    assert [one.name for one in again.context["comparison"].open] == ["registry_number"]
    assert "2018/9" in again.content.decode()
    case.refresh_from_db()
    assert case.registry_number == "2018/2"


def test_a_third_save_meanwhile_is_a_conflict_again(clients, case):
    first, second = clients
    address = f"{case.get_absolute_url()}edit/"
    first.post(address, facts(registry_number="2018/2"))
    shown = second.post(address, facts(registry_number="2018/9"))
    first.post(address, facts(registry_number="2018/3", version="2"))
    again = second.post(address, resent(shown) | {"keep_registry_number": "mine"})
    assert again.status_code == 409
    assert [(row.mine, row.saved) for row in again.context["comparison"].rows] == [("2018/9", "2018/3")]


def test_facts_of_a_person_are_compared_in_words(clients, case):
    first, second = clients
    person = case.persons.get()
    address = f"{person.get_absolute_url()}edit/"
    sent = {"sex": "F", "child": "no", "age_class": "25-34", "version": "1"}
    first.post(address, sent | {"citizenship": "RO", "further_citizenships": ["MD"]})
    response = second.post(address, sent | {"citizenship": "BG"})
    rows = {row.name: (row.mine, row.saved, row.chosen) for row in response.context["comparison"].rows}
    assert rows == {
        "citizenship": ("Bulgaria", "Romania", ""),
        "further_citizenships": ("", "Moldova", "saved"),
    }
    keep = {"keep_citizenship": "mine", "keep_further_citizenships": "saved"}
    assert second.post(address, resent(response) | keep).status_code == 302
    person.refresh_from_db()
    assert (person.citizenship.code, [c.code for c in person.further_citizenships]) == ("BG", ["MD"])


def test_two_changes_of_status_are_a_conflict(clients, case):
    first, second = clients
    address = f"{case.persons.get().get_absolute_url()}status/"
    sent = {"status_on": "2019-02-01", "status_reason": "A new assessment", "version": "1"}
    first.post(address, sent | {"status": "declined"})
    response = second.post(address, sent | {"status": "identified"})
    assert response.status_code == 409
    rows = {row.name: (row.mine, row.saved) for row in response.context["comparison"].rows}
    assert rows["status"] == ("Identified victim", "Declined formal identification")
