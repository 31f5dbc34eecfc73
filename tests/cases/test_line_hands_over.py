"""The line hands over: whoever opened a case during a call reads who has it now, goes on with the next call,
and completes for a day what was not known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from accounts.access import Access
from accounts.models import User
from agencies.models import Coordinator
from audit.models import Event
from cases.models import Call, Case
from tests.actors import NOON, access
from tests.cases.call_forms import call_facts
from tests.cases.pages import case_facts, operator, person_facts, signed_in
from tests.makers import new_case, new_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def olle() -> User:
    return operator()


def client_of(person: User, language: str = "en") -> Any:
    client = signed_in(person)
    client.cookies["django_language"] = language
    return client


def card(kind: str, name: str, phone: str, until: date | None = None) -> None:
    Coordinator.objects.create(
        region_id="V", kind=kind, name=name, phone=phone, valid_from=date(2015, 1, 1), valid_to=until
    )


def saved(client: Any) -> Any:
    """The page after *save and open a case*, and saving it."""
    address = client.post("/calls/new/", call_facts(go="case"))["Location"]
    return client.post(address, case_facts(registry_number="") | person_facts(), follow=True)


def words(html: str) -> str:
    return " ".join(html.split())


def test_the_operator_reads_who_takes_it_and_the_next_call_is_one_key_away(olle):
    card("coordinator", "Exempel Ett", "000-000 01 01")
    response = saved(client_of(olle))
    case = Case.objects.get()
    assert response.redirect_chain == [(f"/cases/{case.code}/handed/", 302)]
    page = words(response.content.decode())
    assert "The case has gone to region West." in page
    assert (
        page.index("Exempel Ett") < page.index("000-000 01 01") < page.index('href="/calls/new/" autofocus')
    )
    assert page.count("autofocus") == 1
    assert Call.objects.get().case == case
    later = words(client_of(olle).get(case.get_absolute_url()).content.decode())
    assert "The case has gone to region West." in later
    assert "autofocus" not in later


def test_who_stands_in_is_named_first_and_nobody_can_be_taken_for_absent(olle):
    card("coordinator", "Exempel Ett", "000-000 01 01")
    card("deputy", "Exempel Två", "000-000 02 02", until=date(2019, 12, 29))
    client = client_of(olle, "sv")
    text = "Regionens egen koordinator är frånvarande till och med 29 december."
    pages = [
        saved(client),
        client.get(reverse("agencies:directory")),
        client.get(f"{reverse('agencies:duty')}?caller_county=14"),
    ]
    for response in pages:
        page = words(response.content.decode())
        assert page.index("Ersättare:") < page.index("Exempel Två") < page.index("000-000 02 02")
        assert text in page
        assert "Exempel Ett" not in page
        assert "Exempel Två ersätter" not in page


def test_where_nobody_is_on_duty_it_is_said(olle):
    assert "No coordinator is listed for the region today." in words(saved(client_of(olle)).content.decode())


def test_whoever_opened_it_completes_facts_for_a_day_and_nothing_else(olle):
    client = client_of(olle)
    saved(client)
    person = Case.objects.get().persons.get()
    edit = reverse("cases:edit_person", args=[person.code])
    page = client.get(person.case.get_absolute_url()).content.decode()
    assert "Missing before the year is closed" in page
    assert edit in page
    for name in ("status", "add_measure", "add_exploitation", "add_identification", "ask_transfer"):
        assert client.get(reverse(f"cases:{name}", args=[person.code])).status_code == 403, name
    for name in ("edit", "state", "suspects", "add_measures"):
        assert client.get(reverse(f"cases:{name}", args=[person.case.code])).status_code == 403, name
    assert client_of(operator("Ottilia")).get(edit).status_code == 404


def test_the_facts_that_whoever_opened_it_completes_are_saved(olle):
    client = client_of(olle)
    saved(client)
    person = Case.objects.get().persons.get()
    edit = reverse("cases:edit_person", args=[person.code])
    client.post(edit, {"sex": "F", "child": "no", "age_class": "35-49", "citizenship": "RO", "version": 1})
    person.refresh_from_db()
    assert person.age_class == "35-49"
    assert Event.objects.filter(action="person.edit", role="operator").count() == 1
    main, seen = person.exploitations.get(), person.identifications.get()
    for name, part in (("edit_exploitation", main), ("edit_identification", seen)):
        address = reverse(f"cases:{name}", args=[person.code, part.pk])
        shown = {field.html_name: field.value() for field in client.get(address).context["form"]}
        sent = {key: value for key, value in shown.items() if value not in (None, "", [], False)}
        sent |= {"is_main": "on", "county": "14", "place": "sweden"} if name == "edit_exploitation" else {}
        assert client.post(address, sent).status_code == 302, name


def test_after_a_day_nothing_is_asked_that_may_not_be_filled_in(olle):
    client = client_of(olle)
    saved(client)
    person = Case.objects.get().persons.get()
    with time_machine.travel(NOON + timedelta(hours=24, minutes=1), tick=False):
        client = client_of(olle)
        page = client.get(person.case.get_absolute_url()).content.decode()
        assert "Missing before the year is closed" not in page
        assert "you can complete" not in words(page)
        assert client.get(reverse("cases:edit_person", args=[person.code])).status_code == 403


def test_a_person_whom_another_region_has_taken_over_is_not_completed_by_the_line(olle):
    by: Access = access(olle)
    person = new_case(new_person(), by=by).persons.get()
    person.responsible_region_id = "SY"
    person.save()
    assert client_of(olle).get(reverse("cases:edit_person", args=[person.code])).status_code == 403


def test_how_the_case_came_in_is_not_asked_twice(olle):
    client = client_of(olle)
    facts = case_facts(registry_number="", case_channel="channel:inspection")
    client.post("/cases/new/", facts | person_facts(number="2", channel=""))
    client.post("/cases/new/", facts | person_facts(channel="channel:police"))
    found = [seen.channel_id for case in Case.objects.order_by("pk") for person in case.persons.all()
             for seen in person.identifications.all()]  # fmt: skip
    assert found == ["channel:inspection", "channel:inspection", "channel:police"]
