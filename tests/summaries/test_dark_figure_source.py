"""Which lists a person of the register is on."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.access import Access
from accounts.roles import Role
from agencies.models import Agency
from cases.actions.duplicates import decide_same
from cases.actions.parts import save_identification
from cases.choices import Decision
from cases.models import Identification, Person
from summaries.estimates.source import capture_table, default_grouping
from tests.actors import access, user
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db


def found_also_by(person: Person, agency: str, on: date, by: Access) -> None:
    row = Identification(
        person=person, agency=Agency.objects.get(code=agency), identified_on=on, county_id="14"
    )
    save_identification(identification=row, by=by)


def registered(by: Access, **facts: object) -> Person:
    return Person.objects.get(case=new_case(new_person(**facts), by=by))


def test_every_agency_has_a_list_by_its_kind() -> None:
    grouping = default_grouping()
    assert set(grouping) == set(Agency.objects.values_list("code", flat=True))
    assert (grouping["police"], grouping["migration"]) == ("PF", "GO")
    assert set(grouping.values()) <= {"LA", "NG", "PF", "GO", "GP"}


def test_a_person_is_on_the_list_of_each_group_that_identified_them_in_the_years(vera: Access) -> None:
    both, alone = registered(vera, agency="police"), registered(vera, agency="police")
    found_also_by(both, "migration", date(2018, 7, 1), vera)
    found_also_by(both, "labour_insp", date(2018, 8, 1), vera)
    found_also_by(alone, "migration", date(2019, 1, 1), vera)
    one = capture_table(2018, 2018)
    assert (one.lists, one.observed, one.overlap) == (("GO", "PF"), 2, 1)
    assert (one.size("GO"), one.size("PF")) == (1, 2)
    assert capture_table(2018, 2019).overlap == 2
    assert capture_table(2019, 2019).observed == 1


def test_records_of_the_same_person_are_one(vera: Access) -> None:
    first = registered(vera, agency="police", on=date(2018, 3, 1))
    second = registered(vera, agency="migration", on=date(2018, 5, 1))
    assert (capture_table(2018, 2018).observed, capture_table(2018, 2018).overlap) == (2, 0)
    decide_same(one=first, other=second, decision=Decision.SAME, reason="Same reference.", by=vera)
    assert (capture_table(2018, 2018).observed, capture_table(2018, 2018).overlap) == (1, 1)


def test_who_is_judged_not_a_victim_is_on_no_list(vera: Access) -> None:
    registered(vera, status="not_victim")
    registered(vera, status="under_assessment")
    assert capture_table(2018, 2018).observed == 1


def test_agencies_are_grouped_as_asked_and_an_agency_left_out_is_on_no_list(vera: Access) -> None:
    person = registered(vera, agency="police")
    found_also_by(person, "migration", date(2018, 7, 1), vera)
    registered(vera, agency="labour_insp")
    table = capture_table(2018, 2018, grouping={"police": "Polis", "migration": "Migration"})
    assert (table.lists, table.observed, table.overlap) == (("Migration", "Polis"), 1, 1)


def test_totals_are_for_those_who_may_read_them(vera: Access) -> None:
    registered(vera)
    analyst, officer = access(user("Ann", Role.ANALYST)), access(user("Olle", Role.OFFICER, agency="police"))
    assert capture_table(2018, 2018, access=analyst).observed == 1
    assert capture_table(2018, 2018, access=officer).observed == 0


def test_the_queries_are_as_many_for_forty_persons_as_for_one(
    vera: Access, django_assert_num_queries
) -> None:
    new_case(*[new_person() for _ in range(40)], by=vera)
    with django_assert_num_queries(5):
        assert capture_table(2018, 2018).observed == 40
