"""Those who ask every year are answered with what everybody can read, and told in time."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from itertools import chain
from typing import Any

import pytest
from django.test import Client
from openpyxl import Workbook, load_workbook

from accounts.access import Access
from summaries.models import JusticeFigure
from summaries.release.questionnaires import ARTICLE, ASKERS, due
from tests.summaries import stored_years

ADDRESS = "/summaries/publications/2018/answers.xlsx"


@pytest.mark.parametrize(
    ("today", "year"),
    [
        (date(2019, 6, 30), None),
        (date(2019, 7, 1), 2018),
        (date(2019, 9, 30), 2018),
        (date(2019, 10, 1), None),
    ],
)
def test_the_commissions_sheet_is_due_until_the_last_of_september(today: date, year: int | None) -> None:
    assert due(today) == year


@pytest.fixture(scope="module", autouse=True)
def _published_year(begin: Callable[[Callable[[], None]], None]) -> None:
    begin(stored_years.frozen_year)


@pytest.fixture
def analyst(anna: Access) -> Client:
    client = Client()
    client.force_login(anna.user)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def book(analyst: Client) -> Workbook:
    """With a figure of the courts beside."""
    JusticeFigure.objects.create(year=2018, kind="convicted", value=7_777, source="Brå")
    return load_workbook(io.BytesIO(analyst.get(ADDRESS).content))


@pytest.mark.django_db
def test_of_a_year_that_is_not_published_there_are_no_answers(analyst: Client) -> None:
    assert analyst.get(ADDRESS.replace("2018", "2017")).status_code == 404


@pytest.mark.django_db
def test_every_answer_is_a_published_cell(book: Workbook) -> None:
    public = Client().get("/statistik/2018/tables.json?lang=en").json()
    printed = {
        (cell["table"], cell["label1"], cell["label2"] or "Number of persons"): cell["printed"]
        for cell in public["cells"]
    }
    rows = chain.from_iterable(_rows(book[asker]) for asker in ASKERS)
    told = [((table, category, column), value) for _question, category, column, value, table in rows]
    assert [cell for cell, value in told if value not in ("..", printed.get(cell))] == []


@pytest.mark.django_db
def test_every_table_of_the_article_is_answered(book: Workbook) -> None:
    assert {row[4] for row in _rows(book["Article 19a"])} == {table for _question, table in ARTICLE}


@pytest.mark.django_db
def test_justice_stands_apart_from_the_answers(book: Workbook) -> None:
    assert book.sheetnames == [*ASKERS, "Justice"]
    assert [row[3] for row in _rows(book["Justice"])] == [7_777]
    assert "never added" in str(book["Justice"]["A2"].value)
    for asker in ASKERS:
        rows = _rows(book[asker])
        assert rows
        assert not any(7_777 in row for row in rows)


def _rows(sheet: Any) -> list[tuple[Any, ...]]:
    found = list(sheet.iter_rows(values_only=True))
    head = next(at for at, row in enumerate(found) if row[1])
    return [row for row in found[head + 1 :] if row[0]]
