"""A stranger attacks what is printed of the invented years, at every step: nothing hidden can be worked out.

Apart from `test_stranger`: the register is there for as long as the module is.
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
from summaries.catalogue import PERSONS_PUBLISHED
from summaries.loading import decide_standing_exemption
from summaries.publishing import actions, files
from summaries.tables import of_calls
from tests.actors import access, user
from tests.summaries.histories import attacked as together
from tests.summaries.releasing import released
from tests.summaries.stranger import Place
from tests.summaries.test_stranger import (
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
from tests.weights import mostly_long

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
USUAL: Final = [(2022, "coarsest")]  # the first test has a year in full and as proposed
LONG: Final = [*product(YEARS, ("coarsest", "proposed")), (2016, "full"), (2023, "full")]
LONG_TO_CORRECT: Final = [*product(YEARS, ("coarsest",)), (2016, "proposed"), (2018, "proposed")]
FINER: Final = [entry.name for entry in PERSONS_PUBLISHED.values() if len(entry.ladder) > 1]


@pytest.fixture(scope="module")
def demonstration(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Access]:
    """The invented register, once for all its years. What is printed of it is the same on either database."""
    with django_db_blocker.unblock(), transaction.atomic():
        decide_standing_exemption()
        invent(password="not used here")
        yield access(user("Anna", Role.ANALYST))
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def as_it_was(demonstration: Access) -> Iterator[None]:
    """What one test publishes and corrects is no earlier version to the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("year", mostly_long((2018, 2019, 2025), usual=[2018]))
def test_nothing_can_be_worked_out_of_the_invented_year_in_full_or_as_proposed(
    demonstration: Access, year: int
) -> None:
    full = protected(demonstration, year, FULL)
    assert (told_apart(full), learned(attacked(demonstration, full))) == (set(), [])
    coarser = suggested(demonstration, full)
    assert (told_apart(coarser), learned(attacked(demonstration, coarser))) == (set(), [])


@pytest.mark.parametrize("case", mostly_long(product(YEARS, STEPS), usual=USUAL, long=LONG), ids=str)
def test_nothing_can_be_worked_out_of_any_invented_year(demonstration: Access, case: tuple[int, str]) -> None:
    year, steps = case
    draft = protected(demonstration, year, STEPS[steps])
    draft = suggested(demonstration, draft) if steps == "proposed" else draft
    assert (told_apart(draft), learned(attacked(demonstration, draft))) == (set(), [])


@pytest.mark.parametrize(
    "case",
    mostly_long(product((2018, 2025), FINER), usual=[(2018, "citizenship")], long=product((2018,), FINER)),
    ids=str,
)
def test_nothing_can_be_worked_out_with_one_table_finer_than_the_others(
    demonstration: Access, case: tuple[int, str]
) -> None:
    year, table = case
    draft = protected(demonstration, year, {**COARSE, table: 0})
    assert learned(attacked(demonstration, draft)) == []


@pytest.mark.parametrize(
    "case",
    mostly_long(
        product(YEARS, ("full", "coarsest", "proposed")), usual=[(2020, "coarsest")], long=LONG_TO_CORRECT
    ),
    ids=str,
)
def test_nothing_can_be_worked_out_of_a_version_and_its_two_corrections(
    demonstration: Access, case: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A correction that cannot be protected waits: then there is one version fewer."""
    year, steps = case
    monkeypatch.setattr(files, "made", lambda *_args, **_how: [])
    random, told = Random(year), []
    for version in (1, 2, 3):
        draft = protected(demonstration, year, STEPS[steps])
        draft = suggested(demonstration, draft) if steps == "proposed" else draft
        if draft.passed:
            assert learned(attacked(demonstration, draft, version)) == []
            true, tables = truth(demonstration, draft), [t for t in draft.tables if not of_calls(t["name"])]
            released(draft=draft, digest=draft.digest, state=actions.states_open(year)[0], by=demonstration)
            told.append(([with_values(table, true) for table in tables], tables))
        somebody = Person.objects.filter(first_year=year, same_as=None).values_list("pk", flat=True)
        some = random.sample(sorted(somebody), random.choice((1, 2, 5)))
        Person.objects.filter(pk__in=some).update(**random.choice(CORRECTIONS))
    assert together(5, told) == (0, 0)


def with_values(table: dict[str, Any], true: Mapping[Place, int]) -> dict[str, Any]:
    cells = [{**cell, "value": true[table["name"], tuple(cell["key"])]} for cell in table["cells"]]
    return {**table, "cells": cells}
