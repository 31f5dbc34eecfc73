"""A case is opened with its persons on one page; nothing typed is lost, and a repeated sending makes one
record."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import translation

from accounts.roles import Role
from audit.models import Event
from cases.models import Call, Case, Person
from tests.actors import user
from tests.cases.pages import (
    agency,
    case_facts,
    coordinator,
    errors_of,
    of_one_field_in_three,
    operator,
    person_facts,
    signed_in,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2019, 3, 1, 12, 0, tzinfo=ZoneInfo("Europe/Stockholm"))
NEW = "/cases/new/"
TWO = ["purpose:sexual", "purpose:begging"]


@pytest.fixture(autouse=True)
def _on_a_day_in_2019():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def client():
    client = signed_in(coordinator())
    client.cookies["django_language"] = "en"
    return client


def test_a_number_that_may_be_mistyped_is_asked_about_before_anybody_is_registered(client):
    """40 typed behind the 1 that stands in the field is 140. The grid shows each person: it asks nothing."""
    sent = case_facts() | person_facts(number="140")
    asked = client.post(NEW, sent)
    assert "Is this right?" in asked.content.decode()
    assert "The case gets 140 persons like this one." in asked.content.decode()
    assert Case.objects.count() == 0
    shown = asked.context["draft"].number.shown
    other = client.post(NEW, sent | {"number": "41", "save_anyway": shown})
    assert "The case gets 41 persons like this one." in other.content.decode(), "another number is asked anew"
    client.post(NEW, sent | {"number": "140", "save_anyway": shown})
    assert Case.objects.get().persons.count() == 140
    grid = client.post(NEW, case_facts() | person_facts(number="40", go="grid"))
    assert len(grid.context["rows"]) == 40


def test_a_case_with_three_persons_alike_is_three_persons_in_one_case(client):
    response = client.post(NEW, case_facts() | person_facts(number="3"), follow=True)
    case = Case.objects.get()
    assert response.redirect_chain == [(f"/cases/{case.code}/", 302)]
    assert case.number == "V-2018-0001"
    assert [p.number for p in case.persons.all()] == [f"V-2018-0001-P{n}" for n in (1, 2, 3)]
    assert case.accompanying_children == 1
    assert "3 persons are registered." in response.content.decode()


def test_the_person_has_the_facts_that_were_typed(client):
    facts = person_facts(
        purposes=["purpose:labour", "purpose:sexual"],
        main_purpose="purpose:labour",
        sector="sector:berries",
        measure="measure:shelter",
        measure_month="2018-06",
        reference="K-17",
        channel="channel:police",
    )
    client.post(NEW, case_facts() | facts)
    person = Person.objects.get()
    assert (person.sex, person.child, person.age_class, str(person.citizenship)) == ("F", "no", "25-34", "RO")
    assert (person.first_year, person.first_county_id, person.first_region_id) == (2018, "14", "V")
    main, other = person.exploitations.all()
    assert (main.purpose_id, main.is_main, main.sector_id) == ("purpose:labour", True, "sector:berries")
    assert (other.purpose_id, other.is_main, other.sector_id) == ("purpose:sexual", False, None)
    assert person.measures.get().month == date(2018, 6, 1)
    assert person.identifications.get().reference == "K-17"


def test_the_case_and_the_identification_have_each_its_own_channel(client):
    client.post(NEW, case_facts(case_channel="channel:support_line") | person_facts(channel="channel:police"))
    person = Person.objects.get()
    assert (person.case.channel_id, person.first_channel_id) == ("channel:support_line", "channel:police")


def test_the_same_form_sent_twice_makes_one_case(client):
    sent = case_facts() | person_facts(number="2")
    first = client.post(NEW, sent)
    second = client.post(NEW, sent)
    assert first["Location"] == second["Location"]
    assert (Case.objects.count(), Person.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    ("field", "changes", "message"),
    of_one_field_in_three(
        [
            ("identified_on", {"identified_on": "2018-02-30"}, "does not exist in the calendar"),
            ("identified_on", {"identified_on": "2 May"}, "is not a date"),
            ("identified_on", {"identified_on": "2019-03-02"}, "is in the future"),
            ("opened_on", {"opened_on": "2019-12-31"}, "is in the future"),
            ("main_purpose", {"purposes": TWO}, "Choose one main purpose. 0 are chosen now."),
            (
                "main_purpose",
                {"purposes": TWO, "main_purpose": TWO},
                "Choose one main purpose. 2 are chosen now.",
            ),
            ("main_purpose", {"main_purpose": "purpose:begging"}, "must be one of the purposes"),
            ("sector", {"sector": "sector:berries"}, "A sector is stated only when the purpose is labour"),
            (
                "sexual_form",
                {"purposes": TWO[1:], "sexual_form": "sexual_form:pornography"},
                "when the purpose is sexual",
            ),
            ("purposes", {"purposes": []}, "Enter purposes"),
            ("purposes", {"purposes": ["purpose:invented"]}, "purpose:invented"),
            ("sex", {"sex": ""}, "Enter sex"),
            (
                "child",
                {"child": "", "age_class": ""},
                "State whether the person was a child when identified.",
            ),
            ("age_class", {"child": "yes"}, "does not agree"),
            ("number", {"number": "201"}, "At most 200 persons"),
            ("note", {"note": "Ring 070-174 06 05"}, "phone number"),
            ("registry_number", {"registry_number": "19811218-9876"}, "personal identity number"),
            ("reference", {"reference": "anna@example.org"}, "e-mail address"),
            ("municipality", {"municipality": "Hans granne"}, "is no municipality"),
            ("measure", {"measure_month": "2018-06"}, "Choose the measure"),
        ]
    ),
)
def test_bad_input_gets_its_message_beside_the_field_and_keeps_what_was_typed(
    client, field, changes, message
):
    sent = case_facts(note="An inspection of a farm") | person_facts(channel="channel:police") | changes
    response = client.post(NEW, sent)
    assert response.status_code == 200
    assert message in " ".join(errors_of(response)[field])
    page = response.content.decode()
    assert "error-summary" in page
    assert (changes.get("note") or "An inspection of a farm") in page
    assert 'name="channel" value="channel:police"' in page
    assert not Case.objects.exists()


def test_a_note_of_three_megabytes_is_refused_and_kept(client):
    note = "ordinary words " * 200_000
    response = client.post(NEW, case_facts(note=note) | person_facts())
    assert response.status_code == 200
    assert "At most 1000 fit." in " ".join(errors_of(response)["note"])
    assert note.strip() in response.content.decode()


def test_a_warning_is_shown_once_and_never_blocks(client):
    sent = case_facts() | person_facts(offence="offence:exploitation")
    response = client.post(NEW, sent)
    page = response.content.decode()
    assert "Human exploitation became an offence on 1 July 2018." in page
    assert "Save anyway" in page
    assert not Case.objects.exists()
    shown = response.context["draft"].template.shown
    client.post(NEW, sent | {"save_anyway": "another warning"})
    assert not Case.objects.exists()
    client.post(NEW, sent | {"save_anyway": shown})
    assert Person.objects.get().offence_id == "offence:exploitation"


def test_a_warning_that_was_read_lets_the_grid_be_opened_and_saved(client):
    sent = case_facts() | person_facts(offence="offence:exploitation", number="2", go="grid")
    warned = client.post(NEW, sent)
    grid = client.post(NEW, sent | {"save_anyway": warned.context["draft"].template.shown})
    carried = dict(grid.context["draft"].carried)
    rows = grid.context["rows"]
    cells = {form[name].html_name: form[name].value() or "" for form in rows for name in form.fields}
    management = {f"row-{name}": value for name, value in rows.management_form.initial.items()}
    client.post(NEW, carried | cells | management | {"go": "rows"})
    assert Person.objects.count() == 2


def test_a_coordinators_case_stays_with_the_own_region_whatever_the_county(client):
    client.post(NEW, case_facts() | person_facts(county="01"))
    person = Person.objects.get()
    assert (person.case.region_id, person.responsible_region_id, person.first_region_id) == ("V", "V", "ST")


def test_a_coordinator_whom_no_region_has_been_given_is_told_so_before_anything_is_typed():
    client = signed_in(user("Vera", Role.COORDINATOR))
    client.cookies["django_language"] = "en"
    told = "You are coordinator of no region today. The administrator gives you one."
    for answer in (
        client.get(NEW, follow=True),
        client.post(NEW, case_facts() | person_facts(), follow=True),
    ):
        assert answer.redirect_chain == [("/", 302)]
        assert told in answer.content.decode()
    assert not Case.objects.exists()


def test_an_operators_case_goes_to_the_region_of_the_county():
    client = signed_in(operator())
    client.post(NEW, case_facts() | person_facts(county="12"))
    assert (Case.objects.get().region_id, Person.objects.get().responsible_region_id) == ("SY", "SY")


def logged_call(by, **facts):
    from cases.actions.calls import log_call
    from tests.actors import access

    received = datetime(2019, 2, 28, 10, 0, tzinfo=ZoneInfo("Europe/Stockholm"))
    call = Call(received_at=received, caller_group_id="caller:police", caller_county_id="14", **facts)
    return log_call(call=call, lists={"purposes": []}, by=access(by))


def test_a_case_from_a_call_begins_with_what_the_call_says_and_is_linked_to_it():
    olle = operator()
    call = logged_call(olle, women=1, girls=2)
    client = signed_in(olle)
    page = client.get(f"{NEW}?call={call.code}")
    number, template = page.context["draft"].number, page.context["draft"].template
    assert number["number"].value() == 3
    assert (template["county"].value(), template["identified_on"].value()) == ("14", "2019-02-28")
    client.post(f"{NEW}?call={call.code}", case_facts(opened_on="2019-02-28") | person_facts(number="3"))
    case = Case.objects.get()
    call.refresh_from_db()
    assert (call.case, case.opened_from_call, case.persons.count()) == (case, True, 3)


def test_a_second_case_from_the_same_call_is_refused(monkeypatch):
    olle = operator()
    call = logged_call(olle, women=1)
    client = signed_in(olle)
    client.post(f"{NEW}?call={call.code}", case_facts() | person_facts())
    monkeypatch.setattr(Call, "get_absolute_url", lambda call: f"/calls/{call.code}/")
    again = client.post(f"{NEW}?call={call.code}", case_facts() | person_facts())
    assert again["Location"] == f"/calls/{call.code}/"
    assert Case.objects.count() == 1


def test_the_grid_of_a_call_about_several_groups_has_a_row_for_each():
    olle = operator()
    call = logged_call(olle, women=1, girls=2, unknown=1)
    sent = case_facts() | person_facts(number="4", age_class="", go="grid")
    page = signed_in(olle).post(f"{NEW}?call={call.code}", sent)
    rows = [(form["sex"].value(), form["child"].value()) for form in page.context["rows"]]
    assert rows == [("F", "no"), ("F", "yes"), ("F", "yes"), ("U", "unknown")]


def test_another_operators_call_opens_no_case_that_the_reader_cannot_see(client):
    call = logged_call(operator(), women=1)
    assert client.get(f"{NEW}?call={call.code}").status_code == 404
    assert client.get(f"{NEW}?call=nonsense").status_code == 404


def test_opening_a_case_is_in_the_audit_log_without_facts(client):
    client.post(NEW, case_facts(note="A farm") | person_facts(number="2"))
    event = Event.objects.filter(action="case.open").get()
    assert (event.target_label, event.rows) == ("V-2018-0001", 2)
    assert "farm" not in str(event.__dict__)


def test_the_page_costs_at_most_twelve_queries(client, django_assert_max_num_queries):
    agency("police")
    with django_assert_max_num_queries(12):
        client.get(NEW)
