"""The capture-history table of the register: which groups of organisations identified each counted person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accounts.access import Access
from accounts.acting import beyond
from agencies.models import Agency, CodeMapping
from cases.models import Identification, Person
from summaries.dark_figure import CaptureTable


def default_grouping() -> dict[str, str]:
    """List by code of agency: local authorities LA, organisations NG, police PF, government GO, general
    public GP.

    A kind of agency without a mapping is a list of its own: leaving its persons out would be a silent loss.
    """
    mapped = CodeMapping.objects.filter(target="mse").order_by("release").values_list("code", "value")
    of_kind = dict(mapped)  # the latest release wins
    agencies = Agency.objects.values_list("code", "kind_id")
    return {code: of_kind.get(kind) or kind.partition(":")[2] for code, kind in agencies}


@beyond("totals")
def capture_table(
    first_year: int,
    last_year: int,
    *,
    grouping: Mapping[str, str] | None = None,
    access: Access | None = None,
    also_same: Mapping[int, int] | None = None,
) -> CaptureTable:
    """Counted persons by the lists they are on: an identification by an agency of the list dated in those
    years.

    `grouping` names the list of each agency by its code; an agency it leaves out is on no list. `access`
    narrows to the totals somebody may read; None is the register itself, for commands. `also_same` is what
    if: further records, each to the one that would stay. Five queries however many persons. The table holds
    cells of single persons: it is never published.
    """
    persons = Person.objects.totals_for(access) if access else Person.objects.all()
    counted = set(persons.counted().values_list("pk", flat=True))
    same_as = dict(Person.objects.filter(same_as__isnull=False).values_list("pk", "same_as_id"))
    same_as |= also_same or {}
    lists = default_grouping() if grouping is None else grouping
    found = (
        Identification.objects.filter(
            identified_on__gte=date(first_year, 1, 1),
            identified_on__lte=date(last_year, 12, 31),
            agency__code__in=lists,
        )
        .order_by()
        .values_list("person_id", "agency__code")
    )
    kept = ((_kept(person, same_as), lists[agency]) for person, agency in found.iterator())
    return CaptureTable.from_persons(((person, (name,)) for person, name in kept if person in counted))


def _kept(person: int, same_as: Mapping[int, int]) -> int:
    """The record that stays, through however many confirmations."""
    while person in same_as:
        person = same_as[person]
    return person
