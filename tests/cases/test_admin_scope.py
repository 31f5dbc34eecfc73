"""The admin of calls, cases and persons has the same row access as casework."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from cases.actions.calls import log_call
from cases.models import Call, Case, Person
from tests.makers import new_case, new_person
from tests.nmt_site.admin_pages import CASEWORK, address, client_of, export, someone
from tests.weights import every_value_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def south() -> User:
    return someone(Role.COORDINATOR, "Sven", region="SY")


def case_of(person: User, count: int = 1) -> Case:
    region, county = ("V", "14") if person.name == "Karin" else ("SY", "12")
    persons = [new_person(county=county, citizenship="RO", agency="police") for _ in range(count)]
    return new_case(*persons, by=Access.of(person), region=region)


def call_of(operator: User, region: str | None = "V") -> Call:
    call = Call(
        received_at=timezone.now(), caller_group_id="caller:social", referred_region_id=region, note="Kort"
    )
    return log_call(call=call, lists={}, by=Access.of(operator))


def test_another_regions_rows_are_not_there(west: User, south: User) -> None:
    theirs = case_of(south)
    person = theirs.persons.get()
    client = client_of(west)
    for model, row in (("cases_case", theirs), ("cases_person", person)):
        assert client.get(address(model, "change", row.pk)).status_code == 404
        assert client.post(address(model, "change", row.pk), {}).status_code == 404
        assert client.get(address(model, "history", row.pk)).status_code == 404
        assert row.number not in client.get(address(model)).content.decode()
        assert client.get(address(model, "change", 987654)).status_code == 404


def test_in_scope_without_the_right_is_forbidden() -> None:
    operator = someone(Role.OPERATOR)
    case = new_case(by=Access.of(operator))
    client = client_of(operator)
    for model, row in (("cases_case", case), ("cases_person", case.persons.get())):
        assert client.get(address(model, "change", row.pk)).status_code == 200  # to look at
        assert client.post(address(model, "change", row.pk), {"version": 1}).status_code == 403
        assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_a_call_is_corrected_by_the_one_who_took_it_only() -> None:
    mine, other = someone(Role.OPERATOR, "Olle"), someone(Role.OPERATOR, "Ove")
    call = call_of(other)
    client = client_of(mine)
    assert client.get(address("cases_call", "change", call.pk)).status_code == 200
    assert client.post(address("cases_call", "change", call.pk), {}).status_code == 403


def test_who_may_only_look_sees_no_note_of_a_case_and_no_reference() -> None:
    operator = someone(Role.OPERATOR)
    case = new_case(new_person(reference="K-77 hemlig"), by=Access.of(operator), note="Kort anteckning")
    client = client_of(operator)
    assert "Kort anteckning" not in client.get(address("cases_case", "change", case.pk)).content.decode()
    page = client.get(address("cases_person", "change", case.persons.get().pk)).content.decode()
    assert "K-77" not in page


@pytest.mark.parametrize(
    ("query", "page"),
    every_value_once(
        [
            "sex=F",
            "sex__exact=F",
            "citizenship=RO",
            "child=yes",
            "age_class=0-6",
            "offence=offence:trafficking",
            "status=presumed",
            "exploitations__purpose=purpose:sexual",
            "first_agency__code=police",
            "note__contains=x",
            "identifications__reference_index=x",
            "case__note=x",
            "first_county=14",
            "_facets=True&sex=F",
        ],
        ["changelist", "export"],
    ),
)
def test_rows_are_never_selected_by_sensitive_facts(west: User, query: str, page: str) -> None:
    case_of(west)
    response = client_of(west).get(address("cases_person", page) + f"?{query}")
    assert response.status_code == 400
    assert "<h1" in response.content.decode()  # a page in the register's dress


@pytest.mark.parametrize(
    "query",
    ["case__registry_number=1", "persons__sex=F", "topics=topic:child", "women=1", "o=2.9&medium=phone"],
)
def test_nor_are_calls_and_cases(west: User, query: str) -> None:
    client = client_of(west)
    assert client.get(address("cases_call") + f"?{query}").status_code == 400
    assert client.get(address("cases_case") + f"?{query}").status_code == 400


def numbers(response: Any) -> set[str]:
    return {row.number for row in response.context["cl"].result_list}


def test_filters_that_are_allowed_select(west: User) -> None:
    first = case_of(west)
    second = new_case(
        new_person(
            on=date(2019, 1, 5),
            county="13",
            age_class="25-34",
            citizenship="RO",
            offence="other",
            channel="coordinator",
        ),
        by=Access.of(west),
        opened=date(2019, 1, 6),
    )
    client = client_of(west)
    one, two = first.persons.get().number, second.persons.get().number
    for query, expected in {
        "year=2018": {one},
        "county=13": {two},
        "region=V": {one, two},
        "state=closed": set(),
        "responsible=me": set(),
        "complete=yes": {two},
        f"q={first.number}": {one},
        f"q={two.lower()}": {two},
        "q=RO": set(),
        "year=2019&county=13&complete=yes": {two},
    }.items():
        assert numbers(client.get(address("cases_person") + f"?{query}")) == expected, query
    for query, expected in {
        "year=2018": {first.number},
        "county=13": {second.number},
        "state=active": {first.number, second.number},
    }.items():
        assert numbers(client.get(address("cases_case") + f"?{query}")) == expected, query


def test_calls_are_filtered_by_what_waits(west: User) -> None:
    operator = someone(Role.OPERATOR)
    call = call_of(operator)
    Call.objects.filter(pk=call.pk).update(follow_up_due=date(2019, 1, 1))
    call_of(operator, region=None)
    client = client_of(operator)
    found = client.get(address("cases_call") + "?follow_up=due").context["cl"].result_list
    assert [row.pk for row in found] == [call.pk]
    assert len(client.get(address("cases_call") + "?taken=me").context["cl"].result_list) == 2
    assert len(client_of(west).get(address("cases_call")).context["cl"].result_list) == 1


def suggested(client: Any, term: str = "") -> list[str]:
    query = f"?app_label=cases&model_name=person&field_name=case&term={term}"
    response = client.get(f"/admin/autocomplete/{query}")
    assert response.status_code == 200
    return [row["text"] for row in response.json()["results"]]


def test_suggestions_stay_in_scope(west: User, south: User) -> None:
    mine, theirs = case_of(west), case_of(south)
    client = client_of(west)
    assert suggested(client) == [mine.number]
    assert suggested(client, mine.number[:4]) == [mine.number]
    assert suggested(client, theirs.number) == []
    other = client_of(someone(Role.ADMINISTRATOR)).get(
        "/admin/autocomplete/?app_label=cases&model_name=person&field_name=case"
    )
    assert other.status_code == 403


def test_suggestions_of_other_fields_open_no_way_around(west: User) -> None:
    case_of(west)
    client = client_of(west)
    for model, field in (
        ("case", "opened_by"),
        ("accessgrant", "asked_by"),
        ("person", "same_as"),
        ("call", "taken_by"),
    ):
        response = client.get(f"/admin/autocomplete/?app_label=cases&model_name={model}&field_name={field}")
        rows = response.json().get("results", []) if response.status_code == 200 else []
        assert response.status_code in {200, 403, 404}
        assert all(row["text"].startswith("V-") for row in rows)


def test_reads_lists_and_histories_are_on_record(west: User) -> None:
    case = case_of(west)
    person = case.persons.get()
    client = client_of(west)
    client.get(address("cases_person") + "?year=2018&q=V")
    listed = Event.objects.get(action="person.list")
    assert (listed.rows, listed.search_kind) == (1, "q,year")
    client.get(address("cases_person", "change", person.pk))
    client.get(address("cases_case", "change", case.pk))
    client.get(address("cases_case", "history", case.pk))
    read = {
        (event.action, event.target_label)
        for event in Event.objects.filter(action__in=["person.read", "case.read", "case.history"])
    }
    assert read == {("person.read", person.number), ("case.read", case.number), ("case.history", case.number)}


def queries_of(client: Any, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_a_list_takes_as_many_queries_at_6_rows_as_at_2(west: User) -> None:
    operator = someone(Role.OPERATOR)
    client = client_of(west)

    def queries_with(more: int) -> dict[str, int]:
        for _ in range(more):
            case_of(west)
            call_of(operator)
        return {model: queries_of(client, address(model)) for model in CASEWORK}

    few = queries_with(2)
    assert queries_with(4) == few
    assert max(few.values()) <= 17


def test_a_page_takes_as_many_queries_with_8_persons_as_with_2(west: User) -> None:
    small, large = case_of(west, 2), case_of(west, 8)
    client = client_of(west)
    few, many = (queries_of(client, address("cases_case", "change", case.pk)) for case in (small, large))
    assert many == few <= 20


def test_a_person_with_many_parts_takes_no_more_queries(west: User) -> None:
    from cases.actions.persons import save_identification, save_measure
    from cases.models import Identification, Measure

    person = case_of(west).persons.get()
    client = client_of(west)
    path = address("cases_person", "change", person.pk)
    few = queries_of(client, path)
    agency = person.first_agency
    for day in range(1, 4):
        seen = Identification(person=person, agency=agency, identified_on=date(2018, 6, day), county_id="14")
        save_identification(identification=seen, by=Access.of(west))
        save_measure(measure=Measure(person=person, kind_id="measure:police_report"), by=Access.of(west))
    assert queries_of(client, path) == few <= 24


def test_a_grant_is_for_reading(west: User, south: User) -> None:
    from datetime import timedelta

    from cases.models import AccessGrant

    theirs = case_of(south)
    now = timezone.now()
    AccessGrant.objects.create(
        case=theirs,
        case_number=theirs.number,
        region=theirs.region,
        asked_by=west,
        asked_at=now,
        reason="Samma",
        answer="accepted",
        answered_by=south,
        answered_at=now,
        until=now + timedelta(hours=2),
    )
    client = client_of(west)
    person = theirs.persons.get()
    assert client.get(address("cases_person", "change", person.pk)).status_code == 200
    assert client.post(address("cases_person", "change", person.pk), {}).status_code == 403
    assert client.post(address("cases_case", "change", theirs.pk), {}).status_code == 403
    assert Person.objects.visible_to(Access.of(west)).count() == 1
    assert theirs.number not in export(client, "cases_person").decode()


def test_what_is_only_read_leads_to_no_page_of_another_role(west: User) -> None:
    """Django would link a county or region to its own page, which is the administrator's."""
    page = client_of(west).get(address("cases_case", "change", case_of(west).pk)).content.decode()
    assert "Västra Götaland" in page
    assert "/admin/agencies/" not in page


def test_what_nobody_was_asked_is_a_dash_to_who_only_reads() -> None:
    operator = someone(Role.OPERATOR)
    person = new_case(new_person(), by=Access.of(operator)).persons.get()
    page = client_of(operator).get(
        address("cases_person", "change", person.pk), headers={"accept-language": "en"}
    )
    shown = page.content.decode().split("control methods", 1)[1]
    assert re.search(r'class="readonly">([^<]*)<', shown)[1] == "–"  # type: ignore[index]
