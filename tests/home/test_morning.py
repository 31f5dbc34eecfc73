"""*Min sida* as somebody's morning: what waits at a glance, the most urgent first."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.roles import Role
from cases.models import Call
from home.my_page import number_waiting
from summaries.release.release_actions import announce
from tests.actors import access, user
from tests.cases.pages import signed_in

NOW = datetime(2019, 3, 7, 9, tzinfo=UTC)  # a Thursday
TODAY = NOW.date()
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_thursday_in_march():
    with time_machine.travel(NOW, tick=False):
        yield


def call(taken_by: Any, day: date, **facts: Any) -> Call:
    received = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    row = Call(
        received_at=received, received_on=day, caller_group_id="caller:police", taken_by=taken_by, **facts
    )
    row.save()
    return row


def shown(person: Any) -> Any:
    return signed_in(person).get("/").context


def test_everybody_begins_with_an_act_and_a_sentence_where_nothing_waits() -> None:
    for role in Role:
        person = user(
            role.value.capitalize(), role, region="V" if role == Role.COORDINATOR else "", language="en"
        )
        found = shown(person)
        assert str(found["nothing"]), role
        assert found["buttons"], role


def test_the_nearest_days_stand_first_and_those_ahead_do_not_wait() -> None:
    vera = user("Vera", Role.COORDINATOR, region="V", language="en")
    days = {-1: "late", 3: "soon", 8: "not yet"}
    for step in days:
        call(
            vera,
            TODAY,
            referred_region_id="V",
            taken_over_at=NOW if step != -1 else None,
            follow_up_due=TODAY + timedelta(days=step),
        )
    found = shown(vera)
    [(_region, _until, rows)] = found["work"]
    assert [(row.heading, row.mark, (row.day - TODAY).days) for row in rows] == [
        ("Late or urgent", "Call", -1),
        ("To know", "Follow-up", 3),
    ]
    assert number_waiting(access(vera, NOW)) == 1  # the call that is late stands once
    assert "Follow-ups within a week</h2>" not in signed_in(vera).get("/").content.decode()


def test_an_analyst_reads_when_the_next_year_comes_out() -> None:
    anna = user("Anna", Role.ANALYST, language="en")
    announce(year=2018, at=NOW + timedelta(days=60), contact="Anna", by=access(anna, NOW))
    [(_region, _until, [row])] = shown(anna)["work"]
    assert (row.label, row.url, row.day) == (
        "Publication of 2018", "/summaries/publications/2018/", TODAY + timedelta(days=60),
    )  # fmt: skip
