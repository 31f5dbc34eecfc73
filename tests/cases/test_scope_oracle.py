"""Random networks of people, regions, deputies, transfers, grants and dates: row access against a plain
second reading.

The second reading knows only the rows as they were made, in Python: design part 4 sentence by sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from agencies.models import Agency, Code, Coordinator, Region
from cases.models import (
    AccessGrant,
    Call,
    Case,
    DuplicateReview,
    Exploitation,
    Identification,
    Measure,
    Person,
    Transfer,
)
from tests.weights import mostly_long
from tests.world import undone

pytestmark = pytest.mark.django_db
REGIONS = ("V", "SY", "M")
START = date(2018, 1, 1)
NETWORKS = range(25)
USUAL = range(4)  # in `make test`


@dataclass
class Network:
    random: Random
    users: list[User] = field(default_factory=list)
    assignments: list[Coordinator] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    parts: dict[type[Any], list[Any]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    grants: list[AccessGrant] = field(default_factory=list)
    reviews: list[DuplicateReview] = field(default_factory=list)

    def day(self) -> date:
        return START + timedelta(days=self.random.randrange(12))

    def moment(self) -> datetime:
        return datetime(2018, 1, 1, tzinfo=UTC) + timedelta(hours=self.random.randrange(12 * 24))


# --- the second reading ------------------------------------------------------------------------
def regions_of(net: Network, user: User, on: date) -> set[str]:
    if user.role != "coordinator":
        return set()
    mine = [row for row in net.assignments if row.user_id == user.pk]
    return {
        row.region_id for row in mine if row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)
    }


def grants_of(net: Network, user: User, at: datetime, regions: set[str]) -> list[AccessGrant]:
    """Those that count now. Nobody without a region of their own has any."""
    if user.role != "coordinator" or not regions:
        return []
    mine = (g for g in net.grants if g.asked_by_id == user.pk and g.answer == "accepted" and g.case_id)
    return [g for g in mine if g.until is not None and g.until > at]


def granted(net: Network, user: User, at: datetime, regions: set[str]) -> set[tuple[int, str]]:
    """(case, region) pairs whose persons may be read now."""
    return {(g.case_id, g.region_id) for g in grants_of(net, user, at, regions) if g.persons}


def sees_case(net: Network, user: User, at: datetime, regions: set[str], case: Case) -> bool:
    if user.role == "operator":
        return case.opened_by_id == user.pk
    if user.role != "coordinator":
        return False
    there = [person for person in net.persons if person.case_id == case.pk]
    if any(person.responsible_region_id in regions for person in there):
        return True
    if case.region_id in regions:
        return True
    return any(grant.case_id == case.pk for grant in grants_of(net, user, at, regions))


def changes_case(user: User, regions: set[str], case: Case) -> bool:
    """What is noted of a case is changed by its region alone."""
    if user.role == "operator":
        return case.opened_by_id == user.pk
    return user.role == "coordinator" and case.region_id in regions


def reads_whole(net: Network, user: User, at: datetime, regions: set[str], case: Case) -> bool:
    """And read by it, and by whom it has granted the note."""
    notes = [g for g in grants_of(net, user, at, regions) if g.note and g.region_id == case.region_id]
    return changes_case(user, regions, case) or any(g.case_id == case.pk for g in notes)


def sees_person(net: Network, user: User, at: datetime, regions: set[str], person: Person) -> bool:
    if user.role == "operator":
        return next(case for case in net.cases if case.pk == person.case_id).opened_by_id == user.pk
    if person.responsible_region_id in regions:
        return True
    return (person.case_id, person.responsible_region_id) in granted(net, user, at, regions)


def sees_call(user: User, regions: set[str], call: Call) -> bool:
    return user.role == "operator" or (user.role == "coordinator" and call.referred_region_id in regions)


def sees_review(net: Network, regions: set[str], review: DuplicateReview) -> bool:
    both = [person for person in net.persons if person.pk in {review.first_id, review.second_id}]
    return all(person.responsible_region_id in regions for person in both)


def sees_grant(user: User, regions: set[str], grant: AccessGrant) -> bool:
    if user.role != "coordinator":
        return False
    return grant.asked_by_id == user.pk or bool(grant.case_id and grant.region_id in regions)


def expected(net: Network, user: User, at: datetime, on: date) -> dict[str, set[int]]:
    regions = regions_of(net, user, on)
    persons = keys(net.persons, lambda person: sees_person(net, user, at, regions, person))
    cases = keys(net.cases, lambda case: sees_case(net, user, at, regions, case))
    parts = {
        model.__name__: keys(rows, lambda part: part.person_id in persons)
        for model, rows in net.parts.items()
    }
    return {
        "case": cases,
        "case, in parts": cases,
        "case, to change": {c.pk for c in net.cases if changes_case(user, regions, c)},
        "case, whole": {c.pk for c in net.cases if reads_whole(net, user, at, regions, c)},
        "person": persons,
        "call": keys(net.calls, lambda call: sees_call(user, regions, call)),
        "transfer": keys(net.transfers, lambda row: {row.from_region_id, row.to_region_id} & regions),
        "grant": keys(net.grants, lambda grant: sees_grant(user, regions, grant)),
        "review": keys(net.reviews, lambda review: sees_review(net, regions, review)),
        **parts,
    }


def keys(rows: Iterable[Any], sees: Callable[[Any], Any]) -> set[int]:
    return {row.pk for row in rows if sees(row)}


def found(access: Access) -> dict[str, set[int]]:
    models = {
        "case": Case,
        "person": Person,
        "call": Call,
        "transfer": Transfer,
        "grant": AccessGrant,
        "review": DuplicateReview,
        "Identification": Identification,
        "Exploitation": Exploitation,
        "Measure": Measure,
    }
    parts = Case.objects.visible_parts(access)
    return {
        name: set(m.objects.visible_to(access).values_list("pk", flat=True)) for name, m in models.items()
    } | {
        "case, in parts": {pk for part in parts for pk in part.values_list("pk", flat=True)},
        "case, to change": set(Case.objects.changeable_by(access).values_list("pk", flat=True)),
        "case, whole": set(Case.objects.whole_for(access).values_list("pk", flat=True)),
    }


# --- a network ---------------------------------------------------------------------------------
def network(seed: int) -> Network:
    net = Network(Random(seed))
    pick = net.random.choice
    for number in range(7):
        role = pick([Role.COORDINATOR, Role.COORDINATOR, Role.COORDINATOR, Role.OPERATOR, *Role])
        net.users.append(User.objects.create(email=f"u{number}@example.org", name=f"U{number}", role=role))
    for _ in range(8):
        first, kind = net.day(), pick(["coordinator", "deputy"])
        last = (
            first + timedelta(days=net.random.randrange(6))
            if kind == "deputy" or net.random.random() < 0.5
            else None
        )
        facts = {"user": pick(net.users), "region_id": pick(REGIONS), "kind": kind, "name": "x"}
        net.assignments.append(Coordinator.objects.create(valid_from=first, valid_to=last, **facts))
    for number in range(6):
        facts = {"region_id": pick(REGIONS), "opened_on": net.day(), "opened_by": pick(net.users)}
        net.cases.append(Case.objects.create(number=f"X-{number}", **facts))
    for number in range(9):
        net.persons.append(_person(net, pick(net.cases), number))
    _parts(net)
    _between_regions(net)
    return net


def _person(net: Network, case: Case, number: int) -> Person:
    """Responsible is any region: a transfer may have moved the person since."""
    police = Agency.objects.get(code="police")
    return Person.objects.create(
        case=case,
        number=f"X-P{number}",
        position=number,
        responsible_region_id=net.random.choice(REGIONS),
        sex="F",
        child="no",
        first_identified_on=START,
        first_year=2018,
        first_agency=police,
        first_county_id="14",
        first_region_id="V",
    )


def _parts(net: Network) -> None:
    police = Agency.objects.get(code="police")
    for person in net.persons:
        rows = [
            Identification(person=person, agency=police, identified_on=START, county_id="14"),
            Exploitation(person=person, purpose_id="purpose:sexual", is_main=True),
            Measure(person=person, kind_id="measure:reflection", month=START),
        ]
        for row in rows:
            row.save()
            net.parts.setdefault(type(row), []).append(row)
    caller = Code.objects.of("caller")[0]
    for _ in range(5):
        facts = {"received_at": net.moment(), "received_on": START, "caller_group": caller}
        where = net.random.choice([None, *REGIONS])
        net.calls.append(
            Call.objects.create(taken_by=net.random.choice(net.users), referred_region_id=where, **facts)
        )


def _between_regions(net: Network) -> None:
    pick = net.random.choice
    for person in net.persons[:4]:
        one, other = net.random.sample(REGIONS, 2)
        facts = {"asked_by": pick(net.users), "asked_at": net.moment(), "reason": "x"}
        net.transfers.append(
            Transfer.objects.create(person=person, from_region_id=one, to_region_id=other, **facts)
        )
    for _ in range(16):
        case, answer = (
            pick([None, *net.cases]),
            pick(["pending", "accepted", "accepted", "accepted", "declined"]),
        )
        answer = "pending" if case is None else answer
        at = net.moment()
        asker, answerer = net.random.sample(net.users, 2)
        facts = {} if answer == "pending" else {"answered_by": answerer, "answered_at": at}
        until = at + timedelta(hours=net.random.randrange(1, 25)) if answer == "accepted" else None
        facts["persons"], facts["note"] = pick([(True, True), (True, False), (False, True)])
        net.grants.append(AccessGrant.objects.create(
            case=case, case_number="X", region_id=pick(REGIONS), asked_by=asker, asked_at=at, reason="x",
            answer=answer, until=until, **facts,
        ))  # fmt: skip
    pairs = {tuple(sorted(p.pk for p in net.random.sample(net.persons, 2))) for _ in range(4)}
    for first, second in sorted(pairs):
        row = DuplicateReview(first_id=first, second_id=second, similarity=0.5, found_at=net.moment())
        row.save()
        net.reviews.append(row)


@pytest.mark.parametrize("seed", mostly_long(NETWORKS, usual=USUAL))
def test_everybody_sees_what_the_second_reading_says_at_any_moment(seed: int) -> None:
    net = network(seed)
    assert Region.objects.filter(code__in=REGIONS).count() == len(REGIONS)
    for user in net.users:
        for at in (net.moment(), net.moment()):
            access = Access.of(user, at=at)
            assert found(access) == expected(net, user, at, access.today), (user.role, at)


def test_the_networks_are_not_trivial() -> None:
    """Grants, deputies and moved persons do open rows in them; otherwise the test above would prove
    little."""
    opened = {"case": 0, "person": 0, "grant": 0, "deputy": 0, "review": 0}
    for seed in USUAL:
        with undone():
            net = network(seed)
            for user in net.users:
                at = net.moment()
                access = Access.of(user, at=at)
                seen = expected(net, user, at, access.today)
                opened["case"] += len(seen["case"])
                opened["person"] += len(seen["person"])
                opened["review"] += len(seen["review"])
                opened["grant"] += len(grants_of(net, user, at, set(access.regions)))
                opened["deputy"] += len(access.deputy)
    assert min(opened.values()) > 0, opened
