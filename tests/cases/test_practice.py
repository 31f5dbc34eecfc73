"""Somebody practises with invented persons by the register's own pages: they see it, and nothing else has
changed anywhere."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.models import Event
from cases.job_kinds import forget
from cases.models import Call, Case, Person, Practice, Try
from tests.actors import NOON, access
from tests.cases.call_forms import call_facts
from tests.cases.pages import case_facts, coordinator, operator, person_facts, signed_in
from tests.makers import new_case
from tests.world import World, filled_world

database = pytest.mark.django_db
# What a practice may change: its own text, the trail, and when a session was seen.
OWN = {"cases_practice", "audit_event", "audit_head", "django_session", "usersessions_usersession"}
TOKENS = re.compile(r'value="[\w-]{32,}"|_seconds.*')
LISTS = {
    "olle": ("/", "/calls/", "/cases/", "/cases/persons/"),
    "vast": (
        *("/", "/calls/", "/cases/", "/cases/persons/", "/cases/duplicates/", "/cases/ending/"),
        *("/cases/reminders/", "/cases/notifications/", "/cases/mistakes/", "/cases/years/2018/V/"),
    ),
    "syd": ("/",),
    "analyst": ("/", "/summaries/2018/", "/summaries/2018/quality/"),
    "manager": ("/",),
    "admin": ("/",),
}


def practising(person: User) -> Client:
    client = signed_in(person)
    client.cookies["django_language"] = "sv"
    assert client.post("/practice/begin/").status_code == 302
    return client


def opened(client: Client, **changes: Any) -> str:
    """The address of a case that was practised, as the register answers."""
    facts = person_facts(**changes) | case_facts()
    response = client.post("/practice/cases/new/", facts)
    assert response.status_code == 302, response.content.decode()[:2000]
    return str(response["Location"])


def every_row() -> dict[str, list[Any]]:
    """All that the database holds, by table, but for `OWN`."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in OWN and table != "sqlite_sequence":
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                found[table] = sorted(map(repr, cursor.fetchall()))
    return found


def printed(*command: str) -> str:
    out = io.StringIO()
    try:
        call_command(*command, stdout=out)
    except Exception as refusal:
        return f"{out.getvalue()} {refusal}"
    return out.getvalue()


def every_number(world: World) -> dict[str, str]:
    """What the commands print, and the lists of everybody, without tokens."""
    return lists(world) | {
        "internal": printed("yearly_summary", "2018", "--format", "json", "--internal"),
        "check": printed("check_register"),
        "due": printed("due_for_disposal", "--json"),
    }


def lists(world: World) -> dict[str, str]:
    told = {}
    for name, paths in LISTS.items():
        for path in paths:
            told[f"{name} {path}"] = TOKENS.sub("", world.client(name).get(path).content.decode())
    return told


@pytest.fixture
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), filled_world() as made:
        yield made


def test_a_practice_changes_no_row_and_no_number_that_anybody_is_told(world: World) -> None:
    # What is there is not of the moment in which somebody practises.
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        for name in LISTS:
            world.client(name).post("/first-day/over/")  # where a practice is ticked
        lists(world)  # what is only written the first time that somebody looks
        numbers, rows = every_number(world), every_row()
        practise_in(world)
        assert Practice.objects.count() == 2
        assert differing(rows, every_row()) <= {"jobs_heartbeat"}
        assert differing(numbers, every_number(world)) == set()


def practise_in(world: World) -> None:
    for name in ("olle", "vast"):
        client = world.client(name)
        client.post("/practice/begin/")
        assert client.get(opened(client, number="3")).status_code == 200
    assert world.client("olle").post("/practice/calls/new/", call_facts()).status_code == 302


def differing(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {place for place in before if before[place] != after[place]}


@database
def test_what_is_practised_is_gone_on_with_by_the_same_pages_and_says_what_it_is() -> None:
    client = practising(coordinator())
    page = opened(client, number="2")
    shown = client.get(page).content.decode()
    assert page.startswith("/practice/cases/")
    for said in ("ÖVNING-0001", "Övning, räknas inte.", "<title>Övning: "):
        assert said in shown
    [person, *_others] = re.findall(r'href="(/practice/cases/persons/[0-9a-f-]{36}/)', shown)
    given = {"kind": "measure:shelter", "answer": "accepted", "month": "2018-06", "form_token": ""}
    assert client.post(f"{person}measures/add/", given).status_code == 302
    of_person = client.get(person).content.decode()
    assert "Övning, räknas inte." in of_person
    [measure, *_others] = re.findall(r"measures/(\d+)/", of_person)
    assert client.get(f"{person}measures/{measure}/").status_code == 200  # by its key, request after request


@database
def test_what_is_practised_is_listed_apart_and_counts_nowhere() -> None:
    karin = coordinator()
    new_case(by=access(karin))
    tries = Try.objects.count()
    client = practising(karin)
    assert opened(client) != opened(client)
    listed = client.get("/practice/cases/").context["cases"]
    assert sorted(case.number for case in listed) == ["ÖVNING-0001", "ÖVNING-0002"]
    assert Case.objects.count() == Person.objects.count() == 1
    assert Try.objects.count() == tries  # an invented person is no way to look for a real one


@database
def test_who_practises_meets_no_row_of_the_register() -> None:
    karin = coordinator()
    case = new_case(by=access(karin))
    client = practising(karin)
    assert client.get(f"/practice/cases/{case.code}/").status_code == 404
    assert not client.get("/practice/cases/persons/").context["count"]
    assert client.post("/practice/cases/find/", {"find": case.number}).status_code == 200
    assert client.get(f"/practice/cases/{case.code}/history/")["Location"] == "/practice/"
    assert client.get("/practice/knowledge/")["Location"] == "/knowledge/"
    assert client.post("/practice/cases/access/", {"number": case.number})["Location"] == "/practice/"
    assert client.post("/practice/language/", {"language": "en"}).status_code == 307
    assert client.get("/practice/drafts/case/").json() == {"refused": [], "text": ""}


@database
def test_nobody_else_sees_it_and_a_real_row_may_get_the_same_key() -> None:
    olle, olga = operator(), operator("Olga")
    client, other = practising(olle), signed_in(olga)
    call = client.post("/practice/calls/new/", call_facts())["Location"]
    assert other.get(call)["Location"] == "/practice/"  # has begun no practice
    other.post("/practice/begin/")
    assert other.get(call).status_code == 404
    assert other.post("/calls/new/", call_facts()).status_code == 302
    assert client.get(call).status_code == 200
    assert client.get(call.removeprefix("/practice")).status_code == 404
    assert Call.objects.get().taken_by == olga


@database
def test_it_is_thrown_away_by_a_press_or_after_two_weeks_and_the_trail_tells() -> None:
    karin, olle = coordinator(), operator()
    for person in (karin, olle):
        opened(practising(person), number="2")
    assert signed_in(karin).post("/practice/end/").status_code == 302
    forget(timezone.now() + timedelta(days=13))
    assert Practice.objects.get().owner == olle
    forget(timezone.now() + timedelta(days=15))
    assert not Practice.objects.exists()
    told = Event.objects.filter(action__startswith="practice").values_list("actor", "action", "rows")
    one = [("practice.begin", None), ("practice.change", 2)]
    assert sorted(told) == sorted([
        *((person.email, *event) for person in (karin, olle) for event in one),
        (karin.email, "practice.end", 2), ("system", "practice.end", 2),
    ])  # fmt: skip
    assert not Event.objects.filter(action__startswith="case.").exists()


@database
def test_what_cannot_be_opened_any_more_is_thrown_away() -> None:
    client = practising(coordinator())
    page = opened(client)
    row = Practice.objects.get()
    row.body = row.body.replace("cases.case", "cases.nothing")
    row.save()
    assert client.get(page)["Location"] == "/practice/"
    assert not Practice.objects.exists()
