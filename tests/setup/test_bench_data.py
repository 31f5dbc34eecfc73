"""What the bench invents is a register in order: figures of one that could not be would say nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User
from accounts.roles import Role
from bench import casework
from cases.models import Call, Case, CaseSeries, Person
from tests.actors import user

pytestmark = pytest.mark.django_db
SMALL, LARGE = 30, 60  # more than a day of calls, and every region and kind of person more than once
LATE = datetime(2018, 11, 24, 23, 30, tzinfo=UTC)  # the next day in Sweden


@pytest.fixture(autouse=True)
def vera() -> User:
    """Who opens the cases."""
    return user("Vera", Role.COORDINATOR, region="V")


@pytest.fixture(autouse=True)
def at_night(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casework, "NOW", LATE)


def checked() -> str:
    out = StringIO()
    call_command("check_register", stdout=out)
    return out.getvalue().strip()


def test_casework_of_the_bench_is_in_order_at_either_size() -> None:
    casework.fill(SMALL)
    assert checked() == "ok 45 persons, 30 cases, 60 calls"
    casework.fill(LARGE)
    assert checked() == "ok 90 persons, 60 cases, 120 calls"


def test_it_holds_what_the_check_looks_at() -> None:
    """Else the check would find everything in order because there is nothing."""
    casework.fill(LARGE)
    assert Person.objects.filter(moved=True).exists()
    assert Person.objects.filter(moved=False).exists()
    assert len({call.received_on for call in Call.objects.all()}) > 1
    assert Call.objects.exclude(received_on=LATE.date()).exists()
    assert CaseSeries.objects.count() == len({number.rsplit("-", 1)[0] for number in _numbers()})


def _numbers() -> list[str]:
    return list(Case.objects.values_list("number", flat=True))
