"""How good the figures of a year are: what is unknown, what came late, what waits to be decided, and how much
too high its total may be, because somebody registered twice has not been found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from operator import attrgetter
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Access, bypass_policies
from agencies.models import Region
from cases.choices import COUNTED, Decision
from cases.duplicates.evaluation import Undetected, range_of
from cases.models import DuplicateReview, Person, YearConfirmation
from cases.querysets import PersonQuerySet
from summaries.catalogue import NOT_LABOUR
from summaries.classifications import NOT_ASKED
from summaries.counting.build import Counted, counted, of_the_register
from summaries.counting.counts import persons
from summaries.counting.reference import Labels
from summaries.coverage import so_far
from summaries.estimates.source import known_persons

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
        return sum(filter(None, map(attrgetter("late"), self.regions)))

    @property
    def only_own(self) -> bool:
        return any(region.persons is None for region in self.regions)

    @property
    def number_confirmed(self) -> int:
        return sum(region.confirmed_on is not None for region in self.regions)


@bypass_policies("totals")
def quality(access: Access, year: int) -> Quality:
    """Seven queries."""
    found = counted(access, year, year, calls=False)[year]
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
    late = Counter(_late(access, year).order_by().values_list("first_region", flat=True))
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
        met_by_several=known_persons(year, year, access=access).table.overlap,
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
        "found_of_ten": sorted(map(attrgetter("of_ten"), twice)),
    }


@bypass_policies("totals")
def _late_of(access: Access, year: int) -> int:
    return _late(access, year).count()
