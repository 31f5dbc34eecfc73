"""Whatever page shows a number of the register to somebody, the audit log knows of it: asked of what is
printed, not of the code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.urls import reverse

from audit.models import Event, Head
from tests.actors import NOON
from tests.addresses import ADDRESSES
from tests.test_every_address import IN_TABLE, plain, url_of
from tests.weights import mostly_long
from tests.world import World, filled_world, undone

pytestmark = [pytest.mark.django_db]
READERS = ("vast", "olle", "dpo", "officer", "syd")  # who knows most of region Väst's case stands first
AUDIT_LOG = {"audit_pages:audit"}  # events are shown by those who watch, and are no readings of rows
COUNTS = ("cases:export", "cases:export_htcds", "calls:export")
ADMIN = ("changelist", "change", "history", "export")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), filled_world() as made:
        yield made


def shown(world: World, response: Any) -> set[str]:
    """Numbers of cases and persons on the page."""
    text = plain(response)
    return {number for number in (*world.numbers, *world.other_numbers) if number in text}


def events_of_page(world: World, who: str, name: str) -> tuple[Any, list[str]]:
    return events_of(world, who, url_of(name, ADDRESSES[name], world))


def events_of(world: World, who: str, url: str) -> tuple[Any, list[str]]:
    """The answer, and what the audit log says of it."""
    before = Head.objects.get().sequence
    response = world.client(who).get(url)
    events = Event.objects.filter(sequence__gt=before, actor=world.people[who].email)
    return response, list(events.exclude(action__startswith="user.").values_list("action", flat=True))


PAGES = [name for name in IN_TABLE if ADDRESSES[name].get and name not in AUDIT_LOG]
# All but what nobody in particular reads, and what there is nothing of.
READ = [name for name in PAGES if not (ADDRESSES[name].public or ADDRESSES[name].absent)]


@pytest.mark.parametrize("name", mostly_long(PAGES, usual=READ))
@pytest.mark.parametrize("others", mostly_long([False, True], usual=[False]))
def test_no_page_shows_a_number_that_the_audit_log_does_not_know_of(
    name: str, others: bool, world: World
) -> None:
    """By the one of them who knows most and may read it; and by the others."""
    address = ADDRESSES[name]
    first = next((who for who in READERS if who in address.may), READERS[0])
    with time_machine.travel(NOON, tick=False):
        url = url_of(name, address, world)
        for who in [who for who in READERS if who != first] if others else [first]:
            with undone():
                response, events = events_of(world, who, url)
                assert events or not shown(world, response), f"{who} read {name} unseen"


def test_pages_that_show_numbers_are_among_them(world: World) -> None:
    with time_machine.travel(NOON, tick=False), undone():
        response, events = events_of_page(world, "vast", "cases:person")
    assert shown(world, response)
    assert events == ["person.read"]


@pytest.mark.parametrize(
    "name", ["cases:ask_transfer", "cases:suspects", "cases:add_measures", "cases:add_identification"]
)
def test_a_form_of_a_row_is_a_reading_of_it(name: str, world: World) -> None:
    with time_machine.travel(NOON, tick=False), undone():
        _response, events = events_of_page(world, "vast", name)
    assert events in (["person.read"], ["case.read"])


@pytest.mark.parametrize("name", COUNTS)
def test_what_an_export_would_count_is_a_reading(name: str, world: World) -> None:
    with time_machine.travel(NOON, tick=False), undone():
        _response, events = events_of(world, "vast", reverse(name))
    assert [event.partition(".")[2] for event in events] == ["list"]


@pytest.mark.parametrize("kind", ["call", "case", "person"])
@pytest.mark.parametrize("page", ADMIN)
def test_pages_of_the_administration_are_readings(kind: str, page: str, world: World) -> None:
    row = world.objects[kind]["code"]
    key = apps.get_model("cases", kind)._default_manager.get(code=row).pk
    args = [key] if page in {"change", "history"} else []
    with time_machine.travel(NOON, tick=False), undone():
        response, events = events_of(world, "vast", reverse(f"admin:cases_{kind}_{page}", args=args))
    assert response.status_code == 200
    assert events, f"{kind} {page} was read unseen"


def test_one_page_is_one_reading_of_a_row(world: World) -> None:
    with time_machine.travel(NOON, tick=False), undone():
        _response, events = events_of_page(world, "vast", "cases:history")
    assert events == ["case.history"]
