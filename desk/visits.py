"""When somebody was last on *My page*, and what others have done since in what is theirs to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from accounts.access import Access
from cases.waiting.shape import Kind
from cases.waiting.since import SINCE
from desk.boxes import address, counts_of
from desk.models import Visit

GAP: Final = timedelta(hours=1)  # away longer, and it is a new visit
NOTED: Final = timedelta(minutes=5)  # how exactly it is known when somebody was last there


@dataclass(frozen=True, slots=True)
class News:
    """How many there are of one kind, since; `url` leads to them."""

    title: str
    count: int
    url: str


def visited(access: Access) -> datetime | None:
    """When the visit before this one ended; None at the first. Writes down that somebody is here: at most two
    queries."""
    visit = Visit.objects.filter(user=access.user).first()
    if visit is None:
        Visit.objects.bulk_create([Visit(user=access.user, seen=access.at)], ignore_conflicts=True)
        return None
    if access.at - visit.seen >= NOTED:
        since = visit.seen if access.at - visit.seen > GAP else visit.since
        Visit.objects.filter(pk=visit.pk).update(seen=access.at, since=since)
        return since
    return visit.since


def last_visit(access: Access) -> datetime | None:
    """The same, without being here."""
    return Visit.objects.filter(user=access.user).values_list("since", flat=True).first()


def kinds_since(since: datetime, access: Access) -> list[Kind]:
    return [make(since) for right, make in SINCE if access.may(right)]


def news(since: datetime | None, access: Access) -> list[News]:
    """What has come since, without what there is none of. One query."""
    kinds = kinds_since(since, access) if since else []
    counted = zip(kinds, counts_of(kinds, access), strict=True)
    return [News(kind.titled(access), n, address("desk:since", kind.key)) for kind, n in counted if n]
