"""The list of calls: only what is in scope, only the filters that are allowed, the same cost whatever the
number."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from audit.models import Event
from cases.models import Call
from cases.views.call import CallFilterForm
from tests.actors import access, user
from tests.cases.call_forms import STOCKHOLM, logged
from tests.cases.pages import coordinator, operator, pages_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
LIST = "/calls/"


@pytest.fixture
def olle():
    return operator()


@pytest.fixture
def client(olle):
    client = signed_in(olle)
    client.cookies["django_language"] = "en"
    return client


def make_calls(by, number, **facts):
    first = datetime(2019, 1, 1, 9, 0, tzinfo=STOCKHOLM)
    return [
        logged(access(by), first + timedelta(days=n % 50), topics=["person"], **facts) for n in range(number)
    ]


def listed(response):
    return list(response.context["calls"])


def test_an_operator_sees_all_calls_the_latest_first(client, olle):
    calls = make_calls(olle, 2) + make_calls(operator("Ottilia"), 1)
    assert set(listed(client.get(LIST))) == set(calls)
    times = [call.received_at for call in listed(client.get(LIST))]
    assert times == sorted(times, reverse=True)


def test_a_coordinator_sees_the_calls_that_were_referred_to_the_own_region(olle):
    make_calls(olle, 1)
    make_calls(olle, 1, referred_region_id="SY")
    own = make_calls(olle, 1, referred_region_id="V")
    response = signed_in(coordinator("V")).get(LIST)
    assert listed(response) == own
    assert response.context["count"] == 1


@pytest.mark.parametrize("role", ["officer", "analyst", "manager", "administrator", "dpo"])
def test_roles_without_calls_are_refused(role):
    assert signed_in(user("Nora", role, agency="police")).get(LIST).status_code == 403


def test_only_the_filters_of_the_register_are_offered():
    allowed = {"year", "from", "to", "county", "region", "taken", "follow_up"}
    assert set(CallFilterForm(None, {}).fields) == allowed


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("urgency=acute", marks=pytest.mark.long),
        "consent=missing",
        "topics=topic:child",
        pytest.param("girls=1", marks=pytest.mark.long),
    ],
)
def test_a_filter_by_a_sensitive_fact_does_nothing(client, olle, query):
    make_calls(olle, 3)
    assert len(listed(client.get(f"{LIST}?{query}"))) == 3


def test_the_filters_narrow_the_list_and_stand_as_chips(client, olle):
    early, late = make_calls(olle, 2)
    Call.objects.filter(pk=late.pk).update(
        caller_county="12", referred_region="SY", follow_up_due=date(2019, 2, 1)
    )
    ottilia = operator("Ottilia")
    Call.objects.filter(pk=early.pk).update(taken_by=ottilia)
    for query in (
        "from=2019-01-02",
        "county=12",
        "region=SY",
        "taken=me",
        "follow_up=due",
        "follow_up=planned",
    ):
        response = client.get(f"{LIST}?{query}")
        assert listed(response) == [late], query
        assert response.content.decode().count("Remove filter") == 1
    assert listed(client.get(f"{LIST}?to=2019-01-01")) == [early]
    assert listed(client.get(f"{LIST}?follow_up=done")) == []
    assert "No calls match the filter." in client.get(f"{LIST}?follow_up=done").content.decode()


def test_a_filter_that_cannot_be_read_is_told_of(client, olle):
    make_calls(olle, 1)
    response = client.get(f"{LIST}?from=yesterday")
    assert "yesterday is not a date" in response.content.decode()
    assert len(listed(response)) == 1


def test_every_order_shows_each_call_once_over_its_pages(client, olle, monkeypatch):
    pages_of(5, monkeypatch)
    calls = make_calls(olle, 7) + make_calls(operator("Ottilia"), 5, caller_group_id="caller:social")
    for sort in ("received", "-caller", "taken"):
        seen, address = [], f"?sort={sort}"
        while address:
            response = client.get(f"{LIST}{address}")
            seen += listed(response)
            address = response.context["next"]
        assert len(seen) == len(calls), sort
        assert set(seen) == set(calls), sort


def test_next_and_previous_stay_inside_the_filtered_list(client, olle):
    first, second, third = make_calls(olle, 3)
    other = logged(access(olle), datetime(2019, 1, 2, 12, tzinfo=STOCKHOLM), caller_county_id="12")
    page = client.get(f"{second.get_absolute_url()}?county=14&sort=received").context["call"]
    assert (page.before, page.after) == (first.code, third.code)
    assert client.get(f"{second.get_absolute_url()}?sort=received").context["call"].after == other.code


def test_the_count_is_exact_up_to_its_limit(client, olle, monkeypatch):
    make_calls(olle, 3)
    filtered = f"{LIST}?county=14"
    assert "3 calls<" in client.get(LIST).content.decode()
    assert "3 calls match the filter" in client.get(filtered).content.decode()
    monkeypatch.setattr("cases.views.list_page.COUNT_TO", 2)
    assert "More than 2 calls<" in client.get(LIST).content.decode()
    assert "More than 2 calls match the filter" in client.get(filtered).content.decode()


def test_reading_the_list_is_in_the_audit_log_by_kind_and_number(client, olle):
    make_calls(olle, 2)
    client.get(f"{LIST}?county=14&taken=me")
    event = Event.objects.get(action="call.list")
    assert (event.rows, event.search_kind) == (2, "county,taken")


def test_a_page_of_twenty_five_is_light_and_costs_the_same_as_one_of_two(
    client, olle, django_assert_max_num_queries
):
    make_calls(olle, 26, referred_region_id="V", follow_up_due=date(2019, 3, 1))
    with django_assert_max_num_queries(12):
        response = client.get(f"{LIST}?county=14")
    assert len(listed(response)) == 25
    assert len(response.content) <= 60_000
