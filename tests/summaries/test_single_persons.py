"""Of whom there are few in the headline, nothing else that is printed tells: an intruder reads the files of
random small registers, and finds them nowhere.

Design rule 14. Nothing of the program reads the files here: CSV, JSON, workbook and pages are read as anybody
would.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
from html import unescape
from pathlib import Path
from typing import Any, Final

import pytest
from django.core.management import call_command
from django.test import Client
from openpyxl import load_workbook

from accounts.access import Access
from cases.models import Person
from summaries.catalogue import PERSONS_PUBLISHED
from summaries.classifications import LEFT_OUT
from summaries.counting.build import of_the_register
from summaries.counting.historical import decide_standing_exemption
from summaries.coverage import Alone, coverage_of
from summaries.management.commands import draft_publication, yearly_summary
from summaries.release.custom_releases import protected_summary
from summaries.release.draft_file import steps_of
from summaries.release.models import Exemption, Publication
from tests.actors import NOON
from tests.makers import new_case, new_person
from tests.summaries.releasing import released, withdrawn
from tests.summaries.small_year import ALONE, prepare
from tests.weights import mostly_long

K: Final = 5
SECTIONS: Final = {
    "women": ("women",), "men": ("men",), "children": ("girls", "boys"),
    "other_unknown": ("other", "unknown"),
}  # fmt: skip
SEX: Final = {
    "women": ("F", "no"), "men": ("M", "no"), "girls": ("F", "yes"), "boys": ("M", "yes"),
    "other": ("O", "no"), "unknown": ("U", "unknown"),
}  # fmt: skip
FULL: Final = {entry.name: 0 for entry in PERSONS_PUBLISHED.values()}
STEPS: Final = {**ALONE, "main_purpose": 0, "region": 0, "citizenship": 1, "eu_age_sex": 1}
SOME: Final = {**ALONE, "main_purpose": 0, "region": 0, "eu_age_sex": 1}  # tables
Json = dict[str, Any]


def people(numbers: dict[str, int], seed: int = 1) -> list[Any]:
    pick = random.Random(seed).choice
    return [
        new_person(
            sex=SEX[group][0], child=SEX[group][1], citizenship=pick(("RO", "RO", "NG", "SE")),
            main=pick(("sexual", "labour", "crime")), county=pick(("14", "14", "01")),
            offence=pick(("trafficking", "exploitation")), agency=pick(("police", "social")),
            measures=(("shelter", "2018-11"),) if pick((0, 1)) else (),
        )
        for group, n in numbers.items()
        for _n in range(n)
    ]  # fmt: skip


def small(seed: int) -> dict[str, int]:
    """Thirty to sixty persons, and some of the sections with one to four."""
    chance = random.Random(seed)
    numbers = dict.fromkeys(SEX, 0)
    for section, groups in SECTIONS.items():
        few = section != "women" and chance.random() < 0.6
        for group in groups:
            numbers[group] = chance.choice((0, 1, 2)) if few else chance.choice((0, 6, 9, 12))
    numbers["women"] = max(30 - sum(numbers.values()), 12)
    return numbers


def number_in(numbers: dict[str, int], section: str) -> int:
    return sum(numbers.get(group, 0) for group in SECTIONS[section])


def few_in(numbers: dict[str, int]) -> set[str]:
    return {section for section in SECTIONS if 1 <= number_in(numbers, section) < K}


def left_out_of(numbers: dict[str, int]) -> int:
    return sum(number_in(numbers, section) for section in few_in(numbers))


@pytest.mark.parametrize(
    ("groups", "decided", "left", "alone", "by_section"),
    [
        ({"women": 20, "men": 9}, None, {"children", "other_unknown"}, "", False),
        ({"women": 20, "men": 9, "girls": 2, "unknown": 1}, None, {"children", "other_unknown"}, "", False),
        ({"women": 20, "men": 9, "girls": 2, "boys": 7}, None, {"other_unknown"}, "", True),
        ({"women": 14}, None, set(), "total", False),
        ({"women": 4, "men": 4, "girls": 4, "unknown": 3}, None, set(), "headline", True),
        ({"women": 20, "men": 4}, {"children"}, {"children"}, "headline", False),
        ({"women": 20, "men": 0}, {"children"}, {"children"}, "", False),
        ({"women": 20, "girls": 9}, {"children"}, {"children"}, "", False),
        ({"women": 20}, {"women"}, {"women"}, "headline", False),
    ],
)  # fmt: skip
def test_whoever_is_one_of_few_is_left_out_as_was_decided_at_first(
    groups: dict[str, int], decided: set[str] | None, left: set[str], alone: str, by_section: bool
) -> None:
    coverage = coverage_of(groups, K, decided)
    assert (coverage.left, coverage.alone, coverage.by_section) == (frozenset(left), Alone(alone), by_section)


def published(
    vera: Access, anna: Access, numbers: dict[str, int], steps: dict[str, int] = SOME
) -> Publication:
    decide_standing_exemption()
    new_case(*people(numbers), by=vera)
    return publish(anna, steps)


def publish(by: Access, steps: dict[str, int] = SOME, state: str = "preliminary") -> Publication:
    draft = prepare(by, steps)
    assert draft.passed
    return released(draft=draft, digest=draft.digest, state=state, by=by)


def total_of(table: Json) -> Any:
    return next(cell["value"] for cell in table["cells"] if set(cell["key"]) == {"*"})


def of_persons(tables: list[Json]) -> list[Json]:
    return [table for table in tables if table["name"] != "groups" and not table["name"].startswith("calls_")]


def check_tables(tables: list[Json], numbers: dict[str, int]) -> None:
    """Every table's total is that of the headline less those left out; of these no table has a column."""
    left, of_few = left_out_of(numbers), columns_of_few(numbers)
    groups = next(table for table in tables if table["name"] == "groups")
    assert (total_of(groups), groups["left_out"]) == (sum(numbers.values()), 0)
    for table in of_persons(tables):
        assert table["left_out"] == left, table["name"]
        if table["name"] != "sector":  # of those in labour
            assert total_of(table) in (None, sum(numbers.values()) - left), table["name"]
        assert not columns_of(table) & of_few, table["name"]


def columns_of_few(numbers: dict[str, int]) -> set[str]:
    """Sections of few and their groups, and girls or boys where these are few."""
    groups = {group for section in few_in(numbers) for group in SECTIONS[section]}
    return few_in(numbers) | groups | {one for one in ("girls", "boys") if 1 <= numbers.get(one, 0) < K}


def columns_of(table: Json) -> set[str]:
    """Its sections, or groups."""
    dimensions = [one for one in table["dimensions"] if one["name"] in ("section", "group")]
    return {category for dimension in dimensions for category in dimension["categories"]}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", mostly_long(range(12), usual=[4]))
def test_an_intruder_finds_those_few_in_no_file_but_in_the_headline(
    vera: Access, anna: Access, client: Client, seed: int
) -> None:
    numbers = small(seed)
    published(vera, anna, numbers, FULL if seed % 2 else STEPS)
    printed = json.loads(client.get("/statistik/2018/tables.json").content)
    check_tables(printed["tables"], numbers)
    check_rows(client.get("/statistik/2018/tables.csv").content, numbers)
    out = io.StringIO()
    call_command("yearly_summary", "2018", stdout=out)
    check_tables(json.loads(out.getvalue())["tables"], numbers)


def check_rows(content: bytes, numbers: dict[str, int]) -> None:
    every = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    rows = [row for row in every if is_of_persons(row["table"])]
    left = left_out_of(numbers)
    assert {row["left_out"] for row in rows} == {str(left)}
    totals = {row["value"] for row in rows if row["table"] != "sector" and is_total(row)}
    assert totals <= {"", str(sum(numbers.values()) - left)}
    sections = {row["category2"] for row in rows if row["dimension2"] == "section"}
    assert not sections & few_in(numbers)


def is_total(row: dict[str, str]) -> bool:
    return {row["category1"], row["category2"]} <= {"*", ""}


def is_of_persons(table: str) -> bool:
    return table != "groups" and not table.startswith("calls_")


FEW: Final = {"women": 30, "men": 12, "girls": 2, "boys": 1, "unknown": 1}


MESSAGE: Final = {"sv": "4 personer ingår inte här", "en": "4 persons are left out here"}
IN_THE_TEXT: Final = {"sv": "Av personerna ingår 4 inte i det som", "en": "Of the persons, 4 are not counted"}


@pytest.mark.django_db
def test_each_form_says_how_many_are_left_out(
    vera: Access, anna: Access, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = published(vera, anna, FEW, STEPS)
    tables = len(of_persons(row.tables))
    for language, words in MESSAGE.items():
        pages = [client.get(f"/statistik/2018/{page}?lang={language}").content.decode()
                 for page in ("", "internationellt/")]  # fmt: skip
        charts = {"region", "main_purpose", "citizenship"}
        assert "".join(pages).count(words) == tables + len(charts)
        assert IN_THE_TEXT[language] in pages[0]
        book = client.get(f"/statistik/2018/tables.xlsx?lang={language}").content
        assert sum(words in line for line in lines_of(book)) == tables + 1  # once among the notes
    said = protected_summary(of_the_register(NOON), 2018)  # which takes a while: once for both
    monkeypatch.setattr(yearly_summary, "protected_summary", lambda *_of_what: said)
    assert MESSAGE["en"] in summary_as("text")
    rows = csv.DictReader(io.StringIO(summary_as("csv")))
    assert {one["left_out"] for one in rows} == {"0", "4"}


def lines_of(book: bytes) -> list[str]:
    lines = [line for sheet in load_workbook(io.BytesIO(book)) for line in sheet.values]
    return [str(value) for line in lines for value in line if value]


def summary_as(form: str) -> str:
    out = io.StringIO()
    call_command("yearly_summary", "2018", "--format", form, "--lang", "en", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
@pytest.mark.report
@pytest.mark.long(instead="tests/summaries/test_single_persons.py::test_each_form_says_how_many_are_left_out")
def test_the_report_says_it_at_each_table(vera: Access, anna: Access) -> None:
    from pypdf import PdfReader

    row = published(vera, anna, FEW, STEPS)
    file = row.files.get(kind="pdf", language="en")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(file.content)).pages)
    assert len(re.findall(r"4\s+persons\s+are\s+left\s+out\s+here", text)) >= len(of_persons(row.tables))


@pytest.mark.django_db
def test_the_command_leaves_them_out_where_nothing_was_decided_or_published(vera: Access) -> None:
    new_case(*people(FEW), by=vera)
    assert not Exemption.objects.exists()
    out = io.StringIO()
    call_command("yearly_summary", "2018", stdout=out)
    check_tables(json.loads(out.getvalue())["tables"], FEW)


@pytest.mark.django_db
def test_of_few_in_all_the_total_alone_is_printed(vera: Access, anna: Access, client: Client) -> None:
    row = published(vera, anna, {"women": 9, "men": 4, "unknown": 1})
    printed = json.loads(client.get("/statistik/2018/tables.json").content)["tables"]
    assert [table["name"] for table in printed if not table["name"].startswith("calls_")] == ["groups"]
    assert printed[0]["cells"] == [{"key": ["*"], "value": 14, "status": "shown"}]
    page = unescape(client.get("/statistik/2018/").content.decode())
    assert "Om så få personer redovisas inget mer." in page
    assert not re.search(r"9 kvinnor|4 män", page)
    assert "14" in row.texts["sv"]["generated"]
    out = io.StringIO()
    call_command("yearly_summary", "2018", stdout=out)
    assert [table["name"] for table in json.loads(out.getvalue())["tables"]] == ["groups"]


@pytest.mark.django_db
def test_what_was_decided_at_the_first_version_holds_when_they_are_no_longer_few(
    vera: Access, anna: Access
) -> None:
    """Three children, then nine: a table with them would tell of the first three by what is added. Beside
    five women, with whom the tables are made anew."""
    published(vera, anna, {"women": 30, "men": 12, "girls": 3})
    new_case(*people({"girls": 6, "women": 5}, 2), by=vera)
    check_as(prepare(anna, SOME), left=9, of=56)


@pytest.mark.django_db
def test_whoever_comes_to_a_section_of_nobody_is_left_out(vera: Access, anna: Access) -> None:
    published(vera, anna, {"women": 30, "men": 12})
    new_case(*people({"unknown": 1, "women": 5}, 2), by=vera)
    check_as(prepare(anna, SOME), left=1, of=48)


def check_as(row: Publication, *, left: int, of: int) -> None:
    tables = {table["name"]: table for table in row.tables}
    assert total_of(tables["groups"]) == of
    for table in of_persons(row.tables):
        assert table["left_out"] == left
        assert total_of(table) in (None, of - left) or table["name"] == "sector"


@pytest.mark.django_db
def test_where_a_section_that_was_told_of_has_come_to_have_few_nothing_but_the_headline_is_made_anew(
    vera: Access, anna: Access, client: Client
) -> None:
    first = published(vera, anna, {"women": 30, "men": 12, "girls": 8})
    for person in Person.objects.filter(child="yes")[:5]:
        Person.objects.filter(pk=person.pk).update(status="not_victim")
    row = prepare(anna, SOME)
    assert as_they_stood(row) == of_persons(first.tables)
    assert total_of(row.tables[0]) == 45
    withdrawn(publication=first, reason="It was wrong.", by=anna)
    assert of_persons(prepare(anna, SOME).tables) == []
    client.force_login(anna.user)
    assert "Bara huvudtabellen skrivs ut" in client.get("/summaries/publications/2018/").content.decode()


def as_they_stood(row: Publication) -> list[dict[str, Any]]:
    """The tables of persons, without the mark that they are those of version 1."""
    standing = of_persons(row.tables)
    assert {table.pop("version", None) for table in standing} == {1}
    return standing


@pytest.mark.django_db
def test_of_an_earlier_version_that_left_nobody_out_no_table_is_made_anew(vera: Access, anna: Access) -> None:
    """Made before the rule: its tables tell of one person whom no later one may tell of."""
    row = published(vera, anna, {"women": 30, "men": 12, "unknown": 1})
    true_values = row.true_values()
    del true_values["left"]
    row.set_true_values(true_values)
    row.save()
    assert as_they_stood(prepare(anna, SOME)) == of_persons(row.tables)


@pytest.mark.django_db
def test_where_no_decision_exempts_the_headline_it_is_protected_with_everybody_in_it(
    vera: Access, anna: Access
) -> None:
    new_case(*people(FEW), by=vera)
    draft = prepare(anna, SOME)
    groups = next(table for table in draft.tables if table["name"] == "groups")
    shown = {cell["key"][0]: cell["value"] for cell in groups["cells"]}
    assert not groups.get("exempt")
    assert (shown["girls"], shown["boys"]) == (None, None)
    assert all(not table.get("left_out") for table in draft.tables)


@pytest.mark.django_db
def test_the_draft_after_a_file_leaves_out_those_whom_the_file_left_out(
    vera: Access, anna: Access, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(vera, anna, FEW, STEPS)
    file = tmp_path / "v1.json"
    file.write_bytes(client.get("/statistik/2018/tables.json").content)
    steps = ",".join(f"{table}={step}" for table, step in STEPS.items() if step != LEFT_OUT)
    monkeypatch.setattr(draft_publication, "steps_of", lambda text: ALONE | steps_of(text))
    new_case(*people({"women": 6, "girls": 1}, 2), by=vera)
    out = io.StringIO()
    call_command("draft_publication", "2018", "--steps", steps, "--after", str(file), stdout=out)
    check_as_printed(json.loads(out.getvalue())["tables"], left=5, of=53)


def check_as_printed(tables: list[Json], *, left: int, of: int) -> None:
    assert total_of(tables[0]) == of
    assert of_persons(tables)
    for table in of_persons(tables):
        assert table["left_out"] == left
        assert total_of(table) in (None, of - left) or table["name"] == "sector"
