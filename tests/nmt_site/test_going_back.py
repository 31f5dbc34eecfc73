"""What a browser gives back of a form that the register refused as too old, and what the page says of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.roles import Role
from tests.actors import user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOTE = "Flera arbetare på en byggplats"


def test_texts_are_there_and_numbers_are_not_as_the_page_says(page: Any, live_server: Any) -> None:
    client = Client()
    client.force_login(user("Nora", Role.OFFICER, agency="police"))
    session = {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
    }
    page.context.add_cookies([{**session, "url": live_server.url}])
    page.goto("/cases/notify/")
    page.fill("textarea[name=note]", NOTE)
    page.fill("input[name=women]", "3")
    page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    page.click("main form:has(textarea[name=note]) button[type=submit]")
    page.wait_for_selector("text=Formuläret var för gammalt")
    assert "men andra svar kan vara borta" in page.inner_text("main")
    page.evaluate("setTimeout(() => history.back(), 50)")
    page.wait_for_selector("textarea[name=note]")
    assert page.input_value("textarea[name=note]") == NOTE
    assert page.input_value("input[name=women]") != "3", "now numbers are there too: the page may say so"
