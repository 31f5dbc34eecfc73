"""The tables of a year, from counts to values. The internal layer: full detail, not for publication."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, product
from operator import attrgetter
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q

from accounts.access import Access
from accounts.models import User
from accounts.roles import OF_A_REGION, OF_THE_REGISTER, May
from cases.models.case import in_rows
from cases.rules.persons import group_of
from libs.groups import grouped
from libs.suppression.tables import TOTAL, Dimension, Key, Table
from summaries.catalogue import CALLS_INSIDE, CATALOGUE, COMMON_TABLES, PERSONS_INSIDE
from summaries.classifications import PART, SEVERAL, Categories, Entry, Fact, Step
from summaries.counting import counts
from summaries.counting.reference import NO_COUNTRY, Reference, titles
from summaries.counting.tabulate import Grouped, one_way, two_way
from summaries.models import YearCount

FURTHER: Final = tuple(entry for entry in PERSONS_INSIDE if not entry.common)  # for the inside alone


@dataclass(frozen=True)
class Counted:
    """What one year's tables are made of: grouped persons by name of the grouping, and calls by theirs."""

    year: int
    persons: Mapping[str, Sequence[Grouped]]
    calls: Mapping[str, Sequence[Grouped]]
    reference: Reference
    beside: counts.Beside | None = None  # where it is kept

    @property
    def number(self) -> int:
        return sum(row.n for row in self.persons.get("status", ()))

    @property
    def calls_number(self) -> int:
        return sum(row.n for row in self.calls.get("month", ()))

    def rows(self, fact: Fact) -> Sequence[Grouped]:
        """Those that have a code of the fact."""
        return (self.calls if fact.calls else self.persons).get(fact.counted, ())

    def of(self, classification: str) -> Counter[str]:
        """Its categories, and how many persons, or calls, are in each."""
        found = Counter[str]()
        for row in self.rows(CATALOGUE.fact(classification)):
            for category in self.in_row(classification, row):
                found[category] += row.n
        return found

    def only(self, tells_of: Callable[[str, str], bool]) -> Counted:
        """Return only persons whose sex and answer to child may be published."""
        persons = {
            name: tuple(row for row in rows if tells_of(row.sex, row.child))
            for name, rows in self.persons.items()
        }
        return replace(self, persons=persons)

    def in_row(self, classification: str, row: Grouped) -> Categories:
        """The categories that everybody of a row is in."""
        return self.reference.codes.of_all(classification, codes_of(CATALOGUE.fact(classification), row))


def codes_of(fact: Fact, row: Grouped) -> list[str]:
    """The base codes of everybody of a row: one, or several where the fact has several."""
    return PART.join(one for one in (word(getattr(row, place)) for place in fact.read) if one).split(SEVERAL)


def of_the_register(at: datetime) -> Access:
    """The register's own reading of totals, in commands that nobody signed in for."""
    return Access(User(email="system", role=OF_THE_REGISTER), OF_THE_REGISTER, at)


def counted(access: Access, first: int, last: int, *, calls: bool = True) -> dict[int, Counted]:
    """Each year from `first` to `last`: four queries for all of them, three without calls."""
    reference = Reference.load()
    persons = by_year_and_table(counts.persons_grouped(access, first, last, reference))
    answered = by_year_and_table(counts.calls_grouped(access, first, last)) if calls else {}
    return {
        year: Counted(year, persons.get(year, {}), answered.get(year, {}), reference)
        for year in range(first, last + 1)
    }


def all_tables(found: Counted) -> tuple[Table, ...]:
    """Return every table of the internal layer, with full detail. Titles are in the active language."""
    return (*core_tables(found), *(table_of(found, one) for one in FURTHER), *call_tables(found))


def core_tables(found: Counted) -> tuple[Table, ...]:
    """The tables that the command and the published summary have in common (design part 7)."""
    return tuple(table_of(found, one) for one in COMMON_TABLES.values())


def call_tables(found: Counted) -> tuple[Table, ...]:
    """Calls, never persons: a population of its own in disclosure control."""
    return tuple(table_of(found, one) for one in CALLS_INSIDE)


def table_of(found: Counted, entry: Entry, step: Step | None = None) -> Table:
    """One table of the catalogue with all its categories, as it is counted at its finest step or another."""
    chosen = step or entry.ladder[0]
    name, title, fact = entry.name, titles()[entry.name], CATALOGUE.fact(chosen.rows)
    rows = Dimension(chosen.rows, tuple(categories(found, chosen.rows)))
    counted_at = _cells(found, chosen)
    if not chosen.columns:
        total = found.calls_number if fact.several else None
        return one_way(name, title, rows, counted_at, total=total, exempt=entry.exempt)
    columns = Dimension(chosen.columns, tuple(categories(found, chosen.columns)))
    margins = _margins(found, chosen) if fact.several else {}
    return two_way(name, title, (rows, columns), counted_at, **margins)


def _cells(found: Counted, step: Step) -> Counter[Key]:
    numbers: Counter[Key] = Counter()
    names = [one for one in (step.rows, step.columns) if one]
    for row in found.rows(CATALOGUE.fact(step.rows)):
        for key in product(*(found.in_row(name, row) for name in names)):
            numbers[key] += row.n
    return numbers


def _margins(found: Counted, step: Step) -> dict[str, Counter[str]]:
    """Of a table whose rows overlap: totals of its columns, and of its rows where the columns overlap too."""
    classifications, everybody = CATALOGUE.classifications, Counter({TOTAL: found.number})
    of_columns = classifications[step.columns].alone
    if not of_columns:
        return {"columns": found.of(step.columns) + everybody}
    of_rows = classifications[step.rows].alone
    return {"columns": _alone(found, of_columns) + everybody, "rows": _alone(found, of_rows)}


def _alone(found: Counted, grouping: str) -> Counter[str]:
    numbers: Counter[str] = Counter()
    for row in found.persons.get(grouping, ()):
        numbers[word(row.first)] += row.n
    return numbers


def word(key: str) -> str:
    """A code without its list."""
    return key.rpartition(":")[2]


def categories(found: Counted, classification: str) -> Iterable[str]:
    """As listed; of countries and of combinations those that occur."""
    if classification == "citizenship":
        return countries(found.of(classification))
    if CATALOGUE.classifications[classification].combined:
        return sorted(found.of(classification), key=lambda one: (one.count(PART), one))
    return found.reference.codes.categories(classification)


def countries(number: Mapping[str, int]) -> tuple[str, ...]:
    """Those that occur, most persons first; then stateless, unknown and not asked, which always stand."""
    return (*sorted(set(number) - set(NO_COUNTRY), key=lambda code: (-number[code], code)), *NO_COUNTRY)


def by_year_and_table(rows: Iterable[Grouped]) -> Mapping[int, Mapping[str, Sequence[Grouped]]]:
    of_years = grouped(rows, attrgetter("year"))
    return {year: grouped(of_year, attrgetter("table")) for year, of_year in of_years.items()}


# A year is read as it was counted, until a row of it changes: by whom, and how it is marked, says ADR 79.
# It is counted in parts: each region's, and the calls that no region reads. Their sum is kept too.
COUNTRY: Final = "*"
Headline = tuple[Counter[str], Counter[str]]  # the persons by group, and by main purpose


def keeps(access: Access) -> bool:
    """Not for the register itself, whose commands and versions rest on rows alone."""
    reads = access.may(May.VIEW_TOTALS, May.VIEW_REGION_TABLES)
    return all((connection.vendor == "postgresql", access.user.pk, reads))


def years_counted(access: Access, first: int, last: int, *, calls: bool = True) -> dict[int, Counted]:
    """Return each year from `first` to `last`, as `counted` does. `calls`: whether these are needed."""
    if not keeps(access):
        return counted(access, first, last, calls=calls)
    reference = Reference.load()
    found = {year: Counted(year, {}, {}, reference) for year in range(first, last + 1)}
    for year, parts in kept(access, _own_parts(access), "counts", year__range=(first, last)).items():
        rows, volumes, waits, _waited = added(parts) if parts[1:] else parts[0].counts
        tables = by_year_and_table(Grouped(*row) for row in rows).get(year, {})
        beside = (counts.Volumes(*volumes), tuple(counts.Wait(*wait) for wait in waits))
        found[year] = Counted(year, tables, tables, reference, beside)
    return found


def headlines(access: Access, reference: Reference, first: int, last: int) -> dict[int, Headline]:
    """Return those of the years that have persons: one query."""
    if keeps(access):
        return kept_headlines(access, year__range=(first, last))
    tables = by_year_and_table(counts.persons_grouped(access, first, last, reference))
    return {year: _headline(Counted(year, of_year, {}, reference)) for year, of_year in tables.items()}


def kept_headlines(access: Access, **years: Any) -> dict[int, Headline]:
    """Return those of the years, all of them unless others are named, that have persons."""
    summed = {year: _summed(parts) for year, parts in kept(access, _own_parts(access), **years).items()}
    return {year: (groups, purposes) for year, (groups, purposes) in summed.items() if groups}


def _own_parts(access: Access) -> Q:
    """Those that are read: all of the country as one, or one's own regions."""
    return Q(region=COUNTRY) if access.may(May.VIEW_TOTALS) else Q(region__in=access.regions)


def kept(access: Access, parts: Q, *fields: str, **years: Any) -> dict[int, list[YearCount]]:
    """Return what is kept of each year in which rows have ever changed, counted anew where it is not fresh.

    A part is fresh that has one row alone, with counts. A change adds a row without: so two who count at the
    same time leave two rows, and neither hides a change that it has not counted.
    """
    stored = YearCount.objects.filter(parts, in_rows("year"), **years).only(
        "year", "region", "headline", *fields
    )
    rows = grouped(stored, attrgetter("year", "region"))
    for (year, region), (first, *others) in rows.items():
        if others or not first.headline:
            anew = contents(access, year, region)
            rows[year, region] = [YearCount.objects.create(year=year, region=region, **anew)]
            _remove(first, *others)
    return grouped(chain(*rows.values()), attrgetter("year"))


@transaction.atomic
def _remove(*rows: YearCount) -> None:
    """But for those that another reader is removing: nobody waits, and what stays is counted once more."""
    free = YearCount.objects.select_for_update(skip_locked=True).filter(pk__in=[row.pk for row in rows])
    YearCount.objects.filter(pk__in=free.values("pk")).delete()


def contents(access: Access, year: int, region: str) -> dict[str, Any]:
    """Return what is kept of a part of a year as it is now: of the country, the sum of all others."""
    if region != COUNTRY:
        return counted_part(access, year, region)
    parts = kept(access, ~Q(region=COUNTRY), "counts", year=year)[year]
    return {"headline": _summed(parts), "counts": added(parts)}


def counted_part(access: Access, year: int, region: str) -> dict[str, Any]:
    """Return the same, counted from its rows; those of the country too."""
    if region != COUNTRY:
        access = replace(access, role=OF_A_REGION, regions=frozenset({region}))
    found, waited = counted(access, year, year)[year], counts.waited(access, year)
    rows = counts.added_up(chain(*found.persons.values(), *found.calls.values()))
    medians = counts.medians(waited, found.reference.categories["measure"])
    all_counts = [rows, counts.volumes(access, year), medians, waited]
    return {"headline": _headline(found), "counts": all_counts}


def added(parts: Sequence[YearCount]) -> list[Any]:
    """Return the counts of several parts of a year as one."""
    rows, volumes, waits, waited = zip(*(part.counts for part in parts), strict=True)
    summed, kinds = counts.added_up(chain(*waited)), [kind for kind, *_medians in waits[0]]
    both = [sum(each) for each in zip(*volumes, strict=True)]
    return [counts.added_up(chain(*rows)), both, counts.medians(summed, kinds), summed]


def _summed(parts: Sequence[YearCount]) -> Headline:
    groups, purposes = zip(*((Counter(one) for one in part.headline) for part in parts), strict=True)
    return sum(groups, Counter()), sum(purposes, Counter())


def _headline(found: Counted) -> Headline:
    groups = Counter[str]()
    for row in found.persons.get("purpose", ()):
        groups[group_of(row.sex, row.child)] += row.n
    return groups, found.of("main_purpose")
