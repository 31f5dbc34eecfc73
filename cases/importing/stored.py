"""What the register has already, of own regions only: a row of another region is never read here.

Look-ups go in chunks, each one query, so that the number of queries depends on the file alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from django.db.models import Max, OuterRef, Subquery

from accounts.access import Access
from accounts.acting import beyond
from cases.choices import MeasureAnswer
from cases.facts import OWN
from cases.models import Case, Exploitation, Identification, Measure, Misregistration, Person
from cases.rules.consent import FACTS_ONLY
from exchange.bulk import chunks

CHUNK: Final = 5_000  # values in one IN: SQLite takes 32 766


class StoredIdentification(NamedTuple):
    pk: int
    agency: str
    municipality: str
    on: date
    county: str
    channel: str | None


class Purpose(NamedTuple):
    pk: int
    purpose: str
    is_main: bool
    sector: str | None


class Given(NamedTuple):
    pk: int
    kind: str
    month: date | None


@dataclass(slots=True)
class StoredPerson:
    pk: int
    number: str
    version: int
    values: dict[str, str | None]  # by the names of `OWN`
    seen: list[StoredIdentification] = field(default_factory=list)
    purposes: list[Purpose] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)  # accepted measures
    facts_only: str = ""  # the number of the case, where consent is missing


class StoredCase(NamedTuple):
    pk: int
    number: str
    region: str
    facts_only: bool = False  # consent is missing


def persons_by_index(access: Access, indexes: Iterable[str]) -> dict[tuple[str, str], set[tuple[int, str]]]:
    """(index of a reference, agency code) → the persons that have it, as (pk, number)."""
    found: dict[tuple[str, str], set[tuple[int, str]]] = defaultdict(set)
    for chunk in chunks(indexes, CHUNK):
        rows = Identification.objects.in_own_region(access).filter(reference_index__in=chunk)
        for index, agency, pk, number in rows.values_list(
            "reference_index", "agency__code", "person", "person__number"
        ).order_by():
            found[index, agency].add((pk, number))
    return found


def cases_by_number(access: Access, numbers: Iterable[str]) -> dict[str, StoredCase]:
    return {
        row[1]: StoredCase(*row[:3], row[3] in FACTS_ONLY)
        for chunk in chunks(numbers, CHUNK)
        for row in Case.objects.changeable_by(access)
        .filter(number__in=chunk)
        .values_list("pk", "number", "region", "without_consent")
        .order_by()
    }


def persons_by_number(access: Access, numbers: Iterable[str]) -> dict[str, int]:
    return {
        number: pk
        for chunk in chunks(numbers, CHUNK)
        for number, pk in Person.objects.in_own_region(access)
        .filter(number__in=chunk)
        .values_list("number", "pk")
        .order_by()
    }


def cases_by_index(access: Access, indexes: Iterable[str]) -> dict[str, list[tuple[StoredCase, set[str]]]]:
    """Index of a case reference → cases that have it, oldest first, each with the agencies that identified in
    it."""
    found: dict[str, list[tuple[StoredCase, set[str]]]] = defaultdict(list)
    for chunk in chunks(indexes, CHUNK):
        rows = list(
            Case.objects.changeable_by(access)
            .filter(reference_index__in=chunk)
            .values_list("pk", "number", "region", "without_consent", "reference_index")
            .order_by("pk")
        )
        agencies = _agencies_of(access, [row[0] for row in rows])
        for pk, number, region, without, index in rows:
            found[index].append((StoredCase(pk, number, region, without in FACTS_ONLY), agencies[pk]))
    return found


def _agencies_of(access: Access, cases: Sequence[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = Identification.objects.in_own_region(access).filter(person__case__in=cases)
    for case, agency in rows.values_list("person__case", "agency__code").distinct().order_by():
        found[case].add(agency)
    return found


@beyond("numbers")
def last_positions(cases: Iterable[int]) -> dict[int, int]:
    """The highest number in use in each case, whoever is responsible for it, and whoever was taken out:
    numbers are never given twice."""
    found: dict[int, int] = defaultdict(int)
    for chunk in chunks(cases, CHUNK):
        persons = Person.objects.filter(case__in=chunk).values_list("case").annotate(last=Max("position"))
        out = Misregistration.objects.filter(case_code=OuterRef("code"), last__gt=0).order_by("-last")
        taken_out = Case.objects.filter(pk__in=chunk).annotate(last=Subquery(out.values("last")[:1]))
        rows = taken_out.filter(last__isnull=False).values_list("pk", "last")
        for case, last in [*persons.order_by(), *rows]:
            found[case] = max(found[case], last)
    return dict(found)


def persons(access: Access, ids: Sequence[int]) -> dict[int, StoredPerson]:
    """Four queries for one chunk of ids."""
    names = [fact.name for fact in OWN]
    found = {
        pk: StoredPerson(
            pk,
            number,
            version,
            {name: value or None for name, value in zip(names, stored, strict=True)},
            facts_only=case if without in FACTS_ONLY else "",
        )
        for pk, number, version, case, without, *stored in Person.objects.in_own_region(access)
        .filter(pk__in=ids)
        .values_list("pk", "number", "version", "case__number", "case__without_consent", *names)
        .order_by()
    }
    seen: Any = Identification.objects.in_own_region(access).filter(person__in=ids).order_by("pk")
    for person, *row in seen.values_list(
        "person", "pk", "agency__code", "municipality", "identified_on", "county", "channel"
    ):
        found[person].seen.append(StoredIdentification(*row))
    purposes: Any = Exploitation.objects.in_own_region(access).filter(person__in=ids).order_by("pk")
    for person, *row in purposes.values_list("person", "pk", "purpose", "is_main", "sector"):
        found[person].purposes.append(Purpose(*row))
    # The answer is looked at here: a condition more leads PostgreSQL astray while it has no statistics of new
    # rows.
    given: Any = Measure.objects.in_own_region(access).filter(person__in=ids).order_by("pk")
    for person, answer, *row in given.values_list("person", "answer", "pk", "kind", "month"):
        if answer == MeasureAnswer.ACCEPTED:
            found[person].given.append(Given(*row))
    return found
