"""Invent the whole demonstration."""

from __future__ import annotations

import random
from copy import copy
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from django.db import transaction
from django.utils import timezone

from accounts.access import Access
from accounts.models import User
from agencies.directory import Geography
from agencies.models import Region
from audit.writer import record
from cases.actions.base import next_case_numbers
from cases.actions.cases import assign_cases
from cases.actions.duplicates import settle
from cases.actions.persons import NewPerson
from cases.actions.sharing import answer_transfer, ask_transfer
from cases.choices import Consent, Decision
from cases.demo import profile
from cases.demo.people import ask_something, live, make_people
from cases.demo.profile import code, day_in, part_of_year, shuffled
from cases.demo.register import Register
from cases.duplicates.scoring import HIGH
from cases.models import Call, Case, DuplicateReview, Exploitation, Identification, Person, YearConfirmation
from exchange import bulk

# --- calls ---
# Invented support-line calls, with and without a case.

Codes = dict[str, list[str]]
NEW = 16  # of the latest calls that nobody has taken over


def add_calls(
    rng: random.Random, year: int, number: int, cases: list[Case], *, by: Access, until: date = date.max
) -> list[Call]:
    """A year's calls, those of the time to `until`; every case that was opened from a call has one."""
    opened = [case for case in cases if case.opened_from_call]
    number = max(part_of_year(year, until, number), len(opened))
    rows, lists = [], []
    counties = shuffled(rng, profile.COUNTIES, number)
    places = Geography.load()
    for step in range(number):
        case = opened[step] if step < len(opened) else None
        day = case.opened_on if case else day_in(rng, year, until)
        call, codes = _call(rng, day, case, counties[step], places, by)
        rows.append(call)
        lists.append(codes)
    if year == 2018:  # half past midnight on New Year's Day in Sweden: a call of 2019
        rows[-1].received_at = datetime(2018, 12, 31, 23, 30, tzinfo=UTC)
    for call in rows:
        call.received_on = timezone.localdate(call.received_at)
    over = until > date(year, 12, 31)
    _take_over(rows, all_of_them=over)
    bulk.create(rows, user=by.user)
    _insert_lists(rows, lists)
    _follow_up(rng, rows, all_of_them=over)
    return rows


def _call(
    rng: random.Random, day: date, case: Case | None, county: str, places: Geography, by: Access
) -> tuple[Call, Codes]:
    received = datetime(
        day.year, day.month, day.day, rng.randrange(8, 15), rng.choice([5, 12, 26, 38, 47]), tzinfo=UTC
    )
    topics = ["person"] if case else rng.choices(list(profile.TOPICS), list(profile.TOPICS.values()))
    about_person = topics == ["person"]
    call = Call(
        code=code(rng),
        received_at=received,
        medium=rng.choices(["phone", "email"], [92, 8])[0],
        caller_group_id=f"caller:{rng.choices(list(profile.CALLERS), list(profile.CALLERS.values()))[0]}",
        caller_county_id=county if rng.random() < 0.95 else None,
        topics_answer="given",
        outcomes_answer="given",
        purposes_answer="given" if about_person else "not_asked",
        **(_concerned(rng) if about_person else {}),
        urgency=rng.choices(["acute", "days", "general"], [12, 38, 50])[0],
        consent=rng.choices(["given", "missing", "not_relevant"], [34, 16, 50])[0],
        minutes=rng.choice([4, 6, 9, 12, 15, 22, 31]),
        taken_by=by.user,
        created_at=received,
        case=case,
    )
    if case and call.consent == Consent.MISSING:
        call.consent = Consent.GIVEN  # otherwise there would be no case of adults
    outcome = _outcome(rng, case, about_person=about_person)
    if outcome in {"case", "referral_coordinator"}:
        call.referred_region_id = case.region_id if case else places.region_on(county, day)
    purposes = [rng.choice(["sexual", "labour", "begging", "crime", "unknown"])] if about_person else []
    return call, {"topics": topics, "purposes": purposes, "outcomes": [outcome]}


def _concerned(rng: random.Random) -> dict[str, int]:
    return {
        "women": int(rng.random() < 0.6),
        "men": int(rng.random() < 0.3),
        "girls": int(rng.random() < 0.08),
        "boys": int(rng.random() < 0.1),
    }


def _outcome(rng: random.Random, case: Case | None, *, about_person: bool) -> str:
    if case:
        return "case"
    if about_person and rng.random() < 0.6:
        return "referral_coordinator"
    return rng.choice(["advice", "advice", "referral_police", "none"])


def _take_over(rows: list[Call], *, all_of_them: bool) -> None:
    """Those that were referred are seen to, but the last of a year that goes on: they wait for somebody."""
    rows = sorted(rows, key=lambda call: call.received_at)
    for call in rows if all_of_them else rows[:-NEW]:
        if call.referred_region_id:
            call.taken_over_at = call.received_at + timedelta(hours=2)


def _insert_lists(rows: list[Call], lists: list[Codes]) -> None:
    prefix = {"topics": "topic", "purposes": "purpose", "outcomes": "outcome"}
    for name in Call.LISTS:
        through = getattr(Call, name).through
        pairs = [(call, word) for call, codes in zip(rows, lists, strict=True) for word in codes[name]]
        through.objects.bulk_create(
            [through(call=call, code_id=f"{prefix[name]}:{word}") for call, word in pairs], batch_size=500
        )


def _follow_up(rng: random.Random, rows: list[Call], *, all_of_them: bool) -> None:
    """Some calls follow up an earlier one; the last of a year that goes on still wait for theirs."""
    rows = sorted(rows, key=lambda call: call.received_at)
    changed = []
    for earlier, later in pairwise(rows):
        if rng.random() < 0.06 and later.case_id is None:
            later.follow_up_of, earlier.follow_up_due, earlier.followed_up_at = (
                earlier,
                later.received_on,
                later.received_at,
            )
            changed += [earlier, later]
    for call in rows[-3:]:
        if call.follow_up_due is None:
            call.follow_up_due = call.received_on + timedelta(days=14)
            if all_of_them:
                call.followed_up_at = call.received_at + timedelta(days=10)
            changed.append(call)
    Call.objects.bulk_update(changed, ["follow_up_of", "follow_up_due", "followed_up_at"], batch_size=500)


# --- duplicates ---
# Invented records of persons who stand in the register already: some decided to be the same, some still
# to assess.

OTHERS = {"V": "SY", "SY": "V", "ST": "M", "M": "ST", "N": "M", "Ö": "ST", "B": "V"}


def add_duplicates(
    register: Register, made: list[tuple[Case, list[NewPerson]]], *, decided: int, open_: int, by: Access
) -> None:
    """Second records of persons of `made`: another case, often another region, some weeks later."""
    candidates = [(case, new) for case, persons in made for new in persons if new.person.counted]
    chosen = register.rng.sample(candidates, min(decided + open_, len(candidates)))
    for step, (case, new) in enumerate(chosen):
        again = _again(register, case, new, elsewhere=step % 2 == 0)
        decision = Decision.SAME if step < decided else Decision.OPEN
        DuplicateReview.objects.create(
            code=code(register.rng),
            first=new.person,
            second=again,
            similarity=round(HIGH + 4 * register.rng.random(), 2),
            decision=decision,
            found_at=again.created_at,
            **({"by": by.user, "at": again.created_at} if decision == Decision.SAME else {}),
        )
        if decision == Decision.SAME:
            settle([again], by=by)


def _again(register: Register, case: Case, new: NewPerson, *, elsewhere: bool) -> Person:
    region = OTHERS[case.region_id] if elsewhere else case.region_id
    later = timedelta(days=register.rng.choice([4, 12, 30, 60]))
    first = new.identifications[0]
    copied = copy(case)
    copied.pk, copied._state = None, type(case._state)()
    copied.code, copied.region_id, copied.opened_on = code(register.rng), region, case.opened_on + later
    copied.number = next_case_numbers(region, copied.opened_on.year)[0]
    copied.accompanying_children, copied.opened_from_call, copied.channel_id = 0, False, "channel:ngo"
    copied.created_at = case.created_at + later
    person = Person(
        code=code(register.rng),
        created_at=copied.created_at,
        **{
            name: getattr(new.person, name)
            for name in ("sex", "child", "age_class", "citizenship", "status", "offence_id")
        },
    )
    again = NewPerson(
        person,
        [
            Identification(
                agency=register.agencies["ngo" if first.agency.code != "ngo" else "police"],
                identified_on=first.identified_on + later,
                county_id=first.county_id,
                channel_id="channel:ngo",
            )
        ],
        [
            Exploitation(purpose_id=row.purpose_id, is_main=row.is_main, sector_id=row.sector_id)
            for row in new.exploitations
        ],
    )
    register._insert([(copied, [again])])
    return person


# --- invent ---
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
