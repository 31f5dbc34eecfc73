"""Forty persons at once: one described, "add 39 like this", then only what differs is changed."""

from __future__ import annotations

import pytest

from cases.models import Person
from tests.actors import access
from tests.cases.pages import coordinator, person_facts, signed_in
from tests.makers import new_case, new_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
PICKERS = {"sex": "M", "citizenship": "TH", "purposes": ["purpose:labour"], "sector": "sector:berries"}


@pytest.fixture
def client():
    client = signed_in(coordinator())
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def address(client):
    from accounts.models import User

    return f"{new_case(new_person(), by=access(User.objects.get())).get_absolute_url()}persons/add/"


def grid_of(client, address, number, **changes):
    """What the grid would send unchanged."""
    response = client.post(address, person_facts(**PICKERS, number=str(number), go="grid") | changes)
    assert "rows" in response.context, response.context["draft"].template.errors
    sent = {}
    for name, value in response.context["draft"].carried:
        sent.setdefault(name, []).append(value)
    rows = response.context["rows"]
    sent |= {f"row-{name}": value for name, value in rows.management_form.initial.items()}
    for form in rows:
        sent |= {
            form[name].html_name: "" if (value := form[name].value()) is None else str(value)
            for name in form.fields
        }
    return sent | {"go": "rows"}


def test_a_dozen_are_registered_with_what_differs(client, address):
    sent = grid_of(client, address, 12)
    sent |= {
        "row-6-age_class": "18-24",
        "row-7-citizenship": "Vietnam",
        "row-8-main_purpose": "purpose:crime",
        "row-8-sector": "",
    }
    sent |= {"row-9-measure": "Protected housing", "row-10-child": "yes", "row-10-age_class": "16-17"}
    response = client.post(address, sent, follow=True)
    assert "12 persons are registered." in response.content.decode()
    persons = list(Person.objects.filter(position__gt=1).order_by("position"))
    alike, crime = ("M", "no", "25-34", "TH"), persons[8].exploitations.get()
    wanted = [alike] * 12
    wanted[6], wanted[7] = ("M", "no", "18-24", "TH"), ("M", "no", "25-34", "VN")
    wanted[10] = ("M", "yes", "16-17", "TH")
    assert [(p.sex, p.child, p.age_class, str(p.citizenship)) for p in persons] == wanted
    assert (crime.purpose_id, crime.sector) == ("purpose:crime", None)
    assert persons[9].measures.get().kind_id == "measure:shelter"


def test_a_faulty_row_is_named_and_all_rows_keep_what_was_typed(client, address):
    sent = grid_of(client, address, 12)
    sent |= {
        "row-6-age_class": "16-17",
        "row-7-citizenship": "Thule",
        "row-8-main_purpose": "purpose:begging",
    }
    response = client.post(address, sent)
    content = response.content.decode()
    assert Person.objects.count() == 1
    for text in ("Row 7:", "Row 8:", "“Thule” is not in the list.", "Row 9:", "A sector is stated only when"):
        assert text in content
    assert 'value="Thule"' in content
    assert response.context["rows"].forms[6]["age_class"].value() == "16-17"


def test_the_grid_sent_twice_registers_once(client, address):
    sent = grid_of(client, address, 5)
    first, second = client.post(address, sent), client.post(address, sent)
    assert first.status_code == second.status_code == 302
    assert Person.objects.count() == 6


@pytest.mark.long(instead="tests/cases/test_person_many.py::test_a_dozen_are_registered_with_what_differs")
def test_two_hundred_fit(client, address):
    assert client.post(address, grid_of(client, address, 200)).status_code == 302
    assert Person.objects.count() == 201


def test_more_than_two_hundred_are_advised_to_import(client, address):
    response = client.post(address, person_facts(number="201", go="grid"))
    assert "rows" not in response.context
    assert "Import a file when there are more." in response.content.decode()


def test_back_from_the_grid_shows_the_person_as_typed(client, address):
    response = client.post(address, grid_of(client, address, 3) | {"go": "back"})
    assert response.context["draft"].template["citizenship"].value() == "TH"
    assert Person.objects.count() == 1


def test_a_further_purpose_of_the_template_stays_with_a_row_that_changes_the_main_one(client, address):
    changes = {"purposes": ["purpose:labour", "purpose:begging"], "main_purpose": "purpose:labour"}
    sent = grid_of(client, address, 2, **changes) | {
        "row-1-main_purpose": "purpose:crime",
        "row-1-sector": "",
    }
    client.post(address, sent)
    purposes = [
        [(e.purpose_id, e.is_main) for e in person.exploitations.all()]
        for person in Person.objects.filter(position__gt=1).order_by("position")
    ]
    assert purposes == [
        [("purpose:labour", True), ("purpose:begging", False)],
        [("purpose:crime", True), ("purpose:begging", False)],
    ]


def test_the_grid_costs_the_same_for_three_and_twenty_rows(client, address, django_assert_max_num_queries):
    for number in ("3", "20"):
        facts = person_facts(number=number, go="grid")  # asks for the agency itself
        with django_assert_max_num_queries(12):
            client.post(address, facts)
