"""Bulk work leaves a history row for every record that it made or changed, in its own transaction, and one
event."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError

from accounts.roles import Role
from agencies.models import Code
from audit import writer
from audit.models import Event
from cases.actions.cases import assign_cases, close_cases
from cases.models import Case, Exploitation, Identification, Measure, Person
from tests.actors import access, user
from tests.cases.spreadsheet import load, row, sheet
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
MODELS = (Case, Person, Identification, Exploitation, Measure)
MANY = 40


@pytest.fixture
def vera() -> Any:
    return access(user("Vera", Role.COORDINATOR, region="V"))


@contextmanager
def leaves(by: Any, expected: dict[Any, int]) -> Iterator[None]:
    """So many history rows of each kind, all by the one who acts, and one event."""
    before = {model: model.history.count() for model in MODELS}
    first = Event.objects.count()
    yield
    rows = {model: list(model.history.order_by("history_id")[before[model] :]) for model in MODELS}
    assert {model: len(new) for model, new in rows.items() if new} == expected
    assert {row.history_user_id for new in rows.values() for row in new} == {by.user.pk}
    assert Event.objects.count() - first == 1


def register(vera: Any) -> Case:
    persons = [new_person(measures=(("shelter", "2018-05"),), purposes=("begging",)) for _n in range(MANY)]
    return new_case(*persons, by=vera)


def test_many_persons_registered_at_once(vera: Any) -> None:
    with leaves(vera, {Case: 1, Person: MANY, Identification: MANY, Exploitation: 2 * MANY, Measure: MANY}):
        register(vera)
    assert set(Person.history.values_list("history_user", "history_type")) == {(vera.user.pk, "+")}


def test_many_cases_given_away_and_closed(vera: Any) -> None:
    cases = [new_case(by=vera) for _n in range(7)]
    with leaves(vera, {Case: 7}):
        assign_cases(cases=cases, responsible=vera.user, by=vera)
    with leaves(vera, {Case: 7}):
        close_cases(cases=cases, reason=Code.objects.get(pk="close_reason:moved"), by=vera)


def test_an_import_of_new_and_of_changed_persons(vera: Any) -> None:
    rows = [row(case=f"FIL-{n}") for n in range(MANY)]
    with leaves(vera, {Case: MANY, Person: MANY, Identification: MANY, Exploitation: MANY}):
        load(sheet(*rows), vera)
    changed = [
        row(case=f"FIL-{n}", citizenship="BG" if n < 5 else rows[n].get("citizenship", ""))
        for n in range(MANY)
    ]
    with leaves(vera, {Person: 5}):
        load(sheet(*changed), vera)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", [register, lambda vera: load(sheet(row()), vera)])
def test_without_its_event_nothing_of_it_stays(
    vera: Any, act: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """History and rows are in the transaction of the event."""

    def fails(*_args: Any, **_options: Any) -> None:
        raise DatabaseError("the trail cannot be written")

    monkeypatch.setattr(writer, "locked", fails)
    with pytest.raises(DatabaseError):
        act(vera)
    assert {model: (model.objects.count(), model.history.count()) for model in MODELS} == dict.fromkeys(
        MODELS, (0, 0)
    )
