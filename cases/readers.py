"""Who has opened or changed a case and its persons, as the audit trail has it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max, Min, QuerySet

from accounts.access import Access
from accounts.roles import May, role_in_words
from audit.models import Event
from cases.models import Case, Person

LATELY: Final = 8  # cases
LOOKED_AT: Final = 100  # readings


@dataclass(frozen=True)
class Reader:
    """Somebody in whose name the case or a person of it was opened or changed."""

    actor: str
    role: str
    times: int
    first: datetime
    last: datetime


def events_about(case: Case, persons: Iterable[Person]) -> QuerySet[Event]:
    """`case` and `persons` came through the door. Their numbers are listed: asked for by a query within, or
    in two ways, the whole trail would be read."""
    numbers = [case.number, *(person.number for person in persons)]
    return Event.objects.filter(target_label__in=numbers, target_kind__startswith="cases.").order_by(
        "sequence"
    )


def readers_of(events: QuerySet[Event]) -> list[Reader]:
    """The latest first. One query."""
    sums = events.order_by().values("actor", "role").annotate(n=Count("pk"), first=Min("at"), last=Max("at"))
    rows = sums.order_by("-last", "actor")
    return [
        Reader(row["actor"], role_in_words(row["role"]), row["n"], row["first"], row["last"]) for row in rows
    ]


def readers_for(case: Case, access: Access) -> list[Reader]:
    """Of the case and the persons in own region, for those who may know; a case that is granted tells nobody.

    `case` has `own`, from `with_own`."""
    if not access.may(May.VIEW_OWN_TRAIL) or not case.own:
        return []
    return readers_of(
        events_about(case, Person.objects.in_own_region(access).filter(case=case).only("number"))
    )


def seen_lately(access: Access) -> list[Case]:
    """The cases that somebody opened last and may still see, the latest first. Two queries: the trail knows,
    so nothing else has to keep it."""
    of_mine = Event.objects.filter(actor=access.actor, action="case.read").order_by("-sequence")
    numbers = list(dict.fromkeys(of_mine.values_list("target_label", flat=True)[:LOOKED_AT]))
    rows = Case.objects.visible_to(access).filter(number__in=numbers).select_related("region")
    cases = {case.number: case for case in rows}
    return [cases[number] for number in numbers if number in cases][:LATELY]
