"""The questions put to the register: each grouped in the database, as many whatever the number of rows.

All groupings of persons are the arms of one statement, so that all tables of a summary show the same moment.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from statistics import median
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
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
from libs.groups import by_key
from summaries.catalogue import COORDINATOR, NONE_GIVEN, NOT_LABOUR, SUPPORT_LINE
from summaries.classifications import NOT_ASKED, SEVERAL
from summaries.counting.reference import Reference, eu_memberships
from summaries.counting.tabulate import Grouped

TEXT = CharField()
Row = tuple[Any, ...]


class Volumes(NamedTuple):
    """Beside the persons, and never added to them."""

    cases: int
    accompanying_children: int


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
MEASURED: Final = ("months", "least", "most")


def persons_of(access: Access) -> PersonQuerySet:
    """Of a year whose rows have been disposed of, nobody: it is not counted any more."""
    return Person.objects.totals_for(access).counted().filter(in_rows()).order_by()


def persons(access: Access, first: int, last: int) -> PersonQuerySet:
    return persons_of(access).identified_in(first, last)


@bypass_policies("totals")
def persons_grouped(access: Access, first: int, last: int, reference: Reference) -> list[Grouped]:
    """One query: all groupings of the persons of these years."""
    rows = persons(access, first, last).with_main()
    facts = rows.annotate(
        year=F("first_year"),
        age=known("age_class"),
        offence_known=known("offence"),
        country=known("citizenship"),
        of_union=in_union(),
        agency_code=F("first_agency__code"),
        channel=known("first_channel"),
        source=source(),
        main_purpose=main_purpose(),
        sector=sector(),
        held=Cast(purposes_held(reference), TEXT),
    )
    grouped = _grouped(facts, OF_PERSONS, "sex", "child", "status", "first_county_id", "first_region_id")
    return [
        row._replace(first=purposes_in(row.first, reference)) if row.table == "purposes" else row
        for row in grouped
    ]


@bypass_policies("totals")
def calls_grouped(access: Access, first: int, last: int) -> list[Grouped]:
    """One query. The year is the local year of the call; `sex` and `child` are empty."""
    calls = Call.objects.totals_for(access).filter(received_on__year__gte=first, received_on__year__lte=last)
    facts = calls.order_by().annotate(
        year=Cast(ExtractYear("received_on"), IntegerField()),
        sex=Value(""),
        child=Value(""),
        month=LPad(Cast(ExtractMonth("received_on"), TEXT), 2, Value("0")),
        county=known("caller_county"),
        caller=known("caller_group"),
    )
    return _grouped(facts.filter(in_rows("year")), OF_CALLS, "topics_answer", "outcomes_answer")


@bypass_policies("totals")
def volumes(access: Access, year: int) -> Volumes:
    """One query: cases opened in the year, and the children who came along in them."""
    cases = CaseRow.objects.totals_for(access).opened_in(year).order_by()
    found = cases.aggregate(cases=Count("pk"), children=Coalesce(Sum("accompanying_children"), 0))
    return Volumes(found["cases"], found["children"])


@bypass_policies("totals")
def waited(access: Access, year: int) -> list[Row]:
    """One query: how many persons have waited how long for their first accepted measure of each kind. A row
    has the measure, which of `MEASURED` it is, its value and the number."""
    accepted = Measure.objects.filter(answer=MeasureAnswer.ACCEPTED, month__isnull=False).order_by()
    same = accepted.filter(person=OuterRef("person"), kind=OuterRef("kind"))
    earlier = same.filter(month__lt=OuterRef("month"))
    rows = accepted.filter(~Exists(earlier), person__in=persons(access, year, year))
    facts = ("kind", "person__first_identified_on", "month")
    grouped = rows.values(*facts).annotate(n=Count("person", distinct=True)).values_list(*facts, "n")
    return added_up(
        (kind.partition(":")[2], what, value, n)
        for kind, on, month, n in grouped
        for what, value in zip(MEASURED, _between(on, month), strict=True)
    )


def _between(identified: date, month: date) -> tuple[int, int, int]:
    """The calendar months, and the fewest and the most days that there can be until some day of the month."""
    first = (month - identified).days
    last = first + monthrange(month.year, month.month)[1] - 1
    months = 12 * (month.year - identified.year) + month.month - identified.month
    return months, (0 if first <= 0 <= last else first), last


def medians(rows: Sequence[Row], kinds: Sequence[str]) -> tuple[Wait, ...]:
    """Return those of `waited`: every kind in order, those that nobody accepted too."""
    numbers = by_key(((kind, what), (value, n)) for kind, what, value, n in rows)
    return tuple(_wait(kind, *(Counter(dict(numbers[kind, what])) for what in MEASURED)) for kind in kinds)


def _wait(kind: str, *numbers: Counter[int]) -> Wait:
    middles = (float(median(of.elements())) if of else None for of in numbers)
    return Wait(kind, numbers[0].total(), *middles)


def beside_counted(access: Access, year: int, reference: Reference) -> Beside:
    return volumes(access, year), medians(waited(access, year), reference.categories["measure"])


def added_up(rows: Iterable[Row]) -> list[Row]:
    """Return the rows, each once and in order, with the sum of what stands last in them."""
    numbers = Counter[Row]()
    for *facts, n in rows:
        numbers[tuple(facts)] += n
    return sorted([(*facts, n) for facts, n in numbers.items()], key=str)


def _grouped(facts: QuerySet[Any], arms: Sequence[str], *fields: str) -> list[Grouped]:
    """Return what the arms make of the rows of `facts`: its annotations and these fields. The rows are found
    once, whatever number of arms groups them."""
    rows = facts.values("pk", *fields, *facts.query.annotations)
    sql, parameters = rows.query.get_compiler(connection=connection, elide_empty=False).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(f"WITH facts AS MATERIALIZED ({sql}) {' UNION ALL '.join(arms)}", parameters)
        return [Grouped(*one) for one in cursor.fetchall()]


def _arm(table: str, first: str, second: str = "''", source: str = "facts", n: str = "*") -> str:
    groups = f"'{table}', year, sex, child, {first}, {second}"
    return f"SELECT {groups}, count({n}) FROM {source} GROUP BY 2, 3, 4, 5, 6"  # noqa: S608 - our own words


def _listed(table: str, name: str) -> str:
    """Group calls by each code of a list of several values, or by what its empty list means."""
    means = f"WHEN 'given' THEN '{NOT_ASKED}' WHEN 'none' THEN '{NONE_GIVEN}' ELSE {name}_answer"
    code = f"coalesce(code_id, CASE {name}_answer {means} END)"  # "none" is an outcome of its own
    return _arm(table, code, source=f"facts LEFT JOIN cases_call_{name} ON call_id = pk")


_answered: Final = partial(_arm, source="facts JOIN cases_measure ON person_id = pk", n="DISTINCT pk")
OF_PERSONS: Final = (
    _arm("status", "status", "offence_known"),
    _arm("age", "age"),
    _arm("citizenship", "country", "of_union"),
    _arm("county", "first_county_id", "first_region_id"),
    _arm("organisation", "agency_code"),
    _arm("channel", "channel", "source"),
    _arm("purpose", "main_purpose", "sector"),
    _arm("purposes", "held"),
    _answered("measure", "kind_id", "answer"),
    _answered("measure_kind", "kind_id"),
    _answered("measure_answer", "answer"),
)
OF_CALLS: Final = (
    _arm("month", "month"),
    _arm("call_county", "county"),
    _arm("caller", "caller"),
    _listed("topic", "topics"),
    _listed("outcome", "outcomes"),
)


def known(name: str) -> Combinable:
    """The column as text, where nothing means that nobody asked."""
    empty = Q(**{f"{name}__isnull": True}) | Q(**{name: ""})
    return Case(When(empty, then=Value(NOT_ASKED)), default=Cast(F(name), TEXT), output_field=TEXT)


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


def purposes_held(reference: Reference) -> Combinable:
    """The purposes of a person as one number: each is a bit, 0 where there is none."""
    bits = [
        When(purpose=f"purpose:{code}", then=Value(bit)) for code, bit in _purpose_bits(reference).items()
    ]
    bit = Case(*bits, output_field=BigIntegerField())
    held = Exploitation.objects.filter(person=OuterRef("pk")).order_by().values("person")
    return Coalesce(Subquery(held.annotate(bits=Sum(bit, distinct=True)).values("bits")), 0)


def _purpose_bits(reference: Reference) -> dict[str, int]:
    return {code: 1 << at for at, code in enumerate(reference.categories["purpose"])}


def purposes_in(held: str, reference: Reference) -> str:
    """Return the purposes that a number stands for, as base codes beside each other."""
    codes = (code for code, bit in _purpose_bits(reference).items() if int(held) & bit)
    return SEVERAL.join(codes) or "unknown"
