"""An idle session in a real browser: an announced warning, renewal on the spot, and no text lost when it has
ended."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session

from accounts.models import User
from accounts.roles import Role
from accounts.sessions import SEEN, SIGNED_IN, SessionStore
from cases.models import Call
from tests.actors import PASSWORD, user
from tests.browser import answered
from tests.cases.test_call_by_keyboard import Keys, usual_call

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOTE = "Undrar om en kvinna som arbetar i ett hushåll"


@pytest.fixture
def olle() -> User:
    return user("Olle", Role.OPERATOR)


@pytest.fixture(autouse=True)
def plain_http(settings: LazySettings) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False


def sign_in(page: Any, person: User) -> None:
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def idle(minutes: float) -> None:
    """Nobody has done anything for so long."""
    shift(SEEN, minutes)


def shift(what: str, minutes: float) -> None:
    """What the clock would do, without the waiting."""
    for row in Session.objects.all():
        store = SessionStore(row.session_key)
        store[what] = int(time.time() - minutes * 60)
        store.save()


def look(page: Any) -> None:
    """The page asks for its session when it is looked at again, as it does every twenty seconds."""
    page.evaluate("window.dispatchEvent(new Event('focus'))")


def begin_call(page: Any, person: User) -> None:
    page.goto("/accounts/login/")
    sign_in(page, person)
    page.goto("/calls/new/")
    usual_call(Keys(page))
    page.fill("[name=note]", NOTE)


def test_a_warning_is_announced_and_the_session_renewed_on_the_page(page: Any, olle: User) -> None:
    begin_call(page, olle)
    idle(21)
    look(page)
    page.wait_for_selector("#timeout[open]")
    assert page.inner_text("#timeout-title") == "Du loggas ut om 4 minuter"
    assert "Du loggas ut om" in page.text_content("#timeout [role=status]")
    assert page.evaluate("document.activeElement.matches('[data-stay]')")
    page.keyboard.press("Enter")
    page.wait_for_selector("#timeout", state="hidden")
    assert page.input_value("[name=note]") == NOTE
    left = page.evaluate("fetch('/session/').then((answer) => answer.json())")["left"]
    assert left > 24 * 60


@pytest.mark.long
def test_the_end_of_the_day_is_told_before_it_comes_and_cannot_be_put_off(page: Any, olle: User) -> None:
    begin_call(page, olle)
    shift(SIGNED_IN, 12 * 60 - 14)
    look(page)
    page.wait_for_selector("#timeout[open] [data-seen]:visible")
    assert "Din session avslutas om 14 minuter" in page.inner_text("#timeout")
    page.keyboard.press("Enter")
    page.wait_for_selector("#timeout", state="hidden")
    with answered(page, "**/session/"):
        look(page)
    assert not page.is_visible("#timeout")
    shift(SIGNED_IN, 12 * 60 - 1)
    look(page)
    page.wait_for_selector("#timeout[open] [data-seen]:visible")
    assert page.input_value("[name=note]") == NOTE


@pytest.mark.long
def test_asking_about_the_session_and_keeping_a_draft_do_not_renew_it(page: Any, olle: User) -> None:
    begin_call(page, olle)
    idle(22)
    with page.expect_response(lambda answer: "/drafts/" in answer.url and answer.request.method == "POST"):
        page.type("[name=note]", " till")
    look(page)
    page.wait_for_selector("#timeout[open]")
    assert page.evaluate("fetch('/session/').then((answer) => answer.json())")["left"] < 3.1 * 60


def test_what_was_written_is_posted_after_the_same_user_has_signed_in_again(page: Any, olle: User) -> None:
    begin_call(page, olle)
    idle(26)
    look(page)
    page.wait_for_selector("#timeout[open] [data-ended]:visible")
    with page.context.expect_page() as opened:
        page.click("#timeout a[data-ended]")
    sign_in(opened.value, olle)
    opened.value.close()
    look(page)
    page.wait_for_selector("#timeout", state="hidden")
    assert page.input_value("[name=note]") == NOTE
    send(page)
    assert Call.objects.get().note == NOTE
    assert Call.objects.get().taken_by == olle


def test_another_user_cannot_send_it_in_their_name(page: Any, olle: User) -> None:
    olga = user("Olga", Role.OPERATOR)
    begin_call(page, olle)
    idle(26)
    other = page.context.new_page()
    other.goto("/accounts/login/")
    sign_in(other, olga)
    other.close()
    look(page)
    page.wait_for_selector("#timeout[open] [data-other]:visible")
    with answered(page, "**/session/"):
        page.evaluate("document.querySelector('form[data-draft]').requestSubmit()")
    assert not Call.objects.exists()
    assert page.input_value("[name=note]") == NOTE


def send(page: Any) -> None:
    page.press("[name=note]", "Control+Enter")
    page.wait_for_url(lambda url: "/new/" not in url)
