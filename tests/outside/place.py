"""Where the register is looked at from outside: a year with sixty persons that is published, and people of
every role.

The clock stands, and whatever one look changes is undone before the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import time_machine
from django.db import connection
from django.test import override_settings
from django.test.client import Client

from agencies.models import Code
from cases.actions.calls import log_call
from cases.models import Call
from libs.capture_recapture import averaging
from summaries.counting.historical import decide_standing_exemption
from tests.actors import NOON, access
from tests.summaries import small_year
from tests.world import World, filled_world, undone

YEAR: Final = 2018
MASKS: Final = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "<digest>"),
    (re.compile(r"(?<=/key/)[\w-]+"), "<key>"),  # of an invitation
    (re.compile(r"^code \d{6}$", re.MULTILINE), "code <digits>"),  # that opens an account
)


@dataclass(frozen=True)
class Place:
    """`folder` is for files that commands read."""

    world: World
    folder: Path

    def client(self, who: str, language: str = "en") -> Client:
        client = self.world.client(who)
        client.cookies["django_language"] = language
        return client

    def get(self, who: str, address: str, language: str = "en") -> bytes:
        return body(self.client(who, language).get(address))

    def public(self, address: str) -> bytes:
        """As somebody who is not signed in."""
        return body(Client().get(address))

    @contextmanager
    def look(self) -> Iterator[None]:
        """The kinds of an estimate are drawn briefly: no number of it is looked at."""
        with time_machine.travel(NOON, tick=False), override_settings(DEMO=True), undone(), drawn_briefly():
            yield


@contextmanager
def drawn_briefly() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, few in (("CHAINS", 4), ("WARMING", 30), ("DRAWS", 60)):
            patch.setattr(averaging, name, few)
        yield


@contextmanager
def published_year(folder: Path) -> Iterator[Place]:
    with override_settings(DEMO=True), filled_world("outside", _published) as world:
        _as_a_server_does()
        yield Place(world, folder)


def _published(world: World) -> None:
    decide_standing_exemption()
    _log_calls(world)
    small_year.add(access(world.people["vast"]))
    small_year.published(access(world.people["analyst"]), steps=small_year.COARSEST)


def _log_calls(world: World) -> None:
    """Two, a day apart, of which one is referred to region Väst."""
    group = Code.objects.of("caller")[0]
    for day, facts in enumerate(({"women": 1, "referred_region_id": "V"}, {"men": 2})):
        at = NOON - timedelta(days=day)
        call = Call(received_at=at, received_on=at.date(), caller_group=group, **facts)
        log_call(call=call, lists={}, by=access(world.people["olle"]))


def _as_a_server_does() -> None:
    """Without its counts PostgreSQL plans for empty tables."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def body(response: Any) -> bytes:
    """Of an answer that must be one."""
    assert response.status_code == 200, f"{response.request['PATH_INFO']}: {response.status_code}"
    return b"".join(response.streaming_content) if response.streaming else response.content


def masked(said: str) -> str:
    """Without what differs from one run to the next."""
    for pattern, word in MASKS:
        said = pattern.sub(word, said)
    return said
