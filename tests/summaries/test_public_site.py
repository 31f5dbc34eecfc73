"""What people read of the statistics: the start, a year, each table, all years and the quality declaration.

Everything on these pages comes from frozen tables and from what was published before the register.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils.module_loading import import_string

from accounts.access import Access
from agencies.code_words import region_codes
from agencies.models import CodeMapping
from summaries.models import HistoricalFigure
from summaries.release.models import Publication
from summaries.site.response import forget_pages
from summaries.site.series import CITIZENS
from tests.makers import new_case, new_person
from tests.summaries.releasing import withdrawn
from tests.summaries.small_year import FINE, cells, published
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db
YEAR = "/statistik/2018/"
PAGES = (
    "/statistik/",
    "/statistik/serier/",
    "/statistik/om/",
    YEAR,
    f"{YEAR}v1/",
    f"{YEAR}main_purpose/",
    f"{YEAR}v1/main_purpose/",
    f"{YEAR}kvalitet/",
    f"{YEAR}v1/kvalitet/",
    f"{YEAR}internationellt/",
)
# Read aloud, or of the page and not of the register: how files are called and sized, addresses, days.
NOT_FIGURES = re.compile(
    r"<(head|script|style)\b.*?</\1>|<[^>]*>|\d+([.,]\d+)?\s?[kK]B|\d{4}-\d\d-\d\d|020-390\s?000", re.DOTALL
)


def read(client: Client, address: str, language: str = "sv") -> str:
    page = client.get(address, {"lang": "en"} if language == "en" else {})
    assert page.status_code == 200, address
    return " ".join(unescape(page.content.decode()).split())


PACKS = {"accept-encoding": "gzip, br"}


@pytest.mark.parametrize("address", mostly_long(["", "2018/", "2018/groups/", "serier/"], usual=["2018/"]))
def test_a_page_is_light_and_goes_packed_to_who_unpacks_it(
    year: Publication, client: Client, address: str
) -> None:
    address = f"/statistik/{address}"
    plain, packed = client.get(address), client.get(address, headers={"accept-encoding": "gzip"})
    assert gzip.decompress(packed.content) == plain.content
    assert (packed["Content-Encoding"], plain.get("Content-Encoding")) == ("gzip", None)
    packed = client.get(address, headers=PACKS)
    assert brotli.decompress(packed.content) == plain.content
    assert packed["Content-Encoding"] == "br"
    assert len(packed.content) <= 14_000
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"
    assert plain["ETag"] != packed["ETag"]
    again = client.get(address, headers={**PACKS, "if-none-match": packed["ETag"]})
    assert (again.status_code, again["Vary"]) == (304, "Accept-Encoding")


@pytest.mark.parametrize("accepted", ["br;q=0, identity", "gzip; q=0.0, br;q=0", "identity", "abra", ""])
def test_a_browser_that_refuses_a_packing_gets_the_page_as_it_is(
    year: Publication, client: Client, accepted: str
) -> None:
    page = client.get("/statistik/2018/", headers={"accept-encoding": accepted})
    assert "Content-Encoding" not in page
    assert page.content.lower().startswith(b"<!doctype html>")


def test_what_every_page_brings_along_is_light(year: Publication, client: Client) -> None:
    page = client.get("/statistik/serier/").content.decode()
    styles = re.findall(r'(?:href|src)="/static/(nmt/[\w.]+\.(?:css|js))"', page)
    assert len(styles) > 8
    files = [Path(str(finders.find(name))).read_bytes() for name in styles]
    assert sum(len(gzip.compress(file)) for file in files) <= 28_000


def test_what_has_a_digest_or_tokens_is_not_packed(year: Publication, client: Client) -> None:
    for name in ("tables.csv", "groups.svg", "tables.json"):
        assert "Content-Encoding" not in client.get(f"/statistik/2018/{name}", headers=PACKS), name
    client.force_login(year.published_by)
    assert "Content-Encoding" not in client.get("/", headers=PACKS)


def questions(client: Client, address: str) -> int:
    """How many a page asks, none of them of persons."""
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address)
    assert (page.status_code, len(page.cookies)) == (200, 0)
    assert not any("cases_" in query["sql"] or "sealed" in query["sql"] for query in queries)
    return len(queries)


def test_each_page_asks_two_questions_when_it_is_made_and_one_when_it_is_kept_however_many_persons_there_are(
    year: Publication, vera: Access, client: Client
) -> None:
    def asked() -> dict[str, int]:
        return {address: questions(client, address) for address in PAGES}

    before = asked()
    assert before.pop("/statistik/") <= 4  # with the coming releases
    assert max(before.values()) <= 3
    assert set(asked().values()) == {1}, "what is kept is asked for its stamp alone"
    forget_pages()
    new_case(*(new_person(on=date(2018, 5, 2)) for _n in range(30)), by=vera)
    assert asked().items() >= before.items()


def test_a_kept_page_says_at_once_what_a_historical_figure_is_now(year: Publication, client: Client) -> None:
    """All else that can change on a public page comes with a version or its hour: test_public_at_its_hour."""
    figure = HistoricalFigure.objects.get(year=2016, group="total", measure="persons")
    before = client.get("/statistik/serier/", headers=PACKS)
    assert client.get("/statistik/serier/", headers=PACKS).content == before.content
    figure.value += 4_000
    figure.save()
    after = client.get("/statistik/serier/", headers=PACKS)
    text = " ".join(unescape(brotli.decompress(after.content).decode()).split())
    assert f"{figure.value // 1000} {figure.value % 1000:03}" in text.replace("\xa0", " ")
    assert after["ETag"] != before["ETag"]


# What a public page needs: headers, https, the policy, the log, the host, the language of an error page.
SHORT_WAY = (
    "nmt_site.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "nmt_site.probes.ProbesMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "nmt_site.middleware.PublicPagesMiddleware",
)


def passed(client: Client, address: str, method: str = "get") -> list[str]:
    """Return the middlewares that a request comes to, the outermost first: a note is taken before each."""
    seen: list[str] = []

    def imported(name: str) -> Any:
        def noting(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
            def note(request: HttpRequest) -> HttpResponse:
                seen.append(name.removeprefix("before "))
                return get_response(request)

            return note

        return noting if name.startswith("before ") else import_string(name)

    names = [one for name in settings.MIDDLEWARE for one in (f"before {name}", name)]
    with override_settings(MIDDLEWARE=names), pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.core.handlers.base.import_string", imported)
        getattr(client, method)(address)
    return seen


def test_a_public_page_passes_only_the_middlewares_that_it_needs(year: Publication) -> None:
    for address in (
        "/statistik/",
        YEAR,
        f"{YEAR}tables.csv",
        "/statistik/alla-ar.json",
        f"{YEAR}v1/?lang=en",
    ):
        assert passed(Client(), address) == list(SHORT_WAY), address
    reader = Client()
    reader.force_login(year.published_by)  # whose reading counts as work: the session does not become idle
    assert passed(reader, YEAR) == settings.MIDDLEWARE
    assert passed(Client(), "/statistik/1789/") == settings.MIDDLEWARE
    assert passed(Client(), YEAR, "post") == settings.MIDDLEWARE


def test_a_fault_on_the_short_way_is_answered_as_any_other(
    year: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_asked: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("summaries.site.views.versions_of", fault)
    answer = Client(raise_request_exception=False, headers={"accept-language": "en"}).get(YEAR)
    assert (answer.status_code, answer["X-Frame-Options"]) == (500, "DENY")
    assert "The fault is ours" in answer.content.decode()
    assert answer["X-Request-ID"]


ABOUT_A_YEAR = (YEAR, f"{YEAR}main_purpose/", f"{YEAR}kvalitet/", "/statistik/serier/", "/statistik/")


@pytest.mark.parametrize("language", mostly_long(["sv", "en"], usual=["en"]))
def test_no_number_stands_on_a_page_that_no_frozen_table_shows(
    year: Publication, client: Client, language: str
) -> None:
    """Neither hidden nor counted for the page: the cells that are shown, what was published before the
    register, years, ages and the numbers of the rules."""
    hidden = _numbers_hidden(year)
    assert hidden, "a year of which nothing is kept would prove nothing"
    before = {str(value) for value in HistoricalFigure.objects.values_list("value", flat=True)}
    for address in ABOUT_A_YEAR:
        text = NOT_FIGURES.sub(" ", read(client, address, language))
        numbers = set(re.findall(r"(?<![\w/–.-])\d{1,3}(?![\w/–%-])", text))
        assert not (numbers & hidden) - before - {"16", "18", "19", "50"}, address


def _numbers_hidden(year: Publication) -> set[str]:
    """Those of at least five that stand in no shown cell."""
    shown = {str(c["value"]) for table in year.tables for c in table["cells"] if c["status"] == "shown"}
    packages = year.true_values()["packages"].values()
    cells = [cell for package in packages for table in package["tables"] for cell in table["cells"]]
    return {str(cell["value"]) for cell in cells if (cell["value"] or 0) >= 5} - shown


def test_a_table_has_a_page_of_its_own_and_its_chart_is_a_picture(year: Publication, client: Client) -> None:
    first = read(client, f"{YEAR}main_purpose/", "en")
    assert "<title>Persons by main purpose, 2018 – Statistics</title>" in first
    assert f'href="{YEAR}main_purpose.svg?lang=en"' in first
    picture = client.get(f"{YEAR}main_purpose.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<svg xmlns=")
    assert client.get(f"{YEAR}of_nothing/").status_code == 404
    assert client.get(f"{YEAR}status.svg").status_code == 404


def test_the_page_of_a_table_stays_for_good(
    year: Publication, vera: Access, anna: Access, client: Client
) -> None:
    before = client.get(f"{YEAR}v1/main_purpose.svg").content
    new_case(*(new_person(on=date(2018, 5, 2), main="labour", sex="M") for _n in range(9)), by=vera)
    second = published(anna, Publication.State.REVISED, FINE)
    assert "There is a newer version of this year." in read(client, f"{YEAR}v1/main_purpose/", "en")
    assert f'<link rel="canonical" href="{YEAR}v1/main_purpose/">' in read(client, f"{YEAR}v1/main_purpose/")
    assert client.get(f"{YEAR}v1/main_purpose.svg").content == before
    assert client.get(f"{YEAR}main_purpose.svg").content != before
    assert f'<link rel="canonical" href="{YEAR}main_purpose/">' in read(client, f"{YEAR}v2/main_purpose/")
    withdrawn(publication=second, reason="A county twice.", by=anna)
    page = read(client, f"{YEAR}v2/main_purpose/")
    assert "A county twice." in page
    assert "<td" not in page + read(client, f"{YEAR}v2/kvalitet/")
    assert client.get(f"{YEAR}v2/main_purpose.svg").status_code == 404


def test_the_year_begins_with_its_text_and_its_files_and_folds_its_tables(
    year: Publication, client: Client
) -> None:
    page = read(client, YEAR)
    question = '<details class="fold question"'
    order = ["<h1>", 'class="prose', "År 2018 fick", "efter år", "Ladda ner", question, 'id="t-groups"']
    places = list(map(page.index, order))
    assert places == sorted(places)
    folded = "".join(re.findall(r"<details.*?</details>", page, re.S))
    parts = len(re.findall(r'<section class="panel" id="t-', folded))
    assert page.count("<table") == folded.count("<table") == parts + 1, "the table of ten years"
    assert "<title>60 förmodade offer för människohandel 2018 – Statistik</title>" in page
    assert '<link rel="alternate" hreflang="en" href="/statistik/2018/?lang=en">' in page
    assert 'itemtype="https://schema.org/Dataset"' in page
    assert re.search(r'<meta name="description" content="60 förmodade offer [^"]+">', page)
    files = re.findall(r'href="([^"]+)" download', page)
    assert [file.rpartition(".")[2] for file in files] == ["xlsx", "csv", "pdf", "json", "csv"]


def test_what_is_left_over_stands_last_and_columns_of_nobody_are_left_out(
    year: Publication, client: Client
) -> None:
    page = read(client, f"{YEAR}organisation/")
    rows = re.findall(r'<th scope="row">([^<]+)</th>', page)
    assert rows[-2:] == ["Övriga organisationer", "Totalt"] or "Övriga organisationer" not in rows
    assert "Polismyndigheten" in rows
    assert "Arbetsmiljöinspektörer" not in page
    purposes = read(client, f"{YEAR}main_purpose/")
    assert "Annat kön" not in re.sub(r"<svg.*?</svg>", "", purposes)
    assert re.search(r"tom kolumn visas inte|tomma kolumner visas inte", purposes)


def test_a_source_that_no_published_number_is_from_stands_beside_no_number_of_the_register(
    year: Publication, client: Client
) -> None:
    """A newspaper's figure that nobody verified is in no table, so neither is the newspaper."""
    HistoricalFigure.objects.filter(year=2018).update(status="unverified", source="En tidning, 2019")
    for address in ("/statistik/", "/statistik/serier/"):
        page = read(client, address)
        assert "NMT-registret" in page
        assert "En tidning" not in page


def test_all_years_stand_in_one_breakdown_with_their_source_and_breaks_between(
    year: Publication, client: Client
) -> None:
    facts: dict[str, Any] = {"measure": "persons", "status": "published", "source": "NMT, nyhet 2018-02-18"}
    HistoricalFigure.objects.all().delete()
    for group, value in (("total", 225), ("women", 108), ("men", 61), ("girls", 28), ("boys", 28)):
        HistoricalFigure.objects.create(year=2017, group=group, value=value, **facts)
    HistoricalFigure.objects.create(year=2018, group="total", value=262, **facts)
    HistoricalFigure.objects.create(year=2016, group="total", value=151, **{**facts, "status": "unverified"})
    HistoricalFigure.objects.create(year=2021, group="total", value=490, **{**facts, "status": "calculated"})
    page = read(client, "/statistik/serier/", "en")
    table = re.sub(r"<[^>]*>", " ", page.split("<tbody>")[1].split("</tbody>")[0])
    lines = " ".join(table.split())
    assert "2017 108 61 28 28 0 225 NMT, nyhet 2018-02-18 (published)" in lines
    assert re.search(r"2018 40 12 \d+ \d+ \d+ 60 The NMT register, final. Published before: 262", lines)
    assert "2019 Not published in this breakdown." in lines
    assert "Break in series 2020–2021" in lines
    assert "compare with care across a break" in " ".join(page.split())  # as the text of a year does
    assert "151" not in lines
    start = read(client, "/statistik/", "en")
    assert "2021 (Published before the register) 490" in start
    assert "These are not official statistics of Sweden (SOS)." in start
    assert "2016" not in re.sub(r"<[^>]*>", " ", start.split("Show as a table")[1].split("</table>")[0])


def test_the_series_puts_citizenships_together_as_the_standard_does() -> None:
    rows = CodeMapping.objects.filter(target="eu19a", code__startswith="country_group:")
    assert {row.code.partition(":")[2]: row.value for row in rows} == CITIZENS


def test_the_quality_declaration_says_who_is_counted_and_takes_its_shares_from_the_tables(
    year: Publication, client: Client
) -> None:
    page = read(client, f"{YEAR}kvalitet/", "en")
    assert "those who have declined to be identified formally" in page
    assert f"0 of {len(region_codes())} NMT regions had closed" in page
    rules = page.split("18 How persons are counted")[1].split("</ol>")[0]
    assert rules.count("<li>") == 12
    value, _status = cells(year, "ages")["unknown_age",]
    printed = "x" if value is None else str(value)
    row = re.search(r"Age at identification</th><td>Unknown</td><td[^>]*>(?:<b[^>]*>)?([^<]+)", page)
    assert row is not None
    assert row[1] == printed
