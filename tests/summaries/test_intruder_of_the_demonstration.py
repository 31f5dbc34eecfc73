"""An intruder attacks what is printed of the invented years, at every step: nothing hidden can be worked out.

Apart from `test_intruder`: the register is there for as long as the module is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from random import Random
from typing import Any, Final

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from accounts.access import Access
from accounts.roles import Role
from cases.demo.invent import invent
from cases.models import Person
from libs.suppression.tables import of_calls
from summaries.catalogue import PERSONS_PUBLISHED
from summaries.counting.historical import decide_standing_exemption
from summaries.release import actions
from summaries.release.models import Publication
from summaries.site import files
from tests.actors import access, user
from tests.summaries.histories import attacked as together
from tests.summaries.intruder import Place
from tests.summaries.releasing import released
from tests.summaries.test_intruder import (
    COARSE,
    COARSEST,
    FULL,
    attacked,
    learned,
    protected,
    suggested,
    told_apart,
    truth,
)

SMALLER: Final = "tests/summaries/test_intruder.py::test_nothing_can_be_worked_out_of_a_small_invented_year"
CORRECTED: Final = (
    "tests/summaries/test_purposes_together.py"
    "::test_two_versions_at_the_two_coarsest_steps_tell_no_more_together"
)
pytestmark = pytest.mark.heavy
YEARS: Final = range(2016, 2026)
STEPS: Final = {
    "full": FULL,
    "coarse": COARSE,
    "coarsest": COARSEST,
    "proposed": FULL,
}  # proposed: goes on from there
CORRECTIONS: Final[tuple[dict[str, Any], ...]] = (
    {"status": "not_victim"}, {"citizenship": "RO"}, {"offence_id": "offence:trafficking"},
)  # fmt: skip
FINER: Final = [entry.name for entry in PERSONS_PUBLISHED.values() if len(entry.ladder) > 1]
# What takes seconds, and one of each kind that takes up to a minute. All the others are attacked by
# `bench.intruders --invented`.
CASES: Final = [*product(YEARS, ("coarse", "coarsest")), (2021, "full")]
FINER_CASES: Final = [*product((2018,), FINER), (2025, "citizenship")]
CORRECTED_CASES: Final = [*product((2018,), STEPS), *product((2016, 2020, 2025), ("coarsest",))]


def invented_register() -> Access:
    """Make the register of the demonstration, and return an analyst in it."""
    decide_standing_exemption()
    invent(password="not used here")
    return access(user("Anna", Role.ANALYST))


def draft_of(anna: Access, year: int, steps: str) -> Publication:
    draft = protected(anna, year, STEPS[steps])
    return suggested(anna, draft) if steps == "proposed" else draft


def learned_of_year(anna: Access, year: int, steps: str) -> list[Any]:
    """Return what an intruder learns of the year."""
    return learned_of_draft(anna, draft_of(anna, year, steps))


def learned_of_draft(anna: Access, draft: Publication) -> list[Any]:
    return [*told_apart(draft), *learned(attacked(anna, draft))]


def learned_of_finer(anna: Access, year: int, table: str) -> list[Any]:
    """Return what an intruder learns where one table is finer than the others."""
    return learned(attacked(anna, protected(anna, year, {**COARSE, table: 0})))


def learned_of_corrections(anna: Access, year: int, steps: str) -> list[Any]:
    """Return what an intruder learns of a version and its two corrections, one by one and together.

    A correction that cannot be protected waits: then there is one version fewer. A table that stands is that
    of its version, of the persons of then, and tells nothing more.
    """
    random, versions, told = Random(year), [], []
    for version in (1, 2, 3):
        draft = draft_of(anna, year, steps)
        if draft.passed:
            told += learned(attacked(anna, draft, version))
            true, made = truth(anna, draft), [t for t in draft.tables if not t.get("version")]
            tables = [table for table in made if not of_calls(table["name"])]
            released(draft=draft, digest=draft.digest, state=actions.states_open(year)[0], by=anna)
            versions.append(([with_values(table, true) for table in tables], tables))
        correct_somebody(year, random)
    assert versions, "none could be protected"
    recovered, under = together(5, versions)
    return [*told, *["recovered of all versions"] * recovered, *["under-protected in all versions"] * under]


def correct_somebody(year: int, random: Random) -> None:
    counted = Person.objects.filter(first_year=year, same_as=None).values_list("pk", flat=True)
    some = random.sample(sorted(counted), random.choice((1, 2, 5)))
    Person.objects.filter(pk__in=some).update(**random.choice(CORRECTIONS))


def with_values(table: dict[str, Any], true: Mapping[Place, int]) -> dict[str, Any]:
    cells = [{**cell, "value": true[table["name"], tuple(cell["key"])]} for cell in table["cells"]]
    return {**table, "cells": cells}


@pytest.fixture(scope="module")
def demonstration(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Access]:
    """The invented register, once for all its years. What is printed of it is the same on either database."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield invented_register()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def as_it_was(demonstration: Access) -> Iterator[None]:
    """What one test publishes and corrects is no earlier version to the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.long(instead=SMALLER)
@pytest.mark.parametrize("year", [2018, 2019, 2022, 2025])
def test_nothing_can_be_worked_out_of_the_invented_year_in_full_or_as_proposed(
    demonstration: Access, year: int
) -> None:
    full = protected(demonstration, year, FULL)
    assert learned_of_draft(demonstration, full) == []
    assert learned_of_draft(demonstration, suggested(demonstration, full)) == []


@pytest.mark.long(instead=SMALLER)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_nothing_can_be_worked_out_of_any_invented_year(demonstration: Access, case: tuple[int, str]) -> None:
    assert learned_of_year(demonstration, *case) == []


@pytest.mark.long(instead=SMALLER)
@pytest.mark.parametrize("case", FINER_CASES, ids=str)
def test_nothing_can_be_worked_out_with_one_table_finer_than_the_others(
    demonstration: Access, case: tuple[int, str]
) -> None:
    assert learned_of_finer(demonstration, *case) == []


@pytest.mark.long(instead=CORRECTED)
@pytest.mark.parametrize("case", CORRECTED_CASES, ids=str)
def test_nothing_can_be_worked_out_of_a_version_and_its_two_corrections(
    demonstration: Access, case: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "made", lambda *_args, **_how: [])
    assert learned_of_corrections(demonstration, *case) == []
