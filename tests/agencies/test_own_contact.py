"""A coordinator keeps the own card in the directory, an officer the contact of the own agency; both are
recorded."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from agencies.models import Agency, Coordinator, Region
from audit.models import Event
from tests.actors import NOON, user

pytestmark = pytest.mark.django_db
CARD = {"phone": "000-000 77 77", "email": "vera@example.org", "hours": "Mon–Fri 8–12"}


@pytest.fixture(autouse=True)
def _at_noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def vera() -> User:
    return user("Vera", Role.COORDINATOR, region="V")


@pytest.fixture
def oskar() -> User:
    person = user("Oskar", Role.OFFICER)
    person.agency = Agency.objects.get(code="police")
    person.save()
    return person


def test_a_coordinator_is_found_by_what_the_own_card_says(vera: User) -> None:
    response = signed_in(vera).post("/coordinators/mine/", CARD, follow=True)
    page = response.content.decode()
    assert "The contact card is saved." in page
    assert "000-000 77 77" in page
    event = Event.objects.get(action="coordinator.change")
    assert (event.actor, sorted(event.fields)) == (vera.email, ["email", "hours", "phone"])
    assert Coordinator.objects.get(user=vera).history.first().history_user == vera


def test_a_day_that_is_none_is_answered_with_how_it_is_written(oskar: User) -> None:
    response = signed_in(oskar).post("/agency/", {"contact": "", "member_from": "last year", "member_to": ""})
    assert response.context["form"].errors["member_from"] == ["Write year-month-day, for example 2018-07-01."]
    assert 'href="/coordinators/"' in response.content.decode().split("<h1", 1)[0].rpartition("crumbs")[2]


def test_every_card_of_today_and_of_days_to_come_is_kept_and_no_other(vera: User) -> None:
    region, first = Region.objects.get(code="SY"), date(2015, 1, 1)
    past = Coordinator.objects.create(
        region=region, user=vera, name="Vera", phone="1", valid_from=first, valid_to=date(2016, 1, 1)
    )
    coming = Coordinator.objects.create(
        region=region,
        user=vera,
        name="Vera",
        kind="deputy",
        valid_from=date(2019, 7, 1),
        valid_to=date(2019, 7, 31),
    )
    another = Coordinator.objects.create(region=region, name="Sven", phone="2", valid_from=first)
    signed_in(vera).post("/coordinators/mine/", CARD)
    phones = {row.pk: row.phone for row in Coordinator.objects.all()}
    assert (phones[past.pk], phones[coming.pk], phones[another.pk]) == ("1", "000-000 77 77", "2")


def test_region_name_and_days_are_not_the_coordinator_s_to_change(vera: User) -> None:
    signed_in(vera).post(
        "/coordinators/mine/", {**CARD, "region": "SY", "name": "Else", "valid_to": "2030-01-01"}
    )
    card = Coordinator.objects.get(user=vera)
    assert (card.region_id, card.valid_to) == ("V", None)
    assert card.name != "Else"


def test_what_is_saved_unchanged_is_no_event(vera: User) -> None:
    client = signed_in(vera)
    for _time in range(2):
        client.post("/coordinators/mine/", CARD)
    assert Event.objects.filter(action="coordinator.change").count() == 1


def test_a_wrong_address_is_told_of_and_nothing_is_saved(vera: User) -> None:
    page = signed_in(vera).post("/coordinators/mine/", {**CARD, "email": "no address"}).content.decode()
    assert 'href="#id_email"' in page
    assert Coordinator.objects.get(user=vera).phone != CARD["phone"]


def test_whoever_coordinates_nothing_is_told_so() -> None:
    page = signed_in(user("Nils", Role.COORDINATOR)).get("/coordinators/mine/").content.decode()
    assert "You are not in the directory." in page


def test_an_officer_keeps_contact_and_membership_of_the_own_agency(oskar: User) -> None:
    facts = {"contact": "Exempel Kontakt, 000-000 88 88", "member_from": "2009-01-01", "member_to": ""}
    page = signed_in(oskar).post("/agency/", facts, follow=True).content.decode()
    assert "Exempel Kontakt, 000-000 88 88" in page
    event = Event.objects.get(action="agency.change")
    assert (event.actor, "contact" in event.fields) == (oskar.email, True)
    assert Agency.objects.get(code="police").history.order_by("-history_id").first().history_user == oskar


def test_a_membership_cannot_end_before_it_began(oskar: User) -> None:
    facts = {"contact": "", "member_from": "2019-01-01", "member_to": "2018-01-01"}
    assert "The last day is before the first." in signed_in(oskar).post("/agency/", facts).content.decode()
    assert not Event.objects.filter(action="agency.change").exists()


def test_an_officer_without_an_agency_is_told_so() -> None:
    assert (
        "Your account belongs to no agency."
        in signed_in(user("Åsa", Role.OFFICER)).get("/agency/").content.decode()
    )


def test_an_officer_finds_contacts_manual_and_figures_from_the_first_page(oskar: User) -> None:
    client = signed_in(oskar)
    page = client.get("/").content.decode()
    for address in ("/coordinators/", "/summaries/", "/agency/", "manual-vid-misstanke-om-manniskohandel/"):
        assert f'{address}"' in page
    directory = client.get("/coordinators/").content.decode()
    assert "Agencies of the network" in directory
    assert str(Agency.objects.get(code="police").name_en) in directory
