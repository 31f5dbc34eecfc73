"""Who has opened unusually many cases in a day: told to that person and to the data protection officer, on a
page and in no letter. The days are counted from the trail, each once, when it is over."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from audit.models import Event
from cases.models import ReadingDay

LEAST: Final = 60  # cases a day; fewer are nothing to tell of
TIMES: Final = 2  # as many as on the busiest day before
FIRST: Final = timedelta(days=30)  # somebody new has no busiest day yet
LONGEST: Final = 31  # days made up for, when the worker was away
OPENED: Final = ("case.read", "person.read", "case.history", "case.extract")


def is_unusual(cases: int, busiest: int, known_for: timedelta) -> bool:
    """Twice the busiest day, from LEAST cases on, not in the first month."""
    return cases >= LEAST and cases >= TIMES * busiest and known_for >= FIRST


def count_days(at: datetime) -> int:
    """Every day that is over and has not been counted. Answers how many rows were made."""
    yesterday = timezone.localdate(at) - timedelta(days=1)
    last = ReadingDay.objects.aggregate(last=Max("day"))["last"]
    first = max(last + timedelta(days=1) if last else yesterday, yesterday - timedelta(days=LONGEST))
    days = [first + timedelta(days=n) for n in range((yesterday - first).days + 1)]
    return sum(_count(day) for day in days)


@transaction.atomic
def _count(day: date) -> int:
    """One day. The rows of a day stand together or not at all."""
    opened = opened_on(day)
    readers = {user.email: user for user in User.objects.filter(email__in=opened)}
    before = ReadingDay.objects.filter(reader__in=readers.values(), day__lt=day)
    busiest = dict(before.values_list("reader").annotate(most=Max("cases")))
    rows = [_row(readers[email], day, len(opened[email]), busiest) for email in sorted(readers)]
    ReadingDay.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def opened_on(day: date) -> dict[str, set[str]]:
    """The numbers of the cases that each opened, by e-mail address. A person's number begins with the
    case's."""
    found: dict[str, set[str]] = defaultdict(set)
    events = Event.objects.filter(at__gte=_midnight(day), at__lt=_midnight(day + timedelta(days=1)))
    for actor, label in events.filter(action__in=OPENED).values_list("actor", "target_label").iterator():
        found[actor].add(label.partition("-P")[0])
    return found


def _row(reader: User, day: date, cases: int, busiest: dict[int, int]) -> ReadingDay:
    known_for = _midnight(day) - reader.date_joined
    unusual = is_unusual(cases, busiest.get(reader.pk, 0), known_for)
    return ReadingDay(reader=reader, day=day, cases=cases, unusual=unusual)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone())
