"""A stranger attacks what is printed, with nothing but that and what everybody knows: nothing hidden can be
worked out.

The program's own audit reads its own figures and relations, and cannot miss what those do not say. This reads
the file.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from accounts.access import Access
from cases.actions.persons import NewPerson
from summaries.catalogue import PERSONS_PUBLISHED
from summaries.loading import decide_standing_exemption
from summaries.publishing import actions, files, frozen, tidy
from summaries.publishing.models import Publication
from summaries.publishing.protecting import public_tables, sealed_before
from summaries.publishing.public_tables import PublicTables
from summaries.publishing.workbench import benches
from tests.makers import new_case, new_person
from tests.summaries.stranger import Attack, Json, Place, attack
from tests.summaries.test_histories import Year
from tests.weights import mostly_long

FROZEN: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
SECONDS: Final = 4.0  # for the choice; the protection has to hold however soon the heuristic finishes it
FULL: Final[dict[str, int]] = {entry.name: 0 for entry in PERSONS_PUBLISHED.values()}
COARSE: Final = {entry.name: min(1, len(entry.ladder) - 1) for entry in PERSONS_PUBLISHED.values()}
COARSEST: Final = {entry.name: len(entry.ladder) - 1 for entry in PERSONS_PUBLISHED.values()}


def protected(by: Access, year: int, steps: dict[str, int]) -> Publication:
    for table, step in steps.items():
        actions.choose_step(year=year, table=table, step=step, by=by)
    return actions.protect_draft(year=year, by=by, seconds=SECONDS)


def printed(draft: Publication, version: int = 1) -> Json:
    """`tables.json` as it would be frozen."""
    draft.content = frozen.content(draft)
    return json.loads(files.json_bytes(draft, version, FROZEN, "sv"))


def truth(by: Access, draft: Publication) -> dict[Place, int]:
    """What the cells of the draft really are, for the judge alone."""
    public = public_tables(by, draft.year, draft.steps, sealed_before(draft.year))
    return {
        (table.name, cell.key): cell.value or 0 for table in public.flat(public.deep, {}) for cell in table
    }


def attacked(by: Access, draft: Publication, version: int = 1) -> Attack:
    assert draft.passed
    found = attack(printed(draft, version), truth(by, draft))
    assert found.hidden
    return found


def suggested(by: Access, draft: Publication) -> Publication:
    """Coarser step by step, as the page of the draft proposes."""
    while further := {
        one.shown.table.name: one.proposed for one in benches(draft) if one.proposed is not None
    }:
        draft = protected(by, draft.year, further)
    return draft


def told_apart(draft: Publication) -> set[tuple[str, str]]:
    """(table, group) of other sex and not known, where anything is told of them apart that is not 0 or at
    least k."""
    groups = {cell["key"][0]: cell["value"] for cell in draft.tables[0]["cells"]}
    assert draft.tables[0]["name"] == "groups"
    if all(
        groups[one] is not None and (groups[one] == 0 or groups[one] >= draft.k)
        for one in ("other", "unknown")
    ):
        return set()
    return {
        (table["name"], group)
        for table in draft.tables
        for at, dimension in enumerate(table["dimensions"])
        for cell in table["cells"]
        if dimension["name"] == "group" and (group := cell["key"][at]) in ("other", "unknown")
        if cell["status"] != "missing"
    }


@pytest.mark.django_db
@pytest.mark.heavy
@pytest.mark.parametrize("seed", mostly_long(range(16), usual=[3]))
def test_nothing_can_be_worked_out_of_sparse_registers(seed: int) -> None:
    """Forty to a hundred persons of few kinds: most of what is printed is small."""
    anna = Year(seed).anna
    draft = protected(anna, 2018, FULL if seed % 2 else COARSE)
    assert (told_apart(draft), learned(attacked(anna, draft))) == (set(), [])


@pytest.mark.django_db
def test_no_other_file_says_more_than_the_one_that_the_stranger_reads(vera: Access, anna: Access) -> None:
    """The tidy file has the same cells; a workbook has no number that is not shown in its table."""
    few_in_each_sector(vera)
    draft = protected(anna, 2018, FULL)
    told = printed(draft)
    cells = {
        (table["name"], *cell["key"]): (cell["status"], "" if cell["value"] is None else str(cell["value"]))
        for table in told["tables"]
        for cell in table["cells"]
    }
    rows = csv.DictReader(io.StringIO(tidy.csv_bytes(draft, 1, FROZEN, "sv").decode("utf-8-sig")))
    keys = ("table", "category1", "category2")
    in_rows = {tuple(filter(None, (row[k] for k in keys))): (row["status"], row["value"]) for row in rows}
    assert in_rows == cells
    with zipfile.ZipFile(io.BytesIO(files.xlsx_bytes(draft, 1, FROZEN, "sv"))) as book:
        for number, table in enumerate(told["tables"], start=3):
            sheet = book.read(f"xl/worksheets/sheet{number}.xml").decode()
            written = set(re.findall(r"<v>(\d+)</v>", re.sub(r'<c [^>]*t="s".*?</c>', "", sheet)))
            shown = {str(cell["value"]) for cell in table["cells"] if cell["status"] == "shown"}
            assert written
            assert written <= shown, table["name"]


def learned(found: Attack) -> list[Any]:
    return [*found.recovered, *found.under]


def in_sector(person: NewPerson, sector: str) -> NewPerson:
    person.exploitations[0].sector_id = f"sector:{sector}"
    return person


@pytest.mark.django_db
def test_the_two_names_of_a_purpose_tell_nothing_of_women_or_men_apart(vera: Access, anna: Access) -> None:
    """Five women in labour, one in each of five sectors: the series of forced labour says five of the
    women."""
    few_in_each_sector(vera)
    assert learned(attacked(anna, protected(anna, 2018, FULL))) == []


@pytest.mark.django_db
def test_the_stranger_sees_what_the_two_names_tell_where_nobody_minded(
    vera: Access, anna: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same register, protected as if tables told of each other by nothing but the words they share."""
    few_in_each_sector(vera)
    monkeypatch.setattr(PublicTables, "words", None)
    found = attacked(anna, protected(anna, 2018, FULL))
    assert {one.place[0] for one in found.recovered} >= {"sector"}


def few_in_each_sector(vera: Access) -> None:
    decide_standing_exemption()
    sectors = ("agri", "berries", "construction", "horeca", "cleaning")
    women = [in_sector(new_person(main="labour", citizenship="RO"), sector) for sector in sectors]
    women += [new_person(main="sexual", citizenship="RO") for _n in range(20)]
    women += [new_person(main="begging", citizenship="RO") for _n in range(8)]
    men = [new_person(sex="M", main="labour", citizenship="RO") for _n in range(16)]
    men += [new_person(sex="M", main="begging", citizenship="RO") for _n in range(9)]
    new_case(*women, *men, by=vera)


@pytest.mark.django_db
def test_that_sweden_has_its_row_tells_nothing_of_how_many_swedes_there_are(
    vera: Access, anna: Access
) -> None:
    """A woman, a man, a child and one of other sex; and of Romania and Nigeria as many of each."""
    decide_standing_exemption()
    of = [("SE", 1), ("RO", 12), ("NG", 9)]
    groups = [{}, {"sex": "M"}, {"child": "yes"}, {"sex": "O"}]
    everybody = [
        new_person(citizenship=country, **group)
        for country, number in of
        for group in groups
        for _n in range(number)
    ]
    assert len(everybody) == 88
    new_case(*everybody, by=vera)
    assert learned(attacked(anna, protected(anna, 2018, FULL))) == []


@pytest.mark.django_db
@pytest.mark.parametrize("swedes", [0, 1, 7])
def test_sweden_always_has_its_row(vera: Access, anna: Access, swedes: int) -> None:
    decide_standing_exemption()
    romanians = [new_person(citizenship="RO") for _n in range(30)]
    new_case(*romanians, *(new_person(citizenship="SE") for _n in range(swedes)), by=vera)
    for steps in (FULL, COARSE):
        draft = protected(anna, 2018, steps)
        assert named(draft) == {"RO", "SE"}


@pytest.mark.django_db
def test_that_a_country_is_named_says_that_it_has_at_least_k(vera: Access, anna: Access) -> None:
    """Eight of Asia, of whom two are of a country that is not named: Thailand has its row for being five at
    least."""
    decide_standing_exemption()
    asia = [new_person(citizenship=country) for country in ("TH",) * 6 + ("VN",) * 2]
    others = [new_person(citizenship="RO") for _n in range(30)]
    men = [new_person(sex="M", citizenship="NG", main="labour") for _n in range(30)]
    new_case(*asia, *others, *men, by=vera)
    draft = protected(anna, 2018, {**COARSEST, "country_group": 0})
    cells = {tuple(cell["key"]): cell["value"] for table in draft.tables for cell in table["cells"]
             if table["name"] in ("citizenship", "country_group")}  # fmt: skip
    assert "TH" in named(draft)
    assert cells["TH",] is None or cells["asia", "*"] is None  # else the others are their difference
    assert least_of_the_unnamed(cells) >= 5
    assert learned(attacked(anna, draft)) == []


def least_of_the_unnamed(cells: dict[tuple[str, ...], int | None]) -> float:
    """How many of Asia are at most of no named country: no bound where Asia's total is hidden."""
    whole = cells["asia", "*"]
    return float("inf") if whole is None else whole - (cells["TH",] or 5)


def named(draft: Publication) -> set[str]:
    table = next(table for table in draft.tables if table["name"] == "citizenship")
    return set(table["dimensions"][0]["categories"])
