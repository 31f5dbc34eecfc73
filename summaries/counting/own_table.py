"""A table that somebody asks for: persons or calls of a period by one or two facts of the catalogue.

Counts alone, by the counting rules of the yearly tables: persons by the day when they were first identified,
calls by the day when they came. It never leaves the register without disclosure control.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any, Final, NamedTuple

from django.db.models import Count
from django.db.models.functions import Cast, TruncMonth

from accounts.access import Access, bypass_policies
from cases.choices import MeasureAnswer
from cases.models import Call
from cases.rules.persons import GROUPS, group_of
from libs.suppression.tables import TOTAL, Dimension, Key, Table
from summaries.catalogue import CATALOGUE
from summaries.classifications import NOT_ASKED, PART, SEVERAL
from summaries.counting.build import countries, word
from summaries.counting.counts import (
    TEXT,
    in_union,
    known,
    main_purpose,
    persons_of,
    purposes_held,
    purposes_in,
    sector,
    source,
)
from summaries.counting.reference import Reference
from summaries.counting.tabulate import one_way, two_way
from summaries.periods import Period

GROUP: Final = "group"
YEAR, QUARTER, MONTH = "in_year", "in_quarter", "in_month"
TIMES: Final = (YEAR, QUARTER, MONTH)
# Fact of the catalogue → the columns that its base code is read from.
OF_PERSONS: Final[Mapping[str, Sequence[str]]] = {
    "status": ("status",),
    "offence": ("c_offence",),
    "age": ("c_age",),
    "citizenship": ("citizenship", "c_union"),
    "place": ("first_county", "first_region"),
    "organisation": ("first_agency__code",),
    "channel": ("c_channel",),
    "source": ("c_source",),
    "purpose": ("c_purpose",),
    "sector": ("c_sector",),
    "purposes": ("c_held",),
    "measure": ("measures__kind",),
}
OF_CALLS: Final[Mapping[str, Sequence[str]]] = {
    "caller": ("c_caller",),
    "call_county": ("c_county",),
    "topic": ("topics",),
    "outcome": ("outcomes",),
}
# Classifications that may be asked for. Somebody may be in several categories of the overlapping ones.
PERSON_ROWS: Final = (
    *(GROUP, "main_purpose", "any_purpose", "age", "citizenship", "country_group", "county", "region"),
    *("organisation", "channel", "source", "offence", "status", "sector", "measure", *TIMES),
)
CALL_ROWS: Final = ("caller", "topic", "outcome", "call_county", *(f"call_{time}" for time in TIMES))
OVERLAPPING: Final = ("any_purpose", "measure", "topic", "outcome")


@dataclass(frozen=True)
class Asked:
    """`rows` and `columns`: classifications, no columns for totals alone. The others select who is counted,
    everybody where they are empty: `group`, `purpose` (the main one), `region` where identified, `scope` and
    `source`."""

    rows: str
    columns: str = ""
    group: str = ""
    purpose: str = ""
    region: str = ""
    scope: str = ""
    source: str = ""

    @property
    def of_calls(self) -> bool:
        return self.rows in CALL_ROWS

    @property
    def levels(self) -> list[str]:
        return [one for one in (self.rows, self.columns) if one]

    @property
    def selects(self) -> dict[str, str]:
        """Return the classification and category of each selection."""
        chosen = {"main_purpose": self.purpose, "region": self.region, "source": self.source}
        chosen |= {"offence_class": self.scope, GROUP: self.group}
        return {level: category for level, category in chosen.items() if category}


class Counted(NamedTuple):
    """`n` who share a base code of each fact, a sex, an answer to child and a month."""

    codes: Mapping[str, str]
    group: str
    month: date
    n: int


def own_table(access: Access, asked: Asked, period: Period, title: str, reference: Reference) -> Table:
    """Return the table with true values. Two queries; three where somebody may stand in several columns."""
    cells = Counter[Key]()
    for row in _selected(access, asked, period, asked.levels, reference):
        for key in product(*(_in(level, row, reference) for level in asked.levels)):
            cells[key] += row.n
    name = "calls_own" if asked.of_calls else "own"
    dimensions = [Dimension(level, _categories(level, cells, at, period, reference)) for at, level in
                  enumerate(asked.levels)]  # fmt: skip
    overlaps = [level for level in asked.levels if level in OVERLAPPING]
    if not asked.columns:
        total = _everybody(access, asked, period, reference) if overlaps else None
        return one_way(name, title, dimensions[0], cells, total=total)
    margins = _margins(access, asked, period, reference) if overlaps else {}
    return two_way(name, title, (dimensions[0], dimensions[1]), cells, **margins)


def _everybody(access: Access, asked: Asked, period: Period, reference: Reference) -> int:
    return sum(row.n for row in _selected(access, asked, period, [], reference))


def _margins(access: Access, asked: Asked, period: Period, reference: Reference) -> dict[str, Counter[str]]:
    """Return the totals of columns and rows where somebody may stand in several of the others."""
    everybody = Counter({TOTAL: _everybody(access, asked, period, reference)})
    of_columns = _of_level(access, asked, period, asked.columns, reference)
    return {
        "columns": of_columns + everybody,
        "rows": _of_level(access, asked, period, asked.rows, reference),
    }


def _of_level(access: Access, asked: Asked, period: Period, level: str, reference: Reference) -> Counter[str]:
    found = Counter[str]()
    for row in _selected(access, asked, period, [level], reference):
        for category in _in(level, row, reference):
            found[category] += row.n
    return found


def _selected(
    access: Access, asked: Asked, period: Period, levels: Iterable[str], reference: Reference
) -> Iterator[Counted]:
    """Give who is counted, grouped by the facts of these levels and of what is selected."""
    needed = [level for level in (*levels, *asked.selects) if level not in (GROUP, *TIMES)]
    needed = [level for level in needed if level.removeprefix("call_") not in TIMES]
    facts = {CATALOGUE.fact(level).name for level in needed}
    rows = _calls(access, period, facts) if asked.of_calls else _persons(access, period, facts, reference)
    for row in rows:
        chosen = asked.selects.items()
        if all(category in _in(level, row, reference) for level, category in chosen):
            yield row


def _in(level: str, row: Counted, reference: Reference) -> Sequence[str]:
    """Return the categories of a level that everybody of a row is in."""
    if level == GROUP:
        return (row.group,)
    if level.removeprefix("call_") in TIMES:
        return (_time(level.removeprefix("call_"), row.month),)
    code = row.codes[CATALOGUE.fact(level).name]
    if level == "measure":
        code = PART.join((code, MeasureAnswer.ACCEPTED))
    return reference.codes.of_all(level, code.split(SEVERAL))


def _time(level: str, month: date) -> str:
    if level == YEAR:
        return f"{month.year}"
    if level == QUARTER:
        return f"{month.year} K{(month.month + 2) // 3}"
    return f"{month:%Y-%m}"


def _categories(
    level: str, cells: Counter[Key], at: int, period: Period, reference: Reference
) -> tuple[str, ...]:
    """Return the categories in order: of countries those that occur, of times all of the period."""
    if level.removeprefix("call_") in TIMES:
        return tuple(dict.fromkeys(_time(level.removeprefix("call_"), month) for month in _months(period)))
    if level == GROUP:
        return GROUPS
    if level == "citizenship":
        numbers = Counter[str]()
        for key, n in cells.items():
            numbers[key[at]] += n
        return countries(numbers)
    return reference.codes.categories(level)


def _months(period: Period) -> Iterator[date]:
    month = period.first
    while month <= period.last:
        yield month
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


@bypass_policies("totals")
def _persons(access: Access, period: Period, facts: Iterable[str], reference: Reference) -> list[Counted]:
    """One query. Of years whose rows have been disposed of, nobody."""
    names = sorted(facts)
    rows = persons_of(access).filter(first_identified_on__range=(period.first, period.last))
    rows = rows.with_main().annotate(
        c_month=TruncMonth("first_identified_on"),
        c_union=in_union(),
        c_offence=known("offence"),
        c_age=known("age_class"),
        c_channel=known("first_channel"),
        c_source=source(),
        c_purpose=main_purpose(),
        c_sector=sector(),
        c_held=Cast(purposes_held(reference), TEXT),
    )
    if "measure" in names:
        rows = rows.filter(measures__answer=MeasureAnswer.ACCEPTED)
    columns = [column for name in names for column in OF_PERSONS[name]]
    grouped = (
        rows.values("sex", "child", "c_month", *columns).annotate(n=Count("pk", distinct=True)).order_by()
    )
    return [
        Counted(
            {name: _of_person(name, row, reference) for name in names},
            group_of(row["sex"], row["child"]),
            row["c_month"],
            row["n"],
        )
        for row in grouped
    ]


def _of_person(name: str, row: Mapping[str, Any], reference: Reference) -> str:
    if name == "purposes":
        return purposes_in(row["c_held"], reference)
    return _code(row[column] for column in OF_PERSONS[name])


@bypass_policies("totals")
def _calls(access: Access, period: Period, facts: Iterable[str]) -> list[Counted]:
    """One query."""
    names = sorted(facts)
    rows = Call.objects.totals_for(access).filter(received_on__range=(period.first, period.last))
    rows = rows.order_by().annotate(
        c_month=TruncMonth("received_on"), c_caller=known("caller_group"), c_county=known("caller_county")
    )
    columns = [column for name in names for column in OF_CALLS[name]]
    for column in columns:
        if column in ("topics", "outcomes"):
            rows = rows.filter(**{f"{column}__isnull": False})
    grouped = rows.values("c_month", *columns).annotate(n=Count("pk", distinct=True)).order_by()
    return [
        Counted(
            {name: _code(row[column] for column in OF_CALLS[name]) for name in names},
            "",
            row["c_month"],
            row["n"],
        )
        for row in grouped
    ]


def _code(parts: Iterable[Any]) -> str:
    """Return a base code: its parts, without what stands for nothing."""
    first, *others = parts
    words = (word(str(part or "")) for part in (first or NOT_ASKED, *others))
    return PART.join(one for one in words if one)
