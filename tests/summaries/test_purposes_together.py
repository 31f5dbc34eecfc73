"""The coarsest step of the main purposes has other purposes and those not known as one row: few whose purpose
nobody knows take no other total with them.

It is counted where the finer steps are, and renames nothing that was published by these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import pytest

from accounts.access import Access
from libs.suppression import programme
from libs.suppression.tables import Cell, Dimension, Table
from summaries.counting.historical import decide_standing_exemption
from summaries.release.models import Publication
from summaries.release.views import previews
from summaries.site import files
from summaries.site.series import CORES, series_of
from summaries.tables.cell_index import Hierarchy, deep_table
from summaries.tables.protection import public_tables
from tests.makers import new_case, new_person
from tests.summaries import stored_years
from tests.summaries.histories import attacked
from tests.summaries.small_year import ALONE, SOME, add, cells, prepare
from tests.summaries.test_histories import Year

CLASSES, TOGETHER = {**SOME, "main_purpose": 3}, {**SOME, "main_purpose": 4}
FIELDS: Final = {"a": ("a",), "rest": ("b", "unknown")}
FAMILY: Final = Hierarchy(("class", "kind"), (("a", "a1"), ("b", "b1"), ("b", "b2"), ("unknown", "unknown")))


def test_only_what_is_put_together_has_a_name_of_its_own() -> None:
    family = replace(FAMILY, above={"field": FIELDS})
    assert family.place("field", "a") == FAMILY.place("class", "a")
    assert family.place("field", "rest") == (("field", "rest"),)
    assert [family.place("kind", one) for one in ("b1", "unknown")] == [
        FAMILY.place("kind", one) for one in ("b1", "unknown")
    ]


def test_it_is_counted_with_what_it_is_made_of_whether_a_table_prints_it_or_not() -> None:
    """Where none does its total alone, so that a later version that prints it is no other table."""
    whole, sexes = replace(FAMILY, above={"field": FIELDS}), Hierarchy(("sex",), (("f",), ("m",)))
    facts = [((chain, ("f",)), n) for chain, n in zip(FAMILY.chains, (9, 3, 2, 4), strict=True)]
    for used, crossed in (({"field"}, 9), ({"class"}, None), ({"field", "kind"}, 9)):
        table = deep_table("deep", (whole.cut(used), sexes), facts)
        found = {tuple(part for part in cell.key if part != "*"): cell.value for cell in table}
        assert (found["rest",], found.get(("rest", "f"))) == (9, crossed)
        assert (found["b",], found["unknown", "f"], found[()]) == (5, 4, 18)


def series(at: int, table: Table) -> list[tuple[int | None, str]]:
    core = CORES[at]
    year = Publication(year=2018, version=1, tables=[table.to_json()])
    (row,) = series_of(core, [year], {}, core.categories).rows
    return [(cell.value, str(cell.status)) for cell in row.cells]


@pytest.mark.parametrize(
    ("at", "level", "rows", "told"),
    [
        (
            1,
            "purpose_field",
            {"sexual": 30, "other_or_unknown": 9},
            [(30, "shown"), *[(None, "missing")] * 5],
        ),
        (3, "area", {"metropolitan": 30, "other_regions": 9}, [(None, "missing")] * 7),
        (1, "purpose_class", {"sexual": 30, "labour": 9}, [(30, "shown"), (9, "shown"), *[(0, "shown")] * 4]),
    ],
)
def test_the_series_says_no_zero_of_what_a_year_told_in_coarser_rows(
    at: int, level: str, rows: dict[str, int], told: list[Any]
) -> None:
    counted = [Cell((row,), n) for row, n in {**rows, "*": 39}.items()]
    table = Table(CORES[at].table, "", (Dimension(level, tuple(rows)),), tuple(counted))
    assert series(at, table) == [*told, (39, "shown")]


@pytest.fixture
def with_few(vera: Access, anna: Access) -> Access:
    """Sixty persons, and four of whom nobody knows what for."""
    decide_standing_exemption()
    add(vera)
    new_case(*(new_person(citizenship="RO", main="unknown") for _n in range(4)), by=vera)
    return anna


@pytest.mark.django_db
def test_few_of_unknown_purpose_take_another_total_with_them_but_at_the_coarsest_step(
    with_few: Access,
) -> None:
    apart = cells(prepare(with_few, CLASSES), "main_purpose")
    assert apart["unknown",] == apart["other_purposes",] == (None, "hidden")
    together = cells(prepare(with_few, TOGETHER), "main_purpose")
    assert together == {
        ("sexual",): (35, "shown"), ("labour",): (12, "shown"), ("begging",): (0, "shown"),
        ("crime",): (8, "shown"), ("other_or_unknown",): (9, "shown"), ("*",): (64, "shown"),
    }  # fmt: skip
    names = {preview.title: preview.choices for preview in previews(with_few, 2018)}[
        "Personer efter huvudsakligt ändamål"
    ]
    assert [(name.name, name.figures, name.small) for name in names[3:]] == [
        ("Mycket grövre", 6, 1), ("Grövsta", 5, 0),
    ]  # fmt: skip


@pytest.mark.django_db
def test_what_no_table_counts_is_never_printed_as_nobody(with_few: Access) -> None:
    public = public_tables(with_few, 2018, TOGETHER, [])
    with pytest.raises(ValueError, match="No table counts purpose_"):
        public.flat([table for table in public.deep if table.name != "purpose"], {})


@pytest.fixture
def growing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Year]:
    """A year of which nothing is hidden but for what it would tell: no decoy, and no row that is drawn."""
    monkeypatch.setattr(files, "made", lambda *_args, **_how: [])
    monkeypatch.setattr(programme, "NEAR", 0)
    with stored_years.made_anew_at_once():
        yield Year(5, 70)


def not_known(number: int, year: Year) -> None:
    new_case(*(new_person(citizenship="RO", main="unknown") for _n in range(number)), by=year.vera)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "steps",
    [
        pytest.param((CLASSES, TOGETHER), id="coarser"),
        pytest.param((TOGETHER, CLASSES), id="finer", marks=pytest.mark.long),
    ],
)
def test_two_versions_at_the_two_coarsest_steps_tell_no_more_together(
    growing: Year, steps: tuple[dict[str, int], dict[str, int]]
) -> None:
    for step in steps:
        growing.publish(step)
        not_known(9, growing)
    assert len(growing.told) == 2
    assert attacked(5, growing.told) == (0, 0)


@pytest.mark.django_db
def test_one_person_more_is_told_of_by_the_coarser_row_as_little_as_by_the_finer_ones(growing: Year) -> None:
    """Whoever adds up the finer rows of the first version knows what the coarser one was. No other table is
    printed, which the one person might make wait."""
    not_known(9, growing)
    first = growing.publish({**ALONE, "main_purpose": 3})
    assert first is not None
    assert [cells(first, "main_purpose")[row,][1] for row in ("other_purposes", "unknown")] == ["shown"] * 2
    not_known(1, growing)
    second = growing.publish({**ALONE, "main_purpose": 4})
    assert second is None or cells(second, "main_purpose")["other_or_unknown",][1] == "hidden"
