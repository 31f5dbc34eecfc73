"""Every cell of every table agrees with a second, naive count of random registers."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings, strategies as st

from accounts.access import Access
from accounts.roles import Role
from libs.suppression.tables import TOTAL, Table
from summaries.counting.build import all_tables, counted
from summaries.counting.counts import medians, volumes, waited
from tests.actors import access, user
from tests.summaries import naive, registers
from tests.summaries.registers import yearly_tables
from tests.weights import examples

pytestmark = pytest.mark.django_db
YEARS = range(2017, 2021)


class Actors:
    def __init__(self) -> None:
        self.coordinator: Access = access(user("Vera", Role.COORDINATOR, region="V"))
        self.operator: Access = access(user("Olle", Role.OPERATOR))
        self.analyst: Access = access(user("Anna", Role.ANALYST))


@pytest.fixture
def actors() -> Actors:
    return Actors()


def random_registers(usual: int, whole: int) -> Callable[[Any], Any]:
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    phases = (Phase.explicit, Phase.generate)  # making a failing register smaller would take minutes
    return settings(
        max_examples=examples(usual, whole),
        deadline=None,
        derandomize=True,
        database=None,
        phases=phases,
        suppress_health_check=quiet,
    )


def cells(table: Table) -> dict[tuple[str, ...], int]:
    """What is not zero, which is what the naive count lists."""
    assert len(table.by_key) == len(table.cells)
    return {cell.key: cell.value for cell in table if cell.value}


@pytest.mark.heavy
@random_registers(2, 25)
@given(plan=registers.plans())
def test_persons_agree_in_every_cell(actors: Actors, plan: registers.Plan) -> None:
    with transaction.atomic():
        registers.build(plan, by=actors.coordinator, operator=actors.operator)
        together = counted(actors.analyst, YEARS[0], YEARS[-1])
        for year in YEARS:
            tables = {table.name: table for table in yearly_tables(actors.analyst, year)}
            assert [cells(table) for table in all_tables(together[year])] == [
                cells(t) for t in tables.values()
            ]
            expected = naive.person_tables(year)
            for name in set(tables) - {"measure_answers"}:
                if not name.startswith("calls_"):
                    assert cells(tables[name]) == expected.get(name, {}), (year, name)
            assert cells(tables["measure_answers"]) == naive.measure_answers(year)
        transaction.set_rollback(True)


@random_registers(2, 15)
@given(plan=registers.plans())
def test_waits_and_volumes_agree(actors: Actors, plan: registers.Plan) -> None:
    with transaction.atomic():
        registers.build(plan, by=actors.coordinator, operator=actors.operator)
        for year in YEARS:
            expected = naive.waits(year)
            for wait in medians(waited(actors.analyst, year), registers.MEASURES):
                of = expected.pop(wait.measure, [])
                assert wait.persons == len(of)
                known = [float(median(one)) for one in zip(*of, strict=True)] or [None] * 3
                assert [wait.months, wait.least, wait.most] == known, (year, wait.measure)
            assert not expected
        opened = registers.opened_in(2018, plan)
        assert volumes(actors.analyst, 2018) == (len(opened), sum(map(len, opened)))
        transaction.set_rollback(True)


@random_registers(2, 15)
@example(logged=[registers.call(1, by="police", answer=said) for said in ("none", "unknown", "not_asked")])
@given(logged=registers.calls())
def test_calls_agree_in_every_cell(actors: Actors, logged: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        for facts in logged:
            registers.log(facts, by=actors.operator)
        for year in (2018, 2019):
            expected = naive.call_tables(year)
            for table in yearly_tables(actors.analyst, year):
                if table.name.startswith("calls_"):
                    assert cells(table) == expected.get(table.name, {}), (year, table.name)
        transaction.set_rollback(True)


@random_registers(1, 10)
@given(plan=registers.plans(), year=st.sampled_from(YEARS))
def test_margins_are_the_groups_in_every_table(actors: Actors, plan: registers.Plan, year: int) -> None:
    with transaction.atomic():
        registers.build(plan, by=actors.coordinator, operator=actors.operator)
        groups, *others = yearly_tables(actors.analyst, year)
        for table in others:
            if table.dimensions[-1].name != "group":
                continue
            for group in (*groups.dimensions[0].categories, TOTAL):
                assert table.value(TOTAL, group) == groups.value(group), table.name
                parts = [table.value(category, group) or 0 for category in table.dimensions[0].categories]
                assert sum(parts) == groups.value(group) or not table.additive, table.name
        transaction.set_rollback(True)
