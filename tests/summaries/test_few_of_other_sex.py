"""Persons of other sex, and persons of whom sex or age is not known, are told apart only where neither are
few."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from openpyxl import load_workbook

from accounts.access import Access
from cases.models import Person
from cases.rules.groups import GROUPS
from summaries.counting.tabulate import may_stand_apart, one_way, put_together, told_together
from summaries.loading import BEFORE, decide_standing_exemption
from summaries.models import Exemption
from summaries.protection import Package, protect
from summaries.publishing.models import Publication
from summaries.publishing.protecting import exempted
from summaries.tables import TOTAL, Cell, Dimension, Key, ProtectedTable, Status
from tests.makers import new_case, new_person
from tests.summaries.releasing import released
from tests.summaries.small_year import COARSEST, cells, prepare

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
    return told_together(outside).to_json()


def _counts(numbers: dict[str, int]) -> Counter[Key]:
    return Counter({(group,): n for group, n in numbers.items()})


def test_the_headline_keeps_its_six_groups_and_gains_their_sum() -> None:
    told = headline(unknown=1)
    assert told["dimensions"] == [{"name": "group", "categories": [*GROUPS, "other_unknown"]}]
    found = {cell["key"][0]: (cell["value"], cell["status"]) for cell in told["cells"]}
    assert {group: found[group] for group in ONE_NUMBER} == ONE_NUMBER
    assert (found["other_unknown"], found[TOTAL]) == ((1, "shown"), (33, "shown"))
    assert told["additive"]
    assert sum(value for group, (value, _status) in found.items() if group != TOTAL and value) == 33


def test_disclosure_control_reads_a_headline_in_which_they_are_one() -> None:
    purposes = ("sexual", "labour")
    rows = [
        ("women", 18, 2),
        ("men", 0, 9),
        ("girls", 2, 0),
        ("boys", 0, 1),
        ("other_unknown", 1, 0),
        (TOTAL, 21, 12),
    ]
    crossed = [(["sexual", group], one) for group, one, _other in rows]
    crossed += [(["labour", group], other) for group, _one, other in rows]
    crossed += [([TOTAL, group], one + other) for group, one, other in rows]
    table = {
        "name": "main_purpose", "title": "", "additive": True,
        "dimensions": [{"name": "main_purpose", "categories": list(purposes)},
                       {"name": "group", "categories": [group for group, *_values in rows[:-1]]}],
        "cells": [{"key": key, "value": value, "status": "shown"} for key, value in crossed],
    }  # fmt: skip
    found = protect(Package.from_json({"k": 5, "population": "2018", "tables": [headline(unknown=1), table]}))
    assert found.audit.passed
    groups = {cell.key[0]: (cell.value, str(cell.status)) for cell in found.tables[0]}
    assert groups["other_unknown"] == (1, "shown")
    assert {group: groups[group] for group in ONE_NUMBER} == ONE_NUMBER


def test_what_is_one_number_is_not_added_twice_in_a_table_for_people() -> None:
    table = ProtectedTable(
        "groups", "", (Dimension("group", (*GROUPS, "other_unknown")),), (Cell((TOTAL,), 3),)
    )
    assert table.dimensions[0].parts == ("women", "men", "girls", "boys", "other_unknown")
    assert Dimension("group", GROUPS).parts == GROUPS


@pytest.fixture
def register(vera: Access) -> None:
    """A year with one person of whom neither sex nor age is known, of whom all else is."""
    decide_standing_exemption()
    women = [new_person(citizenship="RO", offence="trafficking") for _n in range(40)]
    men = [new_person(sex="M", citizenship="NG", main="labour", county="01") for _n in range(15)]
    boys = [new_person(sex="M", child="yes", citizenship="RO", main="crime") for _n in range(8)]
    one = new_person(
        sex="U", child="unknown", citizenship="VN", main="sexual", county="25", agency="migration"
    )
    new_case(*women, *men, *boys, one, by=vera)


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


@pytest.mark.django_db
@pytest.mark.usefixtures("register")
def test_the_command_tells_them_as_one_before_and_after_the_year_is_published(anna: Access) -> None:
    for _time in range(2):
        tables = json.loads(command())["tables"]
        groups = {cell["key"][0]: cell["value"] for cell in tables[0]["cells"]}
        assert (groups["other_unknown"], groups["other"], groups["unknown"], groups[TOTAL]) == (
            1,
            None,
            None,
            64,
        )
        assert told_apart(tables) == []
        assert all("other_unknown" not in table["dimensions"][-1]["categories"] for table in tables[1:])
        assert {table["left_out"] for table in tables[1:]} == {1}
        text = command("--format", "text", "--lang", "en")
        assert "one of another sex or of unknown sex or age" in text
        assert "Other sex or not known" in text
        headline = text.partition("Persons by group\n")[2].partition("\n\n")[0].splitlines()
        assert [line.split("  ")[0] for line in headline[1:]] == [
            "Women", "Men", "Girls", "Boys", "Other sex or not known", "Total",
        ]  # fmt: skip
        if not Publication.objects.published().exists():
            publish(anna, FINE)


FINE = {**COARSEST, "main_purpose": 0, "eu_age_sex": 1}


def publish(by: Access, steps: dict[str, int], state: str = "preliminary") -> Publication:
    draft = prepare(by, steps)
    return released(draft=draft, digest=draft.digest, state=state, by=by)


@pytest.mark.django_db
@pytest.mark.usefixtures("register")
def test_a_publication_tells_them_as_one_in_tables_texts_charts_pages_and_files(
    anna: Access, client: Client
) -> None:
    row = publish(anna, FINE)
    assert told_apart(row.tables) == []
    groups = cells(row, "groups")
    assert {group: groups[group,] for group in ONE_NUMBER} == ONE_NUMBER
    assert groups["other_unknown",] == (1, "shown")
    assert "en av annat kön eller utan uppgift om kön eller ålder" in row.texts["sv"]["generated"]
    assert "one of another sex or of unknown sex or age" in row.texts["en"]["generated"]
    for chart in row.content["sv"]["charts"]:
        assert not ({"Annat kön", "Okänd"} & set(words(chart["svg"])) and chart["table"] == "groups")
    page = client.get("/statistik/2018/").content.decode()
    assert page.count("Annat kön eller okänt") >= 3  # key figure, table, chart
    assert ">Annat kön<" not in page
    assert "Annat kön och okänt redovisas som ett enda tal när något av dem är litet." in page
    english = client.get("/statistik/2018/?lang=en").content.decode()
    assert "Other sex and not known are told as one number where either of them is small." in english
    assert ">Other sex<" not in english
    book = load_workbook(io.BytesIO(client.get("/statistik/2018/tables.xlsx").content))
    told = {str(cell.value) for sheet in book for line in sheet for cell in line}
    assert "Annat kön eller okänt" in told
    assert "Annat kön" not in told
    csv = client.get("/statistik/2018/tables.csv").content.decode()
    apart = [line for line in csv.splitlines() if ",group,other," in line or ",group,unknown," in line]
    assert {line.split(",")[-3] for line in apart} == {".."}


def words(svg: str) -> list[str]:
    return [text.strip() for text in re.findall(r">([^<]+)<", svg)]


@pytest.mark.django_db
def test_where_neither_are_few_they_stand_apart(vera: Access, anna: Access) -> None:
    decide_standing_exemption()
    of = [("F", "no", 30), ("M", "no", 20), ("O", "no", 6), ("U", "no", 7)]
    new_case(
        *(new_person(sex=sex, child=child, citizenship="RO") for sex, child, n in of for _n in range(n)),
        by=vera,
    )
    found = cells(prepare(anna, FINE), "groups")
    assert (found["other",], found["unknown",]) == ((6, "shown"), (7, "shown"))
    assert ("other_unknown",) not in found
    assert cells(prepare(anna, FINE), "main_purpose")["sexual", "other"] == (6, "shown")


@pytest.mark.django_db
def test_what_was_one_number_stays_one_so_that_no_step_tells(vera: Access, anna: Access) -> None:
    """Four of other sex, then nine: apart, the five who came would be told."""
    decide_standing_exemption()
    add(vera, women=40, men=20, other=4)
    assert cells(publish(anna, FINE), "groups")["other_unknown",] == (4, "shown")
    add(vera, other=5)
    found = cells(prepare(anna, FINE), "groups")
    assert (found["other_unknown",], found["other",]) == ((9, "shown"), (None, "missing"))


@pytest.mark.django_db
def test_what_stood_apart_is_one_number_where_it_has_become_small(vera: Access, anna: Access) -> None:
    decide_standing_exemption()
    add(vera, women=40, men=20, other=8)
    assert cells(publish(anna, FINE), "groups")["other",] == (8, "shown")
    for person in Person.objects.filter(sex="O")[:5]:
        Person.objects.filter(pk=person.pk).update(status="not_victim")
    found = cells(prepare(anna, FINE), "groups")
    assert (found["other_unknown",], found["other",]) == ((3, "shown"), (None, "missing"))


def add(by: Access, *, women: int = 0, men: int = 0, other: int = 0) -> None:
    of = (("F", women), ("M", men), ("O", other))
    new_case(*(new_person(sex=sex, citizenship="RO") for sex, n in of for _n in range(n)), by=by)


@pytest.mark.django_db
def test_the_audit_says_how_many_small_figures_are_told(vera: Access, anna: Access) -> None:
    """One person in a section of the headline: nothing else tells of that one, so that none is told."""
    decide_standing_exemption()
    add(vera, women=40, men=20, other=1)
    draft = prepare(anna, {**COARSEST, "region": 0})
    assert not any(key[1] == "other_unknown" for key in cells(draft, "region"))
    assert draft.audit["told"] == 0


@pytest.mark.django_db
def test_the_standing_decision_is_made_once_and_an_earlier_one_is_not_made_anew_by_itself() -> None:
    decide_standing_exemption()
    assert exempted(2018) == ["groups"]
    Exemption.objects.update(rule=1, reason=BEFORE)
    decide_standing_exemption()
    assert (Exemption.objects.get().reason, exempted(2018)) == (BEFORE, [])


def test_missing_cells_hold_no_value() -> None:
    told = headline(other=2, unknown=1)
    assert all(cell["value"] is None for cell in told["cells"] if cell["status"] == str(Status.MISSING))
