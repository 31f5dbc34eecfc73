"""Persons of other sex, and persons of whom sex or age is not known, are told apart only where neither are
few."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from openpyxl import load_workbook

from accounts.access import Access
from cases.models import Person
from cases.rules.persons import GROUPS
from libs.suppression import Package, protect
from libs.suppression.tables import TOTAL, Cell, Dimension, Key, ProtectedTable, Status
from summaries.counting.historical import BEFORE, decide_standing_exemption
from summaries.counting.tabulate import may_stand_apart, merged_groups, one_way, put_together
from summaries.release.corrections import headline_steps
from summaries.release.models import Exemption, Publication
from summaries.tables.protection import exempted
from tests.makers import new_case, new_person
from tests.summaries import stored_years
from tests.summaries.releasing import released
from tests.summaries.small_tables import cross, package
from tests.summaries.small_year import cells, prepare

ONE_NUMBER = {"other": (None, "missing"), "unknown": (None, "missing")}


@pytest.mark.parametrize(
    ("numbers", "apart"),
    [({}, True), ({"other": 5}, True), ({"other": 5, "unknown": 9}, True), ({"unknown": 1}, False),
     ({"other": 4, "unknown": 9}, False), ({"other": 9, "unknown": 4}, False)],
)  # fmt: skip
def test_they_stand_apart_where_each_is_none_or_at_least_k(numbers: dict[str, int], apart: bool) -> None:
    assert may_stand_apart(numbers, 5) is apart


def headline(**numbers: int) -> dict[str, Any]:
    true = {"women": 20, "men": 9, "girls": 2, "boys": 1, **numbers}
    table = one_way("groups", "", Dimension("group", GROUPS), _counts(true), exempt=True)
    one = put_together(table)
    outside = ProtectedTable(one.name, one.title, one.dimensions, one.cells, one.additive, one.exempt)
    return merged_groups(outside).to_json()


def _counts(numbers: dict[str, int]) -> Counter[Key]:
    return Counter({(group,): n for group, n in numbers.items()})


def shown(told: list[dict[str, Any]]) -> dict[str, tuple[int | None, str]]:
    return {cell["key"][0]: (cell["value"], cell["status"]) for cell in told}


def test_the_headline_keeps_its_six_groups_and_gains_their_sum() -> None:
    facts = headline(unknown=1)
    assert facts["dimensions"] == [{"name": "group", "categories": [*GROUPS, "other_unknown"]}]
    assert facts["additive"]
    found = shown(facts["cells"])
    assert found.items() >= ONE_NUMBER.items()
    assert (found["other_unknown"], found.pop(TOTAL)) == ((1, "shown"), (33, "shown"))
    assert sum(value or 0 for value, _status in found.values()) == 33


def test_disclosure_control_reads_a_headline_in_which_they_are_one() -> None:
    values = {"sexual": (18, 0, 2, 0, 1), "labour": (2, 9, 0, 1, 0)}
    groups = ("women", "men", "girls", "boys", "other_unknown")
    purposes = cross("main_purpose", "group", values, groups)
    protection = protect(Package.from_json(package(headline(unknown=1), purposes)))
    assert protection.audit.passed
    facts = shown(protection.tables[0].to_json()["cells"])
    assert facts["other_unknown"] == (1, "shown")
    assert facts.items() >= ONE_NUMBER.items()


def test_what_is_one_number_is_not_added_twice_in_a_table_for_people() -> None:
    table = ProtectedTable(
        "groups", "", (Dimension("group", (*GROUPS, "other_unknown")),), (Cell((TOTAL,), 3),)
    )
    assert table.dimensions[0].parts == ("women", "men", "girls", "boys", "other_unknown")
    assert Dimension("group", GROUPS).parts == GROUPS


@pytest.fixture(scope="module", autouse=True)
def _one_of_unknown_sex_and_age(begin: Callable[[Callable[[], None]], None]) -> None:
    begin(stored_years.published_with_one_of_unknown_sex_and_age)


@pytest.fixture
def unpublished(db: None) -> None:
    Publication.objects.update(year=2017)


@pytest.fixture
def nobody(unpublished: None) -> None:
    """A register to which each test adds its own."""
    Person.objects.update(status="not_victim")


def command(*options: str) -> str:
    out = io.StringIO()
    call_command("yearly_summary", "2018", *options, stdout=out)
    return out.getvalue()


def told_apart(tables: list[dict[str, Any]]) -> list[Any]:
    """Cells of either group, in any table, of which anything is told."""
    return [
        (table["name"], cell["key"], cell["status"])
        for table in tables
        for at, dimension in enumerate(table["dimensions"])
        for cell in table["cells"]
        if dimension["name"] == "group" and cell["key"][at] in ONE_NUMBER and cell["status"] != "missing"
    ]


FINE = headline_steps() | {"main_purpose": 0, "eu_age_sex": 1}


def publish(by: Access, steps: dict[str, int], state: str = "preliminary") -> Publication:
    draft = prepare(by, steps)
    return released(draft=draft, digest=draft.digest, state=state, by=by)


@pytest.fixture
def version(db: None) -> Publication:
    return Publication.objects.get()


def command_tells_them_as_one() -> None:
    tables = json.loads(command())["tables"]
    groups = {cell["key"][0]: cell["value"] for cell in tables[0]["cells"]}
    assert groups.items() >= {"other_unknown": 1, "other": None, "unknown": None, TOTAL: 64}.items()
    assert told_apart(tables) == []
    assert not any("other_unknown" in table["dimensions"][-1]["categories"] for table in tables[1:])
    assert {table["left_out"] for table in tables[1:]} == {1}


def test_the_command_tells_them_as_one(unpublished: None) -> None:
    command_tells_them_as_one()


def test_the_command_tells_them_as_one_when_the_year_is_published(version: Publication) -> None:
    command_tells_them_as_one()


def test_the_text_of_the_command_tells_them_as_one(unpublished: None) -> None:
    text = command("--format", "text", "--lang", "en")
    assert "one of another sex or of unknown sex or age" in text
    headline = text.partition("Persons by group\n")[2].partition("\n\n")[0].splitlines()
    assert [line.split("  ")[0] for line in headline[1:]] == [
        "Women", "Men", "Girls", "Boys", "Other sex or not known", "Total",
    ]  # fmt: skip


def test_a_publication_tells_them_as_one_in_tables_and_texts(version: Publication) -> None:
    groups = cells(version, "groups")
    assert told_apart(version.tables) == []
    assert {group: groups[group,] for group in ONE_NUMBER} == ONE_NUMBER
    assert groups["other_unknown",] == (1, "shown")
    assert "en av annat kön eller utan uppgift om kön eller ålder" in version.texts["sv"]["generated"]
    assert "one of another sex or of unknown sex or age" in version.texts["en"]["generated"]


def test_no_chart_of_the_groups_tells_them_apart(version: Publication) -> None:
    charts = [one["svg"] for one in version.content["sv"]["charts"] if one["table"] == "groups"]
    assert charts
    assert {"Annat kön", "Okänd"}.isdisjoint(word for svg in charts for word in words(svg))


@pytest.mark.parametrize(
    ("language", "apart", "one", "why"),
    [
        (
            "sv", "Annat kön", "Annat kön eller okänt",
            "Annat kön och okänt redovisas som ett enda tal när något av dem är litet.",
        ),
        (
            "en", "Other sex", "Other sex or not known",
            "Other sex and not known are shown as one figure where either of them is small.",
        ),
    ],
)  # fmt: skip
def test_the_page_tells_them_as_one_and_why(
    version: Publication, client: Client, language: str, apart: str, one: str, why: str
) -> None:
    page = client.get(f"/statistik/2018/?lang={language}").content.decode()
    assert page.count(one) >= 3  # key figure, table, chart
    assert why in page
    assert f">{apart}<" not in page


def test_the_workbook_tells_them_as_one(version: Publication, client: Client) -> None:
    book = load_workbook(io.BytesIO(client.get("/statistik/2018/tables.xlsx").content))
    told = {str(cell.value) for sheet in book for line in sheet for cell in line}
    assert "Annat kön eller okänt" in told
    assert "Annat kön" not in told


def test_the_file_of_cells_tells_nothing_of_either(version: Publication, client: Client) -> None:
    csv = client.get("/statistik/2018/tables.csv").content.decode()
    apart = [line for line in csv.splitlines() if re.search(",group,(other|unknown),", line)]
    assert {line.split(",")[-3] for line in apart} == {".."}


def words(svg: str) -> list[str]:
    return [text.strip() for text in re.findall(r">([^<]+)<", svg)]


def test_where_neither_are_few_they_stand_apart(nobody: None, vera: Access, anna: Access) -> None:
    of = [("F", "no", 30), ("M", "no", 20), ("O", "no", 6), ("U", "no", 7)]
    new_case(
        *(new_person(sex=sex, child=child, citizenship="RO") for sex, child, n in of for _n in range(n)),
        by=vera,
    )
    draft = prepare(anna, FINE)
    found = cells(draft, "groups")
    assert (found["other",], found["unknown",]) == ((6, "shown"), (7, "shown"))
    assert ("other_unknown",) not in found
    assert cells(draft, "main_purpose")["sexual", "other"] == (6, "shown")


def test_what_was_one_number_stays_one_so_that_no_step_tells(
    nobody: None, vera: Access, anna: Access
) -> None:
    """Four of other sex, then nine: apart, the five who came would be told."""
    add(vera, women=40, men=20, other=4)
    assert cells(publish(anna, FINE), "groups")["other_unknown",] == (4, "shown")
    add(vera, other=5)
    found = cells(prepare(anna, FINE), "groups")
    assert (found["other_unknown",], found["other",]) == ((9, "shown"), (None, "missing"))


def test_what_stood_apart_is_one_number_where_it_has_become_small(
    nobody: None, vera: Access, anna: Access
) -> None:
    add(vera, women=40, men=20, other=8)
    assert cells(publish(anna, FINE), "groups")["other",] == (8, "shown")
    five = Person.objects.counted().filter(sex="O")[:5]
    Person.objects.filter(pk__in=[person.pk for person in five]).update(status="not_victim")
    found = cells(prepare(anna, FINE), "groups")
    assert (found["other_unknown",], found["other",]) == ((3, "shown"), (None, "missing"))


def add(by: Access, *, women: int = 0, men: int = 0, other: int = 0) -> None:
    of = (("F", women), ("M", men), ("O", other))
    new_case(*(new_person(sex=sex, citizenship="RO") for sex, n in of for _n in range(n)), by=by)


def test_the_audit_says_how_many_small_figures_are_told(nobody: None, vera: Access, anna: Access) -> None:
    """One person in a section of the headline: nothing else tells of that one, so that none is told."""
    add(vera, women=40, men=20, other=1)
    draft = prepare(anna, headline_steps() | {"region": 0})
    assert not any(key[1] == "other_unknown" for key in cells(draft, "region"))
    assert draft.audit["told"] == 0


@pytest.mark.django_db
def test_the_standing_decision_is_made_once() -> None:
    decide_standing_exemption()
    assert exempted(2018) == ["groups"]
    Exemption.objects.update(reason=BEFORE)
    decide_standing_exemption()
    assert Exemption.objects.get().reason == BEFORE


def test_missing_cells_hold_no_value() -> None:
    facts = headline(other=2, unknown=1)
    assert all(cell["value"] is None for cell in facts["cells"] if cell["status"] == str(Status.MISSING))
