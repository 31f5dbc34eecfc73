"""What is typed in the admin is saved by the actions of casework: numbers, history, the audit log and the
counts follow."""

from __future__ import annotations

import uuid
from datetime import date
from itertools import chain
from typing import Any

import pytest
from django.utils import timezone

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from agencies.models import Agency
from audit.models import Event
from cases.actions.persons import save_measure
from cases.models import Call, Case, Exploitation, Person
from tests.makers import new_case, new_person
from tests.nmt_site.admin_pages import address, client_of, someone
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(west: User) -> Person:
    case = new_case(
        new_person(age_class="25-34", citizenship="RO", measures=(("police_report", "2018-06"),)),
        by=Access.of(west),
    )
    return case.persons.get()


def sent(client: Any, path: str, **changes: Any) -> dict[str, Any]:
    """What the form at `path` would send, with `changes`; the error lists show what was refused."""
    page = client.get(path)
    found: dict[str, Any] = {}
    formsets = [one.formset for one in page.context["inline_admin_formsets"]]
    parts = [(formset.management_form, *formset.forms) for formset in formsets]
    for bound in chain(page.context["adminform"].form, *chain(*parts)):
        found |= _values(bound)
    return {**found, **changes}


def _values(bound: Any) -> dict[str, Any]:
    """What a field would send, by name: several values if it has several widgets, none if it is empty."""
    value, widget = bound.value(), bound.field.widget
    if hasattr(widget, "widgets"):
        names = [f"{bound.html_name}{suffix}" for suffix in widget.widgets_names]
        return dict(zip(names, map(str, widget.decompress(value)), strict=True))
    if value is False or value in (None, "", []):
        return {}
    return {bound.html_name: value if isinstance(value, list) else str(getattr(value, "pk", value))}


def another_form() -> dict[str, str]:
    """What tells a form that somebody else was shown at the same time from the same one sent twice."""
    return {"form_token": str(uuid.uuid4())}


def faults(response: Any) -> Any:
    return (response.context["errors"], response.status_code) if response.context else response.status_code


def test_a_case_gets_its_number_and_its_event(west: User) -> None:
    client = client_of(west)
    path = address("cases_case", "add")
    response = client.post(
        path, {"region": "V", "opened_on": "2018-05-03", "note": "Kort", "accompanying_children": "2"}
    )
    assert response.status_code == 302, faults(response)
    case = Case.objects.get()
    assert (case.number, case.opened_by, case.accompanying_children) == ("V-2018-0001", west, 2)
    assert Event.objects.filter(action="case.open", target_label=case.number, actor=west.email).count() == 1
    assert case.history.get().history_user == west


def test_a_case_of_another_region_cannot_be_opened(west: User) -> None:
    response = client_of(west).post(address("cases_case", "add"), {"region": "SY", "opened_on": "2018-05-03"})
    assert response.status_code == 200
    assert not Case.objects.exists()


def test_a_note_that_identifies_somebody_is_refused(west: User) -> None:
    response = client_of(west).post(
        address("cases_case", "add"), {"region": "V", "opened_on": "2018-05-03", "note": "Ring 070-123 45 67"}
    )
    assert response.status_code == 200
    assert "note" in response.context["adminform"].form.errors


def test_a_changed_case_is_a_new_version(west: User, person: Person) -> None:
    client = client_of(west)
    path = address("cases_case", "change", person.case_id)
    changed = sent(client, path, opened_on="2018-05-04")
    response = client.post(path, changed | {"state": "closed", "close_reason": ""})
    assert "close_reason" in response.context["adminform"].form.errors
    response = client.post(path, changed)
    assert response.status_code == 302, faults(response)
    event = Event.objects.get(action="case.edit")
    assert event.fields == ["opened_on"]
    case = Case.objects.get()
    assert (case.version, case.opened_on, case.history.count()) == (2, date(2018, 5, 4), 2)


def test_two_at_once_lose_nothing(west: User, person: Person) -> None:
    client = client_of(west)
    path = address("cases_person", "change", person.pk)
    shown = sent(client, path)
    assert client.post(path, shown | {"age_class": "18-24"}).status_code == 302
    response = client.post(path, shown | {"citizenship": "Bulgarien", **another_form()})
    assert response.status_code == 200
    assert "Bulgarien" in response.content.decode()  # what was typed is still there
    person.refresh_from_db()
    assert (person.age_class, str(person.citizenship)) == ("18-24", "RO")


PARTS = {
    "identifications": ("identifications-0-identified_on", "2018-04-30", "identified_on", date(2018, 4, 30)),
    "exploitations": ("exploitations-0-place", "abroad", "place", "abroad"),
    "measures": ("measures-0-answer", "declined", "answer", "declined"),
}


@pytest.mark.parametrize("parts", mostly_long(PARTS, usual=["measures"]))
def test_two_at_once_lose_no_part_either(west: User, person: Person, parts: str) -> None:
    """Two in the admin: the second has not seen what the first saved, and is told, whatever part of it was
    meant."""
    client, path = client_of(west), address("cases_person", "change", person.pk)
    name, value, field, stored = PARTS[parts]
    shown = sent(client, path)
    assert client.post(path, shown | {name: value}).status_code == 302
    refused = client.post(path, shown | {"age_class": "18-24", **another_form()})
    assert refused.status_code == 200
    assert "Någon annan sparade detta" in refused.content.decode()
    person.refresh_from_db()
    assert person.age_class == "25-34"
    assert getattr(getattr(person, parts).get(), field) == stored


def test_a_part_changed_on_its_own_page_is_not_overwritten_in_the_admin(west: User, person: Person) -> None:
    client, path = client_of(west), address("cases_person", "change", person.pk)
    stale = sent(client, path, **{"measures-0-answer": "declined"})
    measure = person.measures.get()
    measure.answer = "refused"
    save_measure(measure=measure, by=Access.of(west), fields=["answer"])
    assert client.post(path, stale).status_code == 200
    measure.refresh_from_db()
    assert measure.answer == "refused"


@pytest.mark.long(
    instead="tests/cases/test_part_conflict.py::test_the_second_sees_both_versions_and_nothing_is_saved"
)
def test_a_part_changed_in_the_admin_is_not_overwritten_on_its_own_page(west: User, person: Person) -> None:
    client, path = client_of(west), address("cases_person", "change", person.pk)
    measure = person.measures.get()
    page = f"/cases/persons/{person.code}/measures/{measure.pk}/"
    form = client.get(page).context["form"]
    stale = {
        "kind": "measure:police_report",
        "month": "2018-06",
        "answer": "refused",
        "version": form["version"].value(),
    }
    assert client.post(path, sent(client, path, **{"measures-0-answer": "declined"})).status_code == 302
    assert client.post(page, stale).status_code == 409
    measure.refresh_from_db()
    assert measure.answer == "declined"


def test_a_page_saved_unchanged_changes_nothing(west: User, person: Person) -> None:
    client = client_of(west)
    events = Event.objects.filter(action__startswith="person.e").count()
    for model, row in (("cases_case", person.case), ("cases_person", person)):
        path = address(model, "change", row.pk)
        assert client.post(path, sent(client, path)).status_code == 302
        row.refresh_from_db()
        assert (row.version, row.history.count()) == (1, 1)
    parts = [*person.identifications.all(), *person.exploitations.all(), *person.measures.all()]
    assert [part.history.count() for part in parts] == [1, 1, 1]
    assert Event.objects.filter(action__startswith="person.e").count() == events


def test_a_person_changes_by_the_same_rules(west: User, person: Person) -> None:
    client = client_of(west)
    path = address("cases_person", "change", person.pk)
    shown = sent(client, path)
    response = client.post(path, shown | {"child": "yes"})  # 25-34 is no child
    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    more = {"citizenship": "Bulgarien", "country_of_origin": "", "further_citizenships": "Rumänien; serbien"}
    response = client.post(path, shown | more)
    assert response.status_code == 302, faults(response)
    person.refresh_from_db()
    assert str(person.citizenship) == "BG"
    assert [country.code for country in person.further_citizenships] == ["RO", "RS"]
    assert Event.objects.get(action="person.edit").fields == ["citizenship", "further_citizenships"]
    assert len(client.get(path).content) < 60_000


def test_words_of_long_lists_are_typed(west: User, person: Person) -> None:
    client = client_of(west)
    path = address("cases_person", "change", person.pk)
    typed = sent(client, path, **{"identifications-0-county": "skån"})
    response = client.post(path, typed | {"measures-0-kind": "nonsense"})
    assert response.status_code == 200
    assert "nonsense" in response.content.decode()
    assert client.post(path, typed).status_code == 302
    person.refresh_from_db()
    assert person.first_county_id == "12"


def test_a_status_changes_by_its_table_and_with_its_reason(west: User, person: Person) -> None:
    client = client_of(west)
    path = address("cases_person", "change", person.pk)
    changed = sent(client, path, status="not_victim")
    assert "status_reason" in client.post(path, changed).context["adminform"].form.errors
    response = client.post(path, changed | {"status_reason": "Nya uppgifter"})
    assert response.status_code == 302, faults(response)
    person.refresh_from_db()
    assert (person.status, person.status_reason) == ("not_victim", "Nya uppgifter")
    assert Event.objects.filter(action="person.status").count() == 1
    response = client.post(path, sent(client, path, citizenship="Bulgarien"))
    assert response.status_code == 302, faults(response)
    person.refresh_from_db()
    assert person.status_reason == "Nya uppgifter"  # the reason that is not shown is not emptied


def added(**changes: Any) -> dict[str, Any]:
    return {
        "sex": "F",
        "child": "no",
        "status": "presumed",
        "identifications-TOTAL_FORMS": "1",
        "identifications-INITIAL_FORMS": "0",
        "identifications-0-agency": str(Agency.objects.get(code="police").pk),
        "identifications-0-identified_on": "2018-06-01",
        "identifications-0-county": "14",
        "identifications-0-reference": "K 4711",
        "exploitations-TOTAL_FORMS": "1",
        "exploitations-INITIAL_FORMS": "0",
        "exploitations-0-purpose": "purpose:labour",
        "exploitations-0-is_main": "on",
        "exploitations-0-place": "unknown",
        "measures-TOTAL_FORMS": "1",
        "measures-INITIAL_FORMS": "0",
        "measures-0-kind": "measure:police_report",
        "measures-0-answer": "accepted",
        "measures-0-month": "2018-06",
        **changes,
    }


def test_a_person_is_added_with_all_that_belongs(west: User, person: Person) -> None:
    client = client_of(west)
    path = address("cases_person", "add")
    response = client.post(path, added(case=person.case_id))
    assert response.status_code == 302, faults(response)
    new = Person.objects.exclude(pk=person.pk).get()
    assert (new.number, new.first_year, new.first_county_id) == ("V-2018-0001-P2", 2018, "14")
    assert (new.responsible_region_id, new.status_on) == ("V", date(2018, 6, 1))
    seen = new.identifications.get()
    assert (seen.reference, bool(seen.reference_index)) == ("K 4711", True)
    assert new.exploitations.get().is_main
    assert new.measures.get().month == date(2018, 6, 1)
    assert all(row.history.count() == 1 for row in (new, seen, new.exploitations.get(), new.measures.get()))
    assert Event.objects.filter(action="person.register").count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"identifications-TOTAL_FORMS": "0"},
        {"exploitations-0-is_main": ""},
        {"case": ""},
        *(
            pytest.param(more, marks=pytest.mark.long)
            for more in (
                {"exploitations-TOTAL_FORMS": "0"},
                {"exploitations-0-purpose": "purpose:sexual", "exploitations-0-sector": "sector:cleaning"},
                {"identifications-0-identified_on": "2999-01-01"},
                {"identifications-0-municipality": "Ingenstans"},
            )
        ),
    ],
)
def test_a_person_that_breaks_a_rule_is_not_added(
    west: User, person: Person, changes: dict[str, str]
) -> None:
    response = client_of(west).post(
        address("cases_person", "add"), added(**{"case": person.case_id, **changes})
    )
    assert response.status_code == 200, changes
    assert Person.objects.count() == 1


def test_nobody_is_added_to_another_regions_case(west: User, person: Person) -> None:
    south = someone(Role.COORDINATOR, "Sven", region="SY")
    response = client_of(south).post(address("cases_person", "add"), added(case=person.case_id))
    assert "case" in response.context["adminform"].form.errors
    assert Person.objects.count() == 1


def test_an_earlier_identification_moves_the_person_to_its_year(west: User, person: Person) -> None:
    client = client_of(west)
    path = address("cases_person", "change", person.pk)
    facts = sent(client, path)
    facts |= {
        "identifications-TOTAL_FORMS": "2",
        "identifications-1-agency": str(Agency.objects.get(code="migration").pk),
        "identifications-1-identified_on": "2017-11-30",
        "identifications-1-county": "12",
    }
    response = client.post(path, facts)
    assert response.status_code == 302, faults(response)
    person.refresh_from_db()
    assert (person.first_year, person.first_county_id, person.first_agency.code) == (2017, "12", "migration")
    assert Event.objects.filter(action="identification.add").count() == 1


def test_another_purpose_becomes_the_main_one(west: User, person: Person) -> None:
    client = client_of(west)
    path = address("cases_person", "change", person.pk)
    facts = sent(client, path)
    facts |= {
        "exploitations-TOTAL_FORMS": "2",
        "exploitations-1-purpose": "purpose:begging",
        "exploitations-1-is_main": "on",
        "exploitations-1-place": "unknown",
    }
    assert client.post(path, facts).status_code == 200  # two main ones
    del facts["exploitations-0-is_main"]
    response = client.post(path, facts)
    assert response.status_code == 302, faults(response)
    main = {row.purpose_id: row.is_main for row in Exploitation.objects.filter(person=person)}
    assert main == {"purpose:sexual": False, "purpose:begging": True}


def test_acts_and_means_are_shown_with_the_way_to_their_page_and_stay(west: User, person: Person) -> None:
    row = person.exploitations.get()
    row.acts.set(["act:transport"])
    Exploitation.objects.filter(pk=row.pk).update(acts_answer="given")
    client = client_of(west)
    path = address("cases_person", "change", person.pk)
    page = client.get(path).content.decode()
    assert f"/exploitations/{row.pk}/" in page
    assert "Transport" in page
    response = client.post(path, sent(client, path, **{"exploitations-0-start": "2018-01"}))
    assert response.status_code == 302, faults(response)
    row.refresh_from_db()
    assert (row.start, row.acts.count(), row.acts_answer) == (date(2018, 1, 1), 1, "given")


def call_facts(**changes: Any) -> dict[str, Any]:
    now = timezone.localtime()
    return {
        "received_at": f"{now:%Y-%m-%d %H:%M}", "medium": "phone",
        "caller_group": "caller:social", "topics": ["topic:advice"], "urgency": "general", "consent": "given",
        "note": "Kort fråga", **changes,
    }  # fmt: skip


def test_a_call_is_logged_and_corrected(west: User) -> None:
    operator = someone(Role.OPERATOR)
    client = client_of(operator)
    response = client.post(address("cases_call", "add"), call_facts())
    assert response.status_code == 302, faults(response)
    call = Call.objects.get()
    assert (call.taken_by, call.received_on, call.topics_answer) == (
        operator,
        timezone.localdate(call.received_at),
        "given",
    )
    path = address("cases_call", "change", call.pk)
    response = client.post(path, call_facts(version="1", minutes="12", women="2"))
    assert response.status_code == 302, faults(response)
    call.refresh_from_db()
    assert (call.minutes, call.women, call.version) == (12, 2, 2)
    assert Event.objects.get(action="call.log")
    assert {"minutes", "women"} <= set(Event.objects.get(action="call.edit").fields)


def test_without_consent_there_is_no_note(west: User) -> None:
    response = client_of(someone(Role.OPERATOR)).post(
        address("cases_call", "add"), call_facts(consent="missing")
    )
    assert response.status_code == 200
    assert not Call.objects.exists()


def test_a_user_is_invited_without_a_password() -> None:
    administrator = someone(Role.ADMINISTRATOR)
    client = client_of(administrator)
    facts = {"email": "Ny@Example.org", "name": "Ny", "role": "officer", "is_active": "on"}
    response = client.post(address("accounts_user", "add"), facts, follow=True)
    new = User.objects.get(email="ny@example.org")
    assert not new.has_usable_password()
    assert "/accounts/password/reset/key/" in response.content.decode()
    assert Event.objects.filter(action="user.invite", target_label="Ny").count() == 1
    path = address("accounts_user", "change", new.pk)
    assert client.post(path, {**facts, "email": "ny@example.org", "name": "Nyare"}).status_code == 302
    assert Event.objects.get(action="user.change").fields == ["name"]
    assert "password" not in client.get(path).context["adminform"].form.fields


def test_an_administrator_cannot_end_the_own_access() -> None:
    administrator = someone(Role.ADMINISTRATOR)
    path = address("accounts_user", "change", administrator.pk)
    facts = {"email": administrator.email, "name": administrator.name, "role": "analyst", "is_active": "on"}
    assert client_of(administrator).post(path, facts).status_code == 200
    administrator.refresh_from_db()
    assert administrator.role == Role.ADMINISTRATOR
