"""What a later file changes in persons of ours, and what it leaves."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.access import Access
from cases.integrity import first_fault
from cases.models import Exploitation, Measure, Person
from tests.cases.spreadsheet import counts, load, row, sheet

pytestmark = pytest.mark.django_db


def purposes() -> set[tuple[str, bool, str | None]]:
    rows = Exploitation.objects.values_list("purpose", "is_main", "sector")
    return {(purpose.split(":")[1], main, sector and sector.split(":")[1]) for purpose, main, sector in rows}


def test_an_empty_cell_clears_and_an_absent_column_leaves(vera: Access) -> None:
    load(sheet(row(citizenship="RO", age_class="25-34", measures="shelter:2018-06")), vera)
    assert counts(load(sheet(), vera)) == (0, 0, 1, 0)
    plan = load(sheet(row(citizenship="", age_class="25-34", measures="")), vera)
    assert [change.column for change in plan.lines[0].told] == ["citizenship", "measures"]
    person = Person.objects.get()
    assert (person.citizenship, person.age_class, Measure.objects.count()) == (None, "25-34", 0)


def test_a_change_is_told_from_old_to_new(vera: Access) -> None:
    load(sheet(), vera)
    change = load(sheet(row(status="identified")), vera).lines[0].told[0]
    assert change == ("status", "presumed", "identified")
    person = Person.objects.get()
    assert (person.status, person.version, person.status_on) == ("identified", 2, date(2019, 3, 1))
    versions = person.history.order_by("history_id")
    assert list(versions.values_list("history_type", "status")) == [("+", "presumed"), ("~", "identified")]


def test_another_main_purpose_takes_over(vera: Access) -> None:
    load(sheet(row(purposes="begging")), vera)
    load(sheet(row(main_purpose="begging", purposes="crime")), vera)
    assert purposes() == {("begging", True, None), ("crime", False, None)}
    load(sheet(row(main_purpose="labour")), vera)
    assert purposes() == {("begging", False, None), ("crime", False, None), ("labour", True, None)}
    assert first_fault() is None


def test_a_purpose_that_stays_keeps_its_other_facts(vera: Access) -> None:
    load(sheet(row(purposes="crime")), vera)
    exploitation = Exploitation.objects.get(is_main=True)
    exploitation.means.set(["means:force"])
    Exploitation.objects.filter(pk=exploitation.pk).update(means_answer="given", start=date(2018, 1, 1))
    load(sheet(row(main_purpose="begging", purposes="sexual")), vera)
    exploitation.refresh_from_db()
    assert (exploitation.is_main, exploitation.start, [code.pk for code in exploitation.means.all()]) == (
        False,
        date(2018, 1, 1),
        ["means:force"],
    )
    assert [entry.code_id for entry in exploitation.history.latest().means.all()] == ["means:force"]
    assert {("-", "purpose:crime")} == set(
        Exploitation.history.filter(history_type="-").values_list("history_type", "purpose")
    )


def test_a_sector_goes_to_the_labour_purpose(vera: Access) -> None:
    load(sheet(row(purposes="labour", sector="berries")), vera)
    assert purposes() == {("sexual", True, None), ("labour", False, "berries")}
    load(sheet(row(sector="")), vera)
    assert ("labour", False, None) in purposes()


def test_a_sector_needs_a_labour_purpose_in_the_file_or_stored(vera: Access) -> None:
    assert [error.code for error in load(sheet(row(sector="berries")), vera).errors] == [
        "sector_without_labour"
    ]
    load(sheet(), vera)
    plan = load(sheet(row(sector="berries")), vera)
    assert [(error.column, error.value, error.code) for error in plan.errors] == [
        ("sector", "berries", "sector_without_labour")
    ]


def test_measures_become_exactly_those_of_the_file(vera: Access) -> None:
    load(sheet(row(measures="shelter:2018-06|return:2018-08")), vera)
    person = Person.objects.get()
    Measure.objects.create(person=person, kind_id="measure:health", answer="offered")
    load(sheet(row(measures="return:2018-08|legal:2018-09")), vera)
    assert set(Measure.objects.values_list("kind", "answer")) == {
        ("measure:return", "accepted"),
        ("measure:legal", "accepted"),
        ("measure:health", "offered"),
    }


def test_county_and_channel_of_an_identification_can_be_corrected(vera: Access) -> None:
    load(sheet(row(channel="police")), vera)
    plan = load(sheet(row(county="13", channel="")), vera)
    assert [change.column for change in plan.lines[0].told] == ["county", "channel"]
    person = Person.objects.get()
    assert (person.first_county_id, person.first_channel_id, person.identifications.count()) == (
        "13",
        None,
        1,
    )
    assert first_fault() is None


def test_a_municipality_can_be_corrected(vera: Access) -> None:
    both = [row(municipality="Boras"), row(municipality="Göteborg")]
    load(sheet(*both), vera)
    both[0]["municipality"] = "Borås"
    plan = load(sheet(*both), vera)
    assert counts(plan) == (0, 1, 1, 0)
    assert [tuple(change) for change in plan.lines[0].told] == [("municipality", "Boras", "Borås")]
    found = Person.objects.get().identifications.order_by("pk").values_list("municipality", flat=True)
    assert list(found) == ["Borås", "Göteborg"]
    load(sheet(*both, row(municipality="Kungälv")), vera)
    assert Person.objects.get().identifications.count() == 3


def test_without_a_column_of_municipalities_the_stored_one_is_met(vera: Access) -> None:
    load(sheet(row(municipality="Borås")), vera)
    assert counts(load(sheet(), vera)) == (0, 0, 1, 0)
    assert counts(load(sheet(row(municipality="Mark")), vera)) == (0, 1, 0, 0)


def test_a_status_that_may_not_follow_is_an_error_and_one_that_wants_a_reason_warns(vera: Access) -> None:
    load(sheet(row(status="identified")), vera)
    assert [said.code for said in load(sheet(row(status="declined")), vera).errors] == ["status_not_allowed"]
    plan = load(sheet(row(status="not_victim")), vera)
    assert [warning.code for warning in plan.warnings] == ["status_reason"]
    assert Person.objects.get().status == "not_victim"


def test_a_reference_of_two_persons_is_an_error_that_names_them(vera: Access) -> None:
    load(sheet(row(), row(person="K2")), vera)
    person, other = Person.objects.order_by("pk")
    seen = person.identifications.get()
    same = other.identifications.get()
    same.reference, same.reference_index = seen.reference, seen.reference_index
    same.save()
    assert [error.params for error in load(sheet(), vera).errors] == [
        {"numbers": f"{person.number}, {other.number}"}
    ]


def test_a_key_that_was_changed_still_matches_what_was_indexed_with_the_old_one(
    vera: Access, settings: pytest.FixtureRequest
) -> None:
    load(sheet(), vera)
    settings.NOTES_KEYS = ["bmV3IGtleSBmb3IgdGhlIHRlc3RzIGFsb25lLCAyISE=", *settings.NOTES_KEYS]  # type: ignore[attr-defined]
    assert counts(load(sheet(), vera)) == (0, 0, 1, 0)
    assert counts(load(sheet(row(person="K2")), vera)) == (1, 0, 0, 0)
    assert Person.objects.values("case").distinct().count() == 1
