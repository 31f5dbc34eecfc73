"""Facts of a row that the database itself guards, each by a named constraint."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.access import Access
from accounts.roles import Role
from agencies.models import Agency
from cases.models import Call, Case, Exploitation, Identification, Measure, Person
from tests.actors import access, user
from tests.makers import new_case
from tests.world import undone

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def person(django_db_setup: None, django_db_blocker: Any) -> Iterator[Person]:
    """Each test undoes what it did."""
    with django_db_blocker.unblock(), undone():
        by: Access = access(user("Vera", Role.COORDINATOR, region="V"))
        yield Person.objects.get(case=new_case(by=by))


def refused(name: str, update: Any) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        update()


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"child": "yes", "age_class": "25-34"}, "cases_person_child_and_age_agree"),
        ({"child": "no", "age_class": "16-17"}, "cases_person_child_and_age_agree"),
        ({"child": "unknown", "age_class": "16-17"}, "cases_person_child_and_age_agree"),
        ({"child": "maybe"}, "cases_person_child_known"),
        ({"age_class": "17"}, "cases_person_age_class_known"),
        ({"sex": "X"}, "cases_person_sex_known"),
        ({"status": "gone"}, "cases_person_status_known"),
        ({"offence": "purpose:labour"}, "cases_person_offence_of_list"),
        ({"residence": "purpose:labour"}, "cases_person_residence_of_list"),
        ({"first_year": 2017}, "cases_person_year_of_identification"),
    ],
)
def test_a_person_holds_only_facts_that_agree(person: Person, facts: dict[str, Any], constraint: str) -> None:
    refused(constraint, lambda: Person.objects.filter(pk=person.pk).update(**facts))


def test_a_person_is_not_the_same_as_itself(person: Person) -> None:
    refused(
        "cases_person_not_same_as_itself",
        lambda: Person.objects.filter(pk=person.pk).update(same_as=person.pk),
    )


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"sector": "sector:berries"}, "cases_exploitation_sector_of_labour"),
        (
            {"purpose": "purpose:labour", "sexual_form": "sexual_form:prostitution"},
            "cases_exploitation_form_of_sexual",
        ),
        ({"start": date(2018, 3, 1), "end": date(2018, 2, 1)}, "cases_exploitation_end_not_before_start"),
        ({"start": date(2018, 3, 2)}, "cases_exploitation_start_is_month"),
        ({"end": date(2018, 3, 2)}, "cases_exploitation_end_is_month"),
        ({"place": "abroad", "county": "14"}, "cases_exploitation_county_in_sweden"),
        ({"place": "sweden", "country": "RO"}, "cases_exploitation_country_abroad"),
        ({"purpose": "sector:berries"}, "cases_exploitation_purpose_of_list"),
        ({"place": "nowhere"}, "cases_exploitation_place_known"),
        ({"means_answer": "maybe"}, "cases_exploitation_means_answer_known"),
    ],
)
def test_an_exploitation_holds_only_facts_that_agree(
    person: Person, facts: dict[str, Any], constraint: str
) -> None:
    refused(constraint, lambda: Exploitation.objects.filter(person=person).update(**facts))


def test_a_person_has_at_most_one_main_purpose(person: Person) -> None:
    second = Exploitation(person=person, purpose_id="purpose:begging", is_main=True)
    refused("UNIQUE|cases_exploitation_one_main", second.save)


def test_an_organisation_identifies_a_person_once_a_day(person: Person) -> None:
    first = Identification.objects.get(person=person)
    again = Identification(
        person=person, agency=first.agency, identified_on=first.identified_on, county_id="01"
    )
    refused("UNIQUE|cases_identification_once", again.save)


def test_a_measure_is_kept_to_the_month(person: Person) -> None:
    refused(
        "cases_measure_month_is_month",
        Measure(person=person, kind_id="measure:shelter", month=date(2018, 3, 2)).save,
    )
    refused("cases_measure_kind_of_list", Measure(person=person, kind_id="purpose:labour").save)
    refused("cases_measure_answer_known", Measure(person=person, kind_id="measure:shelter", answer="x").save)


def test_a_call_without_consent_has_no_note(person: Person) -> None:
    olle = user("Olle", Role.OPERATOR)
    call = Call(
        received_at=access(olle).at,
        received_on=access(olle).today,
        caller_group_id="caller:police",
        taken_by=olle,
        consent="missing",
        note="x",
    )
    refused("cases_call_no_note_without_consent", call.save)


def test_a_case_has_a_known_state(person: Person) -> None:
    refused("cases_case_state_known", lambda: Case.objects.update(state="lost"))
    refused("cases_case_channel_of_list", lambda: Case.objects.update(channel="purpose:labour"))


def test_a_note_is_encrypted_at_rest_and_read_back(person: Person) -> None:
    case = person.case
    case.note = "Kort anteckning."
    case.save()
    assert Case.objects.get(pk=case.pk).note == "Kort anteckning."
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM cases_case WHERE id = %s", [case.pk])
        assert "anteckning" not in cursor.fetchone()[0]
    assert Agency.objects.get(code="police").kind_id == "agency_kind:police"
