"""A spreadsheet of persons becomes cases and persons; each is counted once, however often it is sent."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.access import Access
from accounts.roles import Role
from audit.models import Event
from cases.integrity import first_fault
from cases.models import Case, Exploitation, Identification, Measure, Person
from tests.actors import access, user
from tests.cases.spreadsheet import counts, load, row, sheet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


FULL = row(
    municipality="Göteborg",
    channel="police",
    age_class="25–34",
    citizenship="Rumänien",
    offence="trafficking",
    purposes="crime|labour",
    sector="berries",
    measures="shelter:2018-06|return:2018-08",
)


def test_every_column_is_stored(vera: Access) -> None:
    assert counts(load(sheet(FULL), vera)) == (1, 0, 0, 0)
    person = Person.objects.get()
    assert (person.number, person.sex, person.child, person.age_class) == (
        "V-2018-0001-P1",
        "F",
        "no",
        "25-34",
    )
    assert (person.citizenship.code, person.status, person.offence_id) == (
        "RO",
        "presumed",
        "offence:trafficking",
    )
    seen = Identification.objects.get()
    assert (seen.agency.code, seen.municipality, seen.channel_id) == ("police", "Göteborg", "channel:police")
    assert (person.first_year, person.first_county_id, person.first_region_id) == (2018, "14", "V")
    assert set(Exploitation.objects.values_list("purpose", "is_main", "sector")) == {
        ("purpose:sexual", True, None),
        ("purpose:crime", False, None),
        ("purpose:labour", False, "sector:berries"),
    }
    assert set(Measure.objects.values_list("kind", "month", "answer")) == {
        ("measure:shelter", date(2018, 6, 1), "accepted"),
        ("measure:return", date(2018, 8, 1), "accepted"),
    }
    assert first_fault() is None


def test_the_same_file_twice_changes_nothing(vera: Access) -> None:
    data = sheet(FULL, row(person="K2", sex="M"), row(case="B", citizenship=""))
    load(data, vera)
    before = (Person.history.count(), Case.history.count(), Identification.history.count())
    assert counts(load(data, vera)) == (0, 0, 3, 0)
    assert (Person.history.count(), Case.history.count(), Identification.history.count()) == before


def test_one_bad_row_in_a_thousand_changes_nothing(vera: Access) -> None:
    rows = [row(case=f"C{n}") for n in range(1000)]
    rows[500]["county"] = "Skone"
    plan = load(sheet(*rows), vera)
    assert counts(plan) == (999, 0, 0, 1)
    assert (plan.errors[0].row, plan.errors[0].column) == (502, "county")
    assert not any(model.objects.exists() for model in (Person, Case, Event))


def test_the_good_rows_alone_can_be_asked_for(vera: Access) -> None:
    load(sheet(row(), row(person="K2", sex="X")), vera, good_rows=True)
    assert Person.objects.count() == 1


def test_rows_with_one_case_reference_are_one_case(vera: Access) -> None:
    load(sheet(row(), row(person="K2", agency="migration", identified_on="2018-02-01"), row(case="B")), vera)
    first, second = Case.objects.order_by("pk")
    assert (first.persons.count(), first.opened_on, second.persons.count()) == (2, date(2018, 2, 1), 1)
    assert {person.number for person in first.persons.all()} == {f"{first.number}-P1", f"{first.number}-P2"}


def test_a_case_is_added_to_when_its_agency_sends_it_again(vera: Access) -> None:
    load(sheet(), vera)
    load(sheet(row(person="K2")), vera)
    load(sheet(row(person="K3", agency="migration")), vera)
    assert [case.persons.count() for case in Case.objects.order_by("pk")] == [2, 1]


def test_a_file_that_was_corrected_opens_no_second_case(vera: Access) -> None:
    rows = [row(), row(person="K2")]
    load(sheet(*rows), vera)
    rows[1] |= {"agency": "migration"}
    plan = load(sheet(*rows, row(person="K3", agency="social")), vera)
    assert counts(plan) == (2, 0, 1, 0)
    assert Case.objects.get().persons.count() == 4
    assert counts(load(sheet(*rows, row(person="K3", agency="social", sex="M")), vera)) == (0, 1, 2, 0)
    assert Case.objects.count() == 1


def test_identified_again_next_year_is_not_counted_again(vera: Access) -> None:
    load(sheet(), vera)
    plan = load(sheet(row(identified_on="2019-01-15", county="13")), vera)
    assert counts(plan) == (0, 1, 0, 0)
    person = Person.objects.get()
    assert (person.identifications.count(), person.first_year, person.first_county_id) == (2, 2018, "14")
    [warning] = plan.warnings  # it may be a slip that was corrected: the file does not say
    assert (warning.row, warning.column, warning.params["date"]) == (2, "identified_on", "2018-05-02")
    assert load(sheet(row(identified_on="2019-01-15", county="13")), vera).warnings == []


def test_an_earlier_identification_moves_the_year(vera: Access) -> None:
    load(sheet(), vera)
    load(sheet(row(identified_on="2017-12-31")), vera)
    assert Person.objects.get().first_year == 2017
    assert first_fault() is None


def test_a_person_twice_in_one_file_is_one_person(vera: Access) -> None:
    plan = load(sheet(row(), row(identified_on="2019-01-02"), row()), vera)
    assert counts(plan) == (1, 1, 1, 0)
    assert Person.objects.get().identifications.count() == 2


def test_rows_of_one_person_must_agree(vera: Access) -> None:
    plan = load(sheet(row(), row(sex="M", identified_on="2019-01-02")), vera)
    assert [(error.row, error.column, error.code) for error in plan.errors] == [(3, "sex", "disagrees")]
    assert not Person.objects.exists()


def test_a_number_of_ours_names_case_and_person(vera: Access) -> None:
    load(sheet(), vera)
    number = Case.objects.get().number
    plan = load(
        sheet(row(case=number, person="P1", sex="M", agency="migration", identified_on="2018-07-01")), vera
    )
    assert counts(plan) == (0, 1, 0, 0)
    person = Person.objects.get()
    assert (person.sex, person.identifications.count()) == ("M", 2)
    assert counts(load(sheet(row(case=number.lower(), person=f"{number}-P1", sex="M")), vera)) == (0, 0, 1, 0)


def test_a_new_person_can_be_added_to_a_case_of_ours(vera: Access) -> None:
    load(sheet(), vera)
    number = Case.objects.get().number
    data = sheet(row(case=number, person="another"))
    assert counts(load(data, vera)) == (1, 0, 0, 0)
    assert counts(load(data, vera)) == (0, 0, 1, 0)
    assert Case.objects.get().persons.count() == 2


def test_a_slip_in_a_person_number_adds_nobody(vera: Access) -> None:
    load(sheet(), vera)
    plan = load(sheet(row(case=Case.objects.get().number, person="P7")), vera)
    assert [error.code for error in plan.errors] == ["no_person"]


def test_a_reference_is_known_whole_in_any_of_its_spellings(vera: Access) -> None:
    load(sheet(), vera)
    assert counts(load(sheet(row(case=" a – 17", person="k 1 ")), vera)) == (0, 0, 1, 0)
    others = (row(case="A-1"), row(case="A-17 | K1", person="K1"), row(agency="migration"))
    assert counts(load(sheet(*others), vera)) == (3, 0, 0, 0)


def test_a_case_belongs_to_the_importers_own_region(vera: Access) -> None:
    load(sheet(row(county="12"), row(case="B")), vera)
    assert set(Person.objects.values_list("responsible_region", "first_region")) == {("V", "SY"), ("V", "V")}


def test_numbers_follow_on_those_given(vera: Access) -> None:
    load(sheet(), vera)
    load(sheet(row(case="B"), row(case="C"), row(case="D", identified_on="2017-01-01")), vera)
    assert set(Case.objects.values_list("number", flat=True)) == {
        "V-2018-0001",
        "V-2018-0002",
        "V-2018-0003",
        "V-2017-0001",
    }


def test_an_import_is_one_event_with_rows_and_digest(vera: Access) -> None:
    load(sheet(row(), row(person="K2")), vera)
    event = Event.objects.get()
    assert (event.action, event.rows, len(event.digest), event.actor) == (
        "import.persons",
        2,
        64,
        "vera@example.org",
    )


def test_every_row_has_its_history(vera: Access) -> None:
    load(sheet(FULL), vera)
    for model in (Case, Person, Identification, Exploitation, Measure):
        versions = model.history.all()
        assert versions.count() == model.objects.count() > 0
        assert {(version.history_type, version.history_user_id) for version in versions} == {
            ("+", vera.user.pk)
        }
    assert Person.history.get().citizenship.code == "RO"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
def test_others_than_coordinators_are_refused(role: Role) -> None:
    with pytest.raises(PermissionDenied):
        load(sheet(), access(user("Other", role)))


def test_a_coordinator_without_a_region_today_is_refused() -> None:
    with pytest.raises(PermissionDenied, match="no region"):
        load(sheet(), access(user("Past", Role.COORDINATOR)))
