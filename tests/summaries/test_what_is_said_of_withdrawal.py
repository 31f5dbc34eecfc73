"""What the pages of withdrawing a version and closing a year say is what then happens."""

from __future__ import annotations

import json
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.access import Access
from accounts.roles import Role
from cases.models import YearConfirmation
from summaries.release import actions
from summaries.release.corrections import headline_steps
from summaries.release.models import Publication
from tests.actors import NOON, user
from tests.makers import new_case, new_person
from tests.summaries.releasing import released, second
from tests.summaries.small_year import FINE, published

pytestmark = pytest.mark.django_db
State = Publication.State
WHY = "A county was counted twice in this version."
FORMER = {"sv": "Sidan visar då ditt skäl i stället", "en": "The page then shows your reason instead"}
both = pytest.mark.parametrize("language", ["sv", "en"])


@pytest.fixture
def analyst(anna: Access, client: Client) -> Client:
    client.force_login(anna.user)
    return client


def read(client: Client, address: str, language: str = "en") -> str:
    client.cookies["django_language"] = language
    return " ".join(unescape(strip_tags(client.get(address).content.decode())).split())


def outside(address: str) -> str:
    return read(Client(), f"{address}?lang=en")


def withdrawing(version: int) -> str:
    return f"/summaries/publications/2018/v{version}/withdraw/"


def withdraw(analyst: Client, version: int, *, again: int) -> None:
    """Asked for on the page, and approved by a manager on the page of the question."""
    texts = {"again": str(again), "reason": WHY, "reason_en": WHY}
    question = analyst.post(withdrawing(version), texts)["Location"]
    manager = Client()
    manager.force_login(second())
    manager.post(question, {"answer": "yes"})


def test_of_the_only_version_it_leaves_the_reason_on_both_pages(year: Publication, analyst: Client) -> None:
    too = {"sv": "Årets sida visar också ditt skäl", "en": "The page of the year shows your reason too"}
    for language, words in too.items():
        text = read(analyst, withdrawing(1), language)
        assert FORMER[language] not in text
        assert words in text
    withdraw(analyst, 1, again=0)
    for address in ("/statistik/2018/", "/statistik/2018/v1/", "/statistik/2018/internationellt/"):
        assert WHY in outside(address)
        assert "60" not in outside(address)
    for file in ("tables.csv", "tables.json", "tables.xlsx", "v1/tables.csv", "v1/tables.json"):
        assert Client().get(f"/statistik/2018/{file}").status_code == 404


def test_of_the_newest_it_brings_the_one_before_back_and_says_so(
    year: Publication, anna: Access, analyst: Client
) -> None:
    published(anna, State.REVISED, FINE)
    again = {
        "sv": ("Version 1 igen", "Inget annat än ditt skäl"),
        "en": ("Version 1 again", "Nothing but your"),
    }
    for language, choices in again.items():
        text = read(analyst, withdrawing(2), language)
        assert [choice for choice in choices if choice not in text] == []
    assert "The page of the year shows version 2." in read(analyst, withdrawing(1)), "an older one leaves it"
    withdraw(analyst, 2, again=1)
    shown = outside("/statistik/2018/")
    assert [words for words in ("60 presumed victims", "version 1") if words not in shown] == []
    assert WHY in outside("/statistik/2018/v2/")
    assert tables_of_the_year(Client(), "v2/").status_code == 404
    assert tables_of_the_year(Client()).content == tables_of_the_year(Client(), "v1/").content


def tables_of_the_year(client: Client, version: str = "") -> Any:
    return client.get(f"/statistik/2018/{version}tables.csv")


KEEPS = {"sv": "Serien över tio år behåller", "en": "The series over ten years keeps"}


@both
def test_what_other_years_keep_of_it_is_named(year: Publication, analyst: Client, language: str) -> None:
    assert KEEPS[language] not in read(analyst, withdrawing(1), language)
    another(year, year=2019)
    text = read(analyst, withdrawing(1), language)
    assert KEEPS[language] in text
    assert "2019" in text


def test_another_year_keeps_the_version_that_stood_when_it_was_frozen(
    year: Publication, analyst: Client
) -> None:
    another(year, year=2018, version=2, state=State.REVISED)
    another(year, year=2019)
    Publication.objects.filter(pk=year.pk).update(published_at=NOON - timedelta(days=9))
    assert KEEPS["en"] not in read(analyst, withdrawing(1))
    assert KEEPS["en"] in read(analyst, withdrawing(2))


def another(row: Publication, **facts: Any) -> None:
    """A version of no tables, as old as the row."""
    kept = {"version": 1, "state": State.FINAL, "passed": True, "digest": "d", "checksum": "c"}
    Publication.objects.create(
        **{**kept, "published_at": row.published_at, "approved_by": row.approved_by, **facts},
    )


def test_the_series_of_a_later_year_keeps_its_totals(
    year: Publication, vera: Access, anna: Access, analyst: Client
) -> None:
    new_case(*[new_person(on=date(2019, 1, 7)) for _n in range(9)], by=vera)
    draft = actions.protect_draft(year=2019, by=anna, steps=headline_steps())
    released(draft=draft, digest=draft.digest, state=State.FINAL, by=anna)
    withdraw(analyst, 1, again=0)
    series = json.loads(Client().get("/statistik/2019/tables.json?lang=en").content)["sdg_series"]["rows"]
    assert {line["year"]: line["cells"][0]["value"] for line in series}[2018] == 60


def test_the_form_says_where_the_reason_is_read(year: Publication, analyst: Client) -> None:
    assert "Everybody can read it on the page of the version." in read(analyst, withdrawing(1))


@both
def test_a_year_can_be_final_before_its_regions_have_confirmed_and_no_page_says_otherwise(
    year: Publication, language: str
) -> None:
    assert year.state == State.FINAL
    assert not YearConfirmation.objects.exists(), "now it waits: the page may say so"
    client = Client()
    client.force_login(user("Siv", Role.COORDINATOR, region="SY"))
    page = read(client, reverse("cases:year", args=[2018, "SY"]), language)
    reads = {"sv": "Den som publicerar året ser det.", "en": "The person who publishes the year sees it."}
    assert reads[language] in page
    for former in ("the yearly summary waits for it", "årssammanställningen väntar på det"):
        assert former not in page


def test_spreadsheets_lack_what_the_statement_of_accessibility_says_they_lack(year: Publication) -> None:
    data = json.loads(Client().get("/statistik/2018/tables.json").content)
    assert data["sdg_series"]["rows"]
    lines = [line.split(",") for line in tables_of_the_year(Client()).content.decode().splitlines()[1:]]
    assert {line[2] for line in lines} == {table["name"] for table in data["tables"]}
    assert {line[0] for line in lines} == {"2018"}, "now the ten years are there"
    lacks = {"sv": "utom de internationella tabellernas tal", "en": "lack the rates and the ten years"}
    for language, words in lacks.items():
        assert words in read(Client(), "/accessibility/", language)
