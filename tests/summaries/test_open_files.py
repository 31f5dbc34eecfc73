"""Each file of a version for other programs has the cells of its JSON, no more and no less."""

from __future__ import annotations

import csv
import hashlib
import io
from base64 import b64decode
from itertools import product
from typing import Any

import pytest
from django.test import Client

from accounts.access import Access
from libs.suppression.tables import Cell, Dimension, ProtectedTable, Status
from summaries import open_formats
from summaries.open_formats import Axis, OpenTable
from summaries.release.models import OpenFile, Publication
from tests.summaries import other_readers as read
from tests.summaries.releasing import withdrawn

LANGUAGES = ("sv", "en")
ROWS = Dimension("purpose", ("labour", "a"))
COLUMNS = Dimension("scope_status", ("trafficking", "trafficking+identified"))


def invented(**more: Any) -> OpenTable:
    """With every status, a quotation mark, an equals sign and a semicolon in words, and a label twice."""
    keys = [(row, column) for row in ("labour", "a", "*") for column in (*COLUMNS.categories, "*")]
    values = [7, None, 9, None, 0, 12, None, None, 21]
    marks = {1: Status.HIDDEN, 3: Status.HIDDEN, 6: Status.MISSING, 7: Status.MISSING}
    cells = [
        Cell(key, value, marks.get(at, Status.SHOWN))
        for at, (key, value) in enumerate(zip(keys, values, strict=True))
    ]
    table = ProtectedTable("eu_form", "", (ROWS, COLUMNS), tuple(cells))
    axes = (
        Axis("purpose", 'The "form"', (("labour", "Work; x=y"), ("a", "Work; x=y"), ("*", "Total"))),
        Axis(
            "scope_status", "Year", (("trafficking", "T"), ("trafficking+identified", "T, i"), ("*", "All"))
        ),
    )
    facts = {
        "table": table, "title": "Persons", "axes": axes, "year": 2018, "version": 1, "state": "final",
        "updated": "2019-05-09 11:00", "language": "en", "unit": "Number of persons", "of_year": "Year",
        "area": "A", "source": "S", "contact": "c@example.se", "symbols": ("hidden", "none"),
        "notes": ("word " * 90, "b;c=d"),
    }  # fmt: skip
    return OpenTable(**{**facts, **more})


def printed(one: OpenTable) -> read.Cells:
    symbols = {Status.HIDDEN: "x", Status.MISSING: ".."}
    return {cell.key: symbols.get(cell.status, cell.value) for cell in one.table}  # type: ignore[misc]


MANDATORY = {
    *("CONTENTS", "DECIMALS", "HEADING", "MATRIX", "STUB", "SUBJECT-AREA", "SUBJECT-CODE", "TITLE", "UNITS"),
}


def test_hidden_and_missing_cells_have_marks_in_px() -> None:
    table = invented()
    words, cells = read.px(open_formats.px_text(table))
    assert cells == printed(table)
    assert words["NOTE"] == [f"{('word ' * 90).strip()} # b;c=d"]
    assert words["VALUES(The 'form')"] == ["Work; x=y", "Work; x=y (a)", "Total"]
    assert words["HEADING"] == ["Year (scope_status)", "Year"]
    assert max(map(len, open_formats.px_text(table).splitlines())) <= 256
    assert set(words) >= MANDATORY


def test_hidden_and_missing_cells_have_marks_in_json_stat_and_sdmx() -> None:
    table = invented()
    found = open_formats.dataset(table)
    assert found["status"] == {"1": "x", "3": "x", "6": "..", "7": ".."}
    assert [found["value"][at] for at in (1, 3, 6, 7)] == [None] * 4
    lines = [",".join(row) for row in open_formats.sdmx_rows(table)]
    assert read.sdmx("\n".join(lines))[1] == printed(table)


def test_what_is_preliminary_is_provisional_where_the_format_has_a_word_for_it() -> None:
    def statuses(one: OpenTable) -> set[str]:
        return {row[-3] for row in open_formats.sdmx_rows(one)} - {"OBS_STATUS"}

    assert statuses(invented()) == {"A", "Q", "O"}
    assert statuses(invented(state="preliminary")) == {"P", "Q", "O"}
    assert statuses(invented(so_far="2018-11-01")) == {"P", "Q", "O"}


def told(client: Client, language: str) -> dict[str, read.Cells]:
    """Table → its cells, as the JSON prints them."""
    found = client.get(f"/statistik/2018/tables.json?lang={language}").json()
    marks = found["symbols"]
    return {
        table["name"]: {
            tuple(cell["key"]): marks.get(cell["status"], cell["value"]) for cell in table["cells"]
        }
        for table in found["tables"]
    }


def get(client: Client, name: str, language: str) -> str:
    answer = client.get(f"/statistik/2018/{name}?lang={language}")
    assert answer.status_code == 200, name
    return answer.content.decode("utf-8-sig")


def of_csv(text: str, delimiter: str = ",") -> dict[str, read.Cells]:
    cells: dict[str, read.Cells] = {}
    for row in csv.DictReader(io.StringIO(text), delimiter=delimiter):
        key = tuple(row[f"category{at}"] for at in (1, 2) if row[f"dimension{at}"])
        assert (row["value"] == "") == (row["status"] != "shown")
        cells.setdefault(row["table"], {})[key] = int(row["value"]) if row["value"] else row["printed"]
    return cells


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_file_has_the_cells_of_the_json_and_no_number_where_one_is_hidden(
    year: Publication, client: Client, language: str
) -> None:
    tables = told(client, language)
    assert "x" in tables["main_purpose"].values()
    assert of_csv(get(client, "tables.csv", language)) == tables
    assert of_csv(get(client, "tables-semikolon.csv", language), ";") == tables
    for name, cells in tables.items():
        assert of_csv(get(client, f"{name}.csv", language)) == {name: cells}
        assert read.px(get(client, f"{name}.px", language))[1] == cells
        assert read.json_stat(get(client, f"{name}.jsonstat.json", language))[1] == cells


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_international_tables_are_in_sdmx_as_their_structure_says(
    year: Publication, client: Client, language: str
) -> None:
    tables = {name: of for name, of in told(client, language).items() if name.startswith(("sdg", "eu_"))}
    assert tables
    for name, cells in tables.items():
        text = get(client, f"{name}.sdmx.csv", language)
        assert read.sdmx(text)[1] == cells
        structure = get(client, f"{name}.sdmx.xml", language)
        assert read.sdmx_structure(structure) == read.sdmx_columns(text)


def test_there_is_no_file_of_another_table_or_format(year: Publication, client: Client) -> None:
    for name in ("main_purpose.sdmx.csv", "nothing.px", ".px", "groups.pxx", "tables.px"):
        assert client.get(f"/statistik/2018/{name}").status_code == 404, name


def digests(client: Client) -> dict[str, str]:
    """File → its digest, as they are listed."""
    listed = client.get("/statistik/2018/v1/sha256.txt").content.decode()
    lines = [line.split("  ") for line in listed.splitlines()]
    return {name: digest for digest, name in lines}


def test_the_digests_of_all_files_are_listed(year: Publication, client: Client) -> None:
    assert "/statistik/2018/v1/sha256.txt" in client.get("/statistik/2018/").content.decode()
    listed = client.get("/statistik/2018/v1/sha256.txt").content
    assert client.get("/statistik/2018/v1/SHA256SUMS").content == listed
    charts = year.content["sv"]["charts"]
    assert len(digests(client)) == 8 + OpenFile.objects.count() + 2 * len(charts)


FILES = ("tables.csv", "tables.json", "groups.px", "sdg.sdmx.csv", "tables-semikolon.csv", "groups.svg")
each_file = pytest.mark.parametrize(
    "address", [f"/statistik/2018/v1/{name}?lang={language}" for name, language in product(FILES, LANGUAGES)]
)


@each_file
def test_a_file_is_checked_by_its_digest(year: Publication, client: Client, address: str) -> None:
    answer = client.get(address)
    saved = answer["Content-Disposition"].partition("filename=")[2].strip('"')
    digest = hashlib.sha256(answer.content)
    assert digests(client)[saved] == digest.hexdigest()
    assert b64decode(answer["Repr-Digest"].split(":")[1]) == digest.digest()


@each_file
def test_a_file_is_read_by_any_host_and_a_page_is_not(
    year: Publication, client: Client, address: str
) -> None:
    answer = client.get(address)
    again = client.get(address, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    for response in (answer, again):
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "publicdomain/zero" in response["Link"]
    assert client.get("/statistik/2018/")["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_version_that_was_frozen_before_there_were_such_files_has_them_too(
    year: Publication, client: Client
) -> None:
    addresses = [
        f"/statistik/2018/v1/{name}?lang={language}"
        for name in ("groups.csv", "main_purpose.px", "eu_form.sdmx.csv", "sdg.jsonstat.json", "sha256.txt")
        for language in LANGUAGES
    ]
    before = [client.get(address).content for address in addresses]
    OpenFile.objects.all().delete()
    year.files.update(sha256="")
    assert [client.get(address).content for address in addresses] == before


def test_a_withdrawn_version_has_no_open_files_either(
    year: Publication, anna: Access, client: Client
) -> None:
    withdrawn(publication=year, reason="A fault", by=anna)
    for name in ("groups.px", "tables-semikolon.csv", "sha256.txt"):
        assert client.get(f"/statistik/2018/v1/{name}").status_code == 404
