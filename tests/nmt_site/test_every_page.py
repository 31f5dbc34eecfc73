"""Every page that a person can reach by links, as a browser shows it.

Of every page in each language: 60 kB of HTML at most, no link that is refused or leads nowhere, no error in the
console, no broken policy, no request to another host, the language that was chosen, no scrolling sideways at 200 per
cent or at 390 pixels, and axe finds nothing against WCAG 2.2 A and AA: in one language wide and light, in the other
narrow and dark, and from page to page the other way round.

Of every page once for each person: by Tab the skip link comes first, focus keeps to the order of the page and shows
at every stop (of the first thirty; further on no tabindex breaks the order), and Enter sends every form in sight.

Sampled: of addresses that differ by an identifier, by the values of their query, by order or place in a list, or by
which table of a year they show, each person opens one in each language. What a form answers has tests of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

from agencies.models import User
from cases.demo.invent import invent
from cases.demo.people import DOMAIN, SIGN_INS
from tests.browser import open_page
from tests.crawl import Crawl

pytestmark = pytest.mark.browser
PEOPLE = ("nobody", *(who for who, *_ in SIGN_INS if who != "coordinator.syd"))
START = {"nobody": "/accounts/login/"}


@pytest.fixture
def register(live_server: Any) -> Iterator[str]:
    """The address of a register with invented data."""
    with override_settings(DEMO=True):
        invent(password="not used here: the tests carry the cookie over")
        yield live_server.url


def signed_in(who: str, url: str, language: str) -> list[dict[str, str]]:
    """The cookies of somebody who has signed in and chosen a language."""
    cookies = {settings.LANGUAGE_COOKIE_NAME: language}
    if who != "nobody":
        client = Client()
        user = User.objects.get(email=f"{who}@{DOMAIN}")
        User.objects.filter(pk=user.pk).update(language=language)
        client.force_login(user)
        cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return [{"name": name, "value": value, "url": url} for name, value in cookies.items()]


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_that_a_person_can_reach_in_both_languages(chromium: Any, register: str, who: str) -> None:
    faults: list[str] = []
    seen: set[str] = set()
    for language in ("sv", "en"):
        with open_page(chromium, register, locale=language) as page:
            page.context.set_default_timeout(30_000)
            page.context.add_cookies(signed_in(who, register, language))
            crawl = Crawl(page, register, seen, language)
            crawl.run(START.get(who, "/"))
        faults += crawl.faults
        assert len(crawl.visited) >= 7  # else the links led nowhere
    assert "\n".join(dict.fromkeys(faults)) == ""
