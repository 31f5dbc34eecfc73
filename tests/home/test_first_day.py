"""Whoever is new finds on *My page* what to do first, ticked where it is known to be done, until they put it
away; and what the help says of a word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from home.guide import GuidePlace, first_day, hits, of_guide, of_words
from knowledge.stored_texts import load
from tests.actors import access, user
from tests.cases.pages import signed_in
from tests.weights import mostly_long

MORNING = datetime(2019, 3, 1, 8, 0, tzinfo=UTC)
database = pytest.mark.django_db


def steps(client: Client) -> dict[str, bool]:
    return {one.url: one.done for one in client.get("/").context["first_day"]}


@database
@pytest.mark.parametrize("role", mostly_long(Role, usual=[Role.COORDINATOR, Role.ANALYST]))
def test_everybody_new_has_five_to_seven_things_to_do_that_they_may_do(role: Role) -> None:
    client = signed_in(user("Ny", role, region="V" if role == Role.COORDINATOR else "", agency="police"))
    found = steps(client)
    assert 4 <= len(found) <= 7
    for url in found:
        assert client.get(url, follow=True).status_code == 200, url


@database
def test_what_is_done_is_ticked_and_the_card_is_put_away(settings: Any) -> None:
    karin = user("Karin", Role.COORDINATOR, region="V")
    client = signed_in(karin)
    assert not any(steps(client).values())
    settings.TERMS_VERSION = 1
    client.post("/account/terms/", {"version": "1"})
    client.get("/help/guide/officer/")  # not hers
    assert [url for url, done in steps(client).items() if done] == ["/account/terms/"]
    client.get("/help/guide/coordinator/")
    Authenticator.objects.create(user=karin, type=Authenticator.Type.TOTP, data={})
    user("Eva", Role.COORDINATOR, region="V", kind="deputy")
    assert [url for url, done in steps(client).items() if not done] == ["/help/#keys"]
    assert client.post("/first-day/over/").status_code == 302
    assert not client.get("/").context["first_day"]


@database
def test_whoever_has_been_here_for_a_month_has_no_card_and_pays_no_question(
    django_assert_num_queries: Any,
) -> None:
    with time_machine.travel(MORNING, tick=False):
        karin = user("Karin", Role.COORDINATOR, region="V")
    now, later = access(karin, MORNING), access(karin, MORNING + timedelta(days=31))
    with django_assert_num_queries(0):
        assert not first_day(later)
    with django_assert_num_queries(1):
        assert first_day(now)


def test_every_word_must_be_there_and_titles_come_first() -> None:
    places = [
        GuidePlace("Efter samtalet", "Operatör", "/a", "Utse en ersättare\nNågot annat"),
        GuidePlace("Ersättare utses", "Koordinator", "/b", "Två personer"),
        GuidePlace("Import", "Koordinator", "/c", "Filer"),
    ]
    assert [hit.url for hit in hits("ERSÄTTARE", places)] == ["/b", "/a"]
    assert hits("ersättare utse", places)[1].said == "Utse en ersättare"
    assert not hits("ersättare fil", places)
    assert not hits("  ", places)


@pytest.mark.parametrize(("language", "words", "url"), [
    ("sv", "dubblett", "/help/guide/coordinator/#duplicates"),
    ("en", "duplicates", "/help/guide/coordinator/#duplicates"),
    ("sv", "övning", "/help/guide/everyone/#practise"),
])  # fmt: skip
def test_the_guide_is_searched_in_the_readers_language(language: str, words: str, url: str) -> None:
    assert url in [hit.url for hit in hits(words, of_guide(language))]


@database
def test_the_help_finds_sections_words_terms_and_articles_and_says_when_there_is_nothing() -> None:
    load()
    karin: User = user("Karin", Role.COORDINATOR, region="V")
    client = signed_in(karin)
    response = client.post("/help/find/", {"q": "betänketid"})
    groups = dict(response.context["groups"])
    assert list(groups) == ["I guiden", "Vad orden betyder", "Artiklar"]
    assert "/help/#terms" in {hit.url for hit in chain(*groups.values())}
    assert f"{response.context['number']} träffar" in response.content.decode()
    none = client.post("/help/find/", {"q": "<zzz>"}).content.decode()
    assert "&lt;zzz&gt;" in none
    assert 'href="/help/guide/coordinator/"' in none
    assert client.get("/help/find/").context["number"] == 0
    assert {hit.where for hit in hits("tvång", of_words())}
