"""What the outside reads of a published year, and that every version is remembered."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from pypdf import PdfReader

from accounts.access import Access
from jobs.kinds import JobRefused
from summaries.release.models import Publication
from summaries.site.files import _style, pdf_bytes
from tests.actors import NOON
from tests.makers import new_case, new_person
from tests.summaries.releasing import withdrawn
from tests.summaries.small_year import FINE, cells, prepare, published

MARGIN: Final = 20 / 25.4 * 72  # of the sheet, in points
pytestmark = [pytest.mark.django_db]
State = Publication.State


PUBLIC = ("", "2018/", "2018/v1/", "2018/internationellt/", "2018/tables.csv")


@pytest.mark.parametrize("address", PUBLIC)
def test_a_published_year_is_read_without_sign_in_cookie_or_the_registers_rows(
    year: Publication, client: Client, address: str
) -> None:
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"/statistik/{address}")
    assert page.status_code == 200
    assert len(asked) <= 4  # one of them for the stamp
    assert not [query for query in asked if "cases_" in query["sql"] or "sealed" in query["sql"]]
    assert not page.cookies


@pytest.mark.parametrize("address", PUBLIC)
def test_a_published_year_may_be_kept_by_any_cache(year: Publication, client: Client, address: str) -> None:
    page = client.get(f"/statistik/{address}")
    assert page.get("Vary") == (None if address.endswith(".csv") else "Accept-Encoding")
    assert page["Cache-Control"].startswith("public")
    same = client.get(f"/statistik/{address}", headers={"if-none-match": page["ETag"]})
    assert same.status_code == 304


@pytest.mark.parametrize("address", ["2018/", "2018/?lang=en", "2018/internationellt/"])
def test_a_page_of_a_published_year_is_small(year: Publication, client: Client, address: str) -> None:
    assert len(client.get(f"/statistik/{address}").content) <= 45_000


def test_the_language_stands_in_the_address(year: Publication, client: Client) -> None:
    swedish, english = client.get("/statistik/2018/"), client.get("/statistik/2018/?lang=en")
    assert '<html lang="sv"' in swedish.content.decode()
    assert '<html lang="en"' in english.content.decode()
    assert "60 presumed victims were identified in 2018" in english.content.decode()
    assert "?lang=en" in swedish.content.decode()


def test_hidden_public_pages_answer_as_if_there_were_none(
    year: Publication, client: Client, settings: Any
) -> None:
    settings.PUBLIC_PAGES = False
    for address in ("/statistik/", "/statistik/2018/", "/statistik/om/", "/statistik/2018/tables.csv"):
        assert client.get(address).status_code == 404


def test_the_files_tell_the_same(year: Publication, client: Client) -> None:
    data = json.loads(client.get("/statistik/2018/tables.json").content)
    assert data["demo"] is False
    groups = next(table for table in data["tables"] if table["name"] == "groups")
    assert {tuple(c["key"]): c["value"] for c in groups["cells"]}["*",] == 60
    rows = client.get("/statistik/2018/tables.csv").content.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("year,version")
    assert client.get("/statistik/2018/tables.exe").status_code == 404


@pytest.fixture
def report(year: Publication) -> PdfReader:
    """The report in Swedish, of few tables."""
    year.tables = year.tables[:3]
    with override("sv"):
        return PdfReader(io.BytesIO(pdf_bytes(year, 1, NOON, "sv")))


@pytest.mark.report
def test_the_report_is_tagged(report: PdfReader) -> None:
    root: Any = report.trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "sv")
    assert root["/StructTreeRoot"]["/K"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert report.metadata is not None
    assert "2018" in str(report.metadata.title)


@pytest.mark.report
def test_the_pages_of_the_report_say_what_they_are_of(report: PdfReader) -> None:
    pages = [" ".join(page.extract_text().split()) for page in report.pages]
    assert "60" in pages[0].split("Året i korthet")[0]
    assert "Så här hänvisar du: Jämställdhetsmyndigheten" in pages[0]
    assert all("Slutlig, version 1" in page and "offer för människohandel 2018" in page for page in pages)
    assert "-\n" not in "".join(page.extract_text() for page in report.pages), "a word is parted"


@pytest.mark.report
def test_a_chart_of_the_report_stands_on_the_page_of_its_table(report: PdfReader) -> None:
    """The caption of a chart ends with the year, its table's heading does not."""
    pages = [" ".join(page.extract_text().split()) for page in report.pages]
    for title in ("Personer efter huvudsakligt ändamål", "Personer efter grupp"):
        assert [f". {title} Antal" in page for page in pages] == [f"{title}, 2018." in page for page in pages]


@pytest.mark.report
def test_no_word_of_the_report_begins_or_ends_outside_the_margins(report: PdfReader) -> None:
    """A table of seven columns lost the last two. A letter is 0.4 of its height wide at the least."""
    for page in report.pages:
        places = list(places_of(page))
        assert places
        left, right = MARGIN - 1, float(page.mediabox.width) - MARGIN + 1
        assert [place for place in places if place[0] < left or place[1] > right] == []


def places_of(page: Any) -> Iterator[tuple[float, float]]:
    """Where the runs of words of a page begin, and end at the least, in points.

    The numbers of an axis, which are half transparent, are drawn as a group of their own, whose place on the
    page pypdf does not say: its measure is not that of the page.
    """
    found: list[tuple[float, float]] = []
    size = [0.0]

    def note(operator: bytes, operands: Any, user: Any, matrix: Any) -> None:
        if operator == b"Tf":
            size[0] = float(operands[1])
        if operator in (b"Tj", b"TJ") and user[0] != 1:
            runs = operands[0] if operator == b"TJ" else operands
            letters = sum(len(run) for run in runs if isinstance(run, str | bytes)) / 2  # two bytes a letter
            begins = matrix[4] * user[0] + matrix[5] * user[2] + user[4]
            found.append((begins, begins + 0.4 * size[0] * user[0] * letters))

    page.extract_text(visitor_operand_before=note)
    yield from found


@pytest.mark.report
@pytest.mark.parametrize("rows", [29, 30, 31, 32, 60])
def test_neither_a_row_nor_a_total_stands_alone_on_a_page(rows: int) -> None:
    weasyprint = pytest.importorskip("weasyprint")
    row = "<tr><th>Row</th><td>1</td></tr>"
    total = row.replace("<tr>", "<tr class=total>").replace("Row", "Total")
    head = (
        "<h1>T</h1><h3>Table</h3><table><caption>Persons</caption><thead><tr><td></td><th>n</th></tr></thead>"
    )
    html = weasyprint.HTML(string=f"{head}<tbody>{row * (rows - 1)}{total}</tbody></table>")
    made = PdfReader(io.BytesIO(html.write_pdf(stylesheets=[weasyprint.CSS(string=_style())])))
    texts = [page.extract_text() for page in made.pages]
    assert all(text.count("Row") + text.count("Total") > 1 for text in texts)
    assert sum(text.count("Row") + text.count("Total") for text in texts) == rows


def nine_men_more(vera: Access) -> None:
    new_case(*[new_person(sex="M", main="labour", county="01", agency="social") for _n in range(9)], by=vera)


def test_a_correction_is_told_outside_only_with_the_next_version(
    year: Publication, vera: Access, anna: Access, client: Client
) -> None:
    before = client.get("/statistik/2018/").content
    nine_men_more(vera)
    assert client.get("/statistik/2018/").content == before
    second = published(anna, State.REVISED, FINE)
    assert (second.version, cells(second, "groups")["*",]) == (2, (69, "shown"))
    newer = client.get("/statistik/2018/v1/?lang=en").content.decode()
    assert "There is a newer version of this year." in newer
    year.refresh_from_db()
    assert cells(year, "groups")["*",] == (60, "shown")


def test_what_was_published_stays_and_small_steps_between_versions_are_secrets(
    year: Publication, vera: Access, anna: Access
) -> None:
    new_case(new_person(sex="M", citizenship="NG", main="labour", county="01", agency="social"), by=vera)
    before, now = _shown_of_no_group(year), _shown_of_no_group(prepare(anna, FINE))
    steps = {abs(now[place] - before[place]) for place in now.keys() & before.keys()}
    assert not steps & {1, 2, 3, 4}


def _shown_of_no_group(row: Publication) -> dict[tuple[str, ...], int]:
    """All but the headline, which is exempt: the differences of its groups and of totals are no secrets."""
    found = {}
    for table in row.tables:
        names = {dimension["name"] for dimension in table["dimensions"]}
        for cell in [] if table["name"] == "groups" or names & {"section", "group"} else table["cells"]:
            if cell["status"] == "shown" and set(cell["key"]) != {"*"}:
                found[table["name"], *cell["key"]] = cell["value"]
    return found


def test_a_withdrawn_version_says_why_and_shows_no_figure(
    year: Publication, anna: Access, client: Client
) -> None:
    withdrawn(publication=year, reason="A county was counted twice.", by=anna)
    page = client.get("/statistik/2018/?lang=en").content.decode()
    assert "A county was counted twice." in page
    assert "<td" not in page
    assert client.get("/statistik/2018/tables.csv").status_code == 404
    assert Publication.objects.published().count() == 1
    with pytest.raises(JobRefused):
        withdrawn(publication=year, reason="Again, a reason.", by=anna)
