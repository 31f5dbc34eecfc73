"""What programs fetch of all years: one file, a catalogue, a feed, a map; nothing before its hour."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.access import Access
from summaries.models import HistoricalFigure
from summaries.release.models import Publication, PublicationFile
from tests.actors import NOON
from tests.summaries.releasing import withdrawn

pytestmark = pytest.mark.django_db
NAMES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "spdx": "http://spdx.org/rdf/terms#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "atom": "http://www.w3.org/2005/Atom",
    "map": "http://www.sitemaps.org/schemas/sitemap/0.9",
}
RESOURCE, ABOUT = (f"{{{NAMES['rdf']}}}{name}" for name in ("resource", "about"))
OPEN = ("alla-ar.csv", "alla-ar-semikolon.csv", "alla-ar.json", "dcat.rdf", "atom.xml")
OF_A_YEAR = ("2018/groups.px", "2018/v1/groups.csv", "2018/sha256.txt")
EVERYTHING = ("sitemap.xml", *(f"statistik/{name}" for name in (*OPEN, *OF_A_YEAR)))
# What DCAT-AP-SE 3 asks of each class without exception, and what it recommends that portals need.
TITLED = ("dcterms:title", "dcterms:description", "dcterms:publisher")
MANDATORY = {
    "dcat:Catalog": (*TITLED, "dcterms:license", "dcat:dataset"),
    "dcat:Dataset": (
        *(*TITLED, "dcat:contactPoint", "dcat:keyword", "dcat:theme", "dcat:distribution"),
        *("dcterms:spatial", "dcterms:accessRights", "dcterms:accrualPeriodicity"),
    ),
    "dcat:Distribution": ("dcat:accessURL", "dcterms:format", "dcterms:license"),
    "foaf:Agent": ("foaf:name", "dcterms:type"),
    "vcard:Organization": ("vcard:fn", "vcard:hasEmail"),
}


def historical(year: int, **groups: int) -> None:
    for group, value in groups.items():
        HistoricalFigure.objects.create(
            year=year,
            measure="persons",
            group=group,
            value=value,
            status="published",
            source=f"Report {year}",
        )


def rows(client: Client, name: str = "alla-ar.csv", delimiter: str = ",") -> list[dict[str, str]]:
    text = client.get(f"/statistik/{name}").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


@pytest.fixture
def before_the_register(year: Publication) -> None:
    """Three years in place of those that are shipped; that of the register shows its rows instead."""
    HistoricalFigure.objects.all().delete()
    historical(2016, total=150, women=100, men=50)
    historical(2017, total=225)
    historical(2018, total=1)


def test_one_file_has_every_year_the_register_and_what_was_published_before(
    before_the_register: None, client: Client
) -> None:
    found = rows(client)
    assert list(found[0])[:5] == ["year", "version", "state", "source", "table"]
    years = {(row["year"], row["version"], row["state"], row["source"]) for row in found}
    assert years == {
        ("2016", "", "published", "Report 2016"),
        ("2017", "", "published", "Report 2017"),
        ("2018", "1", "final", "register"),
    }
    assert {row["year"] for row in found if row["break_before"]} == {"2017"}


def test_of_each_year_the_file_has_the_cells_that_were_published(
    before_the_register: None, client: Client
) -> None:
    found = rows(client)
    groups = {(row["year"], row["category1"]): row for row in found if row["table"] == "groups"}
    printed = [groups[year, "*"]["printed"] for year in ("2016", "2017", "2018")]
    assert printed == ["150", "225", "60"]
    women = groups["2017", "women"]
    assert (women["value"], women["status"], women["printed"]) == ("", "missing", "..")
    of_the_year = client.get("/statistik/2018/tables.json").json()["cells"]
    tables = Counter(cell["table"] for cell in of_the_year)
    assert Counter(row["table"] for row in found if row["version"]) == tables


def test_each_format_has_the_same_rows_of_all_years(before_the_register: None, client: Client) -> None:
    found = rows(client)
    assert rows(client, "alla-ar-semikolon.csv", ";") == found
    whole = client.get("/statistik/alla-ar.json").json()["cells"]
    as_text = [{name: "" if value is None else str(value) for name, value in cell.items()} for cell in whole]
    assert [list(cell.values()) for cell in as_text] == [list(row.values()) for row in found]


def test_nothing_of_a_version_is_told_before_its_hour(year: Publication, client: Client) -> None:
    def answers() -> list[tuple[int, str, bytes]]:
        responses = [client.get(f"/{name}") for name in EVERYTHING]
        return [
            (one.status_code, one.get("ETag", ""), one.content if one.status_code == 200 else b"")
            for one in responses
        ]

    after = answers()
    assert all(status == 200 for status, _tag, _content in after)
    year.published_at = NOON + timedelta(days=40_000)
    year.save()
    waiting = answers()
    _gone(year)
    assert answers() == waiting
    assert all(one not in after for one in waiting)


def _gone(year: Publication) -> None:
    year.files.all().delete()
    year.open_files.all().delete()
    year.state, year.withdrawn_reason, year.withdrawn_at = "withdrawn", "never came out", NOON
    year.save()


def catalogue(client: Client) -> Any:
    return ElementTree.fromstring(client.get("/statistik/dcat.rdf").content)


@pytest.mark.parametrize("kind", MANDATORY)
def test_the_catalogue_has_what_portals_ask_for(year: Publication, client: Client, kind: str) -> None:
    things = catalogue(client).findall(f".//{kind}", NAMES)
    assert things
    for thing in things:
        assert [name for name in MANDATORY[kind] if thing.find(name, NAMES) is None] == []


def named(things: Iterable[Any], attribute: str) -> set[str]:
    return {thing.get(attribute) for thing in things}


def test_the_catalogue_names_each_dataset_publisher_and_contact_that_it_uses(
    year: Publication, client: Client
) -> None:
    found = catalogue(client)
    datasets = named(found.findall("dcat:Dataset", NAMES), ABOUT)
    datasets |= named(found.findall("dcat:DatasetSeries", NAMES), ABOUT)
    assert named(found.findall("dcat:Catalog/dcat:dataset", NAMES), RESOURCE) == datasets
    agents = found.findall("foaf:Agent", NAMES) + found.findall("vcard:Organization", NAMES)
    used = found.findall(".//dcterms:publisher", NAMES) + found.findall(".//dcat:contactPoint", NAMES)
    assert named(used, RESOURCE) == named(agents, ABOUT)


def test_the_catalogue_leads_to_files_that_are_there(year: Publication, client: Client) -> None:
    digests = client.get("/statistik/2018/v1/sha256.txt").content.decode()
    checked = 0
    for one in catalogue(client).findall(".//dcat:Distribution", NAMES):
        url = str(_one(one, "dcat:downloadURL").get(RESOURCE))
        answer = client.get(url.removeprefix("http://testserver"))
        assert answer.status_code == 200
        if one.find("dcat:byteSize", NAMES) is not None:
            assert _one(one, ".//spdx:checksumValue").text in digests
            assert _one(one, "dcat:byteSize").text == str(len(answer.content))
            checked += 1
    assert checked == PublicationFile.objects.count()


def test_the_catalogue_has_every_file_that_a_page_offers(year: Publication, client: Client) -> None:
    pages = ["", "serier/", "2018/", *(f"2018/{table['name']}/" for table in year.tables)]
    offered = {one for page in pages for lang in ("sv", "en") for one in downloads(client, page, lang)}
    urls = named(catalogue(client).findall(".//dcat:downloadURL", NAMES), RESOURCE)
    listed = {of_address(url) for url in urls}
    assert {name.rpartition(".")[2] for name, _language in offered} >= {"csv", "json", "xlsx", "px"}
    assert sorted(offered - listed) == []


def downloads(client: Client, page: str, language: str) -> set[tuple[str, str]]:
    html = client.get(f"/statistik/{page}?lang={language}").content.decode()
    found = re.findall(r'<a\b[^>]*href="([^"]+)"[^>]*\bdownload\b', html)
    return {of_address(unescape(one)) for one in found if ".svg" not in one and ".png" not in one}


def of_address(url: str) -> tuple[str, str]:
    """The file and its language, where it has one: at the year's own address or at that of its version."""
    parts = urlsplit(url)
    name = parts.path.rpartition("/")[2]
    return name, "" if name in OPEN else parse_qs(parts.query).get("lang", ["sv"])[0]


def test_the_catalogue_says_of_which_series_and_period_a_dataset_is(
    year: Publication, client: Client
) -> None:
    found = catalogue(client)
    (series,) = named(found.findall("dcat:DatasetSeries", NAMES), ABOUT)
    datasets = {one.get(ABOUT): one for one in found.findall("dcat:Dataset", NAMES)}
    whole, of_year = (datasets[f"http://testserver/statistik/{name}"] for name in ("#alla-ar", "2018/#data"))
    assert _one(of_year, "dcat:inSeries").get(RESOURCE) == series
    out = f"{year.published_at:%Y-%m-%d}"
    for one in (whole, of_year):
        days = [_one(one, f".//dcat:{name}Date").text for name in ("start", "end")]
        assert days == ["2018-01-01", "2018-12-31"]
        assert [_one(one, f"dcterms:{name}").text for name in ("issued", "modified")] == [out, out]


def _one(of: Any, name: str) -> Any:
    (found,) = of.findall(name, NAMES)
    return found


def test_the_feed_tells_of_each_version_and_of_its_withdrawal(
    year: Publication, anna: Access, client: Client
) -> None:
    def entry() -> tuple[str, str]:
        element = ElementTree.fromstring(client.get("/statistik/atom.xml?lang=en").content)
        one = _one(element, "atom:entry")
        assert (
            client.get(_one(one, "atom:link").get("href").removeprefix("http://testserver")).status_code
            == 200
        )
        return _one(one, "atom:title").text, _one(one, "atom:summary").text

    assert entry() == ("2018: Final, version 1", "Number of persons: 60")
    withdrawn(publication=year, reason="Counted twice <1>", by=anna)
    assert entry() == ("2018: Withdrawn, version 1", "Counted twice <1>")


def test_search_engines_are_led_to_every_page_of_the_statistics_and_to_nothing_else(
    year: Publication, client: Client
) -> None:
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /\n" in robots
    assert "Allow: /statistik/\n" in robots
    assert "Sitemap: http://testserver/sitemap.xml" in robots
    element = ElementTree.fromstring(client.get("/sitemap.xml").content)
    pages = [
        str(one.text).removeprefix("http://testserver") for one in element.findall("map:url/map:loc", NAMES)
    ]
    assert {"/statistik/", "/statistik/2018/", "/statistik/2018/internationellt/"} <= set(pages)
    assert all(page.startswith("/statistik/") and client.get(page).status_code == 200 for page in pages)


def test_files_of_all_years_ask_few_questions_and_never_the_registers_rows(
    year: Publication, client: Client
) -> None:
    for name in ("statistik/alla-ar.csv", "statistik/dcat.rdf", "statistik/atom.xml", "sitemap.xml"):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(f"/{name}")
        assert answer.status_code == 200
        assert len(asked) <= 5  # one of them for the stamp
        assert not any("cases_" in query["sql"] or '"sealed"' in query["sql"] for query in asked)
        assert not answer.cookies
