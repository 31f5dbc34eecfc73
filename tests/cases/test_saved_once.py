"""What has lists of codes is saved once: one entry of history with the lists in it, and few statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from cases.models import Call, Exploitation, Person
from tests.actors import access
from tests.cases.call_forms import call_facts
from tests.cases.pages import coordinator, operator, signed_in
from tests.makers import new_case, new_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
AT_MOST = 28  # statements of a request, beside its savepoints and what tells PostgreSQL who asks
NOT_COUNTED = ("SAVEPOINT", "RELEASE", "SELECT set_config(")


@pytest.fixture
def olle() -> Client:
    return signed_in(operator())


@pytest.fixture
def karin() -> Client:
    return signed_in(coordinator())


@pytest.fixture
def person(karin: Client) -> Person:
    return new_case(new_person(), by=access(User.objects.get(name="Karin"))).persons.get()


@contextmanager
def few_statements() -> Iterator[None]:
    with CaptureQueriesContext(connection) as asked:
        yield
    counted = [query["sql"][:100] for query in asked if not query["sql"].startswith(NOT_COUNTED)]
    assert len(counted) <= AT_MOST, "\n".join([f"{len(counted)}:", *counted])


def codes_of(entry: Any) -> list[str]:
    lists = [getattr(entry, field.name) for field in entry._history_m2m_fields]
    return sorted(row.code_id for stored in lists for row in stored.all())


def entries(model: Any) -> list[tuple[str, list[str]]]:
    """Return the kind of each entry of history and the codes that stand in it, the first entry first."""
    return [(entry.history_type, codes_of(entry)) for entry in model.history.order_by("history_id")]


def test_a_call_is_logged_by_few_statements_with_one_entry_of_history(olle: Client) -> None:
    with few_statements():
        olle.post("/calls/new/", call_facts(topics=["topic:person", "topic:advice"]))
    codes = ["outcome:referral_coordinator", "purpose:sexual", "topic:advice", "topic:person"]
    assert entries(Call) == [("+", codes)]


def test_a_call_is_corrected_by_few_statements_with_one_entry_of_history(olle: Client) -> None:
    olle.post("/calls/new/", call_facts())
    call = Call.objects.get()
    with few_statements():
        olle.post(f"/calls/{call.code}/edit/", call_facts(version="1", topics=["topic:child"], girls="1"))
    assert entries(Call)[1:] == [("~", ["outcome:referral_coordinator", "purpose:sexual", "topic:child"])]
    assert sorted(call.topics.values_list("key", flat=True)) == ["topic:child"]


PURPOSE = {
    "purpose": "purpose:begging",
    "place": "unknown",
    "acts": ["act:recruitment", "act:transport"],
    "means": ["means:threat"],
}


def add_purpose(karin: Client, person: Person) -> None:
    karin.post(reverse("cases:add_exploitation", args=[person.code]), PURPOSE)


def test_a_purpose_is_added_by_few_statements_with_one_entry_of_history(
    karin: Client, person: Person
) -> None:
    before = len(entries(Exploitation))
    with few_statements():
        add_purpose(karin, person)
    assert entries(Exploitation)[before:] == [("+", ["act:recruitment", "act:transport", "means:threat"])]


def test_a_purpose_is_changed_by_few_statements_with_one_entry_of_history(
    karin: Client, person: Person
) -> None:
    add_purpose(karin, person)
    before, added = len(entries(Exploitation)), Exploitation.objects.latest("pk")
    address = reverse("cases:edit_exploitation", args=[person.code, added.pk])
    version = added.history.latest("history_id").history_id
    with few_statements():
        karin.post(address, PURPOSE | {"acts": ["act:receipt"], "version": str(version)})
    assert entries(Exploitation)[before:] == [("~", ["act:receipt", "means:threat"])]
