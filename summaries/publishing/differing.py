"""How many figures of what is public the register has otherwise by now: counted by night, since it takes a
count of the whole year. For the inside: no figure of it is ever told outside."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from sealing.secrecy import NotOpened
from summaries.counting.build import of_the_register
from summaries.publishing.corrections import NIGHT
from summaries.publishing.models import Publication, shown_by_year
from summaries.publishing.workbench import pending
from summaries.tables import TableError

log = logging.getLogger(__name__)
REST: Final = timedelta(hours=12)
PATIENCE: Final = 60.0  # seconds of one round: the years that are left come the next hour


def count_by_night(*, at: datetime) -> int:
    """Of each year the version that its page shows, once a night. Returns how many were counted."""
    if timezone.localtime(at).hour not in NIGHT:
        return 0
    began, done = time.monotonic(), 0
    for row in _shown(at):
        if row.differing_at is None or row.differing_at < at - REST:
            Publication.objects.filter(pk=row.pk).update(differing=_differing(row, at), differing_at=at)
            done += 1
        if time.monotonic() - began > PATIENCE:
            break
    return done


def forget(year: int) -> None:
    """A version of the year comes out: what differed from the last is in it."""
    Publication.objects.filter(year=year, differing__gt=0).update(differing=0)


def _shown(at: datetime) -> list[Publication]:
    known = (
        Publication.objects.public(at)
        .defer("content", "texts", "sealed", "tables")
        .order_by("year", "version")
    )
    found = shown_by_year(list(known))
    others = Q(differing__gt=0) & ~Q(pk__in=[one.pk for one in found])
    Publication.objects.filter(others).update(differing=0)
    return sorted(found, key=lambda one: (one.differing_at is not None, one.differing_at or at, -one.year))


def _differing(row: Publication, at: datetime) -> int:
    """0 where it cannot be read: that is told by the attacks."""
    try:
        return pending(of_the_register(at), row)
    except (KeyError, ValueError, TableError, NotOpened):
        log.exception("Version %s of %s could not be compared with the register", row.version, row.year)
        return 0
