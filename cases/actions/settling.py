"""Which record of a person stays, and when, where and by whom the person was first identified (counting rule
2).

Two records are one person when a review says "same". Records tied by such reviews, directly or through
others, are a group: the record identified first stays, the others are `same_as` it, and its `first_*` columns
are those of the group's earliest identification. Everything follows from the reviews and the identifications,
so undoing a decision is deciding otherwise and settling again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from accounts.access import Access
from accounts.acting import beyond
from agencies.geography import Geography
from cases.actions.numbers import in_order
from cases.choices import Decision
from cases.models import DuplicateReview, Identification, Person
from exchange import bulk

FIRST = (
    "first_identified_on",
    "first_year",
    "first_agency_id",
    "first_county_id",
    "first_region_id",
    "first_channel_id",
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


@beyond("duplicates")
def settle(persons: Iterable[Person], *, by: Access) -> None:
    """Bring `same_as` and `first_*` in line for these persons and all records tied to them."""
    ids = tied({person.pk for person in persons})
    seen = identifications(ids)
    rows = {row.pk: row for row in Person.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    places = Geography.load()
    changed = [row for group in groups(ids) for row in _settle_group(group, rows, seen, places)]
    bulk.update(changed, ["same_as", *(name.removesuffix("_id") for name in FIRST)], user=by.user)


def tied(ids: set[int]) -> set[int]:
    """`ids` and every record tied to them by reviews that say "same"; one query a step of the chain."""
    found, edge = set(ids), set(ids)
    while edge:
        pairs = same_pairs().filter(first__in=edge) | same_pairs().filter(second__in=edge)
        edge = {pk for pair in pairs.values_list("first", "second") for pk in pair} - found
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
    return {pk: group[0] for group in _tie({pk for pair in pairs for pk in pair}, pairs) for pk in group[1:]}


def _tie(ids: set[int], pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    leader = {pk: pk for pk in ids}

    def lead(pk: int) -> int:
        while leader[pk] != pk:
            pk = leader[pk]
        return pk

    for first, second in pairs:
        leader[max(lead(first), lead(second))] = min(lead(first), lead(second))
    result: dict[int, list[int]] = {}
    for pk in sorted(ids):
        result.setdefault(lead(pk), []).append(pk)
    return list(result.values())


def same_pairs() -> QuerySet[DuplicateReview]:
    return DuplicateReview.objects.filter(decision=Decision.SAME)


def identifications(ids: Iterable[int] | None = None) -> dict[int, DatedIdentification]:
    """The earliest identification of each record of `ids`, or of every record."""
    rows = Identification.objects.all() if ids is None else Identification.objects.filter(person__in=ids)
    facts = rows.values_list("identified_on", "person__number", "person", "pk", "agency", "county", "channel")
    earliest: dict[int, DatedIdentification] = {}
    read = [
        DatedIdentification(on, in_order(number), person, entry, agency, county, channel)
        for on, number, person, entry, agency, county, channel in facts
    ]
    for seen in sorted(read):
        earliest.setdefault(seen.person, seen)
    return earliest


def first_columns(seen: DatedIdentification, places: Geography) -> dict[str, object]:
    region = places.region_on(seen.county, seen.on)
    return dict(
        zip(FIRST, (seen.on, seen.on.year, seen.agency, seen.county, region, seen.channel), strict=True)
    )


def expected(
    group: list[int], seen: Mapping[int, DatedIdentification], places: Geography
) -> dict[int, dict[str, object]]:
    """What `same_as_id` and `first_*` of each record of one group must be."""
    known = [seen[pk] for pk in group if pk in seen]
    if not known:
        return {}
    stays = min(known).person
    return {
        pk: {"same_as_id": None if pk == stays else stays, **first_columns(seen[pk], places)}
        for pk in group
        if pk in seen
    }


def _settle_group(
    group: list[int], rows: Mapping[int, Person], seen: Mapping[int, DatedIdentification], places: Geography
) -> list[Person]:
    changed = []
    for pk, columns in expected(group, seen, places).items():
        row = rows[pk]
        if any(getattr(row, name) != value for name, value in columns.items()):
            for name, value in columns.items():
                setattr(row, name, value)
            changed.append(row)
    return changed
