"""Who sees a case of which some persons were handed over: asked of those persons, whichever way they were written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agencies.access import Access
from agencies.models import Region
from agencies.roles import Role
from cases.actions.transfers import answer_transfer, ask_transfer
from cases.models import Case, Person
from tests.actors import access, user
from tests.makers import new_case, new_person

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
    row = Person.objects.get(case=case)
    row.pk, row.position, row.number, row.responsible_region_id = None, 2, f"{case.number}-P2", "SY"
    row.code, row._state.adding = "7b0a3f0e-6a53-4f5c-9f59-2f3d8f6f0001", True
    Person.objects.bulk_create([row])
    assert seen_by(sune) == {case.number}


def test_a_case_without_persons_is_seen_where_it_was_opened(vera: Access, sune: Access) -> None:
    case = new_case(by=vera)
    Person.objects.filter(case=case).update(case=new_case(by=vera), position=2)
    assert case.number in seen_by(vera)
    assert seen_by(sune) == set()
