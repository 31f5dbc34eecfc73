"""How often somebody compares: counted as tries, whatever was found, and never a reason to refuse or to wait.

Whoever types invented persons to see whether a pursued one is registered learns nothing before the next
morning, by the search at night, and no more than that another region may be asked. How often they try is
seen by the data protection officer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce

from accounts.access import Access
from cases.models import Try

# A change of these is a try: what likeness is reckoned from.
COMPARED: Final = frozenset(
    {"sex", "child", "age_class", "citizenship", "citizenships", "country_of_origin", "reference", "county",
     "identified_on", "agency", "purpose", "purposes", "is_main"}
)  # fmt: skip
SHOWN: Final = timedelta(days=7)


def tried(kind: Try.Kind, persons: int, *, by: Access) -> None:
    if persons:
        Try.objects.create(by=by.user, at=by.at, kind=kind, persons=persons)


def changed(fields: Iterable[str], *, by: Access) -> None:
    """A change of a person is one where it touches what is compared."""
    if COMPARED & set(fields):
        tried(Try.Kind.EDIT, 1, by=by)


class Tries(NamedTuple):
    name: str
    times: int
    persons: int
    by: int  # the key of the account


def most(at: datetime) -> list[Tries]:
    """Whose tries there were in the last week, how many, and of how many persons; the most first."""
    recent = Try.objects.filter(at__gt=at - SHOWN).order_by()
    counted = recent.values("by", name=F("by__name"))
    counted = counted.annotate(n=Count("pk"), sum=Coalesce(Sum("persons"), 0))
    return [Tries(row["name"], row["n"], row["sum"], row["by"]) for row in counted.order_by("-n", "name")]
