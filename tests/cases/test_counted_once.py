"""Counting rules 1 and 2: a person is counted once, in the year of the earliest identification."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.access import Access
from accounts.approvals import AlreadyAnswered
from accounts.roles import Role
from agencies.models import Agency, Region
from cases.actions.duplicates import decide_same
from cases.actions.persons import register_persons, save_identification
from cases.actions.sharing import answer_transfer, ask_transfer
from cases.choices import Decision
from cases.models import Identification, Person
from tests.actors import access, user
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db


def counted(year: int) -> int:
    return Person.objects.counted().identified_in(year).count()


def person_of(case: object) -> Person:
    return Person.objects.get(case=case)


def identified(person: Person, on: date, *, agency: str = "migration", county: str = "01") -> Identification:
    return Identification(
        person=person, agency=Agency.objects.get(code=agency), identified_on=on, county_id=county
    )


def test_a_case_with_three_persons_adds_three(vera: Access) -> None:
    new_case(new_person(), new_person(sex="M"), new_person(child="yes"), by=vera)
    assert counted(2018) == 3
    assert list(Person.objects.order_by("position").values_list("number", flat=True)) == [
        f"V-2018-0001-P{n}" for n in (1, 2, 3)
    ]


def test_a_person_identified_again_next_year_is_not_counted_again(vera: Access) -> None:
    person = person_of(new_case(by=vera))
    save_identification(identification=identified(person, date(2019, 1, 3)), by=vera)
    assert (counted(2018), counted(2019)) == (1, 0)


def test_an_earlier_identification_moves_year_county_and_organisation(vera: Access) -> None:
    person = person_of(new_case(by=vera))
    save_identification(identification=identified(person, date(2017, 12, 31)), by=vera)
    person.refresh_from_db()
    assert (counted(2017), counted(2018)) == (1, 0)
    assert (person.first_county_id, person.first_region_id, person.first_agency.code) == (
        "01",
        "ST",
        "migration",
    )


@pytest.mark.parametrize("status", ["under_assessment", "presumed", "declined", "identified"])
def test_presumed_declined_and_identified_victims_are_counted(vera: Access, status: str) -> None:
    new_case(new_person(status=status), by=vera)
    assert counted(2018) == 1


def test_somebody_judged_not_a_victim_is_kept_and_not_counted(vera: Access) -> None:
    new_case(new_person(status="not_victim"), by=vera)
    assert (Person.objects.count(), counted(2018)) == (1, 0)


def test_the_same_person_in_two_records_is_counted_once_and_twice_again_when_undone(vera: Access) -> None:
    later = person_of(new_case(new_person(on=date(2019, 2, 1)), by=vera))
    earlier = person_of(new_case(new_person(on=date(2018, 11, 1)), by=vera))
    decide_same(one=later, other=earlier, decision=Decision.SAME, reason="Same reference.", by=vera)
    later.refresh_from_db()
    assert (counted(2018), counted(2019), later.same_as) == (1, 0, earlier)
    decide_same(one=earlier, other=later, decision=Decision.DIFFERENT, reason="Mistaken.", by=vera)
    later.refresh_from_db()
    assert (counted(2018), counted(2019), later.same_as) == (1, 1, None)


def test_three_records_of_one_person_never_make_a_chain(vera: Access) -> None:
    a, b, c = (person_of(new_case(new_person(on=date(2018, month, 1)), by=vera)) for month in (7, 5, 3))
    decide_same(one=a, other=b, decision=Decision.SAME, reason="r", by=vera)
    decide_same(one=b, other=c, decision=Decision.SAME, reason="r", by=vera)
    decide_same(one=a, other=c, decision=Decision.SAME, reason="r", by=vera)
    assert dict(Person.objects.values_list("pk", "same_as")) == {a.pk: c.pk, b.pk: c.pk, c.pk: None}
    decide_same(one=b, other=c, decision=Decision.DIFFERENT, reason="r", by=vera)
    assert counted(2018) == 1  # a still ties them
    decide_same(one=a, other=c, decision=Decision.DIFFERENT, reason="r", by=vera)
    assert dict(Person.objects.values_list("pk", "same_as")) == {a.pk: b.pk, b.pk: None, c.pk: None}


def test_identified_on_the_same_day_the_lower_number_stays_though_it_was_registered_later(
    vera: Access,
) -> None:
    case = new_case(*[new_person() for _ in range(2)], by=vera)
    other = person_of(new_case(by=vera))
    added = register_persons(case=case, persons=[new_person() for _ in range(8)], by=vera)
    tenth, second = added[-1], case.persons.get(position=2)
    for person, two, stays in ((other, tenth, tenth), (tenth, second, second)):
        decide_same(one=person, other=two, decision=Decision.SAME, reason="r", by=vera)
        two.refresh_from_db()
        stays.refresh_from_db()
        assert stays.same_as is None
    other.refresh_from_db()
    tenth.refresh_from_db()
    assert (tenth.number, second.number) == ("V-2018-0001-P10", "V-2018-0001-P2")
    assert other.same_as == tenth.same_as == second


def test_identified_on_the_same_day_the_lower_record_stays(vera: Access) -> None:
    a, b = person_of(new_case(by=vera)), person_of(new_case(by=vera))
    decide_same(one=b, other=a, decision=Decision.SAME, reason="r", by=vera)
    b.refresh_from_db()
    assert b.same_as == a


def test_a_transfer_moves_who_sees_the_person_and_nothing_that_is_counted(vera: Access) -> None:
    sune = access(user("Sune", Role.COORDINATOR, region="SY"))
    person = person_of(new_case(by=vera))
    before = {name: getattr(person, name) for name in vars(person) if name.startswith("first_")}
    transfer = ask_transfer(person=person, to_region=Region.objects.get(code="SY"), reason="Moved.", by=vera)
    answer_transfer(transfer=transfer, accept=True, reason="", by=sune)
    person.refresh_from_db()
    assert {name: getattr(person, name) for name in before} == before
    assert person.number == "V-2018-0001-P1"
    assert not Person.objects.visible_to(vera).exists()
    assert Person.objects.visible_to(sune).get() == person


def test_of_two_who_answer_a_transfer_the_second_is_told(vera: Access) -> None:
    sune = access(user("Sune", Role.COORDINATOR, region="SY"))
    person = person_of(new_case(by=vera))
    transfer = ask_transfer(person=person, to_region=Region.objects.get(code="SY"), reason="Moved.", by=vera)
    answer_transfer(transfer=transfer, accept=False, reason="Not ours.", by=sune)
    with pytest.raises(AlreadyAnswered):
        answer_transfer(transfer=transfer, accept=True, reason="", by=sune)
