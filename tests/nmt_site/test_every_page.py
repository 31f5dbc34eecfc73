"""Every page that a person can reach by links, as a browser shows it.

Of every page in each language: 60 kB of HTML at most, no link that is refused or leads nowhere, no error in
the console, no broken policy, no request to another host, the language that was chosen, no scrolling sideways
at 200 per cent or at 390 pixels, and axe finds nothing against WCAG 2.2 A and AA: in one language wide and
light, in the other narrow and dark, and from page to page the other way round.

Of every page once: by Tab the skip link comes first, focus keeps to the order of the page and shows
at every stop (of the first thirty; further on no tabindex breaks the order), and Enter sends every form in
sight: one that leads where another of the same kinds of elements led, as those of the frame do, only once.

A page is loaded at 390 pixels and left at 200 per cent, the next one the other way round, so that each size
is laid out once; 1280 pixels wide it is where it is walked by Tab or given to axe.

A page on which every kind of element, in its place, stood on a page judged before, for another person too, is
not given to axe or walked by Tab again in the same look. Of a page given to axe, contrast is asked about
where words of a new kind look as none did before, by computed colours, size and all that lies behind them.
What no single element shows is looked at on every page: a title, ids that stand once, and references that
lead to one.

Sampled: of addresses that differ by an identifier, by the values of their query or how filters are combined,
by order or place in a list, or by which table of a year or comparison they show, each person opens one in
each language. What a form answers has tests of its own. `make test` lets most people walk in one language
only: `USUAL`.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import User
from cases.demo.invent import invent
from cases.demo.people import DOMAIN, SIGN_INS
from tests.browser import open_page
from tests.crawl import WIDE, Crawl
from tests.weights import examples, mostly_long

pytestmark = pytest.mark.browser
# In the other language a page is wide or narrow, light or dark as it was not in the first. In `make test` two
# walk, who between them reach a page of nearly every kind; neither the admin nor other selections of a list.
PEOPLE = ("coordinator.vast", "admin", "operator", "analyst", "manager", "dpo", "officer", "nobody")
LANGUAGES = ("sv", "en")
USUAL = (("coordinator.vast", "sv"), ("nobody", "en"))
START = {"nobody": "/accounts/login/"}


@pytest.fixture(scope="session")
def kept() -> Iterator[sqlite3.Connection]:
    """A copy of the invented register: inventing takes longer than most walks."""
    with closing(sqlite3.connect(":memory:")) as copy:
        yield copy


@pytest.fixture
def register(live_server: Any, kept: sqlite3.Connection) -> Iterator[str]:
    """The address of a register with invented data."""
    with override_settings(DEMO=True):
        if kept.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            connection.ensure_connection()
            kept.backup(connection.connection)
        else:
            invent(password="not used here: the tests carry the cookie over")
            connection.connection.backup(kept)
        yield live_server.url


def signed_in(who: str, url: str) -> list[dict[str, str]]:
    """The cookies of somebody who has signed in."""
    if who == "nobody":
        return []
    client = Client()
    client.force_login(User.objects.get(email=f"{who}@{DOMAIN}"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}]


class Judged:
    """What the walks of this run have judged, in all its processes: each writes a file of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.own = folder, folder / f"{os.getpid()}.json"

    def read(self) -> set[tuple[str, str]]:
        return {tuple(one) for file in self.folder.glob("*.json") for one in json.loads(file.read_text())}

    def write(self, judged: set[tuple[str, str]]) -> None:
        new = self.own.with_suffix(".new")
        new.write_text(json.dumps(sorted(judged)))
        new.replace(self.own)


@pytest.fixture(scope="session")
def before(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    base = tmp_path_factory.getbasetemp()  # of one process: that of the run is above
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    folder = base.parent / f"judged-{run}" if run else base / "judged"
    folder.mkdir(exist_ok=True)
    return Judged(folder)


def test_everybody_walks_in_both_languages() -> None:
    """All but the second coordinator, whose pages are the first one's."""
    assert {*PEOPLE} == {"nobody", *(who for who, *_ in SIGN_INS)} - {"coordinator.syd", "admin2"}
    assert {language for _who, language in USUAL} == {*LANGUAGES}


@pytest.mark.heavy
@pytest.mark.parametrize("walk", mostly_long(product(PEOPLE, LANGUAGES), usual=USUAL), ids="-".join)
def test_every_page_that_a_person_can_reach(
    chromium: Any, register: str, before: Judged, walk: tuple[str, str]
) -> None:
    who, language = walk
    start = START.get(who, "/")
    with open_page(chromium, register) as page:
        page.context.add_cookies(signed_in(who, register))
        if language == "en":
            page.set_viewport_size(WIDE)
            page.goto(start)
            page.click(f"form[action='{reverse('set_language')}'] button")
        crawl = Crawl(page, register, before.read(), language, brief=not examples(0, 1))
        crawl.run(start)
        before.write(crawl.judged)
        assert len(crawl.visited) >= 7  # else the links led nowhere
    assert "\n".join(dict.fromkeys(crawl.faults)) == ""
