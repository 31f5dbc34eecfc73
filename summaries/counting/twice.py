"""How much too high the total of a year may be, because somebody registered twice has not been found."""

from __future__ import annotations

from accounts.access import Access
from accounts.acting import beyond
from cases.choices import COUNTED
from cases.models import Person
from cases.recall import Undetected, range_of
from summaries.counting.quality import Quality
from summaries.estimates.source import capture_table


@beyond("totals")
def registered_twice(access: Access, quality: Quality) -> tuple[Undetected, ...]:
    """By the share of such pairs that the search is thought to find, the largest first. Seven queries.

    Nothing of a year that is not over, nor for who reads the figures of some regions alone: a person is
    registered twice over regions too."""
    if quality.so_far or access.regions:
        return ()
    year = quality.year
    second = Person.objects.totals_for(access).identified_in(year).filter(same_as__isnull=False)
    met = capture_table(year, year, access=access)
    return range_of(
        confirmed=second.filter(status__in=COUNTED).count(),
        waiting=quality.open_duplicates,
        total=quality.persons,
        met_by_several=sum(persons for mask, persons in met.histories if mask.bit_count() > 1),
    )
