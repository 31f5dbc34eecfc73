"""One year as it is read: its tables or what was published of it, the year before, volumes and caveats.

Years whose rows have been disposed of are read from the version that was final then.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import reduce
from operator import or_
from statistics import median
from typing import TypeVar

from django.db.models import Q

from accounts.access import Access
from cases.models import DisposedYear
from knowledge.stored_texts import SHIPPED, Remarks, present
from libs.suppression.tables import ProtectedTable, Table, protected
from summaries.counting import historical
from summaries.counting.build import Counted, all_tables, call_tables, core_tables, counted
from summaries.counting.counts import Volumes, Waited, volumes, waits
from summaries.counting.historical import Published, breaks, published
from summaries.counting.reference import Labels, Reference
from summaries.coverage import HEADLINE, so_far
from summaries.release.models import Publication
from summaries.tables.labels import PublicLabels
from summaries.year_words import named

T = TypeVar("T", bound=Table)


def known_years(first: int, last: int) -> dict[int, Published]:
    """What is known of each year beside rows: one query, one more where a year was disposed of."""
    found = published(first, last)
    gone = list(DisposedYear.objects.of(first, last))
    versions = _versions(gone)
    for one in gone:
        found[one.year] = replace(found[one.year], frozen=one.said, printed=versions.get(one.year, ()))
    return found


def _versions(gone: Iterable[DisposedYear]) -> dict[int, tuple[ProtectedTable, ...]]:
    """Their tables."""
    each = (Q(year=year.year, version=year.version) for year in gone)
    rows = Publication.objects.filter(reduce(or_, each, Q(pk__in=()))).only("year", "tables")
    return {row.year: tuple(map(protected, map(Table.from_json, row.tables))) for row in rows}


def called(tables: Iterable[T], name: str) -> T | None:
    """Return the table of that name, if it is among them."""
    return next((table for table in tables if table.name == name), None)


def headline(text: Published) -> Table:
    """The table of women, men, girls and boys; what was published before the register has it first."""
    return next(table for table in text.tables if table.name == HEADLINE)


@dataclass(frozen=True, slots=True)
class Wait:
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


class Source(StrEnum):
    REGISTER = "register"
    FROZEN = "frozen"
    HISTORICAL = "historical"
    NONE = "none"


@dataclass(frozen=True)
class Summary:
    """`tables` are the register's, else what was published, else none. `published` stands beside, never mixed
    in.

    `so_far`: the day to which a year is counted that is not over. It is compared with no year: `before` is
    empty.
    """

    year: int
    source: Source
    tables: tuple[Table, ...]
    published: Published
    reference: Reference
    before: tuple[Table, ...] = ()
    before_source: Source = Source.NONE
    volumes: Volumes | None = None
    calls: int | None = None
    waits: tuple[Wait, ...] = ()
    so_far: date | None = None
    remarks: Remarks = SHIPPED

    @property
    def labels(self) -> Labels:
        return PublicLabels(self.reference) if self.published.frozen else Labels(self.reference)

    @property
    def caveats(self) -> list[str]:
        remarks_shown = historical.of_year(self.remarks, self.year, self.published, self.so_far)
        return list(filter(None, (self.published.frozen, *remarks_shown)))

    @property
    def caveats_of_running(self) -> list[str]:
        """That the year is not over, where it is not: said of calls too."""
        return historical.of_running({self.year: self.so_far})

    @property
    def named(self) -> str:
        """The year, as it stands in the heading of a table or a chart."""
        return named(self.year, self.so_far)

    @property
    def year_before(self) -> int:
        return self.year - 1

    @property
    def broken_before(self) -> bool:
        """Whether the series broke between the year before and this one."""
        return bool(breaks(self.year - 1, self.year))

    @property
    def waited(self) -> list[tuple[str, Wait]]:
        """Name of the measure and the wait for it, where anybody accepted it."""
        return [(self.labels.category("measure", wait.measure), wait) for wait in self.waits if wait.persons]

    def table(self, name: str) -> Table | None:
        return called(self.tables, name)

    def table_before(self, name: str) -> Table | None:
        return called(self.before, name)


def internal_summary(access: Access, year: int) -> Summary:
    """Everything that is counted of a year, beside it the year before where it is over: nine queries."""
    running = so_far(year, access.today)
    found, texts = counted(access, year - 1, year), known_years(year - 1, year)
    source, tables = _source(found[year], texts[year])
    before_source, before = _source(found[year - 1], texts[year - 1])
    return Summary(
        year=year,
        source=source,
        tables=tables,
        published=texts[year],
        reference=found[year].reference,
        before=() if running or (access.regions and texts[year - 1].frozen) else before,
        before_source=before_source,
        volumes=None if texts[year].frozen else volumes(access, year),
        calls=found[year].calls_number,
        waits=medians(access, year, found[year].reference.categories["measure"]),
        so_far=running,
        remarks=present(),
    )


def core_summary(access: Access, year: int) -> Summary:
    """The tables that are protected and published, and nothing else: six queries."""
    found, text = counted(access, year, year, calls=False)[year], known_years(year, year)[year]
    source, tables = source_of(text), text.tables
    if found.number:
        source, tables = Source.REGISTER, core_tables(found)
    running = so_far(year, access.today)
    return Summary(year, source, tables, text, found.reference, so_far=running, remarks=present())


def _source(found: Counted, text: Published) -> tuple[Source, tuple[Table, ...]]:
    """Counting rule 7: a year with persons shows them; one without shows what was published, or nothing."""
    if found.number:
        return Source.REGISTER, all_tables(found)
    return source_of(text), (*text.tables, *(call_tables(found) if found.calls_number else ()))


def source_of(text: Published) -> Source:
    """Of a year that no row is counted of."""
    if text.frozen:
        return Source.FROZEN
    return Source.HISTORICAL if text else Source.NONE
