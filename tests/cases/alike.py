"""An invented register of persons who are much alike: rows only, as a search for duplicates reads them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from accounts.models import User
from agencies.models import Agency
from bench.similarity import another_agency, blocks, person
from cases.duplicates.records import records
from cases.duplicates.scoring import (
    ACROSS_REGIONS,
    WITHIN_SCOPE,
    Record,
    compare,
    shares_of,
)
from cases.models import Case, Exploitation, Identification, Person

REGIONS = {"01": "ST", "12": "SY", "14": "V"}
NIGHT = date(2018, 1, 1)
Pair = tuple[int, int]


@dataclass
class Rows:
    """Of whom the cases are, and how many there are by now."""

    by: User
    rng: random.Random
    count: int = 0

    def add(self, records: Sequence[Record]) -> list[Person]:
        cases = Case.objects.bulk_create([self._case(record) for record in records])
        pairs = zip(cases, records, strict=True)
        persons = Person.objects.bulk_create([self._person(case, record) for case, record in pairs])
        told = list(zip(persons, records, strict=True))
        Identification.objects.bulk_create([_identification(person, record) for person, record in told])
        Exploitation.objects.bulk_create(
            [row for person, record in told for row in _exploitations(person, record)]
        )
        return persons

    def _case(self, record: Record) -> Case:
        self.count += 1
        day, region = record.identified_on or NIGHT, REGIONS[self.rng.choice(sorted(REGIONS))]
        number = f"{region}-{day.year}-{self.count:04d}"
        return Case(number=number, region_id=region, opened_on=day, opened_by=self.by)

    def _person(self, case: Case, record: Record) -> Person:
        counties = {region: county for county, region in REGIONS.items()}
        return Person(
            case=case,
            position=1,
            number=f"{case.number}-P1",
            responsible_region_id=case.region_id,
            sex=record.sex,
            child=record.child,
            age_class=record.age_class,
            citizenship=min(record.citizenships, default=None),
            status="presumed",
            first_identified_on=case.opened_on,
            first_year=case.opened_on.year,
            first_agency=Agency.objects.get(code="police"),
            first_county_id=counties[case.region_id],
            first_region_id=case.region_id,
        )

    def unrelated(self, many: int, days: int = 200) -> list[Person]:
        """A third of them are registered twice."""
        made = [person(self.rng, self.count + n, days) for n in range(many)]
        twice = [another_agency(self.rng, seen, n) for n, seen in enumerate(self.rng.sample(made, many // 3))]
        return self.add([_soon(record) for record in (*made, *twice)])


def _soon(record: Record) -> Record:
    day = record.identified_on or NIGHT
    return Record(**{**_facts(record), "identified_on": NIGHT + timedelta((day - date(2016, 1, 1)).days)})


def _facts(record: Record) -> dict[str, object]:
    return {name: getattr(record, name) for name in Record.__dataclass_fields__}


def _identification(person: Person, record: Record) -> Identification:
    return Identification(
        person=person,
        agency_id=person.first_agency_id,
        identified_on=person.first_identified_on,
        county_id=person.first_county_id,
        channel_id="channel:police",
        reference_index=min(record.references, default=""),
    )


def _exploitations(person: Person, record: Record) -> list[Exploitation]:
    purposes = enumerate(sorted(record.purposes))
    return [
        Exploitation(person=person, purpose_id=f"purpose:{name}", is_main=place == 0)
        for place, name in purposes
    ]


def every_similarity() -> dict[Pair, tuple[float, bool]]:
    """Of each two who could be one person by their blocks, and whether they are of two regions: all are
    looked at."""
    found = records(Person.objects.filter(same_as__isnull=True))
    regions = dict(Person.objects.values_list("pk", "responsible_region"))
    shares = shares_of(found.values())
    return {
        (first, second): (
            compare(found[first], found[second], shares).score,
            regions[first] != regions[second],
        )
        for first, second in _candidates(found)
    }


def naive() -> dict[Pair, tuple[float, bool]]:
    """Those of them that are worth asking about."""
    limits = {False: WITHIN_SCOPE, True: ACROSS_REGIONS}
    return {
        pair: (score, across)
        for pair, (score, across) in every_similarity().items()
        if score >= limits[across]
    }


def _candidates(found: dict[int, Record]) -> Iterator[Pair]:
    keys = {pk: blocks(record) for pk, record in found.items()}
    for first, second in combinations(sorted(found), 2):
        if keys[first] & keys[second] and may_be_one(found[first], found[second], found.values()):
            yield first, second


def may_be_one(one: Record, other: Record, everybody: Iterable[Record]) -> bool:
    """Of one case only the two or three whose first common reference nobody else of the case has."""
    if not one.case or one.case != other.case:
        return True
    common = sorted(one.references & other.references)
    return bool(common) and sum(r.case == one.case and common[0] in r.references for r in everybody) <= 3
