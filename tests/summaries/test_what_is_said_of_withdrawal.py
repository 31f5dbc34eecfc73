"""What the pages of withdrawing a version and closing a year say is what then happens."""

from __future__ import annotations

import json
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.access import Access
from accounts.roles import Role
from cases.models import YearConfirmation
from summaries.loading import decide_standing_exemption
from summaries.publishing import actions
from summaries.publishing.models import Publication
from tests.actors import user
from tests.makers import new_case, new_person
from tests.summaries.releasing import released, second
from tests.summaries.small_year import add, published

pytestmark = pytest.mark.django_db
State = Publication.State
WHY = "A county was counted twice in this version."
FORMER = {"sv": "Sidan visar då ditt skäl i stället", "en": "The page then shows your reason instead"}
both = pytest.mark.parametrize("language", ["sv", "en"])


@pytest.fixture(autouse=True)
def standing_exemption() -> None:
    decide_standing_exemption()


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


class TestWithdrawal:
    @both
    def test_of_the_only_version_it_leaves_the_reason_on_both_pages(
        self, vera: Access, anna: Access, analyst: Client, language: str
    ) -> None:
        add(vera)
        published(anna)
        said = read(analyst, withdrawing(1), language)
        assert FORMER[language] not in said
        too = {"sv": "Årets sida visar också ditt skäl", "en": "The page of the year shows your reason too"}
        assert too[language] in said
        withdraw(analyst, 1, again=0)
        for address in ("/statistik/2018/", "/statistik/2018/v1/", "/statistik/2018/internationellt/"):
            assert WHY in outside(address)
            assert "60" not in outside(address)
        for file in ("tables.csv", "tables.json", "tables.xlsx"):
            assert Client().get(f"/statistik/2018/{file}").status_code == 404
            assert Client().get(f"/statistik/2018/v1/{file}").status_code == 404

    @both
    def test_of_the_newest_it_brings_the_one_before_back_and_says_so(
        self, vera: Access, anna: Access, analyst: Client, language: str
    ) -> None:
        add(vera)
        published(anna)
        published(anna, State.REVISED)
        said = read(analyst, withdrawing(2), language)
        assert FORMER[language] not in said
        again = {
            "sv": ("Version 1 igen", "Inget annat än ditt skäl"),
            "en": ("Version 1 again", "Nothing but your"),
        }
        assert all(choice in said for choice in again[language])
        withdraw(analyst, 2, again=1)
        year = outside("/statistik/2018/")
        assert "60 presumed victims" in year
        assert "version 1" in year
        assert WHY in outside("/statistik/2018/v2/")
        files = [Client().get(f"/statistik/2018/{at}tables.csv").content for at in ("", "v1/")]
        assert files[0] == files[1]
        assert Client().get("/statistik/2018/v2/tables.csv").status_code == 404

    def test_of_an_older_one_it_leaves_the_newest(self, vera: Access, anna: Access, analyst: Client) -> None:
        add(vera)
        published(anna)
        published(anna, State.REVISED)
        assert "The page of the year shows version 2." in read(analyst, withdrawing(1))

    @both
    def test_what_other_years_keep_of_it_is_named(
        self, vera: Access, anna: Access, analyst: Client, language: str
    ) -> None:
        add(vera)
        published(anna)
        keeps = {"sv": "Serien över tio år behåller", "en": "The series over ten years keeps"}[language]
        assert keeps not in read(analyst, withdrawing(1), language)
        Publication.objects.create(
            year=2019,
            version=1,
            state=State.FINAL,
            passed=True,
            digest="d",
            checksum="c",
            published_at=anna.at,
            two_persons=False,
        )
        said = read(analyst, withdrawing(1), language)
        assert keeps in said
        assert "2019" in said
        published(anna, State.REVISED)
        Publication.objects.filter(year=2018, version=1).update(published_at=anna.at - timedelta(days=9))
        assert keeps not in read(analyst, withdrawing(1), language), "2019 was frozen when version 2 stood"
        assert keeps in read(analyst, withdrawing(2), language)

    def test_the_series_of_a_later_year_keeps_its_totals(
        self, vera: Access, anna: Access, analyst: Client
    ) -> None:
        add(vera)
        published(anna)
        new_case(*[new_person(on=date(2019, 1, 7)) for _n in range(40)], by=vera)
        draft = actions.protect_draft(year=2019, by=anna)
        row = released(draft=draft, digest=draft.digest, state=State.FINAL, by=anna)
        withdraw(analyst, 1, again=0)
        series = json.loads(Client().get("/statistik/2019/tables.json?lang=en").content)["sdg_series"]["rows"]
        assert {line["year"]: line["cells"][0]["value"] for line in series}[2018] == 60
        assert row.year == 2019

    def test_the_form_says_where_the_reason_is_read(
        self, vera: Access, anna: Access, analyst: Client
    ) -> None:
        add(vera)
        published(anna)
        assert "Everybody can read it on the page of the version." in read(analyst, withdrawing(1))


@both
def test_a_year_can_be_final_before_its_regions_have_confirmed_and_no_page_says_otherwise(
    vera: Access, anna: Access, language: str
) -> None:
    add(vera)
    assert published(anna).state == State.FINAL
    assert not YearConfirmation.objects.exists(), "now it waits: the page may say so"
    client = Client()
    client.force_login(user("Siv", Role.COORDINATOR, region="SY"))
    page = read(client, reverse("cases:year", args=[2018, "SY"]), language)
    assert {"sv": "Den som publicerar året ser det.", "en": "Whoever releases the year reads it."}[
        language
    ] in page
    for former in ("the yearly summary waits for it", "årssammanställningen väntar på det"):
        assert former not in page


@both
def test_spreadsheets_lack_what_the_statement_of_accessibility_says_they_lack(
    vera: Access, anna: Access, language: str
) -> None:
    add(vera)
    published(anna)
    public = Client()
    told = json.loads(public.get("/statistik/2018/tables.json").content)
    assert told["sdg_series"]["rows"]
    csv = public.get("/statistik/2018/tables.csv").content.decode()
    assert {line.split(",")[2] for line in csv.splitlines()[1:]} == {
        table["name"] for table in told["tables"]
    }
    assert not [line for line in csv.splitlines()[1:] if not line.startswith("2018,")], (
        "now the ten years are there"
    )
    page = read(Client(), "/accessibility/", language)
    lacks = {"sv": "utom de internationella tabellernas tal", "en": "all but the rates and the ten years"}
    assert lacks[language] in page
