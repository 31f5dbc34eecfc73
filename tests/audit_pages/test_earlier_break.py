"""The page of the audit log says that an earlier proof found the chain broken, also when it is whole
today."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.access import Access
from accounts.roles import Role
from audit.models import Event
from audit_pages.proof import verify_audit_log
from tests.actors import access, user
from tests.audit.events import tamper, write
from tests.cases.pages import signed_in

pytestmark = pytest.mark.django_db
PAGE = "/audit/"
MESSAGE = (
    "An earlier answer was that the chain was broken at event 2. Nothing explains it. Contact operations."
)
CHANGE = "UPDATE audit_event SET actor = 'x' WHERE sequence = 2"
CHANGE_BACK = "UPDATE audit_event SET actor = 'user1@example.org' WHERE sequence = 2"


@pytest.fixture
def dora() -> Access:
    return access(user("Dora", Role.DPO))


def prove(by: Access) -> bool:
    return verify_audit_log(by, report=lambda *_steps: None)


def page(by: Access, address: str = PAGE) -> str:
    client: Client = signed_in(by.user)
    client.cookies["django_language"] = "en"
    return " ".join(client.get(address).content.decode().split())


def broken_and_changed_back(dora: Access) -> None:
    write(3)
    tamper(CHANGE)
    assert not prove(dora)
    tamper(CHANGE_BACK)
    assert prove(dora)


def test_a_break_that_was_changed_back_stays_to_be_asked_about(dora: Access) -> None:
    broken_and_changed_back(dora)
    answer = Event.objects.get(sequence=4)
    assert (answer.action, answer.search_kind, answer.rows) == ("audit.verify", "broken,changed", 2)
    shown = page(dora)
    assert "The chain is whole" in shown
    assert MESSAGE in shown
    assert 'href="?after=5"' in shown


def test_the_link_leads_to_the_answer(dora: Access) -> None:
    broken_and_changed_back(dora)
    shown = page(dora, f"{PAGE}?after=5")
    assert "an event was changed" in shown


def test_a_broken_chain_says_only_that(dora: Access) -> None:
    broken_and_changed_back(dora)
    tamper("UPDATE audit_event SET actor = 'x' WHERE sequence = 1")
    prove(dora)
    shown = page(dora)
    assert "The chain is broken at event 1." in shown
    assert "An earlier answer" not in shown


def test_a_chain_that_was_always_whole_says_nothing_of_earlier(dora: Access) -> None:
    write(3)
    assert prove(dora)
    assert "An earlier answer" not in page(dora)


def test_it_costs_the_same_however_many_there_are(dora: Access) -> None:
    counts = []
    for _time in range(2):
        broken_and_changed_back(dora)
        with CaptureQueriesContext(connection) as queries:
            page(dora)
        counts.append(len(queries))
    assert len(set(counts)) == 1
