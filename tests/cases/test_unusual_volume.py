"""Whoever opens unusually many cases in a day reads of it, and so does the data protection officer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from hypothesis import given, strategies as st

from accounts.models import User
from accounts.roles import Role
from audit.writer import Target, record
from cases.job_kinds import count_days, is_unusual
from cases.models import ReadingDay
from tests.actors import access, user

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 3)
AFTER = datetime(2026, 3, 4, 1, tzinfo=UTC)
MESSAGE = "cases opened on"


@pytest.fixture
def vera() -> User:
    return user("Vera", Role.COORDINATOR, region="V")


def joined(somebody: User, days: int) -> User:
    User.objects.filter(pk=somebody.pk).update(date_joined=AFTER - timedelta(days=days))
    somebody.refresh_from_db()
    return somebody


def reads(somebody: User, cases: int, day: date = DAY) -> None:
    """As many cases, the first twice, and a person of the first."""
    at, by = datetime(day.year, day.month, day.day, 9, tzinfo=UTC), access(somebody)
    first, *others = [f"V-2026-{number:04}" for number in range(cases)]
    for kind, label in (("person", f"{first}-P1"), *(("case", label) for label in (first, first, *others))):
        record(by, f"{kind}.read", Target(f"cases.{kind}", "1", label), at=at)


def page(somebody: User) -> str:
    client = Client()
    with time_machine.travel(AFTER, tick=False):
        client.force_login(somebody)
        client.cookies["django_language"] = "en"
        return client.get("/").content.decode()


def test_sixty_cases_and_twice_the_busiest_day_are_told_to_both(vera: User) -> None:
    joined(vera, 90)
    ReadingDay.objects.create(reader=vera, day=DAY - timedelta(days=9), cases=30)
    reads(vera, 60)
    count_days(AFTER)
    assert MESSAGE in page(vera)
    assert "Vera" in page(user("Dag", Role.DPO))
    assert MESSAGE not in page(user("Sven", Role.COORDINATOR, region="SY"))


@pytest.mark.parametrize(("cases", "busiest", "days"), [(59, 0, 90), (60, 31, 90), (60, 0, 29)])
def test_fewer_a_busy_colleague_and_somebody_new_are_not(
    vera: User, cases: int, busiest: int, days: int
) -> None:
    joined(vera, days)
    ReadingDay.objects.create(reader=vera, day=DAY - timedelta(days=9), cases=busiest)
    reads(vera, cases)
    count_days(AFTER)
    assert not ReadingDay.objects.filter(unusual=True).exists()
    assert MESSAGE not in page(vera)


def test_a_day_is_counted_once_and_what_was_missed_is_made_up_for(vera: User) -> None:
    joined(vera, 90)
    ReadingDay.objects.create(reader=vera, day=DAY - timedelta(days=3), cases=1)
    reads(vera, 3, DAY - timedelta(days=1))
    reads(vera, 2)
    assert count_days(AFTER) == 2
    assert count_days(AFTER) == 0
    assert list(ReadingDay.objects.values_list("cases", flat=True).order_by("day")) == [1, 3, 2]


def test_a_month_is_told_and_no_longer(vera: User) -> None:
    ReadingDay.objects.create(reader=vera, day=DAY - timedelta(days=31), cases=90, unusual=True)
    assert MESSAGE not in page(vera)


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 60))
def test_more_is_never_less_unusual(cases: int, busiest: int, days: int) -> None:
    known = timedelta(days=days)
    assert not is_unusual(cases, busiest, known) or is_unusual(cases + 1, busiest, known)
    assert not is_unusual(cases, busiest + 1, known) or is_unusual(cases, busiest, known)
