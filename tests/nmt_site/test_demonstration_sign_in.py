"""The sign-in page says what this is. In a demonstration each role is one press away, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Event
from cases.demo.people import DOES, DOMAIN, SIGN_INS, make_people

pytestmark = pytest.mark.django_db
PEOPLE = [who for who, *_rest in SIGN_INS]
SIGN_IN = "/accounts/login/"


@pytest.fixture
def demonstration(settings: Any) -> dict[str, User]:
    settings.DEMO = True
    return make_people("demo-demo-demo")


def presses(client: Client, **asked: Any) -> list[str]:
    """For whom the sign-in page has a press."""
    page = client.get(SIGN_IN, **asked).content.decode()
    return [who for who in PEOPLE if f'action="{address(who)}"' in page]


def address(who: str) -> str:
    return reverse("demonstration", args=[who])


def signed_in_as(client: Client) -> str:
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key).email if key else ""


def test_a_stranger_reads_what_this_is_and_where_the_figures_are(client: Client, settings: Any) -> None:
    page = client.get(SIGN_IN, headers={"accept-language": "sv"}).content.decode()
    for said in (
        "Registret över förmodade offer för människohandel",
        "Nationellt metodstödsteam mot prostitution och människohandel",
        "Aldrig namn, personnummer eller adresser.",
        '<a href="/statistik/">',
        "112",
    ):
        assert said in page
    settings.PUBLIC_PAGES = False
    assert '<a href="/statistik/">' not in client.get(SIGN_IN).content.decode()


def test_each_of_the_demonstration_is_one_press_away(demonstration: dict[str, User]) -> None:
    assert set(DOES) == set(PEOPLE) == set(demonstration)
    assert presses(Client()) == PEOPLE
    for who in PEOPLE:
        client = Client()
        assert client.post(address(who))["Location"] == "/"
        assert signed_in_as(client) == f"{who}@{DOMAIN}"
        assert client.get("/").status_code == 200
    assert Event.objects.filter(action="user.sign_in").count() == len(PEOPLE)


def test_the_press_is_not_there_without_demo(demonstration: dict[str, User], settings: Any) -> None:
    settings.DEMO = False
    client = Client()
    assert presses(client) == []
    assert {client.post(address(who)).status_code for who in PEOPLE} == {404}
    assert client.get(address("operator")).status_code == 404
    assert Client(enforce_csrf_checks=True).post(address("operator")).status_code == 404
    assert signed_in_as(client) == ""


@pytest.mark.parametrize("elsewhere", [{"REMOTE_ADDR": "10.1.2.3"}, {"HTTP_X_FORWARDED_FOR": "10.1.2.3"}])
def test_nor_for_another_machine(demonstration: dict[str, User], elsewhere: dict[str, str]) -> None:
    client = Client()
    assert presses(client, **elsewhere) == []
    assert client.post(address("operator"), **elsewhere).status_code == 404
    assert signed_in_as(client) == ""


def test_nor_for_anybody_else_nor_by_a_link_nor_from_another_site(demonstration: dict[str, User]) -> None:
    """The coordinators of other regions have an account and no way in."""
    client = Client()
    User.objects.filter(email=f"officer@{DOMAIN}").update(is_active=False)
    assert User.objects.filter(email=f"koordinator10@{DOMAIN}").exists()
    assert [client.post(address(who)).status_code for who in ("koordinator10", "officer", "x")] == [404] * 3
    assert client.get(address("operator")).status_code == 405
    assert Client(enforce_csrf_checks=True).post(address("operator")).status_code == 403
    assert signed_in_as(client) == ""


def test_a_second_factor_is_asked_for_all_the_same(demonstration: dict[str, User]) -> None:
    factor = {"user": demonstration["admin"], "type": "totp", "data": {"secret": "SECRET"}}
    Authenticator.objects.create(**factor)
    client = Client()
    assert client.post(address("admin"))["Location"] == reverse("mfa_authenticate")
    assert signed_in_as(client) == ""
