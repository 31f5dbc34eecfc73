"""A file can neither touch, nor reveal, nor probe another region's rows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.access import Access
from accounts.roles import Role
from agencies.models import Region
from cases.models import Case, Person
from tests.actors import access, user
from tests.cases.spreadsheet import counts, load, row, sheet
from tests.importers import in_words
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db


@pytest.fixture
def sven() -> Access:
    return access(user("Sven", Role.COORDINATOR, region="SY"))


def test_a_reference_of_another_region_is_new_and_nothing_there_changes(vera: Access, sven: Access) -> None:
    load(sheet(row(county="12")), sven)
    there = Person.objects.get()
    before = (there.version, there.history.count(), Case.objects.get().persons.count())
    assert counts(load(sheet(row(county="12", sex="M")), vera)) == (1, 0, 0, 0)
    there.refresh_from_db()
    assert (there.version, there.history.count(), there.case.persons.count()) == before


def probe(by: Access, data: bytes) -> tuple[object, int]:
    with CaptureQueriesContext(connection) as queries:
        plan = load(data, by)
        facts = in_words(plan)
    return facts, len(queries)


@pytest.mark.parametrize("person", mostly_long(["P1", "P9", "{case}-P1", "K1"], usual=["{case}-P1", "K1"]))
def test_a_number_elsewhere_and_a_number_nowhere_look_the_same(
    vera: Access, sven: Access, person: str
) -> None:
    load(sheet(row(county="12"), row(county="12", person="K2")), sven)
    load(sheet(row(case="first of the year")), vera)
    elsewhere, nowhere = (
        probe(vera, sheet(row(case=case, person=person.format(case=case))))
        for case in ("SY-2018-0001", "SY-2018-0777")
    )
    assert str(elsewhere).replace("SY-2018-0001", "SY-2018-0777") == str(nowhere)
    assert elsewhere[0]["failed"] == 1  # type: ignore[index]


def test_in_a_shared_case_a_hidden_person_and_no_person_look_the_same(vera: Access) -> None:
    load(sheet(row(), row(person="K2")), vera)
    number = Case.objects.get().number
    Person.objects.filter(position=2).update(responsible_region=Region.objects.get(code="N"))
    hidden = probe(vera, sheet(row(case=number, person="P2")))
    nobody = probe(vera, sheet(row(case=number, person="P3")))
    assert str(hidden).replace("P2", "P3") == str(nobody)
    assert hidden[0]["failed"] == 1  # type: ignore[index]


def test_a_granted_case_can_be_read_but_not_imported_into(vera: Access, sven: Access) -> None:
    from datetime import timedelta

    from cases.models import AccessGrant

    load(sheet(row(county="12")), sven)
    case = Case.objects.get()
    AccessGrant.objects.create(
        case=case,
        case_number=case.number,
        region=case.region,
        asked_by=vera.user,
        asked_at=vera.at,
        reason="r",
        answer="accepted",
        answered_by=sven.user,
        answered_at=vera.at,
        until=vera.at + timedelta(hours=3),
    )
    assert counts(load(sheet(row(case=case.number, person="P1", sex="M")), vera)) == (0, 0, 0, 1)
    assert case.persons.get().sex == "F"


def test_the_number_of_queries_does_not_grow_with_the_rows(vera: Access) -> None:
    def queries(rows: int) -> int:
        data = sheet(*(row(case=f"{rows}-{n // 2}", person=f"K{n}", purposes="crime") for n in range(rows)))
        with CaptureQueriesContext(connection) as first:
            load(data, vera)
        with CaptureQueriesContext(connection) as again:
            load(data, vera)
        return len(first) * 1000 + len(again)

    queries(2)  # opens the year's series of numbers
    assert queries(10) == queries(120)
