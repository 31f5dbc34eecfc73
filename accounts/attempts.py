"""Tries are counted in a table that all processes share: by one statement each, until their period is over.

Nothing but time takes a count away: whoever fills the table with other counts gets no fresh tries.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.kept import Attempt
from accounts.transactions import again_if_undone

DAY: Final = timedelta(days=1)
TELLING: Final = 20  # failures at one account in a day, from which the data protection officer is told
_COUNT: Final = """
    INSERT INTO accounts_attempt (key, user_id, count, until) VALUES (%s, %s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN accounts_attempt.until <= %s THEN 1 ELSE accounts_attempt.count + 1 END,
        until = CASE WHEN accounts_attempt.until <= %s THEN excluded.until ELSE accounts_attempt.until END
    RETURNING count
"""


def count(what: str, within: timedelta, *, whose: int | None = None) -> int:
    """How many tries there are in this period, this one included. It stays counted where the request is taken
    back: nobody guesses for nothing. `whose`: the account that they are about."""
    found = _count(what, within, whose)
    again_if_undone(partial(_count, what, within, whose))
    return found


def _count(what: str, within: timedelta, whose: int | None) -> int:
    now = timezone.now()
    moments = [connection.ops.adapt_datetimefield_value(at) for at in (now + within, now, now)]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [_key(what), whose, *moments])
        found = int(cursor.fetchone()[0])
    if found == 1:  # a day after its end nobody is at a count any more
        Attempt.objects.filter(until__lt=now - DAY).delete()
    return found


def so_far(what: str) -> int:
    """How many tries there are in this period."""
    rows = Attempt.objects.filter(key=_key(what), until__gt=timezone.now())
    return rows.values_list("count", flat=True).first() or 0


def take_back(what: str) -> None:
    """One try less: it succeeded."""
    _take_back(what)
    again_if_undone(partial(_take_back, what))


def _take_back(what: str) -> None:
    Attempt.objects.filter(key=_key(what), count__gt=0).update(count=F("count") - 1)


def forget(what: str) -> None:
    Attempt.objects.filter(key=_key(what)).delete()


def much_tried(at: datetime) -> QuerySet[Attempt]:
    """The accounts at which many have failed within a day, most first."""
    return (
        Attempt.objects.filter(user__isnull=False, count__gte=TELLING, until__gt=at)
        .select_related("user")
        .order_by("-count", "key")
    )


def _key(what: str) -> str:
    return salted_hmac("accounts.attempts", what, algorithm="sha256").hexdigest()
