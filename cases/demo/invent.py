"""Invent the whole demonstration."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from accounts.access import Access
from accounts.models import User
from agencies.models import Region
from audit.writer import record
from cases.actions.cases import assign_cases
from cases.actions.persons import NewPerson
from cases.actions.transfers import answer_transfer, ask_transfer
from cases.demo import profile
from cases.demo.calls import add_calls
from cases.demo.duplicates import add_duplicates
from cases.demo.living import live
from cases.demo.people import ask_something, make_people
from cases.demo.register import Register
from cases.models import Case, Person, YearConfirmation

LATER = 75  # days within which a second record is invented
Made = tuple[Case, list[NewPerson]]
WHEN = datetime(2025, 12, 15, 9, tzinfo=UTC)


@transaction.atomic
def invent(*, password: str, scale: int = 1, seed: int = 1, today: date | None = None) -> dict[str, int]:
    """Everything of the demonstration; the database must hold reference data and no rows. Returns counts.

    The ten years are the same whatever the day. Those that follow are invented to the day before `today`.
    """
    rng = random.Random(seed)  # noqa: S311  (invented data must be the same every time)
    users = make_people(password)
    operator = Access.of(users["operator"], at=WHEN)
    west, south = Access.of(users["coordinator.vast"], at=WHEN), Access.of(users["coordinator.syd"], at=WHEN)
    register = Register(rng, operator, {"V": west, "SY": south})
    calls = 0
    for number, year in profile.YEARS.items():
        made = register.year(number, scale)
        calls += len(
            add_calls(rng, number, year.calls * scale, [case for case, _persons in made], by=operator)
        )
        add_duplicates(register, made, decided=6 * scale, open_=2 * scale if number == 2025 else 0, by=west)
    _transfers(rng, west, south)
    _confirmations(west)
    _readings(west, south, operator)
    if today:
        until = today - timedelta(days=1)
        years = range(max(profile.YEARS) + 1, until.year + 1)
        calls += sum(_year_since(number, users, scale, seed, until=until) for number in years)
        if years and today.year in years:
            live(users, seed=seed, today=today)
    ask_something(users, datetime.combine(today, time(9), UTC) if today else WHEN)
    return {"persons": Person.objects.counted().count(), "calls": calls}


def _year_since(number: int, users: dict[str, User], scale: int, seed: int, *, until: date) -> int:
    """A year after the ten, drawn apart from them: they stay as they are. Returns how many calls."""
    rng = random.Random(f"{seed} {number}")  # noqa: S311
    at = datetime.combine(until, time(9), UTC)
    operator, west, south = (
        Access.of(users[who], at=at) for who in ("operator", "coordinator.vast", "coordinator.syd")
    )
    register = Register(rng, operator, {"V": west, "SY": south}, until)
    made = register.year(number, scale)
    cases = [case for case, _persons in made]
    if until < date(number, 12, 31):
        add_duplicates(register, _to_assess(made, until), decided=0, open_=6 * scale, by=west)
    return len(add_calls(rng, number, profile.of(number).calls * scale, cases, by=operator, until=until))


def _to_assess(made: list[Made], until: date) -> list[Made]:
    """Those of the two regions into which the demonstration has a way, a while ago: a second record of one
    comes some weeks later."""
    return [
        (case, persons)
        for case, persons in made
        if case.region_id in {"V", "SY"} and case.opened_on < until - timedelta(days=LATER)
    ]


def _transfers(rng: random.Random, west: Access, south: Access) -> None:
    """Handed over, declined and waiting. A case that went along gets somebody responsible."""
    persons = Person.objects.in_own_region(west).counted().filter(first_year=2025).order_by("number")
    syd, vast = Region.objects.get(code="SY"), Region.objects.get(code="V")
    moved = list(persons[:4])
    for step, person in enumerate(moved):
        transfer = ask_transfer(
            person=person, to_region=syd, reason="Påhittat: personen har flyttat till Malmö.", by=west
        )
        if step < 2:
            answer_transfer(transfer=transfer, accept=step == 0, reason="Påhittat svar.", by=south)
    came = list(Case.objects.changeable_by(south).filter(persons__in=moved[:1], responsible=None))
    if came:
        assign_cases(cases=came, responsible=south.user, by=south)
    for person in (
        Person.objects.in_own_region(south)
        .filter(responsible_region="SY", first_year=2025)
        .order_by("number")[:1]
    ):
        ask_transfer(person=person, to_region=vast, reason="Påhittat: personen bor nu i Göteborg.", by=south)


def _confirmations(west: Access) -> None:
    """All regions have closed the years to 2023, some 2024."""
    YearConfirmation.objects.bulk_create(
        [
            YearConfirmation(
                region=region, year=year, by=west.user, at=datetime(year + 1, 1, 31, 10, tzinfo=UTC)
            )
            for year in profile.YEARS
            for region in Region.objects.all()
            if year <= 2023 or (year == 2024 and region.code in {"V", "N", "ST", "M"})
        ]
    )


def _readings(west: Access, south: Access, operator: Access) -> None:
    """Somebody has read and listed before: the audit trail is not empty."""
    for access in (west, south):
        for person in Person.objects.in_own_region(access).filter(first_year=2025).order_by("number")[:12]:
            record(access, "person.read", person)
        record(access, "case.list", rows=25)
    for person in Person.objects.visible_to(operator).filter(first_year=2025).order_by("number")[:20]:
        record(operator, "person.read", person)
