"""Versions of a year, with what befalls it in between: all that was public, taken together, tells of
nobody."""

from __future__ import annotations

from random import Random
from typing import Any, Final

import pytest

from accounts.models import User
from accounts.roles import Role
from cases.models import Exploitation, Identification, Person
from summaries.catalogue import PERSONS_PUBLISHED
from summaries.counting.historical import decide_standing_exemption
from summaries.release import actions
from summaries.release.corrections import headline_steps
from summaries.release.models import Exemption, Publication
from summaries.site import files
from summaries.tables.protection import public_tables, values_before
from tests.actors import NOON, access, user
from tests.makers import new_case, new_person
from tests.summaries.histories import attacked
from tests.summaries.releasing import released, withdrawn
from tests.weights import mostly_long

pytestmark = [pytest.mark.django_db, pytest.mark.heavy]
COUNTRIES: Final = ("RO", "RO", "RO", "NG", "NG", "BG", "SE", "TH", "AL", "VN", "XS", None)
PURPOSES: Final = (
    "sexual",
    "sexual",
    "sexual",
    "labour",
    "begging",
    "crime",
    "marriage",
    "slavery",
    "unknown",
)
COUNTIES: Final = ("14", "14", "01", "01", "12", "25", "03")
AGENCIES: Final = ("police", "police", "social", "migration", "labour_insp")
OFFENCES: Final = ("trafficking", "trafficking", "exploitation", "not_assessed", None)
GROUPS: Final = (
    ("F", "no"),
    ("F", "no"),
    ("F", "no"),
    ("M", "no"),
    ("F", "yes"),
    ("M", "yes"),
    ("U", "unknown"),
)
FEW: Final = ("main_purpose", "offence", "region")
Version = tuple[list[dict[str, Any]], list[dict[str, Any]]]


class Year:
    """2018, as it grows. `told`: true values and what is public, of each version."""

    def __init__(self, seed: int, *sizes: int) -> None:
        """Of as many persons as one of `sizes`."""
        self.random = Random(seed)
        self.vera = access(user("Vera", Role.COORDINATOR, region="V"))
        self.anna = access(user("Anna", Role.ANALYST))
        self.mona: User = user("Mona", Role.MANAGER)
        self.told: list[Version] = []
        decide_standing_exemption()
        self.add(sizes[0] if len(sizes) == 1 else self.random.choice(sizes or (40, 70, 100)))

    def add(self, number: int) -> None:
        if number:
            new_case(*(self.somebody() for _ in range(number)), by=self.vera)

    def somebody(self) -> Any:
        pick = self.random.choice
        (sex, child), country = pick(GROUPS), pick(COUNTRIES)
        return new_person(
            sex=sex, child=child, main=pick(PURPOSES), county=pick(COUNTIES), agency=pick(AGENCIES),
            offence=pick(OFFENCES), age_class={"no": "18-24", "yes": "13-15"}.get(child, "unknown"),
            measures=tuple((kind, "2018-11") for kind in ("shelter", "return", "health") if pick((0, 0, 1))),
            **({"citizenship": country} if country else {}),
        )  # fmt: skip

    def some(self, number: int) -> list[int]:
        return self.random.sample(list(Person.objects.values_list("pk", flat=True)), number)

    def befall(self) -> None:
        """One of what happens between two versions of a year."""
        pick, few = self.random.choice, self.random.choice((1, 1, 2, 5))
        match self.random.randrange(5):
            case 0:
                self.add(few)
            case 1:
                Person.objects.filter(pk__in=self.some(few)).update(status="not_victim")
            case 2:
                Person.objects.filter(pk__in=self.some(few)).update(citizenship=pick(COUNTRIES[:-1]))
            case 3:
                Identification.objects.filter(person__in=self.some(few)).update(county_id=pick(COUNTIES))
            case 4:
                Exploitation.objects.filter(person__in=self.some(few)).update(
                    purpose_id=f"purpose:{pick(PURPOSES)}"
                )

    def exempt(self, table: str) -> None:
        Exemption.objects.create(
            year=2018, table=table, reason="As before.", asked_by=self.anna.user, answered_by=self.mona,
            answered_at=NOON, approved=True,
        )  # fmt: skip

    def publish(self, steps: dict[str, int]) -> Publication | None:
        """None where the version has to wait."""
        actions.choose_steps(year=2018, steps=steps, by=self.anna)
        before = values_before(2018)
        draft = actions.protect_draft(year=2018, by=self.anna, seconds=1)
        if not draft.passed:
            return None
        true = public_tables(self.anna, 2018, draft.steps, before)
        values = {table.name: table.to_json() for table in true.flat(true.deep, {})}
        made = [table for table in draft.tables if not table.get("version")]  # others stand from before
        persons = [table for table in made if not table["name"].startswith("calls")]
        state = actions.states_open(2018)[0]
        row = released(draft=draft, digest=draft.digest, state=state, by=self.anna)
        self.told.append(([_in_order(values[person["name"]], person) for person in persons], persons))
        return row

    def steps(self, *tables: str) -> dict[str, int]:
        """Of these tables beside the headline, or of all."""
        ladders = {one.name: len(one.ladder) for one in PERSONS_PUBLISHED.values() if len(one.ladder) > 1}
        drawn = {name: self.random.randrange(steps) for name, steps in ladders.items()}
        return headline_steps() | {name: drawn[name] for name in tables} if tables else drawn


def _in_order(true: dict[str, Any], public: dict[str, Any]) -> dict[str, Any]:
    values = {tuple(cell["key"]): cell["value"] for cell in true["cells"]}
    cells = [{**cell, "value": values[tuple(cell["key"])]} for cell in public["cells"]]
    return {**public, "cells": cells}


@pytest.fixture(autouse=True)
def no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "made", lambda *_args, **_how: [])


# The last three need zeros that nobody prints to be unknown.
@pytest.mark.long(
    instead="tests/summaries/test_histories.py"
    "::test_nobody_learns_more_from_all_versions_of_few_tables_than_may_be_told"
)
@pytest.mark.parametrize("seed", [*range(6), 13, 21, 24])
def test_nobody_learns_more_from_all_versions_than_may_be_told(seed: int, settings: Any) -> None:
    year, highest = grown(seed, settings)
    assert attacked(highest, year.told) == (0, 0)


# Each is open where the versions before are forgotten. One is withdrawn (0), so that the next has to wait;
# one gets another threshold (2), and one an exemption (4).
@pytest.mark.parametrize("seed", mostly_long([0, 2, 4], usual=[4]))
def test_nobody_learns_more_from_all_versions_of_few_tables_than_may_be_told(
    seed: int, settings: Any
) -> None:
    year, highest = grown(seed, settings, *FEW)
    assert attacked(highest, year.told) == (0, 0)


def grown(seed: int, settings: Any, *tables: str) -> tuple[Year, int]:
    """A year of several versions, of these tables or all, and the highest threshold that one had."""
    year = Year(seed)
    highest = settings.SMALL_CELL_K = year.random.choice((3, 5, 5, 10))
    steps = year.steps(*tables)
    for number in range(3):
        row = year.publish(steps)
        if row and number == 0 and seed % 3 == 0:
            withdrawn(publication=row, reason="Wrong.", by=year.anna)
        if number == 1 and seed % 3 == 1:
            year.exempt("offence")
        if number == 1 and seed % 3 == 2:
            settings.SMALL_CELL_K = 3
        for _ in range(year.random.choice((1, 1, 2))):
            year.befall()
        steps = year.steps(*tables) if year.random.random() < 0.5 else steps
    assert year.told
    return year, highest


@pytest.mark.parametrize("seed", mostly_long([*range(12)], usual=[0]))
def test_the_headline_alone_can_be_revised_whatever_befalls_a_small_register(seed: int) -> None:
    year = Year(seed, *range(38, 52))
    tables = PERSONS_PUBLISHED if seed else FEW
    coarsest = {name: len(PERSONS_PUBLISHED[name].ladder) - 1 for name in tables}
    assert year.publish(headline_steps() | coarsest)
    for _version in range(2):
        year.befall()
        draft = actions.protect_draft(year=2018, by=year.anna, steps=headline_steps(), seconds=2)
        assert draft.passed, draft.audit
        released(draft=draft, digest=draft.digest, state=actions.states_open(2018)[-1], by=year.anna)


def test_a_country_that_stood_for_its_group_is_the_same_figure_when_another_joins_it() -> None:
    """At first all of the Union are Romanians; then one more of them, and a first Bulgarian."""
    year = Year(1, 0)
    of_trafficking = {"RO": 20, "NG": 15}
    women = [
        new_person(citizenship=country, offence="trafficking")
        for country, number in of_trafficking.items()
        for _n in range(number)
    ]
    new_case(*women, by=year.vera)
    steps = headline_steps() | {"main_purpose": 2, "offence": 2, "country_group": 0, "citizenship": 1}
    assert year.publish(steps)
    new_case(new_person(citizenship="RO", offence="trafficking"), new_person(citizenship="BG"), by=year.vera)
    year.publish(steps)
    values = [{c["key"][0]: c["value"] for c in table["cells"]} for table in map(_citizenship, year.told)]
    assert values[0]["RO"] == 20
    assert values[-1]["RO"] in (20, None)
    assert attacked(5, year.told) == (0, 0)


def _citizenship(version: Version) -> dict[str, Any]:
    return next(table for table in version[1] if table["name"] == "citizenship")
