"""The steps that are suggested for all tables: as fine as hides no key total and under a third of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from itertools import product
from random import Random
from typing import Any

import pytest
from django.test import Client

from accounts.access import Access
from accounts.roles import Role
from cases.actions.persons import NewPerson
from jobs import worker
from jobs.models import Job
from summaries.catalogue import CALLS_PUBLISHED, PUBLISHED_BY_NAME
from summaries.classifications import LEFT_OUT
from summaries.counting.historical import decide_standing_exemption
from summaries.release import actions
from summaries.release.models import Publication
from summaries.tables import suggestion
from summaries.tables.protection import counted_now, public_tables
from summaries.tables.public_tables import PublicTables
from summaries.tables.suggestion import ALONE, LAST, OPEN, Persons, StepSearch, StepTrial, suggested
from tests.actors import access, user
from tests.makers import new_case, new_person
from tests.summaries import small_year
from tests.weights import examples, mostly_long

pytestmark = pytest.mark.django_db
FOUR = ("main_purpose", "region", "citizenship", "sdg")
TWO = ("region", "sdg")
FEW = ("groups", *TWO)
YEARS = (2017, 2018, 2019)
PURPOSES = ("sexual", "labour", "begging", "crime", "marriage", "organs")
SMALL, SEEDS = (40, 60, 75, 90, 105, 119), (60, 61, 62)


def somebody(random: Random, year: int) -> NewPerson:
    sex, child = random.choice((("F", "no"), ("F", "no"), ("M", "no"), ("F", "yes"), ("M", "yes")))
    return new_person(
        sex=sex,
        child=child,
        on=date(year, 3, 1),
        main=random.choices(PURPOSES, (40, 25, 15, 10, 5, 2))[0],
        county=random.choices(("01", "14", "12", "25", "03"), (40, 25, 15, 6, 3))[0],
        offence=random.choices(("trafficking", "exploitation", "not_assessed"), (6, 3, 2))[0],
        citizenship=random.choice(("RO", "NG", "TH", "SE")),
    )


@pytest.fixture
def anna() -> Access:
    decide_standing_exemption()
    return access(user("Anna", Role.ANALYST))


@pytest.fixture
def three_years(anna: Access) -> None:
    random, vera = Random(7), access(user("Vera", Role.COORDINATOR, region="V"))
    for year in YEARS if examples(0, 1) else (2018,):
        new_case(*(somebody(random, year) for _n in range(70)), by=vera)


@pytest.mark.parametrize("case", mostly_long([(2018, TWO), *product(YEARS, [FOUR])], usual=[(2018, TWO)]))
def test_the_search_finds_what_an_exhaustive_one_finds_within_five_percent(
    three_years: None, anna: Access, case: tuple[int, tuple[str, ...]]
) -> None:
    year, chosen = case
    public = public_tables(anna, year, {}, [])
    four = replace(public, entries=tuple(entry for entry in public.entries if entry.name in chosen))
    search = StepSearch(four.entries, Persons(four, [], b"", counted_now(four, [])).tried)
    trial = search.best()
    names, ladders = (
        [entry.name for entry in four.entries],
        [range(len(entry.ladder)) for entry in four.entries],
    )
    every = [search.at(dict(zip(names, way, strict=True))) for way in product(*ladders)]
    assert trial.good
    assert trial.shown >= 0.95 * max((step_trial.shown for step_trial in every if step_trial.good), default=0)


@pytest.mark.parametrize("tables", mostly_long([FEW, ()], usual=[FEW]))
def test_no_key_total_is_hidden_and_less_than_a_third_of_each_table(
    three_years: None, anna: Access, tables: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of all that are published, or of some."""
    if tables:
        monkeypatch.setattr(suggestion, "ranked_tables", only(tables))
    trial = suggested(anna, 2018, [])
    assert trial.good
    draft = actions.protect_draft(year=2018, by=anna, steps=LEFT_ALONE | dict(trial.steps))
    assert draft.passed
    printed = [table["name"] for table in draft.tables]
    assert set(printed) == {name for name, step in trial.steps.items() if step >= 0}
    others = [table for table in draft.tables if table["name"] not in coarsest_of_last(trial.steps)]
    assert not any(map(hides_too_much, others))


@pytest.mark.parametrize("register", mostly_long(product(SMALL, SEEDS), usual=[(60, 60)]))
def test_of_few_persons_little_is_hidden_and_the_last_tables_stay(
    anna: Access, vera: Access, register: tuple[int, int]
) -> None:
    """Of 60 and more: main purpose, region and group of citizenship."""
    number, seed = register
    random = Random(seed)
    new_case(*(somebody(random, 2018) for _n in range(number)), by=vera)
    found = suggested(anna, 2018, [])
    assert found.safe
    draft = actions.protect_draft(year=2018, by=anna, steps=LEFT_ALONE | dict(found.steps))
    printed = [table for table in draft.tables if table["name"] not in (ALONE, *CALLS_PUBLISHED)]
    cells = [cell for table in printed for cell in table["cells"] if cell["value"] != 0]
    assert sum(cell["status"] == "hidden" for cell in cells) <= len(cells) / 3
    assert number < 60 or {*LAST} <= {table["name"] for table in printed}


LEFT_ALONE = dict.fromkeys(PUBLISHED_BY_NAME, LEFT_OUT)


def only(names: tuple[str, ...]) -> Callable[..., PublicTables]:
    def of_few(*of_what: Any) -> PublicTables:
        public = public_tables(*of_what)
        return replace(public, entries=tuple(entry for entry in public.entries if entry.name in names))

    return of_few


def coarsest_of_last(steps: Mapping[str, int]) -> set[str]:
    """The tables that everybody asks for, where they are at their coarsest: they stay if little is hidden."""
    return {name for name in LAST if steps.get(name) == len(PUBLISHED_BY_NAME[name].ladder) - 1}


def hides_too_much(table: dict[str, Any]) -> bool:
    cells = [cell for cell in table["cells"] if cell["value"] != 0]
    hidden = [cell for cell in cells if cell["status"] == "hidden"]
    totals = [cell for cell in hidden if set(cell["key"][1:]) <= {"*"}]
    is_key = table["name"] in ("main_purpose", "region")
    return len(hidden) >= max(len(cells), 1) / 3 or (is_key and bool(totals))


ENTRIES = [
    type("Entry", (), {"name": name, "ladder": (0, 1, 2)})() for name in (ALONE, "region", "offence", "sdg")
]


def searched(over: Any, safe: Any = lambda steps: True) -> StepTrial:
    """`over`: of steps, what hides too much; what is finer shows more."""

    def tried(steps: Mapping[str, int]) -> StepTrial:
        shown = sum(10 - step for step in steps.values() if step >= 0)
        return StepTrial(steps, shown, {name: 1.0 for name in over(steps) if steps[name] >= 0}, safe(steps))

    return StepSearch(ENTRIES, tried).best()


def test_what_hides_too_much_at_every_step_is_left_out_and_the_rest_stays_fine() -> None:
    trial = searched(lambda steps: ["offence"])
    assert trial.steps == {ALONE: 0, "region": 0, "offence": LEFT_OUT, "sdg": 0}
    assert trial.good


def test_a_step_that_another_table_made_needless_is_taken_back() -> None:
    trial = searched(lambda steps: ["region", "offence"] if steps["region"] == steps["offence"] == 0 else [])
    assert sorted(trial.steps.values()) == [0, 0, 0, 1]


def test_where_nothing_is_safe_the_headline_is_left() -> None:
    trial = searched(
        lambda steps: [], safe=lambda steps: all(step < 0 for name, step in steps.items() if name != ALONE)
    )
    assert trial.safe
    assert {name for name, step in trial.steps.items() if step >= 0} == {ALONE}
    assert OPEN > 1


BEFORE = {ALONE: 0, "region": 2, "offence": 1, "sdg": LEFT_OUT}


def next_to(before: Mapping[str, int], safe: Callable[[Mapping[str, int]], bool]) -> Mapping[str, int]:
    """The steps that are suggested for a year with a version; finer ones show more and hide no more."""

    def tried(steps: Mapping[str, int]) -> StepTrial:
        return StepTrial(steps, sum(10 - step for step in steps.values() if step >= 0), {}, safe(steps))

    return suggestion._like(before, StepSearch(ENTRIES, tried), stand=False).steps


def test_the_steps_of_the_last_version_are_suggested_where_they_pass_though_finer_ones_do_too() -> None:
    assert next_to(BEFORE, lambda steps: True) == BEFORE


def test_other_steps_are_suggested_where_those_do_not_pass_and_as_many_tables_are_printed() -> None:
    finest = dict.fromkeys(BEFORE, 0)
    assert next_to(BEFORE, lambda steps: steps != BEFORE) == finest


def test_where_fewer_tables_would_be_printed_the_headline_alone_is_made_anew() -> None:
    """Beside it the tables stand."""
    few = next_to(BEFORE, lambda steps: sum(step >= 0 for step in steps.values()) < 3)
    assert few == {**dict.fromkeys(BEFORE, LEFT_OUT), ALONE: 0}


@pytest.fixture
def small(anna: Access) -> Access:
    small_year.add(access(user("Vera", Role.COORDINATOR, region="V")))
    return anna


def test_the_page_tells_what_each_choice_costs_before_anything_runs(small: Access, client: Client) -> None:
    client.force_login(small.user)
    answer = client.get("/summaries/publications/2018/suggest/")
    by_title = {table.title: table.choices for table in answer.context["tables"]}
    finest, *_between, coarsest = by_title["Personer efter huvudsakligt ändamål"]
    assert finest.small > coarsest.small
    assert finest.figures > coarsest.figures
    assert finest.chosen
    assert not Publication.objects.exists()
    assert not Job.objects.exists()


def test_the_button_leaves_a_draft_that_is_protected_with_what_was_found(
    small: Access, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestion, "ranked_tables", only(("groups", "region")))
    actions.choose_steps(year=2018, steps=LEFT_ALONE, by=small)
    client.force_login(small.user)
    client.post("/summaries/publications/2018/suggest/")
    worker.work(once=True)
    draft = Publication.objects.get()
    assert draft.passed
    assert {"groups", "region"} <= draft.steps.keys()


def test_a_year_of_nobody_has_no_such_page_and_a_manager_may_not(anna: Access, client: Client) -> None:
    client.force_login(anna.user)
    assert client.get("/summaries/publications/1999/suggest/").status_code == 404
    client.force_login(user("Maja", Role.MANAGER))
    assert client.get("/summaries/publications/1999/suggest/").status_code == 403
