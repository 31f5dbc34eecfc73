"""Without consent to referral no case is opened but for a child, and that case holds facts only: on pages, in
files, in the administration and in the database."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.access import Access
from audit.models import Event
from cases.actions.cases import edit_case, open_case
from cases.actions.persons import edit_person, edit_persons, register_persons, save_identification
from cases.forms.fields import Lists
from cases.forms.grid import StoredPersonForm
from cases.integrity import first_fault
from cases.models import Call, Case, Identification, Person
from cases.rules import consent
from cases.views.several import edits_of
from home.notifications import cannot_wait
from tests.actors import NOON, access
from tests.cases.call_forms import call_facts, logged
from tests.cases.pages import case_facts, errors_of, operator, person_facts, signed_in
from tests.cases.spreadsheet import counts, load, row, sheet
from tests.makers import new_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
MISSING = "Consent to referral is missing"


@pytest.fixture
def olle() -> Access:
    return access(operator())


def client_of(somebody: Access) -> Any:
    client = signed_in(somebody.user)
    client.cookies["django_language"] = "en"
    return client


def refusing(by: Access, **facts: Any) -> Call:
    return logged(by, topics=["person"], purposes=["sexual"], consent="missing", **facts)


def case_of_a_child(by: Access) -> Case:
    call = refusing(by, girls=1)
    case = Case(region_id="V", opened_on=by.today)
    return open_case(case=case, persons=[new_person(child="yes")], by=by, call=call)


# --- the rule ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("answer", "children", "decided", "why"),
    [
        ("given", 0, "never", ""),
        ("not_relevant", 0, "children", ""),
        ("missing", 0, "children", None),
        ("missing", 1, "children", "child"),
        ("missing", 0, "facts", "decision"),
        ("missing", 1, "facts", "child"),
        ("missing", 1, "never", None),
    ],
)
def test_one_setting_says_whether_there_is_a_case_without_consent(answer, children, decided, why):
    assert consent.ground(answer, children, decided) == why


# --- the call and its case ----------------------------------------------------------------------------------
def test_of_an_adult_without_consent_there_is_a_call_with_counts_and_no_case(olle):
    client = client_of(olle)
    response = client.post("/calls/new/", call_facts(consent="missing", go="case"))
    call = Call.objects.get()
    assert response["Location"] == f"/calls/{call.code}/saved/"
    page = client.get(response["Location"]).content.decode()
    assert f"{MISSING}: no case is opened. The call is kept with its numbers only." in page
    address = f"{reverse('cases:new')}?call={call.code}"
    assert address not in page
    facts = person_facts(**case_facts(registry_number=""))
    assert client.post(address, facts)["Location"] == call.get_absolute_url()
    with pytest.raises(PermissionDenied):
        open_case(case=Case(region_id="V", opened_on=olle.today), persons=[new_person()], by=olle, call=call)
    assert (Case.objects.count(), call.women) == (0, 1)


def test_of_a_child_there_are_facts_alone_and_children_alone(olle):
    client = client_of(olle)
    response = client.post("/calls/new/", call_facts(consent="missing", women="1", girls="1", go="case"))
    page = client.get(response["Location"])
    assert f"{MISSING}." in page.content.decode()
    assert page.context["draft"].groups == [{"sex": "F", "child": "yes"}]
    facts = {**case_facts(), **person_facts(note="Kort notering", reference="REF-77", age_class="")}
    fields = errors_of(client.post(response["Location"], facts))
    assert {"note", "registry_number", "reference", "child"} <= fields.keys()
    assert not Case.objects.exists()
    fine = case_facts(registry_number="") | person_facts(child="yes", age_class="16-17")
    grid = {**fine, "go": "rows", "row-TOTAL_FORMS": "1", "row-INITIAL_FORMS": "1"}
    one = {"sex": "F", "child": "no", "main_purpose": "purpose:sexual", "reference": "REF-78"}
    answer = client.post(response["Location"], grid | {f"row-0-{name}": value for name, value in one.items()})
    assert {"child", "reference"} <= answer.context["rows"].forms[0].errors.keys()
    client.post(response["Location"], fine)
    case, call = Case.objects.get(), Call.objects.get()
    assert (case.without_consent, call.without_consent, call.case) == ("child", "child", case)
    assert f"{MISSING}." in client.get(case.get_absolute_url()).content.decode()
    assert first_fault() is None


def test_the_authority_may_decide_that_facts_of_anybody_are_kept(olle, settings):
    settings.CASE_WITHOUT_CONSENT = "facts"
    call = refusing(olle, women=1)
    case = open_case(
        case=Case(region_id="V", opened_on=olle.today), persons=[new_person()], by=olle, call=call
    )
    assert (case.without_consent, call.without_consent) == ("decision", "decision")
    note, another = Case(region_id="V", opened_on=olle.today, note="Kort"), refusing(olle, women=1)
    with pytest.raises(PermissionDenied):
        open_case(case=note, persons=[new_person()], by=olle, call=another)
    assert first_fault() is None


def test_what_is_added_later_is_facts_too_on_pages_and_in_the_administration(olle, vera):
    case = case_of_a_child(olle)
    client, person = client_of(vera), case.persons.get()
    edit = reverse("cases:edit", args=[case.code])
    assert "disabled" in client.get(edit).content.decode().partition('name="note"')[2].partition(">")[0]
    fields = errors_of(client.post(edit, case_facts(version=case.version, note="Kort")))
    assert {"note", "registry_number"} <= fields.keys()
    facts = {"sex": "F", "child": "no", "version": person.version}
    assert errors_of(client.post(reverse("cases:edit_person", args=[person.code]), facts)).keys() >= {"child"}
    seen = person.identifications.get()
    address = reverse("cases:edit_identification", args=[person.code, seen.pk])
    shown = {bound.html_name: bound.value() for bound in client.get(address).context["form"]}
    typed = {name: value for name, value in shown.items() if value is not None} | {"reference": "REF-1"}
    assert errors_of(client.post(address, typed)).keys() == {"reference"}
    admin = reverse("admin:cases_case_change", args=[case.pk])
    facts = {**case_facts(version=case.version), "state": "active", "note": "Kort"}
    inside = client.post(admin, facts).context["adminform"].form.errors
    assert {"note", "registry_number"} <= inside.keys()
    added = {**person_facts(), "case": case.pk}
    page = client.post(reverse("admin:cases_person_add"), added)
    assert "children only" in str(page.context["adminform"].form.errors["child"])


def test_no_act_passes_the_rule(olle, vera):
    case = case_of_a_child(olle)
    person, seen = case.persons.get(), Identification.objects.get()
    seen.reference = "REF-1"
    with pytest.raises(PermissionDenied):
        save_identification(identification=seen, by=vera)
    for new in (new_person(), new_person(child="yes", reference="REF-1")):
        with pytest.raises(PermissionDenied):
            register_persons(case=case, persons=[new], by=vera)
    person.child = "no"
    with pytest.raises(PermissionDenied):
        edit_person(person=person, fields=["child"], by=vera)
    (edit,) = edits_of([str(person.code)], vera).values()
    edit.person.child = "no"
    with pytest.raises(PermissionDenied):
        edit_persons(edits=[replace(edit, fields=frozenset({"child"}))], by=vera)
    form = StoredPersonForm({"code": str(person.code), "child": "no"}, edits={str(person.code): edit},
                            lists=Lists(vera.today))  # fmt: skip
    assert "child" in form.errors
    case.note = "Kort"
    with pytest.raises(PermissionDenied):
        edit_case(case=case, fields=["note"], by=vera)


def test_no_file_adds_to_the_case_or_changes_it(olle, vera):
    case = case_of_a_child(olle)
    facts = {"case": case.number, "child": "yes", "identified_on": "2018-05-02"}
    plan = load(sheet(row(**facts, person="K7"), row(**facts | {"sex": "M"}, person="P1")), vera)
    assert counts(plan)[:3] == (0, 0, 0)
    assert {problem.code for problem in plan.errors} == {"consent_import"}
    assert (Person.objects.count(), Person.objects.get().sex) == (1, "F")


def test_consent_that_is_given_afterwards_opens_the_case(olle, vera):
    case = case_of_a_child(olle)
    client, edit = client_of(vera), reverse("cases:edit", args=[case.code])
    facts = case_facts(version=case.version, registry_number="", opened_on="2019-03-01")
    client.post(edit, facts | {"consent_given": "on"})
    case.refresh_from_db()
    assert case.without_consent == ""
    assert "without_consent" in Event.objects.get(action="case.edit").fields
    client.post(edit, facts | {"version": case.version, "note": "Kort"})
    case.refresh_from_db()
    assert case.note == "Kort"
    assert first_fault() is None


def test_an_answer_that_was_pressed_by_mistake_is_corrected_with_the_call(olle):
    case = case_of_a_child(olle)
    call, client = Call.objects.get(), client_of(olle)
    address = reverse("calls:edit", args=[call.code])
    facts = call_facts(version=call.version, women="0", minutes="5")
    fields = errors_of(client.post(address, facts | {"consent": "missing", "girls": "0"}))
    assert fields.keys() == {"girls"}
    given = facts | {"consent": "given", "girls": "1"}
    asked = client.post(address, given).content.decode()
    call.refresh_from_db()
    assert call.consent == "missing"
    assert "It becomes a case as any other" in asked
    shown = re.findall(r'name="save_anyway" value="([^"]+)"', asked)
    client.post(address, given | {"save_anyway": shown})
    call.refresh_from_db()
    case.refresh_from_db()
    assert (call.consent, call.without_consent, case.without_consent) == ("given", "", "")
    fields = errors_of(client.post(address, facts | {"version": call.version, "consent": "missing"}))
    assert fields.keys() == {"consent"}


# --- the region ---------------------------------------------------------------------------------------------
def shows(by: Access, address: str, call: Call) -> bool:
    """Whether a page of the region names the call: pages lead to it by its code."""
    return str(call.code) in client_of(by).get(address).content.decode()


@pytest.mark.parametrize("address", ["/", "/calls/", "/waiting/referred/", "/admin/cases/call/"])
def test_a_call_without_consent_is_in_no_list_of_its_region(olle, vera, address):
    call = refusing(olle, women=1, referred_region_id="V")
    handed = logged(olle, topics=["person"], consent="given", women=1, referred_region_id="V")
    assert not shows(vera, address, call)
    assert Call.objects.visible_to(vera).get() == handed


def test_nobody_of_the_region_opens_a_call_without_consent_or_takes_it_over(olle, vera):
    call = refusing(olle, girls=1, referred_region_id="V")
    client = client_of(vera)
    asked = [
        client.get(call.get_absolute_url()),
        client.get(reverse("calls:history", args=[call.code])),
        client.get(f"{reverse('cases:new')}?call={call.code}"),
        client.post(reverse("calls:take_over", args=[call.code])),
    ]
    assert {answer.status_code for answer in asked} == {404}
    assert client_of(olle).get(call.get_absolute_url()).status_code == 200


def test_an_urgent_call_without_consent_is_in_no_email(olle, vera):
    refusing(olle, women=1, referred_region_id="V", urgency="acute")
    assert cannot_wait(vera, since=NOON) == set()
    handed = logged(
        olle, topics=["person"], consent="given", women=1, referred_region_id="V", urgency="acute"
    )
    assert cannot_wait(vera, since=NOON) == {f"call:{handed.code}"}


def test_nobody_is_told_that_a_region_is_late_with_a_call_without_consent(olle, vera):
    refusing(olle, women=1, referred_region_id="V")
    refusing(olle, women=1, referred_region_id="V", follow_up_due=NOON.date())
    assert not Call.objects.to_take_over().exists()


def test_consent_that_is_taken_back_takes_the_call_out_of_the_lists_of_the_region(olle, vera):
    client = client_of(olle)
    client.post("/calls/new/", call_facts())
    call = Call.objects.get()
    assert shows(vera, "/calls/", call)
    facts = call_facts(consent="missing", version=call.version)
    client.post(reverse("calls:edit", args=[call.code]), facts)
    assert not shows(vera, "/calls/", call)
    assert not shows(vera, "/", call)


def test_of_a_child_without_consent_the_region_gets_the_case_and_not_the_call(olle, vera):
    case = case_of_a_child(olle)
    call = Call.objects.get()
    page = client_of(vera).get(case.get_absolute_url())
    assert page.status_code == 200
    assert str(call.code) not in page.content.decode()
    assert (case.note, case.registry_number) == ("", "")


def test_whoever_logs_a_call_without_consent_reads_that_no_region_is_told(olle):
    client = client_of(olle)
    page = client.post("/calls/new/", call_facts(consent="missing"), follow=True).content.decode()
    assert "The region is not notified of the call." in page


# --- the database -------------------------------------------------------------------------------------------
def test_the_database_refuses_what_passed_the_forms(olle):
    case, adult = case_of_a_child(olle), refusing(olle, women=1)

    def refused(name: str, rows: Any, **facts: Any) -> None:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            rows.update(**facts)

    calls, cases = Call.objects.filter(pk=adult.pk), Case.objects.filter(pk=case.pk)
    refused("cases_call_no_case_without_consent", calls, case=case)
    refused("cases_call_without_consent_known", calls, without_consent="x")
    refused("cases_call_without_consent_of_child", Call.objects.filter(case=case), girls=0)
    refused("cases_case_without_consent_known", cases, without_consent="x")
    refused("cases_case_facts_only_without_consent", cases, registry_number="2018/1")


@pytest.mark.parametrize(
    "break_it",
    [
        lambda: Person.objects.update(child="unknown"),
        lambda: Identification.objects.update(reference_index="x"),
        pytest.param(
            lambda: Call.objects.update(without_consent="", consent="given"), marks=pytest.mark.long
        ),
    ],
)
def test_the_check_of_the_register_finds_what_no_constraint_sees(olle, break_it):
    case_of_a_child(olle)
    assert first_fault() is None
    break_it()
    assert str(first_fault()).startswith("case without consent: ")
