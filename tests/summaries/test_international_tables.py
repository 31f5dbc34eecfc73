"""Goal 16.2.2 and Article 19a: by mapping rows, from shown cells, rates only where the residents are
known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from accounts.access import Access
from agencies.models import CodeMapping
from libs.suppression.tables import Cell, Dimension, ProtectedTable, Status
from summaries.counting.reference import Reference
from summaries.models import HistoricalFigure, Population
from summaries.release import actions
from summaries.release.models import Publication
from summaries.site.sdg import over_years, rates
from summaries.tables.labels import PublicLabels
from tests.summaries import stored_years
from tests.summaries.releasing import released, withdrawn

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _international(begin: Callable[[Callable[[], None]], None]) -> None:
    begin(stored_years.international)


@pytest.fixture
def draft() -> Publication:
    return Publication.objects.get()


def prepare(by: Access) -> Publication:
    actions.choose_steps(year=2018, steps=stored_years.INTERNATIONAL, by=by)
    return actions.protect_draft(year=2018, by=by)


def cells(draft: Publication, name: str) -> dict[tuple[str, ...], int | None]:
    table = next(table for table in draft.tables if table["name"] == name)
    return {tuple(cell["key"]): cell["value"] for cell in table["cells"]}


def test_trafficking_alone_and_with_exploitation_stand_side_by_side(draft: Publication) -> None:
    form = cells(draft, "eu_form")
    assert (
        form["sexual_exploitation", "trafficking"] == form["sexual_exploitation", "with_exploitation"] == 23
    )
    assert (form["forced_labour", "trafficking"], form["forced_labour", "with_exploitation"]) == (0, 9)
    assert (form["*", "trafficking"], form["*", "with_exploitation"], form["*", "*"]) == (23, 32, 42)


def test_registered_victims_are_told_by_every_breakdown_of_the_article(draft: Publication) -> None:
    sex_and_age = cells(draft, "eu_age_sex")
    assert [sex_and_age[group, "with_exploitation"] for group in ("women", "men", "girls", "boys")] == [
        12,
        9,
        11,
        0,
    ]
    assert cells(draft, "eu_status")["identified", "trafficking"] == 12
    assert cells(draft, "eu_status")["presumed", "with_exploitation"] == 20
    assert cells(draft, "eu_organisation")["police", "trafficking"] == 23
    assert cells(draft, "eu_citizenship")["*", "with_exploitation"] == 32


def test_identified_and_presumed_stand_in_every_breakdown_for_each_scope(draft: Publication) -> None:
    columns = ("trafficking", "trafficking+identified", "trafficking+presumed")
    columns += ("with_exploitation", "with_exploitation+identified", "with_exploitation+presumed", "*")
    wanted = {
        ("eu_form", "sexual_exploitation"): [23, 12, 11, 23, 12, 11, 23],
        ("eu_form", "forced_labour"): [0, 0, 0, 9, 0, 9, 9],
        ("eu_organisation", "police"): [23, 12, 11, 23, 12, 11, 33],
        ("eu_age_sex", "women"): [12, 12, 0, 12, 12, 0, 12],
        ("eu_age_sex", "girls"): [11, 0, 11, 11, 0, 11, 11],
        ("eu_citizenship", "*"): [23, 12, 11, 32, 12, 20, 42],
    }
    for (table, row), values in wanted.items():
        found = cells(draft, table)
        assert [found[row, column] for column in columns] == values


def test_what_the_article_counts_and_its_groups_of_citizens_are_rows_too(
    draft: Publication, anna: Access
) -> None:
    before = cells(draft, "eu_citizenship")
    CodeMapping.objects.filter(target="eu19a", code="offence:exploitation").delete()
    CodeMapping.objects.filter(target="eu19a", code__startswith="country_group:").update(value="elsewhere")
    new = prepare(anna)
    assert cells(new, "eu_form")["*", "with_exploitation"] == 23
    assert cells(new, "eu_citizenship")["elsewhere", "*"] == before["*", "*"] == 42


def test_another_mapping_row_is_another_form_without_a_line_of_code(draft: Publication, anna: Access) -> None:
    CodeMapping.objects.filter(target="eu19a", code="purpose:labour").update(value="servitude")
    form = cells(prepare(anna), "eu_form")
    assert (form["servitude", "with_exploitation"], form["forced_labour", "*"]) == (9, 0)


def sdg(**values: int | None) -> ProtectedTable:
    columns = ("women", "children", "*")
    keys = [(row, column) for row in ("VC_HTF_DETVSX", "*") for column in columns]
    found = [values.get(f"{'all' if row == '*' else 'sexual'}_{'all' if c == '*' else c}") for row, c in keys]
    made = tuple(
        Cell(key, n) if n is not None else Cell(key, None, Status.HIDDEN)
        for key, n in zip(keys, found, strict=True)
    )
    dimensions = (Dimension("sdg", ("VC_HTF_DETVSX",)), Dimension("section", ("women", "children")))
    return ProtectedTable("sdg", "", dimensions, made)


def test_a_rate_is_of_shown_cells_and_of_known_residents_only() -> None:
    labels = PublicLabels(Reference.load())
    table = sdg(sexual_all=139, sexual_women=130, all_all=262)
    first, total = rates(2018, [table], labels)
    assert (first["rate"], first["children"], first["children_rate"]) == (1.36, None, None)
    assert total["rate"] == 2.56
    Population.objects.filter(year=2018, sex="T", age="0-17").delete()
    known = sdg(sexual_all=139, sexual_children=9, all_all=262)
    assert rates(2018, [known], labels)[0]["children_rate"] is None
    Population.objects.filter(year=2018).delete()
    assert rates(2018, [known], labels) == []


def test_ten_years_by_sex_and_age_are_what_was_published_of_each(draft: Publication, anna: Access) -> None:
    released(draft=draft, digest=draft.digest, state="final", by=anna)
    found = over_years(2019, [])
    rows: dict[int, Any] = {
        row["year"]: [(c["value"], c["rate"]) for c in row["cells"]] for row in found["rows"]
    }
    assert rows[2016][0] == (142, 1.42)  # published before the register, without accompanying children
    assert rows[2018] == [(42, 0.41), (23, 0.45), (19, 0.37), (21, 0.97), (21, 0.26)]
    assert [row["year"] for row in found["rows"] if row["break"]] == [2017]
    before = over_years(2022, [])["rows"]
    by_year = {row["year"]: [(c["value"], c["rate"]) for c in row["cells"]] for row in before}
    assert by_year[2021][1] == (321, None)  # women and girls of a year of which only all residents are known
    assert by_year[2020] == [(None, None)] * 5, "nothing is known of it, and it has its row"


def test_a_break_is_told_where_the_year_before_has_no_figures(db: None) -> None:
    """2017 is known and 2020 is not: what broke between them stands at the first year that has figures."""
    found = over_years(2023, [sdg_groups(100)])
    rows = {row["year"]: (row["break"], row.get("missing", False)) for row in found["rows"]}
    HistoricalFigure.objects.filter(year=2022).delete()
    later = over_years(2023, [sdg_groups(100)])
    assert rows[2023] == (True, False)
    assert {row["year"]: (row["break"], row.get("missing", False)) for row in later["rows"]}[2022] == (
        False,
        True,
    )
    assert later["rows"][-1]["break"]
    assert any(one.startswith("2021–2022: ") for one in later["breaks"])
    assert any(one.startswith("2022–2023: ") for one in later["breaks"])


def sdg_groups(total: int) -> ProtectedTable:
    return ProtectedTable("groups", "", (Dimension("group", ()),), (Cell(("*",), total),))


def test_the_scope_of_trafficking_alone_stands_beside_all_counted_persons() -> None:
    labels = PublicLabels(Reference.load())
    key = ("*", "trafficking")
    shown = ProtectedTable(
        "eu_form", "", (Dimension("eu_form", ()), Dimension("scope", key[1:])), (Cell(key, 20),)
    )
    hidden = replace(shown, cells=(Cell(key, None, Status.HIDDEN),))
    table = sdg(sexual_all=139, all_all=262)
    *_forms, total, narrow = rates(2018, [table, shown], labels)
    assert (total["scope"], total["value"]) == ("*", 262)
    assert (narrow["scope"], narrow["value"], narrow["rate"], narrow["label"]) == (
        "trafficking", 20, 0.2, "Bara människohandel",
    )  # fmt: skip
    assert rates(2018, [table, hidden], labels)[-1]["scope"] == "*"


def test_they_have_a_page_of_their_own_and_a_withdrawn_version_shows_none(
    draft: Publication, anna: Access, client: Client
) -> None:
    row = released(draft=draft, digest=draft.digest, state="final", by=anna)
    page = client.get("/statistik/2018/internationellt/?lang=en").content.decode()
    assert "EU Article 19a: registered victims by sex and age" in page
    assert "Detected victims by year, sex and age" in page
    assert "EU Article 19a" not in client.get("/statistik/2018/?lang=en").content.decode()
    assert client.get("/statistik/2018/v1/internationellt/").status_code == 200
    assert client.get("/statistik/2018/v2/internationellt/").status_code == 404
    withdrawn(publication=row, reason="A county was counted twice.", by=anna)
    assert "<td" not in client.get("/statistik/2018/internationellt/").content.decode()
