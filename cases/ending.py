"""Reflection periods and temporary permits whose last day comes, or has passed and is not dealt with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Access
from cases.choices import OPEN_STATES, MeasureAnswer
from cases.measures import THAT_END
from cases.models import Measure

AHEAD: Final = 30  # days before the last one that it is told
SOON: Final = 7  # and in red


def ending(access: Access) -> QuerySet[Any]:
    """Of own persons, those that end within 30 days; and in open cases those that have ended, until they are
    dealt with. Where no last day is entered nothing is told. In no order."""
    rows: QuerySet[Any] = Measure.objects.in_own_region(access).filter(
        kind__in=THAT_END, answer=MeasureAnswer.ACCEPTED, ends_on__lte=access.today + timedelta(days=AHEAD)
    )
    alive = Q(ends_on__gte=access.today) | Q(person__case__state__in=OPEN_STATES)
    return rows.filter(alive).exclude(dealt_with=F("ends_on"), dealt_with__isnull=False)


def running(access: Access) -> QuerySet[Any]:
    """Of own persons, those whose last day has not passed, however far it is. In no order."""
    rows: QuerySet[Any] = Measure.objects.in_own_region(access)
    return rows.filter(kind__in=THAT_END, answer=MeasureAnswer.ACCEPTED, ends_on__gte=access.today)


def days_in_words(ends_on: date, today: date) -> str:
    """How long there is until the last day, or since."""
    left = (ends_on - today).days
    if left == 0:
        return _("ends today")
    if left > 0:
        return ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}
    return ngettext("ended %(n)d day ago", "ended %(n)d days ago", -left) % {"n": -left}


def in_red(ends_on: date, today: date) -> bool:
    return (ends_on - today).days <= SOON
