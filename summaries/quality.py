"""How good the figures of a year are: what is unknown, what came late, what waits to be decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.access import Access
from cases.choices import Decision
from cases.models import DuplicateReview, Person, YearConfirmation
from cases.querysets import PersonQuerySet
from summaries.build import Counted, counted, word
from summaries.counts import NOT_ASKED
from summaries.labels import Labels, country

LATE_DAYS: Final = 31  # the regions report a year until the end of January
# What is asked of every person: grouping, which of its two facts, and what stands for unknown.
VARIABLES: Final = {
    "age": ("age", "first", "unknown"),
    "citizenship": ("citizenship", "first", "ZZ"),
    "main_purpose": ("purpose", "first", "unknown"),
    "offence": ("status", "second", "not_assessed"),
    "channel": ("channel", "first", ""),
}


@dataclass(frozen=True, slots=True)
class Share:
    """Of `persons`, how many have the fact unknown, and of how many nobody stated it. `called`: what unknown means."""

    variable: str
    called: str
    unknown: int
    not_stated: int
    persons: int

    @property
    def missing(self) -> int:
        return self.unknown + self.not_stated


@dataclass(frozen=True)
class Quality:
    year: int
    persons: int
    shares: tuple[Share, ...]
    late: int
    late_from: date
    open_duplicates: int
    confirmed: tuple[tuple[str, bool], ...]  # name of the region, whether it has confirmed the year

    @property
    def number_confirmed(self) -> int:
        return sum(done for _region, done in self.confirmed)


def quality(access: Access, year: int) -> Quality:
    """Six queries."""
    found = counted(access, year, year, calls=False)[year]
    labels = Labels(found.reference)
    return Quality(
        year=year,
        persons=found.number,
        shares=tuple(_shares(found, labels)),
        late=_late(access, year).count(),
        late_from=_late_from(year),
        open_duplicates=_open_duplicates(access, year),
        confirmed=_confirmed(year, found, labels),
    )


def confirmed_regions(year: int) -> int:
    return YearConfirmation.objects.filter(year=year).count()


def _shares(found: Counted, labels: Labels) -> Iterator[Share]:
    everybody = found.persons.get("status", ())
    sex = sum(row.n for row in everybody if row.sex == "U")
    yield Share(_("Sex"), _("not recorded"), sex, 0, found.number)
    child = sum(row.n for row in everybody if row.child == "unknown")
    yield Share(_("Child or adult"), labels.category("age_group", "age_unknown"), child, 0, found.number)
    for name, (grouping, place, unknown) in VARIABLES.items():
        facts = [(word(getattr(row, place)), row.n) for row in found.persons.get(grouping, ())]
        yield Share(
            variable=labels.dimension(name),
            called=_called(labels, name, unknown),
            unknown=sum(n for fact, n in facts if fact == unknown),
            not_stated=sum(n for fact, n in facts if fact == NOT_ASKED),
            persons=found.number,
        )


def _called(labels: Labels, name: str, unknown: str) -> str:
    if not unknown:
        return "–"
    return country(unknown) if name == "citizenship" else labels.category(name, unknown)


def _late_from(year: int) -> date:
    return date(year, 12, 31) + timedelta(days=LATE_DAYS + 1)


def _late(access: Access, year: int) -> PersonQuerySet:
    """Persons of the year whose record was made when the year should have been complete."""
    day = _late_from(year)
    moment = timezone.make_aware(datetime(day.year, day.month, day.day))
    return Person.objects.totals_for(access).counted().identified_in(year).filter(created_at__gte=moment)


def _open_duplicates(access: Access, year: int) -> int:
    """Pairs still to be assessed of which one at least is counted in the year."""
    persons = Person.objects.totals_for(access).counted().identified_in(year).order_by().values("pk")
    either = Q(first__in=persons) | Q(second__in=persons)
    return DuplicateReview.objects.filter(either, decision__in=[Decision.OPEN, Decision.UNSURE]).count()


def _confirmed(year: int, found: Counted, labels: Labels) -> tuple[tuple[str, bool], ...]:
    done = set(YearConfirmation.objects.filter(year=year).values_list("region", flat=True))
    return tuple((labels.category("region", region), region in done) for region in found.reference.categories["region"])
