"""*Min sida* as somebody's morning: what waits at a glance, the nearest days, own figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.roles import Role
from cases.actions.calls import notify
from cases.models import Call, Case, Notification
from home.my_page import number_waiting
from summaries.release.release_actions import announce
from tests.actors import access, user
from tests.cases.pages import signed_in
from tests.makers import new_case

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


def figures(person: Any) -> dict[str, int]:
    return {label: number for label, number, _url, _of in shown(person)["figures"]}


def test_an_operator_reads_how_the_week_of_the_line_has_been() -> None:
    olle, olga = (user(name, Role.OPERATOR, language="en") for name in ("Olle", "Olga"))
    for day in (TODAY, TODAY - timedelta(days=3), TODAY - timedelta(days=4)):  # the last is a Sunday
        call(olle, day)
    call(olga, TODAY, follow_up_due=TODAY + timedelta(days=30))
    new_case(by=access(olle, NOW))
    Case.objects.update(opened_on=TODAY)
    assert figures(olle) == {
        "Calls to the line this week": 3,
        "of them yours": 2,
        "Follow-ups you have promised": 0,
        "Cases you have opened this year": 1,
    }
    assert figures(olga)["Follow-ups you have promised"] == 1
    urls = [url for _label, _number, url, _of in shown(olle)["figures"]]  # of what is counted
    assert urls == ["/calls/?from=2019-03-04", "", "/cases/reminders/", "/cases/?year=2019"]


def test_a_coordinator_counts_her_own_region_and_no_other() -> None:
    vera, sune = (
        user(name, Role.COORDINATOR, region=region, language="en")
        for name, region in (("Vera", "V"), ("Sune", "SY"))
    )
    for _n in range(2):
        new_case(by=access(vera, NOW))
    assert [figures(one)["Open cases"] for one in (vera, sune)] == [2, 0]
    assert set(figures(sune).values()) == {0}


def test_everybody_begins_with_figures_and_a_sentence_where_nothing_waits() -> None:
    for role in Role:
        person = user(
            role.value.capitalize(), role, region="V" if role == Role.COORDINATOR else "", language="en"
        )
        found = shown(person)
        assert found["figures"], role
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
    assert [(row.due - TODAY).days for row in found["soon"]] == [-1, 3]
    waits = [("New calls from the support line", 1), ("Follow-ups due", 1)]
    assert [(str(box.title), box.count) for box in found["waits"]] == waits
    assert number_waiting(access(vera, NOW)) == 2
    assert "Follow-ups within a week</h2>" not in signed_in(vera).get("/").content.decode()


def test_an_analyst_reads_when_the_next_year_comes_out() -> None:
    anna = user("Anna", Role.ANALYST, language="en")
    announce(year=2018, at=NOW + timedelta(days=60), contact="Anna", by=access(anna, NOW))
    [row] = shown(anna)["soon"]
    assert (row.label, row.url, row.due) == (
        "The year 2018 comes out", "/summaries/publications/2018/", TODAY + timedelta(days=60),
    )  # fmt: skip


def test_an_officer_counts_own_notifications() -> None:
    olof, karin = (user(name, Role.OFFICER, agency="police", language="en") for name in ("Olof", "Karin"))
    notify(notification=Notification(county_id="14", women=1), purposes=[], by=access(olof, NOW))
    assert figures(olof) == {"Your notifications this year": 1, "of them taken over by a coordinator": 0}
    assert set(figures(karin).values()) == {0}
