"""Invented support-line calls, with and without a case."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from django.utils import timezone

from accounts.access import Access
from agencies.geography import Geography
from cases.choices import Consent
from cases.demo import profile
from cases.demo.drawing import code, day_in, part_of_year, shuffled
from cases.models import Call, Case
from exchange import bulk

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
        women=int(about_person and rng.random() < 0.6),
        men=int(about_person and rng.random() < 0.3),
        girls=int(about_person and rng.random() < 0.08),
        boys=int(about_person and rng.random() < 0.1),
        urgency=rng.choices(["acute", "days", "general"], [12, 38, 50])[0],
        consent=rng.choices(["given", "missing", "not_relevant"], [34, 16, 50])[0],
        minutes=rng.choice([4, 6, 9, 12, 15, 22, 31]),
        taken_by=by.user,
        created_at=received,
        case=case,
    )
    if case and call.consent == Consent.MISSING:
        call.consent = Consent.GIVEN  # otherwise there would be no case of adults
    referred = case is not None or (about_person and rng.random() < 0.6)
    if referred:
        call.referred_region_id = case.region_id if case else places.region_on(county, day)
    outcome = (
        "case"
        if case
        else "referral_coordinator"
        if referred
        else rng.choice(["advice", "advice", "referral_police", "none"])
    )
    purposes = [rng.choice(["sexual", "labour", "begging", "crime", "unknown"])] if about_person else []
    return call, {"topics": topics, "purposes": purposes, "outcomes": [outcome]}


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
