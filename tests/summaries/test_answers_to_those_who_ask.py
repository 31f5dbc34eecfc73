"""Those who ask every year are answered with what everybody can read, and told in time."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.access import Access
from summaries.loading import decide_standing_exemption
from summaries.models import JusticeFigure
from summaries.publishing.questionnaires import ARTICLE, ASKERS, due
from tests.summaries.small_year import add, published

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


@pytest.mark.django_db
def test_every_answer_is_a_published_cell_and_justice_stands_apart(vera: Access, anna: Access) -> None:
    decide_standing_exemption()
    add(vera)
    client = Client()
    client.force_login(anna.user)
    client.cookies["django_language"] = "en"
    assert client.get(ADDRESS).status_code == 404
    published(anna)
    JusticeFigure.objects.create(year=2018, kind="convicted", value=7_777, source="Brå")
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == [*ASKERS, "Justice"]
    public = Client().get("/statistik/2018/tables.json?lang=en").json()
    printed = {
        (cell["table"], cell["label1"], cell["label2"] or "Number of persons"): cell["printed"]
        for cell in public["cells"]
    }
    for asker in ASKERS:
        rows = _rows(book[asker])
        assert rows
        for _question, category, column, told, table in rows:
            if told != "..":
                assert printed[table, category, column] == told, (asker, table, category, column)
    assert {row[4] for row in _rows(book["Article 19a"])} == {table for _question, table in ARTICLE}
    assert [row[3] for row in _rows(book["Justice"])] == [7_777]
    assert "never added" in str(book["Justice"]["A2"].value)
    assert not any(7_777 in row for asker in ASKERS for row in _rows(book[asker]))


def _rows(sheet: Any) -> list[tuple[Any, ...]]:
    found = list(sheet.iter_rows(values_only=True))
    head = next(at for at, row in enumerate(found) if row[1])
    return [row for row in found[head + 1 :] if row[0]]
