"""The public year opens with its text, the line of ten years and the three largest changes.

Each figure is one that a version shows; a page says for good what it said when its version came out."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from summaries.models import HistoricalFigure
from summaries.release.frozen import content
from summaries.release.models import Publication
from summaries.site.response import forget_pages

pytestmark = pytest.mark.django_db
Json = dict[str, Any]
YEAR = "/statistik/2018/"
OF_CHANGES = ("main_purpose", "citizenship", "region")
NOT_KNOWN = {"*", "unknown", "other_or_unknown", "not_asked", "XS", "ZZ"}


@pytest.fixture
def before(year: Publication) -> Publication:
    """2017 as it was published: in each row of 2018 that is shown there were other numbers."""
    tables = deepcopy(year.tables)
    for table in tables:
        for place, cell in enumerate(table["cells"]):
            if cell["value"] is not None:
                cell["value"] += 1 + place * 7 % 11
    return another(year, 2017, tables)


def another(row: Publication, year: int, tables: list[Json], version: int = 1) -> Publication:
    facts = {"state": "final", "passed": True, "digest": f"d{version}", "checksum": f"c{version}", "k": row.k}
    times = {"published_at": row.published_at, "made_at": row.made_at + timedelta(days=1)}
    by = {"approved_by": row.approved_by, "published_by": row.published_by}
    return Publication.objects.create(year=year, version=version, tables=tables, **facts, **times, **by)


def page_of(year: Publication) -> str:
    """The page of 2018 as it would have been frozen at this moment."""
    Publication.objects.filter(pk=year.pk).update(content=content(year))
    forget_pages()
    return Client().get(f"{YEAR}?lang=en").content.decode()


def told(page: str) -> list[tuple[str, int, int, int]]:
    """The changes of a page: what changed, by how much, from and to how many."""
    line = r"<li>([^<]+) <b class=\"num\">([+−]\d+)</b>\s*<span class=\"muted\">\(from (\d+) to\s+(\d+)\)"
    found = re.findall(line, page)
    return [
        (unescape(label), int(step.replace("−", "-")), int(then), int(now))
        for label, step, then, now in found
    ]


def totals(tables: list[Json]) -> dict[tuple[str, str], int]:
    """Of the rows of the tables that are asked, those whose total is printed."""
    return {
        (table["name"], cell["key"][0]): cell["value"]
        for table in tables
        if table["name"] in OF_CHANGES
        for cell in table["cells"]
        if cell["value"] is not None and set(cell["key"][1:]) <= {"*"} and cell["key"][0] not in NOT_KNOWN
    }


def expected(year: Publication, former: Publication) -> list[int]:
    now, then = totals(year.tables), totals(former.tables)
    steps = [now[place] - then[place] for place in now.keys() & then.keys()]
    return sorted(map(abs, steps), reverse=True)[:3]


def test_the_three_largest_changes_are_differences_of_figures_that_both_years_show(
    year: Publication, before: Publication
) -> None:
    changes = told(page_of(year))
    assert [abs(step) for _label, step, _then, _now in changes] == expected(year, before)
    shown = {value for table in before.tables for cell in table["cells"] if (value := cell["value"])}
    for _label, step, then, now in changes:
        assert now - then == step
        assert then in shown


def test_what_either_year_hides_is_no_change_however_large_it_is(
    year: Publication, before: Publication
) -> None:
    now = totals(year.tables)
    name, category = max(now, key=now.__getitem__)
    names = year.content["en"]["categories"]
    rows = {table["name"]: table["dimensions"][0]["name"] for table in year.tables}
    first = names[rows[name]][category]
    tables = deepcopy(before.tables)
    hidden = [
        cell | {"value": None, "status": "hidden"}
        if names[table["dimensions"][0]["name"]][cell["key"][0]] == first
        else cell
        for table in tables
        for cell in table["cells"]
    ]
    places = iter(hidden)
    for table in tables:
        table["cells"] = [next(places) for _cell in table["cells"]]
    Publication.objects.filter(pk=before.pk).update(tables=tables)
    before.refresh_from_db()
    changes = told(page_of(year))
    assert now[name, category] > changes[0][3], "else it would be no large change"
    assert f"<li>{first} " not in page_of(year)
    assert [abs(step) for _label, step, *_numbers in changes] == expected(year, before)


def test_a_table_in_other_categories_is_compared_with_none(year: Publication, before: Publication) -> None:
    tables = [table for table in deepcopy(before.tables) if table["name"] in OF_CHANGES]
    for table in tables:
        table["dimensions"][0]["name"] = "another_breakdown"
    Publication.objects.filter(pk=before.pk).update(tables=tables)
    page = page_of(year)
    assert told(page) == []
    assert "Largest changes" not in page


def test_a_year_without_a_version_before_it_has_no_changes(year: Publication) -> None:
    assert HistoricalFigure.objects.filter(year=2017).exists()
    assert told(page_of(year)) == []


def test_the_line_of_ten_years_says_of_each_year_whose_figure_it_is(year: Publication) -> None:
    page = page_of(year)
    table = page[page.index("Presumed victims by year") : page.index("downloads")]
    rows = {
        year: " ".join(re.sub(r"<[^>]+>", " ", row).split())
        for year, row in re.findall(r'<tr><th scope="row" class="num">\s*(\d{4})(.*?)</tr>', table, re.DOTALL)
    }
    assert list(rows) == sorted(rows)
    assert rows["2018"] == "60 the NMT register"
    assert rows["2016"].startswith("142 ")
    assert "published as 150" in rows["2016"]
    assert "series break before 225 " in rows["2017"]
    assert "(published)" in rows["2017"]
    assert "2016–2017: " in table
    for number in re.findall(r">(\d+)</text>", table):
        assert number in "".join(rows.values()) or int(number) % 10 == 0 or number in rows, "or of the axis"


def test_a_page_says_for_good_what_it_said_when_its_version_came_out(
    year: Publication, before: Publication
) -> None:
    page = page_of(year)
    assert json.dumps(told(page)) != "[]"
    another(before, 2017, [], version=2)
    assert Client().get(f"{YEAR}?lang=en").content.decode() == page
    assert page_of(year) != page, "now it would be made of another version"
