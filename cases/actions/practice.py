"""Begin a practice, keep what was practised, throw it away. In the trail stands that somebody practises, and
with how many invented persons: nothing else of it is anywhere but in its sealed text."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.access import Access
from accounts.roles import May
from audit.writer import Actor, System, record
from cases.models import Practice
from cases.practised_rows import Contents


@transaction.atomic
def begin_practice(*, by: Access) -> Practice:
    """The practice of who asks: one that has begun goes on."""
    by.require(May.LOG_CALL, May.OPEN_CASE)
    times = {"begun_at": by.at, "changed_at": by.at}
    row, new = Practice.objects.get_or_create(owner=by.user, defaults=times)
    if new:
        record(by, "practice.begin", row)
    return row


@transaction.atomic
def keep_practice(*, practice: Practice, text: str, by: Access) -> None:
    practice.body, practice.changed_at = text, by.at
    practice.save()
    record(by, "practice.change", practice, rows=Contents.of(text).persons)


@transaction.atomic
def throw_away(*, practice: Practice, by: Actor) -> None:
    Practice.objects.filter(pk=practice.pk).delete()
    record(by, "practice.end", practice, rows=Contents.of(practice.body).persons)


def throw_away_old(at: datetime) -> None:
    """Those that nobody has gone on with."""
    for practice in Practice.objects.expired(at):
        throw_away(practice=practice, by=System())
