"""Which region has a case: the one that opened it, until all its persons are of one other region."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Max, QuerySet

from accounts.access import Access
from accounts.acting import beyond
from cases.actions.saving import save_version
from cases.models import Case, Person
from cases.secret_text import index_of


def astray(cases: Iterable[int] | None = None) -> QuerySet[Any, Any]:
    """Return case and region of those whose persons are all of one other region than the case."""
    persons = Person.objects.all() if cases is None else Person.objects.filter(case__in=list(cases))
    regions = (
        persons.order_by()
        .values("case")
        .annotate(regions=Count("responsible_region", distinct=True), region=Max("responsible_region"))
    )
    return regions.filter(regions=1).exclude(region=F("case__region")).values_list("case", "region")


@beyond("belonging")
def lock_cases(cases: Iterable[int]) -> None:
    """Of two who move persons of a case at the same moment, the second sees what the first has done."""
    rows = Case.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(cases))
    list(rows.order_by("pk").values_list("pk"))


@beyond("belonging")
def settle_region(cases: Iterable[int], *, by: Access) -> None:
    """Give each of these cases, which are locked, to the region that has all its persons. Nobody there is
    responsible for it yet. Its number and what is counted stay."""
    for pk, region in astray(cases):
        case = Case.objects.get(pk=pk)
        case.region_id, case.responsible = region, None
        case.reference_index = index_of(case)
        save_version(case, by=by)
        Person.objects.filter(case=case).update(moved=False)
