"""The nightly search finds what comparing everybody finds, each night, and compares hardly anybody again."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from math import inf
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from audit.models import Event
from audit.writer import System
from cases.actions import duplicate_search, duplicates
from cases.actions.duplicate_search import SearchCounts, search
from cases.choices import Decision
from cases.duplicates import scoring
from cases.duplicates.blocking import Blocking
from cases.duplicates.scoring import ACROSS_REGIONS, WITHIN_SCOPE, Record
from cases.models import (
    ComparedPerson,
    DuplicateReview,
    Exploitation,
    Identification,
    LikenessSearch,
    Person,
    WaitingHint,
)
from tests.actors import NOON, user
from tests.cases.alike import NIGHT, REGIONS, Pair, Rows, every_similarity, naive
from tests.weights import examples, mostly_long

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return Rows(by=user("Vera", Role.COORDINATOR, region="V"), rng=random.Random(5))


def night(number: int = 0, **how: Any) -> SearchCounts:
    return search(by=System(), at=NOON + timedelta(days=number), **how)


def stored() -> dict[Pair, float]:
    return {(first, second): found for first, second, found in DuplicateReview.objects.values_list(*COLUMNS)}


def waiting() -> dict[Pair, float]:
    return {(first, second): found for first, second, found in WaitingHint.objects.values_list(*COLUMNS)}


COLUMNS = ("first", "second", "similarity")
HINTS = 2  # of a region a night, so that some must wait


@pytest.fixture(autouse=True)
def _few_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (duplicates, duplicate_search):
        monkeypatch.setattr(module, "HINTS_A_DAY", HINTS)


def found_by_comparing_everybody(before: dict[Pair, float]) -> tuple[dict[Pair, float], dict[Pair, float]]:
    """What a night that compares every two adds to the pairs to judge, and which pairs it must leave for
    later."""
    regions = dict(Person.objects.values_list("pk", "responsible_region"))
    new = {pair: found for pair, found in naive().items() if pair not in before}
    facts = {pair: score for pair, (score, across) in new.items() if not across}
    left: Counter[str] = Counter()
    later = {}
    for pair, (score, across) in sorted(new.items(), key=lambda one: (-one[1][0], one[0])):
        if across:
            left[regions[pair[1]]] += 1
            (facts if left[regions[pair[1]]] <= HINTS else later)[pair] = score
    return facts, later


def something_happens(rows: Rows, number: int) -> None:
    """People come, are corrected, handed over, found to be the same, and found not to be."""
    rng, persons = rows.rng, list(Person.objects.order_by("pk"))
    rows.unrelated(rng.choice([0, 1, 2, 9, 30]))
    changes: list[dict[str, Any]] = [
        {"sex": "O"},
        {"citizenship": "RO"},
        {"citizenship": None},
        {"first_county_id": "14"},
        {"responsible_region_id": "SY"},
        {"responsible_region_id": "V"},
        {"age_class": None, "child": "unknown"},
    ]
    for person in rng.sample(persons, 4):
        Person.objects.filter(pk=person.pk).update(**rng.choice(changes))
    one, other, third = rng.sample(persons, 3)
    Person.objects.filter(pk=one.pk).update(same_as=other)
    back = Person.objects.filter(same_as__isnull=False).order_by("pk").first()
    if number % 2 and back:
        Person.objects.filter(pk=back.pk).update(same_as=None)
    day = third.first_identified_on + timedelta(rng.choice([-40, 3, 90]))
    Person.objects.filter(pk=third.pk).update(first_identified_on=day, first_year=day.year)
    Exploitation.objects.filter(person=rng.choice(persons), is_main=True).update(purpose="purpose:begging")
    Identification.objects.filter(person=rng.choice(persons)).update(reference_index=rng.choice(["r1", "r2"]))


def each_pair_is_answered_for() -> bool:
    """Of each two who are not alike enough one is compared again before their similarity can have risen
    enough."""
    noted = stored()
    drift = LikenessSearch.objects.get().drift
    reach = {
        person: inf if known is None else known
        for person, known in ComparedPerson.objects.values_list(*REACH)
    }
    limits = {False: WITHIN_SCOPE, True: ACROSS_REGIONS}
    return all(
        min(reach[one], reach[other]) <= drift + limits[across] - score
        for (one, other), (score, across) in every_similarity().items()
        if (one, other) not in noted and score < limits[across]
    )


REACH = ("person", "reach")


@pytest.mark.parametrize("seed", mostly_long(range(6), usual=[0]))
def test_each_night_adds_what_comparing_everybody_would_add(rows: Rows, seed: int) -> None:
    rows.rng = random.Random(seed)
    rows.unrelated(examples(50, 90))
    for number in range(examples(4, 6)):
        before = stored()
        facts, later = found_by_comparing_everybody(before)
        searched = night(number)
        assert stored() == before | facts
        assert waiting() == later
        assert searched.noted == len(facts)
        assert each_pair_is_answered_for()
        something_happens(rows, number)


def test_a_pair_of_whom_neither_has_changed_is_found_when_what_they_share_has_become_rare(rows: Rows) -> None:
    """Who comes from elsewhere makes those who were here more alike: they are few by now."""
    rows.unrelated(60, days=60)
    night()
    before, unchanged = stored(), set(Person.objects.values_list("pk", flat=True))
    for record in rows.unrelated(300, days=3_000):
        Person.objects.filter(pk=record.pk).update(citizenship="PH", first_county_id="25", sex="M")
    expected = {pair for pair in found_by_comparing_everybody(before)[0] if set(pair) <= unchanged}
    assert expected
    night(1)
    assert {pair for pair in stored() if pair not in before and set(pair) <= unchanged} == expected


@pytest.fixture
def comparisons(monkeypatch: pytest.MonkeyPatch) -> list[Pair]:
    """Each time that two records are compared in full."""
    seen: list[Pair] = []
    plain = scoring.PARTS["reference"]

    def counting(one: scoring.Record, other: scoring.Record, shares: scoring.Shares) -> float | None:
        seen.append((int(one.key), int(other.key)))
        return plain(one, other, shares)

    monkeypatch.setitem(scoring.PARTS, "reference", counting)
    return seen


def command(*words: str) -> str:
    out = StringIO()
    call_command("find_duplicates", *words, stdout=out)
    return out.getvalue()


def test_on_the_second_night_nobody_is_compared(rows: Rows, comparisons: list[Pair]) -> None:
    rows.unrelated(90)
    command()
    assert comparisons
    comparisons.clear()
    assert command() == "0 new pairs to judge\n"
    assert comparisons == []


def test_few_are_compared_where_few_can_be_alike_enough(rows: Rows, comparisons: list[Pair]) -> None:
    rows.unrelated(150)
    night()
    made = len(comparisons)
    assert 0 < made < 2 * len(naive())


def test_one_who_is_new_is_compared_with_those_of_some_months_only(
    rows: Rows, comparisons: list[Pair]
) -> None:
    rows.unrelated(90)
    night()
    comparisons.clear()
    [new] = rows.unrelated(1)
    searched = night(1)
    assert searched.fresh < searched.persons / 3
    assert new.pk in {pk for pair in comparisons for pk in pair} or not naive().keys() & {new.pk}


def test_all_compares_everybody_anew(rows: Rows, comparisons: list[Pair]) -> None:
    rows.unrelated(90)
    command()
    comparisons.clear()
    DuplicateReview.objects.all().delete()
    assert command() == "0 new pairs to judge\n"
    assert command("--all") != "0 new pairs to judge\n"
    assert comparisons


def test_a_changed_weight_compares_everybody_anew(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    rows.unrelated(40)
    assert night().fresh == night(1, everybody=True).fresh == Person.objects.count()
    assert night(2).fresh == 0
    monkeypatch.setattr(scoring, "REFERENCE", scoring.REFERENCE + 1)
    assert night(3).fresh == Person.objects.count()


def test_pairs_that_have_been_judged_are_left_alone(rows: Rows) -> None:
    rows.unrelated(90)
    night()
    judged = stored()
    for review in DuplicateReview.objects.all():  # the reason is encrypted to its row
        review.decision, review.reason, review.by, review.at = Decision.DIFFERENT, "x", rows.by, NOON
        review.save()
    assert night(1, everybody=True).noted == len(stored()) - len(judged)
    assert DuplicateReview.objects.filter(decision=Decision.DIFFERENT).count() == len(judged)


def test_what_stops_halfway_goes_on_where_it_was(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicate_search, "BATCH_SIZE", 10)
    rows.unrelated(90, days=500)
    expected, later = found_by_comparing_everybody({})
    meet, met = Blocking.meet, Counter[str]()

    def stopping(self: Blocking, entry: Any) -> Any:
        met["persons"] += 1
        if met["persons"] == 110:
            raise KeyboardInterrupt
        return meet(self, entry)

    monkeypatch.setattr(Blocking, "meet", stopping)
    with pytest.raises(KeyboardInterrupt):
        night()
    monkeypatch.setattr(Blocking, "meet", meet)
    done = ComparedPerson.objects.count()
    assert done > 0
    assert night().fresh == Person.objects.count() - done
    assert (stored(), waiting()) == (expected, later)


def test_somebody_who_changes_while_the_search_runs_is_left_to_the_next(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not all their months are read: they are near one who is new, who is not near the one that they are now
    like."""
    days = [NIGHT + timedelta(days) for days in (0, 240, 260)]
    facts = {
        "county": "14",
        "sex": "F",
        "child": "no",
        "age_class": "25-34",
        "purposes": frozenset({"begging"}),
    }
    new, changing, like = (
        Record(str(day), identified_on=day, citizenships=frozenset({code}), **facts)
        for day, code in zip(days, ("RO", "RO", "MN"), strict=True)
    )
    rows.add([replace(changing, sex="M"), like])
    Person.objects.update(responsible_region_id="V", first_county_id="14")
    night()
    rows.add([new])
    weigh = duplicate_search._weigh

    def meanwhile(census: Any) -> float:
        Person.objects.filter(sex="M").update(sex="F", citizenship="MN")
        return weigh(census)

    monkeypatch.setattr(duplicate_search, "_weigh", meanwhile)
    assert night(1).fresh == 1
    monkeypatch.setattr(duplicate_search, "_weigh", weigh)
    assert naive()
    night(2)
    assert stored().keys() == naive().keys()


# --- hints across regions ---------------------------------------------------------------------
def alike_across_regions(rows: Rows, **facts: str) -> None:
    """Persons of three regions, of whom every eighth has the same reference."""
    regions = sorted(REGIONS.values())
    for number, person in enumerate(rows.unrelated(90, days=60)):
        Person.objects.filter(pk=person.pk).update(responsible_region_id=regions[number % 3], **facts)
        Identification.objects.filter(person=person).update(reference_index=f"r{number % 8}")


def test_hints_that_must_wait_are_given_on_later_nights_the_most_alike_first(
    rows: Rows,
) -> None:
    alike_across_regions(rows, first_county_id="21")
    expected = {pair: score for pair, (score, across) in naive().items() if across}
    for number in range(3):
        night(number)
        given = expected.keys() & stored().keys()
        assert len(given) == 3 * HINTS * (number + 1)
    for region in REGIONS.values():
        newer = set(Person.objects.filter(responsible_region=region).values_list("pk", flat=True))
        of_region = {pair for pair in expected if pair[1] in newer}
        told, still = of_region & given, of_region - given
        assert min(map(expected.__getitem__, told)) >= max(map(expected.__getitem__, still))
    assert Event.objects.filter(action="duplicate.hint").count() == len(given)


def test_a_hint_that_waits_for_one_who_has_changed_waits_no_longer(rows: Rows) -> None:
    """Days and responsible regions are in nobody's shares: with them nothing else is sought anew."""
    alike_across_regions(rows)
    night()
    (first, second), (third, _fourth) = min(waiting()), max(waiting())
    Person.objects.filter(pk=first).update(
        responsible_region_id=Person.objects.get(pk=second).responsible_region_id
    )
    Person.objects.filter(pk=third).update(first_identified_on=NIGHT.replace(year=2030), first_year=2030)
    before = stored()
    facts, later = found_by_comparing_everybody(before)
    assert (first, second) in facts
    night(1)
    assert (stored(), waiting()) == (before | facts, later)


# --- what it costs ----------------------------------------------------------------------------
def test_queries_grow_with_pages_of_persons_and_not_with_persons(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (duplicates, duplicate_search):
        monkeypatch.setattr(module, "HINTS_A_DAY", 1_000)
    rows.unrelated(30)
    night()
    with CaptureQueriesContext(connection) as few:
        night(1)
    rows.unrelated(90)
    night(2)
    with CaptureQueriesContext(connection) as many:
        night(3)
    assert len(few) == len(many) < 40


def test_memory_holds_some_months_of_the_register(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicate_search, "PAGE", 20)
    most: list[int] = []
    meet = Blocking.meet
    monkeypatch.setattr(
        Blocking, "meet", lambda self, entry: most.append(len(self._line)) or meet(self, entry)
    )
    rows.unrelated(150, days=3_000)
    night()
    assert len(most) == Person.objects.count()
    assert max(most) < len(most) / 4


# --- what is remembered -----------------------------------------------------------------------
def test_nothing_that_is_remembered_stands_in_the_way_of_a_person_who_goes(rows: Rows) -> None:
    rows.unrelated(60)
    night()
    gone = ComparedPerson.objects.values_list("person", flat=True)[0]
    WaitingHint.objects.create(first=gone, second=gone + 1, region="V", similarity=13.0)
    Person.objects.filter(pk=gone).update(same_as=Person.objects.exclude(pk=gone).first())
    night(1)
    assert not ComparedPerson.objects.filter(person=gone).exists()
    assert not WaitingHint.objects.filter(first=gone).exists()
    assert not [field for field in ComparedPerson._meta.get_fields() if field.is_relation]


def test_a_search_is_remembered_once_and_a_hint_is_in_order_and_once() -> None:
    LikenessSearch.objects.create(pk=1, rules="r", shares={})
    WaitingHint.objects.create(first=1, second=2, region="V", similarity=13.0)
    for refused in (
        lambda: LikenessSearch.objects.create(pk=2, rules="r", shares={}),
        lambda: WaitingHint.objects.create(first=1, second=2, region="V", similarity=14.0),
        lambda: WaitingHint.objects.create(first=3, second=2, region="V", similarity=13.0),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            refused()
