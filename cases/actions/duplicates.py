"""Propose that two records may be one person, ask the other region, and decide. Nothing is merged by itself:
counting follows by settling (counting rule 2).

Two records are one person when a review says "same". Records tied by such reviews, directly or through
others, are a group: the record identified first stays, the others are `same_as` it, and its `first_*` columns
are those of the group's earliest identification. Everything follows from the reviews and the identifications,
so undoing a decision is deciding otherwise and settling again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext as _

from accounts.access import Access, bypass_policies
from accounts.roles import May
from agencies.directory import Geography
from audit.writer import Actor, record
from cases.actions.base import in_order
from cases.choices import Decision
from cases.duplicates.records import similar_persons, tried
from cases.models import DuplicateReview, Identification, Person, Try
from cases.scope import check_own
from exchange import bulk
from libs.groups import grouped

# How many questions one person may put to other regions in a day: they have other work than answers, and it
# must be no way to ask whether somebody is a victim.
CASES_A_DAY: Final = 10  # to be let into
PAIRS_A_DAY: Final = 5  # that may be one person
MAX_IN_PAGE: Final = 20  # persons compared while somebody waits for the page
PROPOSED: Final = 5  # of one person, the most alike
# of one region, that another has a record like it: invented persons are no way to look for somebody
HINTS_A_DAY: Final = 10


class TooManyQuestions(Exception):
    """As many as one person may ask in a day have been asked."""


def asked_today(rows: QuerySet[Any], *, by: Access) -> QuerySet[Any]:
    """Of `rows`, what `by` has asked within a day."""
    since: datetime = by.at - timedelta(days=1)
    return rows.filter(asked_by=by.user, asked_at__gt=since)


def one_more(asked: int, most: int) -> None:
    """Raises TooManyQuestions."""
    if asked >= most:
        raise TooManyQuestions


FIRST: Final = (
    *("first_identified_on", "first_year", "first_agency_id"),
    *("first_county_id", "first_region_id", "first_channel_id"),
)


@dataclass(frozen=True, slots=True, order=True)
class DatedIdentification:
    """One identification, in the order that decides: date, then the lower number, then the earlier entry."""

    on: date
    number: str  # of the person, `in_order`
    person: int
    entry: int
    agency: int
    county: str
    channel: str | None


@bypass_policies("duplicates")
def settle(persons: Iterable[Person], *, by: Access) -> None:
    """Bring `same_as` and `first_*` in line for these persons and all records tied to them."""
    ids = tied({person.pk for person in persons})
    seen = identifications(ids)
    rows = Person.objects.select_for_update().order_by("pk").in_bulk(ids)
    places = Geography.load()
    settled = (_settle_group(group, rows, seen, places) for group in groups(ids))
    changed = [each for one in settled for each in one]
    bulk.update(changed, ["same_as", *(name.removesuffix("_id") for name in FIRST)], user=by.user)


def tied(ids: set[int]) -> set[int]:
    """`ids` and every record tied to them by reviews that say "same"; one query a step of the chain."""
    found, edge = set(ids), set(ids)
    while edge:
        pairs = same_pairs().filter(first__in=edge) | same_pairs().filter(second__in=edge)
        edge = {one for pair in pairs.values_list("first", "second") for one in pair} - found
        found |= edge
    return found


def groups(ids: set[int]) -> list[list[int]]:
    """The records in groups, each sorted; a record without a "same" review is a group of its own. One
    query."""
    pairs = same_pairs().values_list("first", "second").iterator()  # all: `ids` may be the whole register
    return _tie(ids, (pair for pair in pairs if ids.issuperset(pair)))


def kept_records(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Of records tied in pairs: each that is not the lowest of its group, and the lowest."""
    pairs = list(pairs)
    tied_groups = _tie({one for pair in pairs for one in pair}, pairs)
    return {pk: lowest for lowest, *others in tied_groups for pk in others}


def _tie(ids: set[int], pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    leader = dict(zip(ids, ids, strict=True))

    def lead(pk: int) -> int:
        while leader[pk] != pk:
            pk = leader[pk]
        return pk

    for first, second in pairs:
        leader[max(lead(first), lead(second))] = min(lead(first), lead(second))
    return list(grouped(sorted(ids), lead).values())


def same_pairs() -> QuerySet[DuplicateReview]:
    return DuplicateReview.objects.filter(decision=Decision.SAME)


def identifications(ids: Iterable[int] | None = None) -> dict[int, DatedIdentification]:
    """The earliest identification of each record of `ids`, or of every record."""
    rows = Identification.objects.all() if ids is None else Identification.objects.filter(person__in=ids)
    facts = rows.values_list("identified_on", "person__number", "person", "pk", "agency", "county", "channel")
    read = [
        DatedIdentification(on, in_order(number), person, entry, agency, county, channel)
        for on, number, person, entry, agency, county, channel in facts
    ]
    return {seen.person: seen for seen in sorted(read, reverse=True)}  # the earliest comes last and stays


def first_columns(seen: DatedIdentification, places: Geography) -> dict[str, object]:
    region = places.region_on(seen.county, seen.on)
    values = (seen.on, seen.on.year, seen.agency, seen.county, region, seen.channel)
    return dict(zip(FIRST, values, strict=True))


def expected(
    group: list[int], seen: Mapping[int, DatedIdentification], places: Geography
) -> dict[int, dict[str, object]]:
    """What `same_as_id` and `first_*` of each record of one group must be."""
    known = [one for one in (seen.get(one) for one in group) if one]
    if not known:
        return {}
    stays = min(known).person
    return {
        one.person: {"same_as_id": None if one.person == stays else stays, **first_columns(one, places)}
        for one in known
    }


def _settle_group(
    group: list[int], rows: Mapping[int, Person], seen: Mapping[int, DatedIdentification], places: Geography
) -> list[Person]:
    changed = []
    for pk, columns in expected(group, seen, places).items():
        row = rows[pk]
        if not columns.items() <= vars(row).items():
            for name, value in columns.items():
                setattr(row, name, value)
            changed.append(row)
    return changed


@transaction.atomic
@bypass_policies("duplicates")
def propose(persons: Iterable[Person], *, by: Access) -> int:
    """After saving: note the pairs of one region that are worth a person's judgement. Pairs judged before are
    left alone. It is one try, whatever is found; whether another region has somebody alike is shown by the
    search at night, never at once to who typed.

    Of many persons at once the first ones; `manage.py find_duplicates` compares everybody."""
    persons = list(persons)
    tried(Try.Kind.FORM, len(persons), by=by)
    found = {}
    for person in persons[:MAX_IN_PAGE]:
        alike = dict(similar_persons(person))
        own = Person.objects.filter(pk__in=alike, responsible_region=person.responsible_region_id)
        near = sorted(own.values_list("pk", flat=True), key=lambda pk: (-alike[pk].score, pk))
        for other in near[:PROPOSED]:
            found[min(person.pk, other), max(person.pk, other)] = alike[other].score
    return note(found, by=by, at=by.at)


@transaction.atomic
@bypass_policies("duplicates")
def note(found: Mapping[tuple[int, int], float], *, by: Actor, at: datetime) -> int:
    """Store pairs that are new: of one region all, between regions the most alike, few a day, each in the
    audit log.

    `found` has the similarity by the keys of the older and the newer record."""
    if not found:
        return 0
    reviews = DuplicateReview.objects.filter(first__in={first for first, _second in found})
    known = set(reviews.values_list("first", "second"))
    new = sorted(found.keys() - known, key=lambda pair: (-found[pair], pair))
    persons = Person.objects.in_bulk({each for one in found for each in one})
    left, rows, hinted = _hints_left(at), [], []
    for first, second in new:
        newer = persons[second]
        region = newer.responsible_region_id
        if persons[first].responsible_region_id != region:
            if left[region] < 1:
                continue
            left[region] -= 1
            hinted.append(newer)
        row = DuplicateReview(first_id=first, second_id=second, found_at=at)
        row.similarity = found[first, second]
        rows.append(row)
    DuplicateReview.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    for person in hinted:
        record(by, "duplicate.hint", person)
    return len(rows)


def _hints_left(at: datetime) -> dict[str, int]:
    """How many more hints of another region's record each region may get today."""
    today = DuplicateReview.objects.filter(found_at__gt=at - timedelta(days=1)).order_by()
    across = today.exclude(first__responsible_region=F("second__responsible_region"))
    counted = across.values_list("second__responsible_region").annotate(n=Count("pk"))
    return defaultdict(lambda: HINTS_A_DAY, {region: HINTS_A_DAY - n for region, n in counted})


@transaction.atomic
@bypass_policies("duplicates")
def ask_other_region(review: DuplicateReview, *, by: Access) -> DuplicateReview:
    """Put the question to the region of the other record, which is shown to neither side. Once a pair. Raises
    TooManyQuestions."""
    by.require(May.REVIEW_DUPLICATE)
    row = DuplicateReview.objects.select_for_update().select_related("first", "second").get(pk=review.pk)
    ours = (row.first.responsible_region_id in by.regions, row.second.responsible_region_id in by.regions)
    check_own(ours == (False, True), _("The question is for another region's record."))
    if row.asked_at is None:
        one_more(asked_today(DuplicateReview.objects.all(), by=by).count(), PAIRS_A_DAY)
        row.asked_by, row.asked_at, row.asked_region = by.user, by.at, row.first.responsible_region
        row.save(update_fields=["asked_by", "asked_at", "asked_region"])
        record(by, "duplicate.ask", row.second)
    return row


def own_records(review: DuplicateReview, by: Access) -> list[Person]:
    """The records of a pair that are of own regions, and may be named."""
    return [one for one in (review.first, review.second) if one.responsible_region_id in by.regions]


@transaction.atomic
@bypass_policies("duplicates")
def decide(review: DuplicateReview, *, decision: Decision, reason: str, by: Access) -> None:
    """By the region of both records, or by the one that has the record that was asked about; what has been
    judged also by either region that has one of them now. "Different" undoes an earlier "same"."""
    rows = DuplicateReview.objects.select_for_update(of=("self",)).select_related("first", "second")
    review = rows.get(pk=review.pk)
    own = own_records(review, by)
    answers = review.decision != Decision.OPEN or (review.asked_at is not None and review.first in own)
    check_own(len(own) >= (1 if answers else 2), _("Another region's record is judged by that region."))
    decide_same(one=own[0], other=review.other_than(own[0]), decision=decision, reason=reason, by=by)


@transaction.atomic
@bypass_policies("duplicates")
def decide_same(*, one: Person, other: Person, decision: Decision, reason: str, by: Access) -> None:
    """Record what a human decided of two records, and count anew. "Different" or "unsure" undoes an earlier
    "same"."""
    by.require(May.REVIEW_DUPLICATE)
    if one.pk == other.pk:
        raise ValueError("A record cannot be compared with itself.")
    first, second = sorted((one, other), key=lambda person: person.pk)
    before = tied({first.pk, second.pk})
    review, _created = DuplicateReview.objects.get_or_create(
        first=first, second=second, defaults={"similarity": 0.0, "found_at": by.at}
    )
    review.decision, review.reason, review.by, review.at = decision, reason, by.user, by.at
    review.save()
    settle(Person.objects.filter(pk__in=before), by=by)
    record(by, f"duplicate.{decision}", one)
