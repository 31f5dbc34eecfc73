"""Lists say what a case is about, select by what is allowed only, and remember what one chose last."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from cases.models import AccessGrant, Case, LastList, Person
from cases.views.case_filter import CaseList
from tests.actors import access
from tests.cases.pages import coordinator, pages_of, signed_in
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
CASES, PERSONS = "/cases/", "/cases/persons/"


@pytest.fixture
def client(karin):
    client = signed_in(karin)
    client.cookies["django_language"] = "en"
    return client


def text(response):
    return " ".join(response.content.decode().split())


def berries(n, **facts):
    people = [new_person(sex="M", main="labour", **facts) for _n in range(n)]
    for person in people:
        person.exploitations[0].sector_id = "sector:berries"
    return people


def numbers(client, query):
    response = client.get(query)
    rows = response.context.get("cases")
    found = [case.number for case in rows] if rows is not None else shown(response)
    return sorted(found)


def shown(response):
    return [line.row.number for line in response.context["lines"]]


def test_a_case_says_whom_it_concerns_and_why_in_a_line(client, karin):
    new_case(*berries(12), new_person(sex="F", child="yes", main="begging"), by=access(karin))
    page = text(client.get(CASES))
    assert "12 men, 1 girl · work, berry picking; begging" in page
    client.cookies["django_language"] = "sv"
    assert "12 män, 1 flicka · arbete, bärplockning, skogsbär; tiggeri" in text(client.get(CASES))


def test_what_another_region_has_in_the_case_is_told_by_no_line_filter_or_count(client, karin):
    case = new_case(*berries(2), new_person(sex="F", child="yes", main="sexual"), by=access(karin))
    Person.objects.filter(case=case, sex="F").update(responsible_region="SY")
    page = text(client.get(CASES))
    assert "2 men · work, berry picking" in page
    assert "girl" not in page
    assert "sexual" not in page.split("<table")[1]
    assert numbers(client, f"{CASES}?children=yes") == []
    assert numbers(client, f"{CASES}?size=2-9") == [case.number]
    assert len(numbers(client, f"{PERSONS}?size=2-9")) == 2
    assert numbers(client, f"{PERSONS}?children=yes") == []


def test_lists_select_by_channel_number_child_and_measures(client, karin):
    child = new_case(
        *berries(1, channel="police"), new_person(child="yes", measures=(("shelter", "2018-05"),)),
        by=access(karin), channel_id="channel:police",
    )  # fmt: skip
    alone = new_case(new_person(), by=access(karin))
    for query, cases, persons in (
        ("channel=channel:police", [child], 1),
        ("children=yes", [child], 2),
        ("children=no", [alone], 1),
        ("size=1", [alone], 1),
        ("offered=none", [alone], 2),
        ("offered=measure:shelter", [child], 1),
        ("offered=no_measure:shelter", [child, alone], 2),
    ):
        assert numbers(client, f"{CASES}?{query}") == sorted(case.number for case in cases), query
        assert len(numbers(client, f"{PERSONS}?{query}")) == persons, query


def test_a_measure_that_would_tell_of_health_is_no_filter_and_the_page_says_why_others_are_missing(client):
    page = text(client.get(CASES))
    assert 'value="measure:shelter"' in page
    assert 'value="measure:health"' not in page
    assert "selects nobody by purpose, sector, sex, citizenship, offence or status" in page
    assert client.get(f"{CASES}?offered=measure:health").context["listed"].facts == {}


def test_no_address_selects_by_who_lacks_health_care_in_an_export_or_from_case_to_case(client, karin):
    case, _other = new_case(by=access(karin)), new_case(by=access(karin))
    for kind in ("measure:health", "measure:shelter"):
        query = QueryDict(f"offered=no_{kind}")
        listed = CaseList(query, access(karin), shown=False)
        assert listed.rows.count() == (0 if kind == "measure:health" else 2)
        beside = client.get(f"{case.get_absolute_url()}?{query.urlencode()}").context["case"]
        assert bool(beside.before or beside.after) is (kind == "measure:shelter")


def columns_of(page):
    return [name for name, is_shown in page.context["columns"].shows.items() if is_shown]


def test_columns_are_chosen_and_stay_until_others_are(client, karin):
    new_case(by=access(karin))
    page = client.get(f"{CASES}?columns=concerns&columns=county&columns=nonsense")
    assert columns_of(page) == ["concerns", "county"]
    assert columns_of(client.get(CASES)) == ["concerns", "county"]
    assert "Responsible</th>" not in text(client.get(CASES))
    assert "status" in columns_of(client.get(PERSONS))  # each list has its own
    sven = signed_in(coordinator("V", "Sven"))
    assert "responsible" in columns_of(sven.get(CASES))


def test_the_last_filter_is_offered_and_filters_nothing_by_itself(client, karin):
    new_case(by=access(karin))
    Case.objects.filter(pk=new_case(by=access(karin)).pk).update(state="closed")
    client.get(f"{CASES}?state=open&from=yesterday&purpose=sexual&sort=number")
    assert LastList.objects.get().filters == "state=open"
    page = client.get(CASES)
    assert len(page.context["cases"]) == 2
    assert 'href="?state=open">Filter as last time: State: Open</a>' in text(page)
    client.get(f"{CASES}?columns=county")
    assert (LastList.objects.get().filters, LastList.objects.get().columns) == ("state=open", "county")
    assert "Filter as last time" not in text(client.get(f"{CASES}?county=14"))
    assert "Filter as last time" not in text(signed_in(coordinator("V", "Sven")).get(CASES))
    client.get("/calls/?follow_up=due")
    assert 'href="?follow_up=due">Filter as last time: Follow-up: Due</a>' in text(client.get("/calls/"))


def test_a_list_that_is_only_read_writes_nothing_of_itself(client, karin):
    new_case(by=access(karin))
    client.get(f"{CASES}?state=open&columns=county")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"{CASES}?state=open&columns=county")
    assert [q["sql"] for q in asked if "cases_lastlist" in q["sql"] and "SELECT" not in q["sql"]] == []


def test_a_case_that_is_only_for_reading_has_no_box_to_tick(client, karin):
    sven = coordinator("SY", "Sven")
    theirs, own = new_case(by=access(sven), region="SY"), new_case(by=access(karin))
    now = timezone.now()
    AccessGrant.objects.create(
        case=theirs, case_number=theirs.number, region_id="SY", asked_by=karin, asked_at=now,
        answer="accepted", until=now + timedelta(hours=1), answered_by=sven, answered_at=now,
    )  # fmt: skip
    page = client.get(CASES).content.decode()
    assert theirs.number in page
    assert f'value="{own.code}"' in page
    assert f'value="{theirs.code}"' not in page
    assert "for reading" in page


def test_both_lists_cost_the_same_and_stay_light(karin, django_assert_max_num_queries):
    for n in range(25):
        person = new_person(on=date(2018, 5, 2) + timedelta(days=n), measures=(("shelter", "2018-05"),))
        new_case(person, *berries(1), by=access(karin), responsible=karin)
    every = "&".join(f"columns={one}" for one in (
        "opened", "identified", "concerns", "status", "source", "measures", "county", "region", "state",
        "responsible", "missing",
    ))  # fmt: skip
    client = signed_in(karin)  # now: a session that is a minute old is saved anew, by more statements
    for address in (CASES, PERSONS):
        with django_assert_max_num_queries(12):
            first = client.get(f"{address}?{every}&state=open&size=2-9&children=no&offered=some&complete=no")
        with django_assert_max_num_queries(12):
            response = client.get(address)
        assert first.status_code == 200
        assert response.content.count(b"<tr") > 25
        assert len(response.content) <= 60_000, address


def test_persons_are_paged_once_each_and_the_reading_is_in_the_audit_log(client, karin, monkeypatch):
    pages_of(5, monkeypatch)
    for n in range(8):
        new_case(new_person(on=date(2018, 5, 1 + n % 3)), by=access(karin))
    new_case(by=access(coordinator("SY", "Sven")), region="SY")
    for sort in ("-identified", "number"):
        response = client.get(f"{PERSONS}?sort={sort}")
        rest = client.get(PERSONS + response.context["next"])
        seen = shown(response) + shown(rest)
        assert len(seen) == len(set(seen)) == 8, sort
    event = Event.objects.filter(action="person.list").latest("sequence")
    assert (event.rows, event.search_kind) == (8, "")
