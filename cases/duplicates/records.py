"""Stored persons as records to compare, those that are worth comparing with somebody, and how often somebody
compares. Shows nothing to anybody.

Tries are counted whatever was found, and are never a reason to refuse or to wait. Whoever types invented
persons to see whether a pursued one is registered learns nothing before the next morning, by the search at
night, and no more than that another region may be asked. How often they try is seen by the data protection
officer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.access import Access
from cases.duplicates.scoring import (
    UNKNOWN,
    WINDOW,
    Record,
    Shares,
    Similarity,
    are_different,
    compare,
    limit_of,
    sharing_of,
)
from cases.models import Exploitation, Identification, Person, Try

A_DAY: Final = 24 * 60 * 60
MAX_COMPARED: Final = 400  # records compared with one person
# A change of these is a try: what similarity is reckoned from.
COMPARED: Final = frozenset(
    {
        *("sex", "child", "age_class", "citizenship", "citizenships", "country_of_origin", "reference"),
        *("county", "identified_on", "agency", "purpose", "purposes", "is_main"),
    }
)
SHOWN: Final = timedelta(days=7)


def records(persons: QuerySet[Person]) -> dict[int, Record]:
    """Three queries, however many persons."""
    own = ("pk", "case_id", "first_identified_on", "first_county_id", "sex", "child", "age_class")
    rows = list(persons.values(*own, "citizenship", "further_citizenships", "created_at"))
    ids = [row["pk"] for row in rows]
    purposes = _sets(Exploitation.objects.filter(person__in=ids).values_list("person", "purpose"))
    given = Identification.objects.filter(person__in=ids).exclude(reference_index="")
    indexed = given.values_list("person", "agency", "reference_index")
    # With the agency: two agencies may use the same reference for two persons.
    references = _sets((pk, f"{agency}:{index}") for pk, agency, index in indexed)
    return {row["pk"]: _record(row, purposes[row["pk"]], references[row["pk"]]) for row in rows}


def similar_persons(person: Person) -> list[tuple[int, Similarity]]:
    """Persons who may be this one, most alike first; across regions only the surest."""
    others = Person.objects.filter(_worth_comparing(person)).exclude(pk=person.pk)
    nearby = others.order_by("-first_identified_on", "-pk")[:MAX_COMPARED]
    keys = list(nearby.values_list("pk", flat=True))
    if not keys:
        return []
    found = records(Person.objects.filter(pk__in=[person.pk, *keys]))
    sharing = sharing_of(found.values())
    mine = found.pop(person.pk)
    found = {pk: one for pk, one in found.items() if not are_different(mine, one, sharing)}
    regions = dict(Person.objects.filter(pk__in=found).values_list("pk", "responsible_region"))
    common = shares()
    similar: list[tuple[int, Similarity]] = []
    for pk, other in found.items():
        similarity = compare(mine, other, common)
        if similarity.score >= limit_of(regions[pk], person.responsible_region_id):
            similar.append((pk, similarity))
    return sorted(similar, key=lambda pair: (-pair[1].score, pair[0]))


def shares() -> Shares:
    """How common each value is in the whole register: counted once a day, for nobody waits for it to move."""
    counts = cache.get("likeness-shares")
    if counts is None:
        counts = _counted()
        cache.set("likeness-shares", counts, A_DAY)
    return Shares(counts)


def _counted() -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    facts = {"citizenship": "citizenship", "county": "first_county", "age_class": "age_class", "sex": "sex"}
    for fact, column in facts.items():
        known = Person.objects.exclude(**{column: None}).order_by()
        rows = known.values_list(column).annotate(n=Count("pk"))
        counts[fact] = {str(value): n for value, n in rows if value not in UNKNOWN}
    known_purposes = Exploitation.objects.exclude(purpose="purpose:unknown").order_by()
    for sex, purpose, n in known_purposes.values_list("person__sex", "purpose").annotate(n=Count("pk")):
        counts[f"purposes {sex}"][purpose] = n
        counts["purposes"][purpose] = counts["purposes"].get(purpose, 0) + n
    return dict(counts)


def _worth_comparing(person: Person) -> Q:
    """A shared reference; or near in time, with the citizenship or with county and sex alike."""
    day, days = person.first_identified_on, timedelta(days=2 * WINDOW)
    near = Q(first_identified_on__range=(day - days, day + days))
    alike = Q(first_county=person.first_county_id, sex=person.sex)
    if person.citizenship and str(person.citizenship) != "ZZ":
        alike |= Q(citizenship=person.citizenship)
    own = Identification.objects.filter(person=person).exclude(reference_index="")
    shared = Q(identifications__reference_index__in=own.values("reference_index"))
    elsewhere = Person.objects.filter(near & alike).exclude(case=person.case_id)
    return Q(pk__in=elsewhere.values("pk")) | Q(pk__in=Person.objects.filter(shared).values("pk"))


def _sets(pairs: Iterable[tuple[int, str]]) -> dict[int, frozenset[str]]:
    """Return the values of each person, none for everybody else."""
    found: dict[int, frozenset[str]] = defaultdict(frozenset)
    for pk, value in pairs:
        found[pk] |= {value}
    return found


def _record(row: dict[str, object], purposes: frozenset[str], references: frozenset[str]) -> Record:
    further = str(row["further_citizenships"] or "").split(",")
    return Record(
        key=str(row["pk"]),
        case=str(row["case_id"]),
        identified_on=row["first_identified_on"],  # type: ignore[arg-type]
        county=str(row["first_county_id"]),
        sex=str(row["sex"]),
        child=str(row["child"]),
        age_class=str(row["age_class"] or ""),
        citizenships=frozenset(str(one) for one in (row["citizenship"], *further) if one),
        purposes=purposes,
        references=references,
        registered_at=str(row["created_at"]),
    )


def tried(kind: Try.Kind, persons: int, *, by: Access) -> None:
    if persons:
        Try.objects.create(by=by.user, at=by.at, kind=kind, persons=persons)


class Tries(NamedTuple):
    name: str
    times: int
    persons: int
    by: int  # the key of the account


def most(at: datetime) -> list[Tries]:
    """Whose tries there were in the last week, how many, and of how many persons; the most first."""
    recent = Try.objects.filter(at__gt=at - SHOWN).order_by()
    counted = recent.values("by", name=F("by__name"))
    counted = counted.annotate(n=Count("pk"), sum=Coalesce(Sum("persons"), 0))
    return [Tries(row["name"], row["n"], row["sum"], row["by"]) for row in counted.order_by("-n", "name")]
