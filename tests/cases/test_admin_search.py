"""The admin's list of cases has one search box, for numbers and references."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from tests.makers import new_case, new_person
from tests.nmt_site.admin_pages import address, client_of, someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def karin() -> User:
    return someone(Role.COORDINATOR, "Karin")


def sought(client: Client, text: str) -> str:
    return client.post(address("cases_case", "find"), {"find": text})["Location"]


def test_the_list_has_one_search_box_beside_that_of_every_page(karin: User) -> None:
    page = client_of(karin).get(address("cases_case")).content.decode()
    assert page.split("<main", 1)[1].count('role="search"') == 1


def test_a_whole_number_or_reference_leads_to_the_case_and_neither_is_told(karin: User) -> None:
    case = new_case(new_person(reference="K-2018 17"), by=Access.of(karin))
    page = address("cases_case", "change", case.pk)
    assert [sought(client_of(karin), text) for text in (f" {case.number.lower()}", "k-2018 17")] == [
        page,
        page,
    ]
    assert not Event.objects.filter(target_label__contains="K-2018 17").exists()


def test_the_beginning_of_a_number_leads_to_the_list_of_those(karin: User) -> None:
    case = new_case(by=Access.of(karin))
    there = sought(client_of(karin), "v-2018")
    assert there == f"{address('cases_case')}?q=V-2018"
    assert case.number in client_of(karin).get(there).content.decode()


def test_what_nothing_has_stands_in_no_address(karin: User) -> None:
    client = client_of(karin)
    for text in ("B 1234-18", "S-2018", ""):
        assert sought(client, text) == address("cases_case")
    assert (
        "Inget av dina ärenden har det numret eller den referensen."
        in client.get(address("cases_case")).content.decode()
    )
