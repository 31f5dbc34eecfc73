"""One year as it is read: its tables or what was published of it, the year before, volumes and caveats.

Years whose rows have been disposed of are read from the version that was final then. And how good the figures
of a year are: what is unknown, what came late, what waits to be decided, and how much too high its total may
be, because somebody registered twice has not been found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import reduce
from math import ceil
from operator import or_
from typing import Any, Final, TypeVar

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Access, bypass_policies
from agencies.models import Region
from cases.choices import COUNTED, Decision
from cases.duplicates.evaluation import Undetected, range_of
from cases.models import DisposedYear, DuplicateReview, Person, YearConfirmation
from cases.querysets import PersonQuerySet
from knowledge.stored_texts import SHIPPED, Remarks, present
from libs.suppression.tables import ProtectedTable, Table, protected
from summaries.catalogue import NOT_LABOUR
from summaries.classifications import NOT_ASKED
from summaries.counting import historical
from summaries.counting.build import (
    Counted,
    all_tables,
    call_tables,
    core_tables,
    counted,
    of_the_register,
    years_counted,
)
from summaries.counting.counts import Volumes, Wait, beside_counted, persons
from summaries.counting.historical import Published, breaks, published
from summaries.counting.reference import Labels, Reference
from summaries.coverage import HEADLINE, so_far
from summaries.estimates.source import known_persons
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
    return {row.year: tuple(protected(Table.from_json(table)) for table in row.tables) for row in rows}


def called(tables: Iterable[T], name: str) -> T | None:
    """Return the table of that name, if it is among them."""
    return next((table for table in tables if table.name == name), None)


def headline(text: Published) -> Table:
    """The table of women, men, girls and boys; what was published before the register has it first."""
    return next(table for table in text.tables if table.name == HEADLINE)


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
        return [one for one in (self.published.frozen, *remarks_shown) if one]

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
    found, texts = years_counted(access, year - 1, year), known_years(year - 1, year)
    volumes, waits = found[year].beside or beside_counted(access, year, found[year].reference)
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
        volumes=None if texts[year].frozen else volumes,
        calls=found[year].calls_number,
        waits=waits,
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


OPEN: Final = (Decision.OPEN, Decision.UNSURE)
FEWEST_OF_A_SHARE: Final = 50
LATE_DAYS: Final = 31  # the regions report a year until the end of January
# What is asked of every person: the classification, and what stands for unknown.
VARIABLES: Final = {
    "age": "unknown",
    "citizenship": "ZZ",
    "main_purpose": "unknown",
    "offence": "not_assessed",
    "channel": "",
}


@dataclass(frozen=True, slots=True)
class UnknownShare:
    """Of `persons`: of how many the fact is unknown (as `called`), and not stated."""

    variable: str
    called: str
    unknown: int
    not_stated: int
    persons: int

    @property
    def missing(self) -> int:
        return self.unknown + self.not_stated


@dataclass(frozen=True)
class OfRegion:
    """Persons identified in a region, how many were registered late, and the day it closed the year.

    The numbers are None of a region that the reader's figures do not cover: 0 would be a figure."""

    name: str
    persons: int | None
    late: int | None
    confirmed_on: date | None


@dataclass(frozen=True)
class Quality:
    year: int
    persons: int
    shares: tuple[UnknownShare, ...]
    late_from: date
    open_duplicates: int
    assessed_duplicates: int
    regions: tuple[OfRegion, ...]
    so_far: date | None = None

    @property
    def late(self) -> int:
        return sum(region for region in (region.late for region in self.regions) if region)

    @property
    def only_own(self) -> bool:
        return any(region.persons is None for region in self.regions)

    @property
    def number_confirmed(self) -> int:
        return sum(region.confirmed_on is not None for region in self.regions)


@bypass_policies("totals")
def quality(access: Access, year: int) -> Quality:
    """Seven queries."""
    found = years_counted(access, year, year, calls=False)[year]
    labels = Labels(found.reference)
    return Quality(
        year=year,
        persons=found.number,
        shares=tuple(_shares(found, labels)),
        late_from=_late_from(year),
        open_duplicates=pairs_of(access, year, year, OPEN).count(),
        assessed_duplicates=pairs_of(access, year, year, (Decision.SAME, Decision.DIFFERENT)).count(),
        regions=tuple(_regions(access, year, found, labels)),
        so_far=so_far(year, access.today),
    )


def confirmed_regions(year: int) -> int:
    """How many have closed it: that a year is ready so far does not count."""
    return YearConfirmation.objects.closed(year).count()


def number_of_regions() -> int:
    return Region.objects.count()


def _shares(found: Counted, labels: Labels) -> Iterator[UnknownShare]:
    sex = sum(row.n for row in found.persons.get("status", ()) if row.sex == "U")
    yield UnknownShare(_("Sex"), _("not recorded"), sex, 0, found.number)
    child, called = found.of("age_group")["age_unknown"], labels.category("age_group", "age_unknown")
    yield UnknownShare(_("Child or adult"), called, child, 0, found.number)
    for name, unknown in VARIABLES.items():
        of = found.of(name)
        yield UnknownShare(
            variable=labels.dimension(name),
            called=labels.category(name, unknown) if unknown else "–",
            unknown=of[unknown],
            not_stated=of[NOT_ASKED],
            persons=found.number,
        )
    yield _sectors(found, labels)


def _sectors(found: Counted, labels: Labels) -> UnknownShare:
    """Asked only of those whose main purpose is labour."""
    of = found.of("sector")
    asked = of.total() - of[NOT_LABOUR]
    name = _("Sector, where the main purpose is labour")
    return UnknownShare(name, labels.category("sector", "unknown"), of["unknown"], of[NOT_ASKED], asked)


def _late_from(year: int) -> date:
    return date(year, 12, 31) + timedelta(days=LATE_DAYS + 1)


def _late(access: Access, year: int) -> PersonQuerySet:
    """Persons of the year who were recorded when it should have been complete, or was closed."""
    day = _late_from(year)
    moment = timezone.make_aware(datetime(day.year, day.month, day.day))
    closed = YearConfirmation.objects.closed(year)
    closed = closed.filter(region=OuterRef("first_region"), at__lt=OuterRef("created_at"))
    return persons(access, year, year).filter(Q(created_at__gte=moment) | Exists(closed))


def pairs_of(
    access: Access, first: int, last: int, decisions: Iterable[Decision]
) -> QuerySet[DuplicateReview]:
    """Possible duplicates of which one record at least is counted in the years."""
    counted_ones = persons(access, first, last).values("pk")
    either = Q(first__in=counted_ones) | Q(second__in=counted_ones)
    return DuplicateReview.objects.filter(either, decision__in=list(decisions))


def _regions(access: Access, year: int, found: Counted, labels: Labels) -> Iterator[OfRegion]:
    late = Counter(dict(_late(access, year).values_list("first_region").annotate(n=Count("pk"))))
    moments = dict(YearConfirmation.objects.closed(year).values_list("region", "at"))
    persons = found.of("region")
    for region in found.reference.categories["region"]:
        at = moments.get(region)
        covered = not access.regions or region in access.regions or persons[region]
        number, late_ones = (persons[region], late[region]) if covered else (None, None)
        yield OfRegion(labels.category("region", region), number, late_ones, at and timezone.localdate(at))


@bypass_policies("totals")
def registered_twice(access: Access, quality: Quality) -> tuple[Undetected, ...]:
    """By the share of such pairs that the search is thought to find, the largest first. Seven queries.

    Nothing of a year that is not over, nor for who reads the figures of some regions alone: a person is
    registered twice over regions too."""
    if quality.so_far or access.regions:
        return ()
    year = quality.year
    second = Person.objects.totals_for(access).identified_in(year).filter(same_as__isnull=False)
    return range_of(
        confirmed=second.filter(status__in=COUNTED).count(),
        waiting=quality.open_duplicates,
        total=quality.persons,
        met_by_several=known_persons(year, year, access=access, again=True).table.overlap,
    )


def for_everybody(year: int, at: datetime, k: int) -> dict[str, Any]:
    """Return what a version says of its own quality: which regions had confirmed the year, how many persons
    of the year before came late (None where they are fewer than k), and about how many per cent are counted
    twice (the least and the most; none where it cannot be calculated).

    No figure of any table follows from these: neither is counted by a fact of the persons.
    """
    access = of_the_register(at)
    late, found = _late_of(access, year - 1), quality(access, year)
    twice = registered_twice(access, found) if found.persons >= FEWEST_OF_A_SHARE else ()
    percents = [100 * one.not_found / found.persons for one in twice if one.not_found]
    return {
        "regions_confirmed": confirmed_regions(year),
        "regions": number_of_regions(),
        "late": {"year": year - 1, "n": late if late >= k else None, "k": k},
        "twice": [int(min(percents)), ceil(max(percents))] if percents else [],
        "found_of_ten": sorted(one.of_ten for one in twice),
    }


@bypass_policies("totals")
def _late_of(access: Access, year: int) -> int:
    return _late(access, year).count()
