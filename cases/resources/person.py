"""Persons as a file: the columns of their import, one row for each identification."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from django.db.models import Count

from agencies.exchange.resource import RegisterResource
from agencies.exchange.writing import Cell
from cases.choices import MeasureAnswer
from cases.importing.columns import COLUMNS
from cases.importing.comparing import bearer, sector_purpose
from cases.importing.stored import Purpose
from cases.models import Exploitation, Identification, Measure, Person
from cases.rules.values import bare

AT_ONCE: Final = 2_000  # persons in memory at one time
PERSON: Final = (
    "pk", "case__number", "position", "sex", "child", "age_class", "citizenship", "status", "offence",
)  # fmt: skip
SEEN: Final = ("person", "identified_on", "agency__code", "municipality", "county", "channel")
RARE_BY: Final = ("first_year", "sex", "age_class", "citizenship", "first_county", "main__purpose")


class PersonResource(RegisterResource):
    """Out only: persons come in by `cases.importing`, whose columns these are."""

    name = "persons"

    class Meta:
        model = Person
        fields = ()

    @property
    def header(self) -> list[str]:
        return [column.name for column in COLUMNS]

    def lines(self, queryset: Any) -> Iterator[list[Cell]]:
        """Three queries for each AT_ONCE persons, beside the list itself."""
        persons = queryset.values_list(*PERSON).iterator(chunk_size=AT_ONCE)
        while chunk := list(islice(persons, AT_ONCE)):
            yield from _lines(chunk)


def rarest(queryset: Any) -> int | None:
    """How many persons the rarest combination has that may point somebody out; None of an empty list."""
    groups = Person.objects.filter(pk__in=queryset.order_by().values("pk")).with_main().order_by()
    return groups.values(*RARE_BY).annotate(n=Count("pk")).order_by("n").values_list("n", flat=True).first()


def _lines(persons: Sequence[tuple[Any, ...]]) -> Iterator[list[Cell]]:
    ids = [person[0] for person in persons]
    seen = _by_person(Identification.objects.filter(person__in=ids).order_by("identified_on", "pk").values_list(*SEEN))
    purposes = _by_person(
        Exploitation.objects.filter(person__in=ids)
        .order_by("pk")
        .values_list("person", "pk", "purpose", "is_main", "sector")
    )
    accepted = Measure.objects.filter(person__in=ids, answer=MeasureAnswer.ACCEPTED, month__isnull=False)
    measures = _by_person(accepted.order_by("kind", "month").values_list("person", "kind", "month"))
    for pk, case, position, sex, child, age_class, citizenship, status, offence in persons:
        facts = (sex, child, age_class or "", str(citizenship or ""), status, bare(offence or ""))
        used = _used([Purpose(*row) for row in purposes[pk]])
        given = "|".join(dict.fromkeys(_given(kind, month) for kind, month in measures[pk]))
        for on, agency, municipality, county, channel in seen[pk]:
            place = (on.isoformat(), agency, municipality, county, bare(channel or ""))
            yield [case, f"P{position}", *place, *facts, *used, given]


def _used(rows: list[Purpose]) -> tuple[str, str, str]:
    """All purposes, the main one, and the sector: what an import reads the same rows from."""
    main = next((row for row in rows if row.is_main), None)
    if main is None:
        return "", "", ""
    stated = sorted({row.purpose for row in rows})
    wants = sector_purpose([main.purpose, *(purpose for purpose in stated if purpose != main.purpose)])
    bears = bearer(rows, main, wants)
    return "|".join(map(bare, stated)), bare(main.purpose), bare((bears.sector if bears else None) or "")


@lru_cache(maxsize=4_096)
def _given(kind: str, month: date) -> str:
    return f"{bare(kind)}:{month:%Y-%m}"


def _by_person(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for person, *row in rows:
        found[person].append(tuple(row))
    return found
