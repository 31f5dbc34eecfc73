"""Whatever file or page of a version an intruder reads, it tells no figure that `tables.json` does not.

What another one printed beside it would be an equality more for the attack: there is none, in any row or
column of any file, and no number in a sentence, a note or a chart.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from django.test import Client
from django.utils.translation import override

from summaries.release.models import Publication
from summaries.site.files import pdf_bytes
from summaries.tables.public_tables import PublicTables
from tests.actors import NOON, access
from tests.summaries import intruder_files as reading, intruder_open_files as open_files, stored_years
from tests.summaries.intruder import Json, Place, attack
from tests.summaries.test_intruder import (
    SECTORS,
    attacked,
    learned,
    protected,
    truth,
)
from tests.weights import mostly_long

Reader = Callable[[bytes, Json], reading.Read]
READERS: Final[dict[str, Reader]] = {
    "csv": reading.of_csv,
    "xlsx": reading.of_workbook,
}
PAGES: Final = ("", "v1/", "internationellt/", "main_purpose/", "region/", "sdg/")


def figures_of(document: Json) -> dict[Place, int]:
    """Those that are shown, but for zeros: rows of nobody are left out of all but the tidy file."""
    return {
        (table["name"], tuple(cell["key"])): cell["value"]
        for table in document["tables"]
        for cell in table["cells"]
        if cell["value"]
    }


def says_no_more(document: Json, read: reading.Read) -> set[Place]:
    """The places of the figures that it says too."""
    assert reading.more(document, read.told) == {}
    assert reading.strange(document, read.beside) == []
    return {place for place, value in read.told.items() if value}


@pytest.fixture(scope="module")
def sectors(begin: Callable[[Callable[[], object]], None]) -> Publication:
    """2018 as it was published with few in each sector, for a module of tests: each undoes what it did."""
    begin(stored_years.published_with_few_in_each_sector)
    return Publication.objects.get()


@pytest.fixture
def row(db: None, sectors: Publication) -> Publication:
    return Publication.objects.get(pk=sectors.pk)


def document_of(row: Publication, language: str) -> Json:
    return json.loads(bytes(row.files.get(kind="json", language=language).content))


languages = pytest.mark.parametrize("language", mostly_long(["sv", "en"], usual=["sv"]))


@languages
def test_no_file_says_more_than_the_document_that_the_intruder_attacks(
    row: Publication, client: Client, language: str
) -> None:
    document = document_of(row, language)
    shown = set(figures_of(document))
    assert len(shown) > 50
    for kind, read in READERS.items():
        content = bytes(row.files.get(kind=kind, language=language).content)
        assert says_no_more(document, read(content, document)) == shown, kind
    assert_series(document)


@pytest.mark.report
@languages
@pytest.mark.parametrize("tables", mostly_long([4, None], usual=[4]))
def test_the_report_says_no_more_than_the_document(
    row: Publication, language: str, tables: int | None
) -> None:
    document = document_of(row, language)
    row.tables, few = row.tables[:tables], {**document, "tables": document["tables"][:tables]}
    with override(language):
        read = reading.of_report(pdf_bytes(row, 1, NOON, language), few)
    assert says_no_more(document, read) == set(figures_of(few))


@languages
def test_no_page_says_more_than_the_document(row: Publication, client: Client, language: str) -> None:
    document = document_of(row, language)
    told = [
        says_no_more(document, reading.of_page(page, document)) for page in pages(client, f"?lang={language}")
    ]
    assert told[0] == told[1]
    assert told[0] | told[2] == set(figures_of(document))
    assert [{name for name, _key in one} for one in told[3:]] == [{page.strip("/")} for page in PAGES[3:]]


@languages
def test_no_open_file_says_more_than_the_document(row: Publication, client: Client, language: str) -> None:
    assert_open_files(client, document_of(row, language), language)


@pytest.mark.heavy
def test_the_two_names_of_a_purpose_tell_nothing_of_women_or_men_apart(row: Publication) -> None:
    true = truth(access(row.made_by), row)
    assert learned(attack(document_of(row, "sv"), true)) == []


@pytest.mark.heavy
def test_the_intruder_sees_what_the_two_names_tell_where_nobody_minded(
    row: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same register, protected as if tables told of each other by nothing but the words they share."""
    monkeypatch.setattr(PublicTables, "words", None)
    Publication.objects.filter(pk=row.pk).update(year=2017)  # no version before
    anna = access(row.made_by)
    found = attacked(anna, protected(anna, 2018, SECTORS))
    assert {one.place[0] for one in found.recovered} >= {"sector"}


def assert_open_files(client: Client, document: Json, language: str) -> None:
    """Of each table, and of all years: what they say of the year is what its document says, zeros too."""
    everything = {
        (table["name"], tuple(cell["key"])): cell["value"]
        for table in document["tables"]
        for cell in table["cells"]
    }
    for file, name, read in open_files.files_of(document):
        content = client.get(f"/statistik/2018/v1/{file}?lang={language}").content
        found = read(content, name)
        says_no_more(document, found)
        assert found.told == {place: n for place, n in everything.items() if place[0] == name}, file
    for file, mark in (("alla-ar.csv", ","), ("alla-ar-semikolon.csv", ";"), ("alla-ar.json", "")):
        content = client.get(f"/statistik/{file}?lang={language}").content
        found = open_files.of_all_years(content, document["year"], mark or ",")
        says_no_more(document, found)
        assert found.told == everything, file
    assert_noticed(client, document, language)


def assert_noticed(client: Client, document: Json, language: str) -> None:
    """What the reading is worth: a hidden cell that a file printed would be a figure more."""
    content = client.get(f"/statistik/2018/v1/main_purpose.px?lang={language}").content
    head, data = content.split(b"DATA=")
    one_more = open_files.of_px(b"DATA=".join((head, data.replace(b'".."', b"3", 1))), "main_purpose")
    assert list(reading.more(document, one_more.told).values()) == [3]
    said = content.replace(b'NOTE="', b'NOTE="Of these 99991 ', 1)
    assert reading.strange(document, open_files.of_px(said, "main_purpose").beside) == [99991]


def pages(client: Client, language: str) -> Iterator[bytes]:
    yield from (client.get(f"/statistik/2018/{page}{language}").content for page in PAGES)


def assert_series(document: Json) -> None:
    """The row of the year over ten years is its headline, and sums of it."""
    (groups,) = (table for table in document["tables"] if table["name"] == "groups")
    facts = {cell["key"][0]: cell["value"] for cell in groups["cells"]}
    (row,) = (row for row in document["sdg_series"]["rows"] if row["year"] == document["year"])
    of = (("*",), ("women", "girls"), ("men", "boys"), ("girls", "boys"), ("women", "men"))
    expected = [sum_of([facts[one] for one in some]) for some in of]
    assert [cell["value"] for cell in row["cells"]] == expected


def sum_of(values: list[int | None]) -> int | None:
    """None where one is hidden."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


# What the reading is worth: a document of two tables in which two women of few hide one another.

KEYS: Final = (("a", 3), ("b", 4), ("c", 20), ("*", 27))


def document() -> Json:
    def table(name: str, title: str, hidden: str) -> Json:
        cells: list[Json] = [
            {"key": [key], "value": None, "status": "hidden"}
            if key in hidden
            else {"key": [key], "value": value, "status": "shown"}
            for key, value in KEYS
        ]
        made = {code: {"fact": [code]} for code in "abc"}
        return {
            "name": name,
            "title": title,
            "dimensions": [{"name": "kind", "categories": ["a", "b", "c"], "made_of": made}],
            "cells": cells,
            "of": {},
            "rules": {"named_from": None, "always": [], "unnamed": [], "several": []},
            "left_out": 0,
            "exempt": name == "groups",
        }

    tables = [table("groups", "Persons by group", "ab"), table("kinds", "Persons by kind", "ab")]
    return {
        "k": 5, "version": 1, "year": 2018, "published": None, "facts": {"fact": ["a", "b", "c"]},
        "never": [], "tables": tables, "caveats": [], "rates": [], "dark_figure": [],
        "sdg_series": {"columns": [], "rows": [], "source": ""},
        "cells": [
            {"table": t["name"], "category1": key, "label1": LABEL[key], "category2": "", "label2": ""}
            for t in tables for key, _value in KEYS
        ],
    }  # fmt: skip


LABEL: Final = {"a": "Apple", "b": "Pear", "c": "Plum", "*": "Total"}
TRUE: Final = {(name, (key,)): value for name in ("groups", "kinds") for key, value in KEYS}
PAGE: Final = """<h1>27 persons</h1><p>Most were plums.</p><table>
<caption>Persons by kind <small>Number</small></caption>
<thead><tr><th>Kind</th><th>Number</th></tr></thead><tbody><tr><th>Apple</th><td><b>{apple}</b></td></tr>
<tr><th>Pear</th><td>x</td></tr><tr><th>Plum</th><td>20</td></tr><tr><th>Total</th><td>27</td></tr></tbody></table>
<script>3</script><svg><text>0</text><text>10</text><text>20</text><text>30</text><text>{drawn}</text></svg>"""


def page(apple: str = "x", drawn: str = "20") -> reading.Read:
    return reading.of_page(PAGE.format(apple=apple, drawn=drawn).encode(), document())


def test_a_figure_that_a_page_prints_and_the_document_hides_opens_another() -> None:
    assert reading.more(document(), page().told) == {}
    assert learned(attack(document(), TRUE)) == []
    more = reading.more(document(), page(apple="3").told)
    assert more == {("kinds", ("a",)): 3}
    found = attack(reading.with_more(document(), more), TRUE)
    assert {(one.place, one.low, one.high) for one in found.recovered} >= {(("kinds", ("b",)), 4, 4)}


def test_a_number_in_a_chart_that_stands_in_no_table_is_strange() -> None:
    assert reading.strange(document(), page().beside) == []
    assert reading.strange(document(), page(drawn="4").beside) == []  # k - 1, which is said of every year
    assert reading.strange(document(), page(drawn="7").beside) == [7]


def test_a_cell_of_a_tidy_file_is_read_as_it_is_printed() -> None:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(("table", "category1", "category2", "printed"))
    rows.writerows((("kinds", "a", "", "3"), ("kinds", "b", "", "x"), ("kinds", "c", "", "20")))
    found: Any = reading.of_csv(out.getvalue().encode(), document())
    assert reading.more(document(), found.told) == {("kinds", ("a",)): 3}
