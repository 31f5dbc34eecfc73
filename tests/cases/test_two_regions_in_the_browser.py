"""What passes between two regions, in two real browsers: a person handed over, and a question of a
duplicate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from accounts.roles import Role
from cases.models import DuplicateReview, Person
from tests.actors import access, user
from tests.browser import open_page
from tests.cases.pages import signed_in
from tests.makers import new_case, new_person

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.django_db(transaction=True)]
FACTS = {
    "age_class": "25-34",
    "citizenship": "MN",
    "county": "21",
    "main": "begging",
    "offence": "trafficking",
}


@pytest.fixture
def vera() -> User:
    return user("Vera", Role.COORDINATOR, region="V", language="en")


@pytest.fixture
def sune() -> User:
    return user("Sune", Role.COORDINATOR, region="SY", language="en")


@contextmanager
def browser_of(chromium: Any, live_server: Any, who: User) -> Iterator[Any]:
    with open_page(chromium, live_server.url) as page:
        cookie = signed_in(who).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        yield page


def follow(page: Any, name: str) -> None:
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("link", name=name).first.click()


def press(page: Any, name: str) -> None:
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name=name).first.click()


def test_a_person_is_handed_over_and_the_other_region_accepts(
    chromium: Any, live_server: Any, vera: User, sune: User
) -> None:
    person = Person.objects.get(case=new_case(new_person(**FACTS), by=access(vera)))
    before = {
        name: getattr(person, name) for name in ("number", "first_year", "first_county_id", "first_region_id")
    }
    with browser_of(chromium, live_server, vera) as page:
        page.goto(person.get_absolute_url())
        follow(page, "Transfer to another region")
        page.get_by_label("To region").select_option("SY")
        page.get_by_label("Why is the person handed over?").fill("The person has moved south.")
        press(page, "Ask for the transfer")
        assert "waits for an answer from region South" in page.inner_text("main")
    with browser_of(chromium, live_server, sune) as page:
        page.goto("/")
        follow(page, person.number)
        page.locator("input[name=accept][value=yes]").check()
        press(page, "Answer the transfer")
    person.refresh_from_db()
    assert person.responsible_region_id == "SY"
    assert {name: getattr(person, name) for name in before} == before


def test_another_region_is_asked_about_a_duplicate_and_neither_sees_the_other_s_record(
    chromium: Any, live_server: Any, vera: User, sune: User
) -> None:
    new_case(new_person(on=date(2018, 5, 2), reference="EX-7", **FACTS), by=access(vera))
    new_case(new_person(on=date(2018, 5, 6), reference="EX-7", **FACTS), by=access(sune), region="SY")
    call_command("find_duplicates", stdout=StringIO())  # the night passes
    review = DuplicateReview.objects.select_related("first", "second").get()
    with browser_of(chromium, live_server, sune) as page:
        page.goto(review.second.get_absolute_url())
        assert review.first.number not in page.content()
        press(page, "Send a question")
        assert "has not answered yet" in page.inner_text("main")
    with browser_of(chromium, live_server, vera) as page:
        page.goto("/")
        follow(page, "Is it the same person?")
        assert review.second.number not in page.content()
        page.get_by_role("radio", name="Same person").check()
        page.get_by_label("Why?").fill("The same reference.")
        press(page, "Save the judgement")
    assert Person.objects.counted().count() == 1
    with browser_of(chromium, live_server, sune) as page:
        page.goto(review.second.get_absolute_url())
        assert "The person is counted once." in page.inner_text("main")
        assert review.first.number not in page.content()
