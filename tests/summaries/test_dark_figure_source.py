"""Which lists a person of the register is on."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from accounts.access import Access
from accounts.roles import Role
from agencies.models import Agency
from cases.actions.duplicates import decide_same
from cases.actions.persons import save_identification
from cases.choices import Decision
from cases.models import Call, Identification, Notification, Person
from libs.capture_recapture.table import Sent, Sighting, by_themselves
from summaries.estimates.source import default_grouping, known_persons
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


def overlap(first: int, last: int) -> int:
    """The persons on several lists: as many where those who can be on one alone are left out."""
    number = known_persons(first, last).table.overlap
    assert known_persons(first, last, again=True).table.overlap == number
    return number


def test_a_person_is_on_the_list_of_each_group_that_identified_them_in_the_years(vera: Access) -> None:
    both, alone = registered(vera, agency="police"), registered(vera, agency="police")
    found_also_by(both, "migration", date(2018, 7, 1), vera)
    found_also_by(both, "labour_insp", date(2018, 8, 1), vera)
    found_also_by(alone, "migration", date(2019, 1, 1), vera)
    table = known_persons(2018, 2018).table
    assert (table.lists, table.observed, table.overlap) == (("GO", "PF"), 2, 1)
    assert (table.size("GO"), table.size("PF")) == (1, 2)
    assert overlap(2018, 2019) == 2
    assert known_persons(2019, 2019).table.observed == 1


def test_records_of_the_same_person_are_one(vera: Access) -> None:
    first = registered(vera, agency="police", on=date(2018, 3, 1))
    second = registered(vera, agency="migration", on=date(2018, 5, 1))
    assert (known_persons(2018, 2018).table.observed, overlap(2018, 2018)) == (2, 0)
    decide_same(one=first, other=second, decision=Decision.SAME, reason="Same reference.", by=vera)
    assert (known_persons(2018, 2018).table.observed, overlap(2018, 2018)) == (1, 1)


def test_who_is_judged_not_a_victim_is_on_no_list(vera: Access) -> None:
    registered(vera, status="not_victim")
    registered(vera, status="under_assessment")
    assert known_persons(2018, 2018).table.observed == 1


def test_agencies_are_grouped_as_asked_and_an_agency_left_out_is_on_no_list(vera: Access) -> None:
    person = registered(vera, agency="police")
    found_also_by(person, "migration", date(2018, 7, 1), vera)
    registered(vera, agency="labour_insp")
    table = known_persons(2018, 2018, grouping={"police": "Polis", "migration": "Migration"}).table
    assert (table.lists, table.observed, table.overlap) == (("Migration", "Polis"), 1, 1)


def test_totals_are_for_those_who_may_read_them(vera: Access) -> None:
    registered(vera)
    analyst, officer = access(user("Ann", Role.ANALYST)), access(user("Olle", Role.OFFICER, agency="police"))
    assert known_persons(2018, 2018, access=analyst).table.observed == 1
    assert known_persons(2018, 2018, access=officer).table.observed == 0


def test_the_queries_are_as_many_for_forty_persons_as_for_one(
    vera: Access, django_assert_num_queries
) -> None:
    new_case(*[new_person() for _ in range(40)], by=vera)
    with django_assert_num_queries(9):  # three of them for referrals
        assert known_persons(2018, 2018).table.observed == 40


DAY = date(2018, 5, 10)


def refer(person: Person, by: Access, *, on: date = DAY, advice: str = "", **facts: object) -> None:
    """A call about the person's case."""
    call = Call.objects.create(
        received_at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC), received_on=on, case=person.case,
        caller_group_id="caller:police", taken_by=by.user, **facts,
    )  # fmt: skip
    if advice:
        call.outcomes.add(f"outcome:{advice}")


@pytest.mark.parametrize("how", ["agency", "advice"])
def test_who_the_support_line_sent_to_the_police_is_not_on_the_list_of_the_police_too(
    how: str, vera: Access
) -> None:
    person = registered(vera, agency="support_line", on=DAY)
    found_also_by(person, "police", date(2018, 5, 14), vera)
    assert overlap(2018, 2018) == 1
    police = Agency.objects.get(code="police")
    refer(person, vera, **({"referred_agency": police} if how == "agency" else {"advice": "referral_police"}))
    known = known_persons(2018, 2018)
    assert (known.table.lists, known.table.observed, known.table.overlap) == (("GO",), 1, 0)
    assert known.referred == 1


def test_a_notification_sends_the_case_to_the_coordinator(vera: Access) -> None:
    person = registered(vera, agency="police", on=DAY)
    found_also_by(person, "coordinator", date(2018, 5, 14), vera)
    assert overlap(2018, 2018) == 1
    Notification.objects.create(
        officer=vera.user, county_id="14", region_id="V", case=person.case, women=1,
        sent_at=datetime(2018, 5, 11, 12, tzinfo=UTC),
    )  # fmt: skip
    assert overlap(2018, 2018) == 0


def test_a_call_to_another_organisation_or_of_a_later_day_leaves_the_lists_as_they_were(vera: Access) -> None:
    person = registered(vera, agency="support_line", on=DAY)
    found_also_by(person, "police", date(2018, 5, 14), vera)
    refer(person, vera, referred_agency=Agency.objects.get(code="migration"))
    refer(person, vera, on=date(2018, 5, 15), referred_agency=Agency.objects.get(code="police"))
    assert overlap(2018, 2018) == 1


@pytest.mark.parametrize(
    ("found", "sent", "left"),
    [
        ([(10, "line"), (14, "police")], [], ["line", "police"]),
        ([(10, "line"), (14, "police")], [(10, "police")], ["line"]),
        ([(10, "line"), (14, "police")], [(14, "police")], ["line"]),
        ([(10, "line"), (14, "police")], [(15, "police")], ["line", "police"]),
        ([(10, "line"), (14, "police"), (20, "ngo")], [(10, "police")], ["line", "ngo"]),
        ([(14, "police"), (20, "ngo")], [(10, "police")], ["police", "ngo"]),  # somebody found the person
        ([(14, "police"), (14, "line")], [(14, "police")], ["line"]),  # in whatever order they stand
        ([(14, "police"), (20, "ngo")], [(10, "police"), (15, "ngo")], ["police"]),
        ([], [(10, "police")], []),
    ],
)
def test_an_identification_after_a_referral_is_left_out_unless_it_is_the_first(
    found: list[tuple[int, str]], sent: list[tuple[int, str]], left: list[str]
) -> None:
    rows = [Sighting(date(2018, 5, day), agency, agency) for day, agency in found]
    sends = [Sent(date(2018, 5, day), to) for day, to in sent]
    assert [sighting.agency for sighting in by_themselves(rows, sends)] == left
