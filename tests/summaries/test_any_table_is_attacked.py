"""A table that is added to the catalogue is in the attack without another line, whatever it groups and
crosses.

Its record is all there is of it: a random grouping of the codes of a random fact, and random columns.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any, Final

import pytest

from libs.suppression import Package, protect
from summaries.catalogue import CATALOGUE, CLASSIFICATIONS, PUBLISHED_BY_NAME, TREES
from summaries.classifications import Classification, Entry, Step
from summaries.tables import labels
from summaries.tables.protection import public_tables
from summaries.tables.public_tables import PUBLISHED, PublicTables
from tests.summaries.intruder import Attack, attack
from tests.summaries.test_histories import Year
from tests.weights import mostly_long

pytestmark = [pytest.mark.django_db, pytest.mark.heavy]
DRAWN: Final = "drawn"
COLUMNS: Final = (*("section", "purpose_class", "sdg", "offence_class", "eu_status", "area", "age_span", ""),)
FACTS: Final = [fact.name for fact in CATALOGUE.facts.values() if not fact.several and not fact.calls]
OTHERS: Final = ("groups", "main_purpose", "offence", "region", "sdg", "eu_organisation")


@pytest.fixture
def random(seed: int, monkeypatch: pytest.MonkeyPatch) -> Random:
    """Of the seed; with a table drawn by it in the catalogue."""
    random = Random(seed)
    columns = random.choice(COLUMNS)
    other = CATALOGUE.fact(columns).name if columns else ""
    fact = random.choice([name for name in FACTS if name != other])
    groups = Groups(random.random())
    monkeypatch.setitem(CLASSIFICATIONS, DRAWN, Classification(DRAWN, DRAWN, fact, groups=groups))
    monkeypatch.setitem(TREES, DRAWN, (DRAWN,))
    monkeypatch.setitem(PUBLISHED_BY_NAME, DRAWN, Entry(DRAWN, DRAWN, (Step(DRAWN, columns),)))
    return random


class Groups(dict[str, str]):
    """Every code is in one of three groups, whatever codes there are."""

    def __init__(self, seed: float) -> None:
        self.seed = seed

    def get(self, code: str, default: Any = None) -> Any:
        return "abc"[Random(f"{self.seed} {code}").randrange(3)]


def published(random: Random, seed: int) -> PublicTables:
    anna = Year(seed).anna
    entries = [entry for entry in PUBLISHED if entry.name in OTHERS]
    steps = {entry.name: random.randrange(len(entry.ladder)) for entry in entries}
    public = public_tables(anna, 2018, steps, [])
    return replace(public, entries=(*entries, PUBLISHED_BY_NAME[DRAWN]))


def attacked(public: PublicTables, *, words: bool = True) -> Attack:
    """By an intruder who reads what is printed."""
    told = public.words if words else None
    package = Package(5, "2018", public.deep, (), public.unprinted, public.least, told)
    protection = protect(package, seconds=4)
    assert protection.audit.passed
    codes, tables = public.facts.codes, public.flat(protection.tables, {})
    made = labels.made_of_tables(codes, 2018, tables, 5)
    said = [
        {"left_out": 0, **labels.with_meaning(table.to_json(), made["meaning"][table.name])}
        for table in tables
    ]
    printed = {**made, "k": 5, "version": 1, "tables": said}
    true = {
        (table.name, cell.key): cell.value or 0 for table in public.flat(public.deep, {}) for cell in table
    }
    return attack(printed, true)


@pytest.mark.parametrize("seed", mostly_long(range(40), usual=range(2)))
def test_a_table_with_a_random_grouping_and_a_random_crossing_is_in_the_attack(
    random: Random, seed: int
) -> None:
    found = attacked(published(random, seed))
    assert [*found.recovered, *found.under] == []


@pytest.mark.parametrize("seed", mostly_long((1, 2), usual=[1]))
def test_without_what_its_categories_are_made_of_it_would_be_open(random: Random, seed: int) -> None:
    found = attacked(published(random, seed), words=False)
    assert [*found.recovered, *found.under]
