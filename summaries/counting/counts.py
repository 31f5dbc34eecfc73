"""The questions put to the register: each grouped in the database, as many whatever the number of rows.

All groupings of persons are the arms of one statement, so that all tables of a summary show the same moment.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import starmap
from statistics import median
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, ExtractMonth, ExtractYear, LPad

from accounts.access import Access, bypass_policies
from cases.choices import LABOUR_PURPOSES, MeasureAnswer
from cases.models import Call, Case as CaseRow, Exploitation, Measure, Person
from cases.models.case import in_rows
from cases.querysets import PersonQuerySet
from summaries.catalogue import COORDINATOR, NONE_GIVEN, NOT_LABOUR, SUPPORT_LINE
from summaries.classifications import NOT_ASKED, SEVERAL
from summaries.counting.reference import Reference, eu_memberships
from summaries.counting.tabulate import Grouped

TEXT = CharField()


class Volumes(NamedTuple):
    """Beside the persons, and never added to them."""

    cases: int
    accompanying_children: int


class Waited(NamedTuple):
    """`n` persons identified on one day who first accepted a measure in one month (its day is the first)."""

    measure: str
    identified_on: date
    month: date
    n: int


class Wait(NamedTuple):
    """How long persons waited for a measure: medians over `persons`, None where there are none.

    Measures are kept to the month, so the days are known only between a least and a most. The median of the
    least and that of the most enclose the median of the true days, whatever these are. `months` are calendar
    months from identification: 0 is that month itself, where the measure is taken not to have come before;
    negative is support that came in an earlier month.
    """

    measure: str
    persons: int
    months: float | None
    least: float | None
    most: float | None


Beside = tuple[Volumes, tuple[Wait, ...]]


def persons(access: Access, first: int, last: int) -> PersonQuerySet:
    """Of a year whose rows have been disposed of, nobody: it is not counted any more."""
    return Person.objects.totals_for(access).counted().identified_in(first, last).filter(in_rows()).order_by()


@bypass_policies("totals")
def persons_grouped(access: Access, first: int, last: int, reference: Reference) -> list[Grouped]:
    """One query: all groupings of the persons of these years."""
    rows = persons(access, first, last)
    answered = rows.filter(measures__isnull=False)
    people = Count("pk", distinct=True)
    kind = known("measures__kind")
    arms = [
        _arm(rows, "status", F("status"), known("offence")),
        _arm(rows, "age", known("age_class")),
        _arm(rows, "citizenship", known("citizenship"), in_union()),
        _arm(rows, "county", F("first_county"), F("first_region")),
        _arm(rows, "organisation", F("first_agency__code")),
        _arm(rows, "channel", known("first_channel"), source()),
        _purpose_arm(rows),
        _arm(rows, "purposes", Cast(_purposes_held(reference), TEXT)),
        _arm(answered, "measure", kind, F("measures__answer"), people),
        _arm(answered, "measure_kind", kind, n=people),
        _arm(answered, "measure_answer", F("measures__answer"), n=people),
    ]
    grouped = starmap(Grouped, arms[0].union(*arms[1:], all=True))
    return [_with_purposes(row, reference) if row.table == "purposes" else row for row in grouped]


@bypass_policies("totals")
def headline_grouped(access: Access, first: int, last: int, *, purposes: bool) -> list[Grouped]:
    """One query: everybody once, by sex and child; by main purpose too where `purposes` are asked for."""
    rows = persons(access, first, last)
    return list(starmap(Grouped, _purpose_arm(rows) if purposes else _arm(rows, "group", Value(""))))


def _purpose_arm(rows: PersonQuerySet) -> Any:
    return _arm(rows.with_main(), "purpose", main_purpose(), sector())


@bypass_policies("totals")
def calls_grouped(access: Access, first: int, last: int) -> list[Grouped]:
    """One query. The year is the local year of the call; `sex` and `child` are empty."""
    calls = Call.objects.totals_for(access).filter(received_on__year__gte=first, received_on__year__lte=last)
    calls = calls.order_by().annotate(year=ExtractYear("received_on")).filter(in_rows("year"))
    month = LPad(Cast(ExtractMonth("received_on"), TEXT), 2, Value("0"))
    arms = [
        _call_arm(calls, "month", month),
        _call_arm(calls, "call_county", known("caller_county")),
        _call_arm(calls, "caller", known("caller_group")),
        _call_arm(calls, "topic", _listed("topics")),
        _call_arm(calls, "outcome", _listed("outcomes")),
    ]
    return [Grouped(row[0], row[1], "", "", row[2], "", row[3]) for row in arms[0].union(*arms[1:], all=True)]


@bypass_policies("totals")
def volumes(access: Access, year: int) -> Volumes:
    """One query: cases opened in the year, and the children who came along in them."""
    cases = CaseRow.objects.totals_for(access).opened_in(year).order_by()
    found = cases.aggregate(cases=Count("pk"), children=Coalesce(Sum("accompanying_children"), 0))
    return Volumes(found["cases"], found["children"])


@bypass_policies("totals")
def waits(access: Access, year: int) -> list[Waited]:
    """One query: day of identification and month of the first accepted measure of each kind."""
    accepted = Measure.objects.filter(answer=MeasureAnswer.ACCEPTED, month__isnull=False).order_by()
    same = accepted.filter(person=OuterRef("person"), kind=OuterRef("kind"))
    earlier = same.filter(month__lt=OuterRef("month"))
    rows = accepted.filter(~Exists(earlier), person__in=persons(access, year, year))
    facts = ("kind", "person__first_identified_on", "month")
    grouped = rows.values(*facts).annotate(n=Count("person", distinct=True)).values_list(*facts, "n")
    return [Waited(kind.partition(":")[2], on, month, n) for kind, on, month, n in grouped]


def medians(access: Access, year: int, kinds: Sequence[str]) -> tuple[Wait, ...]:
    """One query; every kind in order, those that nobody accepted too."""
    rows = waits(access, year)
    return tuple(_wait(kind, [row for row in rows if row.measure == kind]) for kind in kinds)


def _wait(kind: str, rows: Sequence[Waited]) -> Wait:
    months, least, most = Counter[int](), Counter[int](), Counter[int]()
    for row in rows:
        low, high = days(row)
        years = row.month.year - row.identified_on.year
        months[12 * years + row.month.month - row.identified_on.month] += row.n
        least[low] += row.n
        most[high] += row.n
    middles = (float(median(of.elements())) if of else None for of in (months, least, most))
    return Wait(kind, months.total(), *middles)


def days(row: Waited) -> tuple[int, int]:
    """The fewest and the most days there can be between the identification and some day of the month."""
    first = (row.month - row.identified_on).days
    last = first + monthrange(row.month.year, row.month.month)[1] - 1
    return (0 if first <= 0 <= last else first), last


def beside_counted(access: Access, year: int, reference: Reference) -> Beside:
    return volumes(access, year), medians(access, year, reference.categories["measure"])


# Querysets of tuples: the stubs know no name for what they give.
def _arm(
    rows: QuerySet[Any],
    table: str,
    first: Combinable,
    second: Combinable | None = None,
    n: Count | None = None,
) -> Any:
    columns = ("c_table", "first_year", "sex", "child", "c_first", "c_second")
    facts = {"c_first": Cast(first, TEXT), "c_second": Cast(second or Value(""), TEXT)}
    grouped = rows.annotate(c_table=Value(table), **facts).values(*columns)
    return grouped.annotate(n=n or Count("pk")).values_list(*columns, "n")


def _call_arm(rows: QuerySet[Any], table: str, category: Combinable) -> Any:
    columns = ("c_table", "year", "c_first")
    grouped = rows.annotate(c_table=Value(table), c_first=Cast(category, TEXT)).values(*columns)
    return grouped.annotate(n=Count("pk", distinct=True)).values_list(*columns, "n")


def known(name: str) -> Combinable:
    """The column as text, where nothing means that nobody asked."""
    empty = Q(**{f"{name}__isnull": True}) | Q(**{name: ""})
    return Case(When(empty, then=Value(NOT_ASKED)), default=Cast(F(name), TEXT), output_field=TEXT)


def _listed(name: str) -> Combinable:
    """A code of a list of several values, or what its empty list means."""
    return Case(
        When(**{f"{name}__isnull": False}, then=Cast(F(name), TEXT)),
        When(**{f"{name}_answer": "given"}, then=Value(NOT_ASKED)),
        When(**{f"{name}_answer": "none"}, then=Value(NONE_GIVEN)),  # "none" is an outcome of its own
        default=F(f"{name}_answer"),
        output_field=TEXT,
    )


def source() -> Combinable:
    """Counting rule 4."""
    by_phone = Q(first_channel="channel:support_line") | Q(case__opened_from_call=True)
    return Case(When(by_phone, then=Value(SUPPORT_LINE)), default=Value(COORDINATOR), output_field=TEXT)


def in_union() -> Combinable:
    """Whether the country of citizenship was in the European Union on the day of identification."""
    member = Q()
    for one in eu_memberships():
        since, until = Q(first_identified_on__gte=one.first), Q(first_identified_on__lte=one.last)
        member |= Q(citizenship=one.country) & since & until
    return Case(When(member, then=Value("eu")), default=Value(""), output_field=TEXT)


def main_purpose() -> Combinable:
    return Coalesce(Cast("main__purpose", TEXT), Value("unknown"))


def sector() -> Combinable:
    """The sector of the main purpose, where that is labour."""
    labour = When(main__purpose__in=LABOUR_PURPOSES, then=known("main__sector"))
    return Case(labour, default=Value(NOT_LABOUR), output_field=TEXT)


def _purposes_held(reference: Reference) -> Combinable:
    """The purposes of a person as one number: each is a bit, 0 where there is none."""
    bits = [
        When(purpose=f"purpose:{code}", then=Value(bit)) for code, bit in _purpose_bits(reference).items()
    ]
    bit = Case(*bits, output_field=BigIntegerField())
    held = Exploitation.objects.filter(person=OuterRef("pk")).order_by().values("person")
    return Coalesce(Subquery(held.annotate(bits=Sum(bit, distinct=True)).values("bits")), 0)


def _purpose_bits(reference: Reference) -> dict[str, int]:
    return {code: 1 << at for at, code in enumerate(reference.categories["purpose"])}


def _with_purposes(row: Grouped, reference: Reference) -> Grouped:
    held = (code for code, bit in _purpose_bits(reference).items() if int(row.first) & bit)
    return row._replace(first=SEVERAL.join(held) or "unknown")
