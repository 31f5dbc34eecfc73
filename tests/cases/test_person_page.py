"""A person's page: status by its table, act–means–purpose with the child rule, indicators that decide
nothing."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from audit.models import Event
from cases.actions.base import version_of
from cases.choices import Status
from cases.models import Exploitation, Identification, Measure, PersonIndicator
from cases.rules.persons import TRANSITIONS, StatusChange
from tests.actors import access
from tests.cases.pages import agency, errors_of, of_one_field_in_three, signed_in
from tests.makers import new_case, new_person
from tests.weights import mostly_long

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def client(karin):
    client = signed_in(karin)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def person(karin):
    return new_case(new_person(), by=access(karin)).persons.get()


EVERY_CHANGE = list(product(Status.values, Status.values))
# Of each kind of change the first and the last in the table.
EACH_KIND = {
    *{TRANSITIONS[change]: change for change in EVERY_CHANGE}.values(),
    *{TRANSITIONS[change]: change for change in reversed(EVERY_CHANGE)}.values(),
}


def address(person, end=""):
    return f"{person.get_absolute_url()}{end}"


@pytest.mark.parametrize("change", mostly_long(EVERY_CHANGE, usual=EACH_KIND))
def test_the_status_changes_as_the_table_says_and_only_with_a_reason(client, person, change):
    before, after = change
    type(person).objects.filter(pk=person.pk).update(status=before)
    kind = TRANSITIONS[change]
    sent = {"status": after, "status_on": "2019-02-01", "version": "1"}
    without = client.post(address(person, "status/"), sent)
    reason = sent | {"status_reason": "A new assessment by the police", "version": "1"}
    if kind is StatusChange.NO:
        assert "status" in errors_of(without)
        client.post(address(person, "status/"), reason)
    elif kind is not StatusChange.SAME:
        assert "Say why the status is changed." in errors_of(without)["status_reason"]
        assert client.post(address(person, "status/"), reason).status_code == 302
    person.refresh_from_db()
    assert person.status == (before if kind is StatusChange.NO else after)


def test_the_reason_of_a_status_is_scanned_and_is_not_in_the_audit_log(client, person):
    sent = {"status": "identified", "status_on": "2019-02-01", "version": "1"}
    response = client.post(address(person, "status/"), sent | {"status_reason": "She is 19811218-9876"})
    assert "personal identity number" in errors_of(response)["status_reason"][0]
    client.post(address(person, "status/"), sent | {"status_reason": "A decision of the police"})
    person.refresh_from_db()
    assert (person.status_reason, person.status_on) == ("A decision of the police", date(2019, 2, 1))
    event = Event.objects.get(action="person.status")
    assert event.fields == ["status", "status_on", "status_reason"]
    assert "decision" not in str(event.__dict__)


def test_facts_are_changed_and_child_and_age_must_agree(client, person):
    facts = {"sex": "M", "child": "yes", "age_class": "25-34", "citizenship": "", "version": "1"}
    assert "does not agree" in errors_of(client.post(address(person, "edit/"), facts))["age_class"][0]
    client.post(
        address(person, "edit/"), facts | {"age_class": "16-17", "further_citizenships": ["RO", "BG"]}
    )
    person.refresh_from_db()
    assert (person.sex, person.child, person.age_class) == ("M", "yes", "16-17")
    assert type(person).objects.filter(citizenship__isnull=True).exists()
    assert {country.code for country in person.further_citizenships} == {"BG", "RO"}


def exploitation(**changes):
    return {"purpose": "purpose:begging", "place": "unknown"} | changes


@pytest.mark.parametrize(
    ("field", "changes", "message"),
    of_one_field_in_three(
        [
            ("end", {"start": "2018-05", "end": "2018-03"}, "End 2018-03 cannot be before start 2018-05"),
            ("start", {"start": "2018-13"}, "does not exist in the calendar"),
            ("start", {"start": "spring 2018"}, "is not a month"),
            ("start", {"start": "2019-04"}, "is in the future"),
            ("sector", {"sector": "sector:berries"}, "A sector is stated only when the purpose is labour"),
            ("county", {"county": "14"}, "only when the place is in Sweden"),
            ("country", {"country": "RO"}, "only when the place is abroad"),
            ("purpose", {"purpose": "purpose:sexual"}, "The same purpose is stated twice."),
            ("purpose", {"purpose": "purpose:invented"}, "purpose:invented"),
            ("means", {"means": ["means:none_child"]}, "child"),
        ]
    ),
)
def test_bad_exploitation_is_refused_beside_its_field(client, person, field, changes, message):
    response = client.post(
        address(person, "exploitations/add/"), exploitation(controls=["control:debt"]) | changes
    )
    assert message in " ".join(errors_of(response)[field])
    assert response.context["form"]["controls"].value() == ["control:debt"]
    assert Exploitation.objects.count() == 1


def test_a_new_main_purpose_takes_over_and_the_only_one_cannot_be_taken_away(client, person):
    client.post(address(person, "exploitations/add/"), exploitation(is_main="on"))
    assert list(person.exploitations.filter(is_main=True).values_list("purpose", flat=True)) == [
        "purpose:begging"
    ]
    main = person.exploitations.get(is_main=True)
    sent = exploitation(version=version_of(main))
    response = client.post(address(person, f"exploitations/{main.pk}/"), sent)
    assert "Choose another purpose as the main one first." in errors_of(response)["is_main"]


def test_act_means_and_purpose_are_derived_and_shown(client, person):
    main = person.exploitations.get()
    assert not client.get(address(person)).context["page"].palermo.complete
    sent = {"purpose": "purpose:sexual", "is_main": "on", "place": "sweden", "acts": ["act:recruitment"]}
    sent |= {"means": ["means:threat"], "version": version_of(main)}
    client.post(address(person, f"exploitations/{main.pk}/"), sent)
    response = client.get(address(person))
    assert response.context["page"].palermo.complete
    assert "Recruitment" in response.content.decode()
    main.refresh_from_db()
    assert (main.acts_answer, main.controls_answer) == ("given", "not_asked")


def test_a_child_needs_no_improper_means(client, karin):
    child = new_case(new_person(child="yes"), by=access(karin)).persons.get()
    main = child.exploitations.get()
    sent = {"purpose": "purpose:sexual", "is_main": "on", "place": "unknown", "acts": ["act:transport"]}
    sent |= {"version": version_of(main)}
    client.post(address(child, f"exploitations/{main.pk}/"), sent)
    response = client.get(address(child))
    assert response.context["page"].palermo.complete
    assert "The person is a child. Improper means need not be stated." in response.content.decode()


def identification(**changes):
    return {"agency": agency("migration"), "identified_on": "2017-02-03", "county": "14"} | changes


def test_an_earlier_identification_moves_the_person_to_its_year(client, person):
    client.post(address(person, "identifications/add/"), identification())
    person.refresh_from_db()
    assert (person.first_year, person.first_agency.code) == (2017, "migration")


def test_the_same_identification_twice_is_refused(client, person):
    client.post(address(person, "identifications/add/"), identification())
    response = client.post(address(person, "identifications/add/"), identification())
    assert "is registered already" in errors_of(response)["agency"][0]
    assert Identification.objects.count() == 2


def test_a_form_sent_twice_adds_one_measure(client, person):
    form = client.get(address(person, "measures/add/")).context["form"]
    token = str(form["form_token"].value())
    sent = {"kind": "measure:health", "answer": "accepted", "month": "2018-06", "form_token": token}
    for _time in range(2):
        assert client.post(address(person, "measures/add/"), sent).status_code == 302
    assert Measure.objects.count() == 1


def test_without_javascript_a_form_is_a_page_and_with_htmx_a_piece_of_one(client, person):
    page = client.get(address(person, "measures/add/")).content.decode()
    piece = client.get(address(person, "measures/add/"), headers={"HX-Request": "true"}).content.decode()
    assert "<!doctype html>" in page
    assert "<!doctype html>" not in piece
    assert 'hx-post="' in piece
    sent = {"kind": "measure:health", "answer": "accepted", "month": "2018-06"}
    response = client.post(address(person, "measures/add/"), sent, headers={"HX-Request": "true"})
    assert response["HX-Retarget"] == "#steps"
    assert "Medical care" in response.content.decode()


def test_a_measure_for_several_persons_is_one_for_each(client, karin):
    case = new_case(new_person(), new_person(), new_person(), by=access(karin))
    chosen = [str(person.code) for person in case.persons.all()[:2]]
    sent = {"persons": chosen, "kind": "measure:shelter", "answer": "offered", "month": "2018-06"}
    client.post(f"{case.get_absolute_url()}measures/add/", sent)
    assert sorted(Measure.objects.values_list("person__position", flat=True)) == [1, 2]


def test_a_measure_for_all_of_many_persons_takes_one_choice(client, karin):
    case = new_case(*(new_person() for _ in range(5)), by=access(karin))
    address = f"{case.get_absolute_url()}measures/add/"
    assert "All persons in the case" in client.get(address).content.decode()
    sent = {"kind": "measure:shelter", "answer": "offered", "month": "2018-06"}
    assert errors_of(client.post(address, sent)) == {"persons": ["Enter persons"]}
    client.post(address, {**sent, "everybody": "on"})
    assert sorted(Measure.objects.values_list("person__position", flat=True)) == [1, 2, 3, 4, 5]


def test_the_checklist_is_kept_and_never_sets_the_status(client, person):
    client.post(address(person, "indicators/"), {"DR01": "yes", "CD03": "no"})
    client.post(address(person, "indicators/"), {"DR01": "yes", "DR02": "unknown"})
    given = dict(PersonIndicator.objects.values_list("code", "answer"))
    assert given == {"indicator:DR01": "yes", "indicator:DR02": "unknown", "indicator:CD03": "not_asked"}
    person.refresh_from_db()
    assert (person.status, person.version) == ("presumed", 1)
    groups = client.get(address(person, "indicators/")).context["groups"]
    assert [len(group["fields"]) for group in groups] == [10, 10, 16, 9, 15, 7]
    assert [group["seen"] for group in groups] == [1, 0, 0, 0, 0, 0]


def test_part_of_one_person_is_not_found_under_another(client, karin, person):
    other = new_case(new_person(), by=access(karin)).persons.get()
    pk = other.exploitations.get().pk
    assert client.get(address(person, f"exploitations/{pk}/")).status_code == 404
