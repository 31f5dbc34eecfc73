"""Invent the whole demonstration."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, zip_longest

from django.db import transaction
from django.utils import timezone

from accounts.access import Access
from accounts.models import User
from agencies.models import Code, Region
from audit.writer import record
from cases.actions.base import next_case_numbers
from cases.actions.cases import assign_cases
from cases.actions.duplicates import settle
from cases.actions.persons import NewPerson
from cases.actions.sharing import answer_transfer, ask_transfer
from cases.choices import Consent, Decision
from cases.demo import profile
from cases.demo.people import COORDINATORS, ask_something, confirmed, live, make_people
from cases.demo.profile import code, day_in, part_of_year, pick, shuffled
from cases.demo.register import Made, Register
from cases.duplicates.scoring import HIGH
from cases.models import Call, Case, DuplicateReview, Exploitation, Identification, Person, YearConfirmation
from exchange import bulk

NEW = 16  # of the latest calls that nobody has taken over
LATER = 75  # days within which a second record is invented
WHEN = datetime(2025, 12, 15, 9, tzinfo=UTC)
OTHERS = defaultdict(lambda: "ST", {"V": "SY", "SY": "V", "ST": "M", "N": "M", "B": "V"})
Codes = dict[str, list[Code]]


def add_calls(register: Register, year: int, number: int, made: list[Made]) -> int:
    """Add the calls of a year with `number` calls, or of the part of it that has passed, and return how many.

    Every case that was opened from a call has one.
    """
    rng, until = register.rng, register.until
    opened = [case for case, _persons in made if case.opened_from_call]
    number = max(part_of_year(year, until, number), len(opened))
    counties = shuffled(rng, profile.COUNTIES, number)
    rows, lists = [], []
    for case, county in zip_longest(opened, counties):
        day = case.opened_on if case else day_in(rng, year, until)
        call, codes = _call(register, day, case, county)
        rows.append(call)
        lists.append(codes)
    if year == 2018:  # half past midnight on New Year's Day in Sweden: a call of 2019
        rows[-1].received_at = datetime(2018, 12, 31, 23, 30, tzinfo=UTC)
    for call in rows:
        call.received_on = timezone.localdate(call.received_at)
    over = until > date(year, 12, 31)
    _take_over(rows, all_of_them=over)
    bulk.create(rows, user=register.operator.user)
    bulk.fill_lists(rows, lists)
    _follow_up(rng, rows, all_of_them=over)
    return len(rows)


def _call(register: Register, day: date, case: Case | None, county: str) -> tuple[Call, Codes]:
    rng = register.rng
    received = datetime.combine(day, time(rng.randrange(8, 15), rng.choice([5, 12, 26, 38, 47])), UTC)
    topic = "person" if case else pick(rng, profile.TOPICS)
    about_person = topic == "person"
    call = Call(
        code=code(rng),
        received_at=received,
        medium=pick(rng, {"phone": 92, "email": 8}),
        caller_group_id=f"caller:{pick(rng, profile.CALLERS)}",
        caller_county_id=county if rng.random() < 0.95 else None,
        topics_answer="given",
        outcomes_answer="given",
        purposes_answer="given" if about_person else "not_asked",
        **(_concerned(rng) if about_person else {}),
        urgency=pick(rng, {"acute": 12, "days": 38, "general": 50}),
        consent=pick(rng, {"given": 34, "missing": 16, "not_relevant": 50}),
        minutes=rng.choice([4, 6, 9, 12, 15, 22, 31]),
        taken_by=register.operator.user,
        created_at=received,
        case=case,
    )
    if case and call.consent == Consent.MISSING:
        call.consent = Consent.GIVEN  # otherwise there would be no case of adults
    outcome = _outcome(rng, case, about_person=about_person)
    if outcome in {"case", "referral_coordinator"}:
        call.referred_region_id = case.region_id if case else register.places.region_on(county, day)
    lists = {"topics": [Code(pk=f"topic:{topic}")], "outcomes": [Code(pk=f"outcome:{outcome}")]}
    if about_person:
        purpose = rng.choice(["sexual", "labour", "begging", "crime", "unknown"])
        lists["purposes"] = [Code(pk=f"purpose:{purpose}")]
    return call, lists


def _concerned(rng: random.Random) -> dict[str, int]:
    shares = {"women": 0.6, "men": 0.3, "girls": 0.08, "boys": 0.1}
    return {group: int(rng.random() < share) for group, share in shares.items()}


def _outcome(rng: random.Random, case: Case | None, *, about_person: bool) -> str:
    if case:
        return "case"
    if about_person and rng.random() < 0.6:
        return "referral_coordinator"
    return rng.choice(["advice", "advice", "referral_police", "none"])


def _take_over(rows: list[Call], *, all_of_them: bool) -> None:
    """Those that were referred are seen to, but the last of a year that goes on: they wait for somebody."""
    referred = sorted(rows, key=lambda call: call.received_at)[: None if all_of_them else -NEW]
    for call in referred:
        if call.referred_region_id:
            call.taken_over_at = call.received_at + timedelta(hours=2)


def _follow_up(rng: random.Random, rows: list[Call], *, all_of_them: bool) -> None:
    """Some calls follow up an earlier one; the last of a year that goes on still wait for theirs."""
    rows = sorted(rows, key=lambda call: call.received_at)
    changed = []
    for earlier, later in pairwise(rows):
        if rng.random() < 0.06 and later.case_id is None:
            later.follow_up_of = earlier
            earlier.follow_up_due = later.received_on
            earlier.followed_up_at = later.received_at
            changed += [earlier, later]
    for call in rows[-3:]:
        if call.follow_up_due is None:
            call.follow_up_due = call.received_on + timedelta(days=14)
            if all_of_them:
                call.followed_up_at = call.received_at + timedelta(days=10)
            changed.append(call)
    Call.objects.bulk_update(changed, ["follow_up_of", "follow_up_due", "followed_up_at"], batch_size=500)


def add_duplicates(register: Register, made: list[Made], *, same: int, undecided: int) -> None:
    """Second records of persons of `made`: another case, often another region, some weeks later.

    The first are decided to be the same, the others still to assess.
    """
    by = register.coordinators["V"]
    candidates = [(case, new) for case, persons in made for new in persons if new.person.counted]
    chosen = register.rng.sample(candidates, min(same + undecided, len(candidates)))
    for step, (case, new) in enumerate(chosen):
        again = _again(register, case, new, region=case.region_id if step % 2 else OTHERS[case.region_id])
        is_same = step < same
        DuplicateReview.objects.create(
            code=code(register.rng),
            first=new.person,
            second=again,
            similarity=round(HIGH + 4 * register.rng.random(), 2),
            decision=Decision.SAME if is_same else Decision.OPEN,
            found_at=again.created_at,
            **({"by": by.user, "at": again.created_at} if is_same else {}),
        )
        if is_same:
            settle([again], by=by)


def _again(register: Register, former: Case, new: NewPerson, *, region: str) -> Person:
    later = timedelta(days=register.rng.choice([4, 12, 30, 60]))
    opened_on = former.opened_on + later
    case = Case(
        code=code(register.rng),
        region_id=region,
        number=next_case_numbers(region, opened_on.year)[0],
        opened_on=opened_on,
        opened_by=former.opened_by,
        responsible=former.responsible,
        state=former.state,
        channel_id="channel:ngo",
        created_at=former.created_at + later,
    )
    facts = ("sex", "child", "age_class", "citizenship", "status", "offence_id")
    own = {name: getattr(new.person, name) for name in facts}
    person = Person(code=code(register.rng), created_at=case.created_at, **own)
    first = new.identifications[0]
    seen = Identification(
        agency=register.agencies["ngo" if first.agency.code != "ngo" else "police"],
        identified_on=first.identified_on + later,
        county_id=first.county_id,
        channel_id="channel:ngo",
    )
    used = [
        Exploitation(purpose_id=row.purpose_id, is_main=row.is_main, sector_id=row.sector_id)
        for row in new.exploitations
    ]
    register.insert([(case, [NewPerson(person, [seen], used)])])
    return person


@transaction.atomic
def invent(*, password: str, scale: int = 1, seed: int = 1, today: date | None = None) -> dict[str, int]:
    """Everything of the demonstration; the database must hold reference data and no rows. Returns counts.

    The ten years are the same whatever the day. Those that follow are invented to the day before `today`.
    """
    rng = random.Random(seed)  # noqa: S311  (invented data must be the same every time)
    users = make_people(password)
    register = Register(rng, users, WHEN)
    calls = 0
    for number, year in profile.YEARS.items():
        made = register.year(number, scale)
        calls += add_calls(register, number, year.calls * scale, made)
        add_duplicates(register, made, same=6 * scale, undecided=2 * scale if number == 2025 else 0)
    west, south = register.coordinators["V"], register.coordinators["SY"]
    _transfers(west, south)
    _confirmations(west)
    _readings(west, south, register.operator)
    if today:
        until = today - timedelta(days=1)
        years = range(max(profile.YEARS) + 1, until.year + 1)
        calls += sum(_year_since(number, users, scale, seed, until=until) for number in years)
        if years and today.year in years:
            live(users, seed=seed, today=today)
    ask_something(users, datetime.combine(today, time(9), UTC) if today else WHEN)
    return {"persons": Person.objects.counted().count(), "calls": calls}


def _year_since(number: int, users: dict[str, User], scale: int, seed: int, *, until: date) -> int:
    """A year after the ten, drawn with a seed of its own: they stay as they are. Returns how many calls."""
    rng = random.Random(f"{seed} {number}")  # noqa: S311
    register = Register(rng, users, datetime.combine(until, time(9), UTC), until)
    made = register.year(number, scale)
    if until < date(number, 12, 31):
        before = until - timedelta(days=LATER)  # a second record comes some weeks later
        own = [
            (case, new) for case, new in made if case.region_id in COORDINATORS and case.opened_on < before
        ]
        add_duplicates(register, own, same=0, undecided=6 * scale)
    return add_calls(register, number, profile.of(number).calls * scale, made)


def _transfers(west: Access, south: Access) -> None:
    """Handed over, declined and waiting. A case that went along gets somebody responsible."""
    syd, vast = Region.objects.get(code="SY"), Region.objects.get(code="V")
    persons = Person.objects.filter(first_year=2025).order_by("number")
    moved = list(persons.in_own_region(west).counted()[:4])
    for step, person in enumerate(moved):
        transfer = ask_transfer(
            person=person, to_region=syd, reason="Påhittat: personen har flyttat till Malmö.", by=west
        )
        if step < 2:
            answer_transfer(transfer=transfer, accept=step == 0, reason="Påhittat svar.", by=south)
    came = list(Case.objects.changeable_by(south).filter(persons__in=moved[:1], responsible=None))
    if came:
        assign_cases(cases=came, responsible=south.user, by=south)
    for person in persons.in_own_region(south).filter(responsible_region="SY")[:1]:
        ask_transfer(person=person, to_region=vast, reason="Påhittat: personen bor nu i Göteborg.", by=south)


def _confirmations(west: Access) -> None:
    """All regions have closed the years to 2023, some 2024."""
    late = {"B", "SY", "Ö"}
    YearConfirmation.objects.bulk_create(
        confirmed(region, year, west.user)
        for year in profile.YEARS
        for region in Region.objects.all()
        if year <= 2023 or (year == 2024 and region.code not in late)
    )


def _readings(west: Access, south: Access, operator: Access) -> None:
    """Somebody has read and listed before: the audit log is not empty."""
    persons = Person.objects.filter(first_year=2025).order_by("number")
    for access in (west, south):
        for person in persons.in_own_region(access)[:12]:
            record(access, "person.read", person)
        record(access, "case.list", rows=25)
    for person in persons.visible_to(operator)[:20]:
        record(operator, "person.read", person)
