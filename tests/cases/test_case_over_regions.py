"""Who sees a case of which some persons were handed over: asked of those persons, whichever way they were
written."""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import copy
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from accounts.access import Access
from accounts.acting import acting_as
from accounts.roles import Role
from agencies.models import Region
from cases.actions.transfers import answer_transfer, ask_transfer
from cases.models import Case, Person
from tests.actors import access, user
from tests.at_once import at_once
from tests.makers import new_case, new_person
from tests.walls import only_postgresql

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera() -> Access:
    return access(user("Vera", Role.COORDINATOR, region="V"))


@pytest.fixture
def sune() -> Access:
    return access(user("Sune", Role.COORDINATOR, region="SY"))


def seen_by(who: Access) -> set[str]:
    return set(Case.objects.visible_to(who).values_list("number", flat=True))


def by_transfer(person: Person, vera: Access, sune: Access) -> None:
    asked = ask_transfer(person=person, to_region=Region.objects.get(code="SY"), reason="Moved.", by=vera)
    answer_transfer(transfer=asked, accept=True, reason="", by=sune)


def by_save(person: Person, vera: Access, sune: Access) -> None:
    person.responsible_region_id = "SY"
    person.save()


def by_update(person: Person, vera: Access, sune: Access) -> None:
    Person.objects.filter(pk=person.pk).update(responsible_region="SY")


@pytest.mark.parametrize("hand_over", [by_transfer, by_save, by_update])
def test_both_regions_see_the_case_until_the_last_person_has_gone(
    vera: Access, sune: Access, hand_over: Callable[..., Any]
) -> None:
    other = new_case(by=vera).number
    case = new_case(new_person(), new_person(), by=vera)
    assert (seen_by(vera), seen_by(sune)) == ({other, case.number}, set())
    first, second = case.persons.order_by("position")
    hand_over(first, vera, sune)
    assert (seen_by(vera), seen_by(sune)) == ({other, case.number}, {case.number})
    hand_over(second, vera, sune)
    assert (seen_by(vera), seen_by(sune)) == ({other}, {case.number})


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_persons_who_leave_at_the_same_moment_leave_the_case(vera: Access, sune: Access) -> None:
    """Each transaction has moved its person before the other ends; PostgreSQL's policies ask the mark."""
    case = new_case(new_person(), new_person(), by=vera)
    region = Region.objects.get(code="SY")
    asked = [
        ask_transfer(person=person, to_region=region, reason="Moved.", by=vera)
        for person in case.persons.order_by("position")
    ]

    def accept(number: int) -> None:
        with transaction.atomic(), acting_as(sune):
            answer_transfer(transfer=asked[number], accept=True, reason="", by=sune)
            time.sleep(1)  # the other one begins meanwhile

    at_once(accept)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nmt_left FROM cases_case WHERE id = %s", [case.pk])
        assert cursor.fetchone() == (True,)
    assert (seen_by(vera), seen_by(sune)) == (set(), {case.number})


def test_a_person_who_comes_back_is_of_the_case_s_region_again(vera: Access, sune: Access) -> None:
    case = new_case(by=vera)
    persons = Person.objects.filter(case=case)
    persons.update(responsible_region="SY")
    assert persons.get().moved
    persons.update(responsible_region=Region.objects.get(code="V"))
    assert not persons.get().moved
    assert (seen_by(vera), seen_by(sune)) == ({case.number}, set())


def test_persons_inserted_many_at_once_are_marked_too(vera: Access, sune: Access) -> None:
    case = new_case(by=vera)
    row = like(Person.objects.get(case=case), case.pk, f"{case.number}-P2")
    row.position = 2
    Person.objects.bulk_create([row])
    assert seen_by(sune) == {case.number}


def test_a_case_without_persons_is_seen_where_it_was_opened(vera: Access, sune: Access) -> None:
    case = new_case(by=vera)
    Person.objects.filter(case=case).update(case=new_case(by=vera), position=2)
    assert case.number in seen_by(vera)
    assert seen_by(sune) == set()


def test_persons_of_more_than_a_thousand_cases_are_inserted_at_once(vera: Access, sune: Access) -> None:
    made = Person.objects.get(case=new_case(by=vera))
    Person.objects.bulk_create(like(made, pk, f"{number}-P1") for pk, number in thousand_and_one_cases())
    assert len(seen_by(sune)) == 1_001


def like(made: Person, case: int, number: str) -> Person:
    """Another record with the same facts, in region Syd."""
    row = copy(made)
    row.pk, row.code, row.case_id, row.number, row.responsible_region_id = None, uuid4(), case, number, "SY"
    row._state.adding = True
    return row


def thousand_and_one_cases() -> list[tuple[int, str]]:
    """Their keys and numbers."""
    opened, by = date(2018, 5, 1), user("Ville", Role.COORDINATOR)
    Case.objects.bulk_create(
        Case(number=f"V-2018-9{n:04d}", region_id="V", opened_on=opened, opened_by=by) for n in range(1_001)
    )
    return list(Case.objects.filter(opened_by=by).values_list("pk", "number"))
