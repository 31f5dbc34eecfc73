"""From the question to the open account, walked by all three, by keyboard: who asks, who answers, who is let
in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail

from accounts.models import User
from accounts.roles import Role
from tests.actors import PASSWORD, user
from tests.browser import open_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHOSEN = "hasselbacka moln tretton"


@pytest.fixture(autouse=True)
def plain_http(settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False


def sign_in(page: Any, email: str, password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile(r"/$|/account/open/$"))


def test_one_asks_another_answers_and_the_third_opens_with_the_code(chromium: Any, live_server: Any) -> None:
    anna, max_ = user("Anna", Role.ADMINISTRATOR), user("Max", Role.MANAGER)
    with open_page(chromium, live_server.url) as asks:
        sign_in(asks, anna.email)
        asks.goto("/admin/accounts/user/add/")
        asks.fill("[name=email]", "nina@example.org")
        asks.fill("[name=name]", "Nina Ny")
        asks.select_option("[name=role]", "operator")
        asks.press("[name=name]", "Enter")
        asks.get_by_text("En andra person svarar på det här").first.wait_for()
        asks.fill("[name=why]", "Börjar på stödtelefonen")
        asks.press("[name=name]", "Enter")
        asks.wait_for_url(re.compile(r"/approvals/[\w-]+/$"))
        asks.get_by_text("Ingenting är ändrat än").first.wait_for()
        assert not User.objects.filter(email="nina@example.org").exists()
    with open_page(chromium, live_server.url) as answers:
        sign_in(answers, max_.email)
        answers.get_by_role("link", name="Nytt konto").press("Enter")
        answers.get_by_text("Börjar på stödtelefonen").wait_for()
        answers.locator("[name=answer][value=yes]").press("Space")
        answers.fill("[name=reason]", "Jag har talat med hennes chef")
        answers.get_by_role("button", name="Skicka svaret").press("Enter")
        code = answers.locator("#said-once").inner_text().strip()
        assert re.fullmatch(r"\d{6}", code)
        answers.goto(answers.url)
        assert answers.locator("#said-once").count() == 0
    link = re.search(r"https?://\S+", mail.outbox[0].body).group()  # type: ignore[union-attr]
    with open_page(chromium, live_server.url) as comes:
        comes.goto(link[link.index("/accounts/") :])
        comes.fill("[name=password1]", CHOSEN)
        comes.fill("[name=password2]", CHOSEN)
        comes.press("[name=password2]", "Enter")
        comes.wait_for_url("**/done/")
        sign_in(comes, "nina@example.org", CHOSEN)
        assert comes.url.endswith("/account/open/")
        comes.keyboard.type("1")  # the field has the focus
        comes.keyboard.press("Enter")
        comes.get_by_role("alert").wait_for()
        comes.fill("[name=code]", code)
        comes.press("[name=code]", "Enter")
        comes.get_by_text("Ditt konto är öppet").wait_for()
