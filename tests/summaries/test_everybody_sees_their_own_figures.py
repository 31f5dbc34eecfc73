"""Many people at the same moment, in the threads of one process: each gets the page that they get alone."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import product
from typing import Final

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from tests.actors import NOON, access, user
from tests.at_once import at_once
from tests.database_roles import only_postgresql
from tests.makers import new_case, new_person
from tests.weights import mostly_long

THREADS: Final = 8
PAGES: Final = ("/summaries/2018/", "/summaries/2018/groups/", "/", "/cases/", "/calls/new/", "/statistik/")
COUNTIES: Final = {"V": "14", "SY": "12", "ST": "01"}
# What differs between two answers to the same person.
TOKEN: Final = re.compile(r'value="[^"]{32,}"')
pytestmark = [pytest.mark.django_db(transaction=True), only_postgresql]


@pytest.fixture(autouse=True)
def _threads_change_often() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.00005)
    yield
    sys.setswitchinterval(usual)


@pytest.fixture
def people() -> list[User]:
    """Three regions with 1, 2 and 3 women, and three who read other things."""
    coordinators = [user(region, Role.COORDINATOR, region=region) for region in COUNTIES]
    for number, coordinator in enumerate(coordinators, start=1):
        region = coordinator.name
        women = [new_person(county=COUNTIES[region]) for _woman in range(number)]
        new_case(*women, by=access(coordinator), region=region)
    others = [user(role.value, role) for role in (Role.ANALYST, Role.MANAGER, Role.OPERATOR)]
    return [*coordinators, *others]


def signed_in(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client


def page_of(client: Client, page: str) -> str:
    """Return what stands on the page; empty where its role may not read it."""
    answer = client.get(page)
    return TOKEN.sub("", answer.content.decode()) if answer.status_code == 200 else ""


@pytest.mark.parametrize("times", mostly_long([2, 12], usual=[2]))
def test_everybody_gets_the_page_that_they_get_alone(people: list[User], times: int) -> None:
    """Each thread asks for everybody's year as many times; the other pages are shared out."""
    with time_machine.travel(NOON, tick=False):
        clients = {who.name: signed_in(who) for who in people}
        for who, page in product(clients, PAGES):  # what is counted once is counted
            page_of(clients[who], page)
        alone = {(who, page): page_of(clients[who], page) for who, page in product(clients, PAGES)}
        asked = [place for place, text in alone.items() if text]
        years = [place for place in asked if place[1] == PAGES[0]]
        wrong: list[str] = []

        def ask(thread: int) -> None:
            own = {who.name: signed_in(who) for who in people}
            mine = years * times + asked[thread::THREADS]
            for place in range(len(mine)):
                who, page = mine[(place + thread * 7) % len(mine)]
                if page_of(own[who], page) != alone[who, page]:
                    wrong.append(f"{page} for {who}")

        at_once(ask, THREADS)
    assert wrong == []
    assert len({alone[place] for place in years}) > len(COUNTIES), "the people read figures of their own"
