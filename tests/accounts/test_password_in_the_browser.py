"""A password that is being typed can be looked at, and is never sent as plain text of the page."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.roles import Role
from tests.actors import PASSWORD, user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def plain_http(settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False


def test_a_typed_password_is_shown_and_hidden_again_and_hidden_when_it_is_sent(page: Any) -> None:
    olle = user("Olle", Role.OPERATOR, language="en")
    page.goto("/accounts/login/")
    field, button = page.locator("[name=password]"), page.locator(".reveal")
    page.fill("[name=login]", olle.email)
    field.fill(PASSWORD)
    assert field.get_attribute("type") == "password"
    assert button.inner_text() == "Visa lösenordet"
    button.press("Enter")  # by keyboard, and without sending the form
    assert field.get_attribute("type") == "text"
    assert button.inner_text() == "Dölj lösenordet"
    assert field.input_value() == PASSWORD
    button.click()
    assert field.get_attribute("type") == "password"
    button.click()
    page.evaluate(
        "document.querySelector('[name=password]').form.addEventListener('submit', (event) => {"
        " document.title = document.querySelector('[name=password]').type; event.preventDefault(); })"
    )
    field.press("Enter")
    assert page.title() == "password"  # a browser keeps what is sent from a text field, to offer it again


@pytest.mark.long
def test_each_password_of_a_page_has_its_own_button(page: Any) -> None:
    olle = user("Olle", Role.OPERATOR, language="en")
    page.goto("/accounts/login/?next=/accounts/password/change/")
    page.fill("[name=login]", olle.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/accounts/password/change/")
    page.locator(".reveal").nth(1).click()
    types = page.eval_on_selector_all("form input[name*=password]", "all => all.map(one => one.type)")
    assert types == ["password", "text", "password"]
