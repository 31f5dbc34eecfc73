"""Beside *My page*, every menu says how many things wait, without a page waiting for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.roles import Role
from agencies.models import Code, Region
from cases.actions.calls import log_call
from cases.actions.sharing import ask_transfer, withdraw_transfer
from cases.models import Call
from home.my_page import boxes_for
from tests.actors import NOON, access, user
from tests.cases.pages import signed_in
from tests.cases.test_two_regions_in_the_browser import browser_of, press
from tests.makers import new_case
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db
MAX_QUERIES = 18  # questions of an answer that no page waits for
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def number(client: Client) -> int:
    answer: int = client.get("/waiting/", headers={"X-Background": "1"}).json()["waiting"]
    return answer


def test_it_counts_what_is_handed_over_and_nothing_of_another_region() -> None:
    vera, sune = (user(name, Role.COORDINATOR, region=of) for name, of in (("Vera", "V"), ("Sune", "SY")))
    hers, his = signed_in(vera), signed_in(sune)
    person = new_case(by=access(vera)).persons.get()
    before = number(hers)
    assert number(his) == 0
    row = Call(received_at=NOON, caller_group=Code.objects.of("caller")[0], referred_region_id="SY")
    log_call(call=row, lists={}, by=access(user("Olle", Role.OPERATOR)))
    assert number(his) == 1
    asked = ask_transfer(
        person=person, to_region=Region.objects.get(code="SY"), reason="Flyttad.", by=access(vera)
    )
    assert (number(his), number(hers)) == (2, before)
    withdraw_transfer(transfer=asked, by=access(vera))
    assert number(his) == 1


def test_it_is_what_the_boxes_of_my_page_that_wait_add_up_to() -> None:
    vera = user("Vera", Role.COORDINATOR, region="V")
    sune = access(user("Sune", Role.COORDINATOR, region="SY"))
    for _n in range(3):
        person, west = new_case(by=sune, region="SY").persons.get(), Region.objects.get(code="V")
        ask_transfer(person=person, to_region=west, reason="Flyttad.", by=sune)
    waits = [box.count for box in boxes_for(access(vera)) if box.waits]
    assert number(signed_in(vera)) == sum(waits) > 0


@pytest.mark.parametrize("role", mostly_long(Role, usual=[Role.COORDINATOR, Role.OPERATOR, Role.ANALYST]))
def test_everybody_is_answered_in_few_questions(role: Role, django_assert_max_num_queries) -> None:
    who = user("Alla", role, **({"region": "V"} if role == Role.COORDINATOR else {}))
    client = signed_in(who)
    client.get("/")
    with django_assert_max_num_queries(MAX_QUERIES):
        found = number(client)
    assert found == sum(box.count for box in boxes_for(access(who)) if box.waits)


def test_no_page_asks_for_it_before_it_is_shown() -> None:
    text = signed_in(user("Vera", Role.COORDINATOR, region="V")).get("/account/").content.decode()
    assert 'data-waiting="/waiting/"' in text
    assert "X-Background" in (ROOT / "static/nmt/waiting.js").read_text()


@pytest.mark.browser
@pytest.mark.flow
@pytest.mark.django_db(transaction=True)
def test_a_browser_asks_once_a_minute_and_at_once_after_what_it_sent_itself(
    chromium: Any, live_server: Any
) -> None:
    row = Call(received_at=NOON, caller_group=Code.objects.of("caller")[0], referred_region_id="V")
    log_call(call=row, lists={}, by=access(user("Olle", Role.OPERATOR)))
    vera = user("Vera", Role.COORDINATOR, region="V", language="en")
    asked: list[str] = []

    def times() -> int:
        return asked.count(f"{live_server.url}/waiting/")

    with browser_of(chromium, live_server, vera) as page:
        page.on("request", lambda request: asked.append(request.url))
        for address in ("/", "/calls/", "/cases/", "/calls/"):
            page.goto(address, wait_until="networkidle")
            page.locator(".nmt-number", has_text="1 things wait for you").wait_for()
        assert times() == 1
        page.evaluate("sessionStorage.setItem('waiting', `${Date.now() - 61_000} 7`)")
        page.goto("/cases/", wait_until="networkidle")
        assert times() == 2, "a minute later"
        page.goto("/", wait_until="networkidle")
        assert times() == 3, "the number and the list of My page agree"
        press(page, "Take over")
        page.wait_for_load_state("networkidle")
        assert (times(), page.locator(".nmt-number").count()) == (4, 0)
