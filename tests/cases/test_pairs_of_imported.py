"""Possible duplicates of those imported from spreadsheets: in the order of what they change, each answered
as any other, and nothing is told of another region's record."""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import partial
from itertools import chain, combinations
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.access import Access
from accounts.roles import Role
from audit.writer import System
from cases.actions.duplicate_search import search
from cases.actions.duplicates import decide_same
from cases.choices import Decision
from cases.duplicates import blocking, scoring
from cases.duplicates.blocking import BlockedRecord
from cases.duplicates.scoring import (
    NO_SHARES,
    WINDOW,
    Record,
    compare,
    kinds,
    limit_of,
    windows,
)
from cases.models import DuplicateReview, Person
from tests.actors import NOON, access, user
from tests.cases.pages import pages_of, signed_in
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
WHERE = "/cases/duplicates/taken-over/"


@pytest.fixture
def vera() -> Access:
    return access(user("Vera", Role.COORDINATOR, region="V", language="en"))


@pytest.fixture
def client(vera: Access) -> Client:
    return signed_in(vera.user)


def person(
    by: Access, on: date, *, taken: bool = True, status: str = "presumed", region: str = "V"
) -> Person:
    county = {"V": "14", "SY": "12"}[region]
    new = new_person(on=on, county=county, taken_over=taken, status=status)
    return new_case(new, by=by, region=region).persons.get()


def pair(one: Person, other: Person, similarity: float = 11.0) -> DuplicateReview:
    first, second = sorted((one, other), key=lambda row: row.pk)
    facts: dict[str, Any] = {"similarity": similarity, "found_at": NOON}
    return DuplicateReview.objects.create(first=first, second=second, **facts)


def shown(client: Client, where: str = WHERE) -> list[tuple[str, str]]:
    return [(review.second.number, reason) for review, reason in client.get(where).context["lines"]]


MAY, JUNE, NEXT = date(2018, 5, 2), date(2018, 6, 1), date(2019, 2, 1)


def test_who_is_counted_twice_in_a_year_comes_first_and_each_says_why(vera: Access, client: Client) -> None:
    DuplicateReview.objects.all().delete()
    nothing = pair(person(vera, MAY), person(vera, JUNE, status="not_victim"), 14.0)
    years = pair(person(vera, MAY), person(vera, NEXT, taken=False), 12.0)
    alone = pair(person(vera, MAY, status="not_victim"), person(vera, NEXT), 11.5)
    twice = pair(person(vera, MAY), person(vera, JUNE), 10.5)
    own = pair(person(vera, MAY, taken=False), person(vera, JUNE, taken=False), 15.0)
    DuplicateReview.objects.exclude(pk__in=[row.pk for row in (nothing, years, alone, twice, own)]).delete()
    assert shown(client) == [
        (twice.second.number, "Same year: 2018 goes down by 1"),
        (years.second.number, "Two years: 2019 goes down by 1, the person is counted in 2018"),
        (alone.second.number, "2019 goes down by 1: the earlier record is not counted"),
        (nothing.second.number, "Changes no total"),
    ]
    ordinary = client.get("/cases/duplicates/").context
    assert ([row.pk for row in ordinary["reviews"]], ordinary["taken_over"]) == ([own.pk], True)
    before = Person.objects.counted().identified_in(2018).count()
    answer = client.post(f"/cases/duplicates/{twice.code}/", {"decision": "same", "reason": "Samma."})
    assert (answer.status_code, answer["Location"]) == (302, WHERE)
    assert Person.objects.counted().identified_in(2018).count() == before - 1
    assert twice.second.number not in dict(shown(client))


def test_a_record_that_is_counted_in_another_says_what_that_one_changes(vera: Access, client: Client) -> None:
    first, second, third = person(vera, MAY), person(vera, JUNE), person(vera, NEXT)
    DuplicateReview.objects.all().delete()
    decide_same(one=first, other=second, decision=Decision.SAME, reason="", by=vera)
    pair(second, third)
    assert shown(client) == [(third.number, "Two years: 2019 goes down by 1, the person is counted in 2018")]
    decide_same(one=first, other=third, decision=Decision.SAME, reason="", by=vera)
    assert shown(client) == [(third.number, "Changes no total")]


@pytest.mark.parametrize(("status", "on", "taken"), [("presumed", MAY, True), ("not_victim", NEXT, False)])
def test_of_another_regions_record_nothing_is_told(
    vera: Access, client: Client, status: str, on: date, taken: bool
) -> None:
    stina = access(user("Stina", Role.COORDINATOR, region="SY"))
    theirs = person(stina, on, status=status, taken=taken, region="SY")
    ours = person(vera, JUNE)
    DuplicateReview.objects.all().delete()
    pair(theirs, ours, 14.0)
    assert shown(client) == [(ours.number, "Another region: a year's total may go down by 1")]
    page = client.get(WHERE).content.decode()
    assert (theirs.number in page, str(theirs.code) in page, ours.get_absolute_url() in page) == (
        False,
        False,
        True,
    )
    Person.objects.filter(pk=ours.pk).update(taken_over=False)
    assert shown(client) == []


def test_the_queue_goes_on_by_pages_and_costs_the_same_however_many_wait(
    vera: Access, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages_of(5, monkeypatch)
    one = person(vera, MAY)
    others = enumerate([person(vera, date(2018 + n % 2, 6, 1)) for n in range(7)])
    DuplicateReview.objects.all().delete()
    pairs = [pair(one, other, 11.0 + n % 3) for n, other in others]
    client.get(WHERE)  # what is read once
    found, where, asked = [], WHERE, set()
    while where:
        with CaptureQueriesContext(connection) as queries:
            context = client.get(where).context
        asked.add(len(queries) - where.count("after"))
        found += reviews(context)
        where = f"{WHERE}{context['next']}" if context["next"] else ""
    order = sorted(pairs, key=lambda row: (row.second.first_year != 2018, -row.similarity, row.pk))
    assert found == [row.pk for row in order]
    assert len(asked) == 1
    assert reviews(client.get(f"{WHERE}?before={order[5].code}").context) == found[:5]


def reviews(context: Any) -> list[int]:
    return [review.pk for review, _reason in context["lines"]]


@pytest.fixture
def low(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few records are alike enough."""
    for module in (scoring, blocking):
        monkeypatch.setattr(module, "WITHIN_SCOPE", 4.0)
        monkeypatch.setattr(module, "ACROSS_REGIONS", 5.0)


def test_the_search_finds_those_taken_over_however_many_years_lie_between(vera: Access, low: None) -> None:
    def alike(on: date, taken: bool) -> Person:
        facts = {"citizenship": "MN", "age_class": "25-34", "taken_over": taken}
        return new_case(new_person(on=on, main="organs", **facts), by=vera).persons.get()

    early, taken, late = alike(date(2013, 3, 1), False), alike(date(2016, 9, 1), True), alike(NEXT, False)
    search(by=System(), at=NOON)
    found = {(row.first_id, row.second_id) for row in DuplicateReview.objects.all()}
    assert found == {(early.pk, taken.pk), (taken.pk, late.pk)}
    assert search(by=System(), at=NOON).fresh == 0
    newest = alike(date(2018, 1, 5), True)
    DuplicateReview.objects.all().delete()
    search(by=System(), at=NOON)
    found = {(row.first_id, row.second_id) for row in DuplicateReview.objects.all()}
    assert found >= {(one.pk, newest.pk) for one in (early, taken, late)}
    assert (early.pk, late.pk) not in found


def _entry(rng: random.Random, number: int) -> BlockedRecord:
    record = Record(
        key=str(number), case=str(number // 2), county=rng.choice(["14", "12"]), sex=rng.choice("FM"),
        identified_on=date(2012, 1, 1) + timedelta(rng.randrange(2500)), child="no",
        age_class=rng.choice(["18-24", "25-34"]), citizenships=frozenset({rng.choice(["RO", "MN"])}),
        purposes=frozenset({rng.choice(["organs", "crime"])}),
        references=frozenset({rng.choice("abcdefgh")}) if rng.random() < 0.3 else frozenset(),
    )  # fmt: skip
    return BlockedRecord(record, rng.choice(["V", "SY"]), fresh=rng.random() < 0.5)


@pytest.mark.parametrize("seed", range(3))
def test_passing_by_finds_what_comparing_every_two_finds(low: None, seed: int) -> None:
    rng = random.Random(seed)
    entries = list(map(partial(_entry, rng), range(60)))
    kept = rng.sample(entries, 24)
    taken = {entry.record.key for entry in kept}
    far = blocking.FarBlocking(NO_SHARES)
    far.keep(kept)
    candidate_pair = chain(*(far.pass_by(entry, kept=entry in kept) for entry in entries))
    keys = [_keys(pair.one, pair.other) for pair in candidate_pair]
    asked = (_keys(*two) for two in combinations(entries, 2) if _is_asked(*two))
    wanted = {pair for pair in asked if pair & taken}
    assert len(keys) == len(wanted) > 0
    assert set(keys) == wanted


def _keys(one: BlockedRecord, other: BlockedRecord) -> frozenset[str]:
    return frozenset({one.record.key, other.record.key})


def _is_asked(one: BlockedRecord, other: BlockedRecord) -> bool:
    """Whether the two are alike enough, and nothing else would have brought them together."""
    first, second = one.record, other.record
    if first.case == second.case or not (one.fresh or other.fresh):
        return False
    if first.references & second.references or _meet(first, second):
        return False
    is_alike = compare(first, second).score >= limit_of(one.region, other.region)
    return bool(kinds(first) & kinds(second)) and is_alike


def _meet(one: Record, other: Record) -> bool:
    first, second = one.identified_on, other.identified_on
    assert first is not None
    assert second is not None
    return abs((first - second).days) <= WINDOW or bool({*windows(first)} & {*windows(second)})
