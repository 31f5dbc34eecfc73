"""Who sees a case of which some persons were handed over: asked of those persons, whichever way they were
written."""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import copy
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Sum

from accounts.access import Access, acting_as
from accounts.roles import Role
from agencies.models import Region
from cases.actions.cases import remind
from cases.actions.misregistration import put_back, take_out_person
from cases.actions.sharing import answer_transfer, ask_transfer
from cases.integrity import first_fault
from cases.models import Case, Person, Reminder, SuspectCount
from cases.resources import CaseResource
from cases.search import found
from tests.actors import access, user
from tests.at_once import at_once
from tests.cases.pages import signed_in
from tests.database_roles import only_postgresql
from tests.makers import hand_over, new_case, new_person
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("handing", [by_transfer, by_save, by_update])
def test_who_has_a_person_of_a_case_sees_it_beside_its_region(
    vera: Access, sune: Access, handing: Callable[..., Any]
) -> None:
    other = new_case(by=vera).number
    case = new_case(new_person(), new_person(), by=vera)
    assert (seen_by(vera), seen_by(sune)) == ({other, case.number}, set())
    handing(case.persons.earliest("position"), vera, sune)
    assert (seen_by(vera), seen_by(sune)) == ({other, case.number}, {case.number})


def test_a_case_whose_persons_all_have_one_other_region_becomes_that_region_s(
    vera: Access, sune: Access
) -> None:
    case = new_case(new_person(), new_person(), by=vera, reference="A-17", responsible=vera.user)
    first, second = case.persons.order_by("position")
    by_transfer(first, vera, sune)
    case.refresh_from_db()
    assert (case.region_id, case.responsible) == ("V", vera.user)

    by_transfer(second, vera, sune)

    case.refresh_from_db()
    assert (case.region_id, case.number, case.responsible) == ("SY", "V-2018-0001", None)
    assert (seen_by(vera), seen_by(sune)) == (set(), {case.number})
    assert set(case.persons.values_list("moved", "first_region")) == {(False, "V")}
    assert first_fault() is None


def test_a_case_whose_persons_went_to_two_regions_stays_where_it_is(vera: Access, sune: Access) -> None:
    nils = access(user("Nils", Role.COORDINATOR, region="N"))
    case = new_case(new_person(), new_person(), by=vera)
    for person, to in zip(case.persons.order_by("position"), (sune, nils), strict=True):
        hand_over(person, by=vera, to=to)
    case.refresh_from_db()
    assert case.region_id == "V"
    assert {case.number} == seen_by(vera) == seen_by(sune) == seen_by(nils)


def test_a_case_follows_when_the_last_person_of_its_region_was_a_mistake(vera: Access, sune: Access) -> None:
    case = new_case(new_person(), new_person(), by=vera)
    first, second = case.persons.order_by("position")
    by_transfer(first, vera, sune)

    mistake = take_out_person(person=second, seen="", reason="Wrong person", by=vera)
    case.refresh_from_db()
    assert case.region_id == "SY"

    put_back(mistake=mistake, by=vera)
    case.refresh_from_db()
    assert (case.region_id, first_fault()) == ("SY", None)
    assert {case.number} == seen_by(vera) == seen_by(sune)


# --- what another region sees and changes ------------------------------------------------------------------
NOTE, REGISTRY = "Arbetsgivaren har hotat flera", "Dnr 2018/4711"


@pytest.fixture
def shared(vera: Access, sune: Access) -> Case:
    """Of region Väst, with one of its two persons handed over to Syd."""
    facts = {"note": NOTE, "registry_number": REGISTRY, "accompanying_children": 3}
    case = new_case(new_person(), new_person(), by=vera, **facts)
    SuspectCount.objects.create(case=case, relation_id="relation:partner", number=7)
    by_transfer(case.persons.earliest("position"), vera, sune)
    return case


def test_a_person_s_region_sees_number_day_state_and_that_person_and_nothing_noted_of_the_case(
    sune: Access, shared: Case
) -> None:
    client = signed_in(sune.user)
    first, second = (person.get_absolute_url() for person in shared.persons.order_by("position"))
    page = client.get(shared.get_absolute_url()).content.decode()
    history = client.get(f"{shared.get_absolute_url()}history/").content.decode()

    assert all(text in page for text in (shared.number, "2018-05-02", first, "Pågående"))
    for text in (NOTE, REGISTRY, second, "Medföljande barn", "Misstänkta"):
        assert text not in page
    assert "Diarienummer" not in history
    assert client.get(second).status_code == 404


def test_the_region_of_the_case_sees_what_is_noted_of_it(vera: Access, shared: Case) -> None:
    page = signed_in(vera.user).get(shared.get_absolute_url()).content.decode()
    assert all(text in page for text in (NOTE, REGISTRY, "Medföljande barn", "Misstänkta"))


@pytest.mark.parametrize(
    "page",
    mostly_long(["edit/", "state/", "suspects/", "mistake/", "persons/add/"], usual=["edit/", "mistake/"]),
)
def test_the_pages_that_change_the_case_are_closed_to_a_person_s_region(
    vera: Access, sune: Access, shared: Case, page: str
) -> None:
    address = f"{shared.get_absolute_url()}{page}"
    assert signed_in(sune.user).get(address).status_code == 403
    assert signed_in(vera.user).get(address).status_code == 200


def test_the_extract_of_a_person_s_region_holds_that_person_and_nothing_noted_of_the_case(
    sune: Access, shared: Case
) -> None:
    remind(case=shared, day=sune.today + timedelta(days=2), text="Ring boendet", by=sune)
    Reminder.objects.create(case=shared, day=sune.today, text="Ring mamman", by=shared.opened_by)
    first, second = shared.persons.order_by("position")
    page = signed_in(sune.user).get(f"{shared.get_absolute_url()}extract/").content.decode()
    assert all(text in page for text in (shared.number, first.number, "Ring boendet"))
    for text in (NOTE, REGISTRY, second.number, "Medföljande barn", "Ring mamman", "Antal misstänkta"):
        assert text not in page


@pytest.mark.parametrize("page", mostly_long(["measures/add/", "remind/"], usual=["measures/add/"]))
def test_a_person_s_region_works_with_its_person(sune: Access, shared: Case, page: str) -> None:
    assert signed_in(sune.user).get(f"{shared.get_absolute_url()}{page}").status_code == 200
    person = shared.persons.earliest("position").get_absolute_url()
    assert signed_in(sune.user).get(f"{person}edit/").status_code == 200


def test_a_registry_number_finds_the_case_for_its_region_alone(
    vera: Access, sune: Access, shared: Case
) -> None:
    assert [found(REGISTRY, who).cases for who in (vera, sune)] == [(shared,), ()]


def test_no_file_of_cases_holds_one_of_which_another_region_has_the_note(
    vera: Access, sune: Access, shared: Case
) -> None:
    rows = [CaseResource(access=who).get_queryset().count() for who in (vera, sune)]
    assert rows == [1, 0]


def test_a_region_s_tables_count_the_accompanying_children_of_its_own_cases(
    vera: Access, sune: Access, shared: Case
) -> None:
    children = Sum("accompanying_children")
    of_vera, of_sune = (Case.objects.totals_for(who).aggregate(n=children)["n"] for who in (vera, sune))
    assert (of_vera, of_sune) == (3, None)


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_persons_who_leave_at_the_same_moment_leave_the_case(vera: Access, sune: Access) -> None:
    """Each transaction has moved its person before the other ends."""
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
    case.refresh_from_db()
    assert case.region_id == "SY"
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
