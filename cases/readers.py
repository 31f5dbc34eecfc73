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
from cases.models import AccessGrant, Case, Person

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


def events_about(case: Case | None, persons: Iterable[Person]) -> QuerySet[Event]:
    """`case` and `persons` came through the door. Their numbers are listed: asked for by a query within, or
    in two ways, the whole trail would be read."""
    numbers = [*([case.number] if case else ()), *(person.number for person in persons)]
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
    """Of the persons in own region, and of the case where it is of one, for those who may know; a case that
    is granted tells nobody.

    `case` has `own` and `changeable`, from `with_own`."""
    if not access.may(May.VIEW_OWN_TRAIL) or not case.own:
        return []
    persons = Person.objects.in_own_region(access).filter(case=case).only("number")
    return readers_of(events_about(case if case.changeable else None, persons))


def readings_by(grant: AccessGrant, access: Access) -> Reader | None:
    """Return how often who was granted access has read of the case by it: its own page and those of the
    persons of the region that looks. None where they have not."""
    if not access.may(May.VIEW_OWN_TRAIL) or grant.case is None:
        return None
    persons = Person.objects.in_own_region(access).filter(case=grant.case).only("number")
    events = events_about(grant.case, persons).filter(action__endswith=".read", actor=grant.asked_by.email)
    within = events.filter(at__gte=grant.answered_at, at__lte=grant.until)
    return next(iter(readers_of(within)), None)


def seen_lately(access: Access) -> list[Case]:
    """The cases that somebody opened last and may still see, the latest first. Two queries: the trail knows,
    so nothing else has to keep it."""
    of_mine = Event.objects.filter(actor=access.actor, action="case.read").order_by("-sequence")
    numbers = list(dict.fromkeys(of_mine.values_list("target_label", flat=True)[:LOOKED_AT]))
    rows = Case.objects.visible_to(access).filter(number__in=numbers).select_related("region")
    cases = {case.number: case for case in rows}
    return [cases[number] for number in numbers if number in cases][:LATELY]
