"""An intruder attacks what is printed, with nothing but that and what everybody knows: nothing hidden can be
worked out.

The program's own audit reads its own figures and relations, and cannot miss what those do not say. This reads
the file.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from accounts.access import Access
from cases.demo import profile
from cases.demo.invent import invent
from summaries.catalogue import PERSONS_PUBLISHED
from summaries.counting.historical import decide_standing_exemption
from summaries.release import actions, frozen
from summaries.release.models import Publication
from summaries.release.workbench import benches
from summaries.site import files
from summaries.tables.protection import public_tables, values_before
from tests.makers import new_case, new_person
from tests.summaries.intruder import Attack, Json, Place, attack
from tests.summaries.small_year import ALONE
from tests.summaries.stored_years import ALL_TABLES as FULL
from tests.summaries.test_histories import Year
from tests.weights import mostly_long

FROZEN: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
SECONDS: Final = 4.0  # for the choice; the protection has to hold however soon the heuristic finishes it
COARSE: Final = {entry.name: min(1, len(entry.ladder) - 1) for entry in PERSONS_PUBLISHED.values()}
COARSEST: Final = {entry.name: len(entry.ladder) - 1 for entry in PERSONS_PUBLISHED.values()}


# What tells of those in labour, in two words and over the years.
SECTORS: Final[dict[str, int]] = ALONE | dict.fromkeys(
    ("sector", "main_purpose", "region", "citizenship", "sdg", "eu_form", "eu_age_sex"), 0
)
OF_COUNTRIES: Final = ALONE | {"citizenship": 0, "country_group": 0, "eu_citizenship": 0}


def protected(by: Access, year: int, steps: dict[str, int]) -> Publication:
    actions.choose_steps(year=year, steps=steps, by=by)
    return actions.protect_draft(year=year, by=by, seconds=SECONDS)


def printed(draft: Publication, version: int = 1) -> Json:
    """`tables.json` as it would be frozen."""
    draft.content = frozen.content(draft)
    return json.loads(files.json_bytes(draft, version, FROZEN, "sv"))


def truth(by: Access, draft: Publication) -> dict[Place, int]:
    """What the cells of the draft really are, for the judge alone."""
    public = public_tables(by, draft.year, draft.steps, values_before(draft.year))
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
        bench.shown.table.name: bench.proposed for bench in benches(draft) if bench.proposed is not None
    }:
        draft = protected(by, draft.year, further)
    return draft


def told_apart(draft: Publication) -> set[tuple[str, str]]:
    """(table, group) of other sex and not known, where anything is told of them apart that is not 0 or at
    least k."""
    groups = {cell["key"][0]: cell["value"] for cell in draft.tables[0]["cells"]}
    assert draft.tables[0]["name"] == "groups"
    apart = ("other", "unknown")
    if all(groups[one] == 0 or (groups[one] or 0) >= draft.k for one in apart):
        return set()
    return {(table["name"], one) for table in draft.tables for one in groups_of(table).intersection(apart)}


def groups_of(table: Json) -> set[str]:
    """Those of whom the table tells anything."""
    at = [place for place, one in enumerate(table["dimensions"]) if one["name"] == "group"]
    told = [cell["key"] for cell in table["cells"] if cell["status"] != "missing"]
    return {key[place] for key in told for place in at}


@pytest.mark.django_db
@pytest.mark.heavy
@pytest.mark.long(
    instead="tests/summaries/test_intruder.py::test_nothing_can_be_worked_out_of_a_small_sparse_register"
)
@pytest.mark.parametrize("seed", range(16))
def test_nothing_can_be_worked_out_of_sparse_registers(seed: int) -> None:
    """Forty to a hundred persons of few kinds: most of what is printed is small. What the gate refuses is
    published with coarser categories."""
    anna = Year(seed).anna
    draft = protected(anna, 2018, FULL if seed % 2 else COARSE)
    if not draft.passed:
        draft = protected(anna, 2018, COARSEST)
    assert (told_apart(draft), learned(attacked(anna, draft))) == (set(), [])


@pytest.mark.django_db
def test_nothing_can_be_worked_out_of_a_small_sparse_register() -> None:
    anna = Year(3, 30).anna
    draft = protected(anna, 2018, COARSEST)
    assert (told_apart(draft), learned(attacked(anna, draft))) == (set(), [])


@pytest.mark.django_db
def test_nothing_can_be_worked_out_of_a_small_invented_year(
    anna: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = profile.YearProfile(
        {"women": 40, "men": 12}, 2, 12, profile.LATE, profile.FROM_2021, profile.CHILDREN_LATE
    )
    monkeypatch.setattr(profile, "YEARS", {2019: kind})
    decide_standing_exemption()
    invent(password="not used here", seed=7)
    draft = protected(anna, 2019, COARSEST)
    assert (told_apart(draft), learned(attacked(anna, draft))) == (set(), [])


def learned(found: Attack) -> list[Any]:
    return [*found.recovered, *found.under]


@pytest.mark.django_db
@pytest.mark.parametrize("finest", mostly_long([FULL, OF_COUNTRIES], usual=[OF_COUNTRIES]))
def test_that_sweden_has_its_row_tells_nothing_of_how_many_swedes_there_are(
    vera: Access, anna: Access, finest: dict[str, int]
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
    assert learned(attacked(anna, protected(anna, 2018, {**COARSEST, **finest}))) == []


@pytest.mark.django_db
@pytest.mark.parametrize("swedes", mostly_long([0, 1, 7], usual=[1]))
def test_sweden_always_has_its_row(vera: Access, anna: Access, swedes: int) -> None:
    decide_standing_exemption()
    romanians = [new_person(citizenship="RO") for _n in range(30)]
    new_case(*romanians, *(new_person(citizenship="SE") for _n in range(swedes)), by=vera)
    for step in (0, 1):
        draft = protected(anna, 2018, {**ALONE, "citizenship": step})
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
    draft = protected(anna, 2018, {**ALONE, "main_purpose": 2, "citizenship": 1, "country_group": 0})
    tables = [table for table in draft.tables if table["name"] in ("citizenship", "country_group")]
    cells = {tuple(cell["key"]): cell["value"] for table in tables for cell in table["cells"]}
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
