"""`manage.py check_register` finds by name what no constraint sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from accounts.roles import Role
from agencies.models import CountyRegion, Region
from cases.actions.duplicates import decide_same
from cases.choices import Decision
from cases.models import Case, CaseSeries, DuplicateReview, Exploitation, Identification, Person, Transfer
from tests.actors import access, user
from tests.makers import new_case, new_person
from tests.world import undone

pytestmark = pytest.mark.django_db
NOON = datetime(2018, 9, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def register(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Three records, two of them of one person. Each test undoes what it did."""
    with django_db_blocker.unblock(), undone():
        _three_records()
        yield


def _three_records() -> None:
    by = access(user("Vera", Role.COORDINATOR, region="V"))
    new_case(new_person(reference="A1"), new_person(sex="M"), by=by)
    again = new_case(new_person(on=date(2018, 9, 1)), by=by)
    first = Person.objects.get(number="V-2018-0001-P1")
    decide_same(one=first, other=again.persons.get(), decision=Decision.SAME, reason="r", by=by)


def check() -> str:
    out = StringIO()
    call_command("check_register", stdout=out)
    return out.getvalue()


def test_a_sound_register_is_ok() -> None:
    assert check() == "ok 3 persons, 2 cases, 0 calls\n"


FAULTS: dict[str, Callable[[], object]] = {
    "NMT region without a place on the map": lambda: Region.objects.create(
        code="Å", name_sv="Åland", name_en="Aland"
    ),
    "person without identification": lambda: Identification.objects.filter(person__sex="M").delete(),
    "not exactly one main purpose": lambda: Exploitation.objects.filter(person__sex="M").update(
        is_main=False
    ),
    "first identification or same_as out of step": lambda: Person.objects.filter(sex="M").update(
        first_county="01"
    ),
    "list and its answer disagree": lambda: Exploitation.objects.filter(person__sex="M").update(
        acts_answer="given"
    ),
    "person number": lambda: Person.objects.filter(sex="M").update(number="V-2018-0001-P9"),
    "case series": lambda: CaseSeries.objects.update(last=1),
    "reference index": lambda: Identification.objects.exclude(reference="").update(reference_index="0" * 64),
    "code of another list": lambda: _wrong_list(),
    "county without a region": lambda: CountyRegion.objects.filter(county="14").delete(),
    "case of another region": lambda: Case.objects.update(region="N"),
    "opened from a call that is not there": lambda: Case.objects.update(opened_from_call=True),
    "handed over, yet not there": lambda: _handed_over(),
}


def _handed_over() -> None:
    person = Person.objects.get(sex="M")
    ask = {"person": person, "from_region_id": "V", "to_region_id": "N", "asked_by": User.objects.get()}
    Transfer.objects.create(
        **ask, asked_at=NOON, answer="accepted", answered_at=NOON, answered_by=User.objects.get()
    )


def _wrong_list() -> None:
    row = Exploitation.objects.get(person__sex="M")
    row.acts.set(["means:force"])
    Exploitation.objects.filter(pk=row.pk).update(acts_answer="given")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL enforces the keys of every connection")
@pytest.mark.django_db(transaction=True)
def test_a_row_that_points_at_none_is_named() -> None:
    row = Identification.objects.get(person__sex="M")
    connection.disable_constraint_checking()
    try:
        Identification.objects.filter(pk=row.pk).update(person=999)
        with pytest.raises(CommandError, match=f"^row that points at none: cases_identification {row.pk}.$"):
            check()
    finally:
        Identification.objects.filter(pk=row.pk).update(person=row.person_id)
        connection.enable_constraint_checking()


@pytest.mark.parametrize("name", FAULTS)
def test_the_fault_is_named(name: str) -> None:
    FAULTS[name]()
    with pytest.raises(CommandError, match=f"^{name}: "):
        check()


def test_a_decision_changed_behind_the_actions_is_found() -> None:
    DuplicateReview.objects.update(decision=Decision.DIFFERENT)
    with pytest.raises(CommandError, match="out of step"):
        check()


def test_records_in_a_chain_are_found() -> None:
    person = Person.objects.get(number="V-2018-0001-P1")
    Person.objects.filter(pk=person.pk).update(same_as=Person.objects.get(sex="M"))
    with pytest.raises(CommandError, match="same_as chained"):
        check()


def test_the_check_changes_nothing() -> None:
    before = list(Case.objects.values()) + list(Person.objects.values())
    check()
    assert list(Case.objects.values()) + list(Person.objects.values()) == before
