"""What all processes share for a while, in two tables: counts of tries, and a cache of JSON.

A try is counted by one statement, until its period is over. Nothing but time takes a count away: whoever
fills the table with other counts gets no fresh tries. Whoever can write to the database can write values to
the cache, not programs: what is read is parsed, never unpickled.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Attempt, Remembered
from accounts.transactions import again_if_undone

DAY: Final = timedelta(days=1)
SUSPICIOUS: Final = 20  # failures at one account in a day, from which the data protection officer is told
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
    moments = (connection.ops.adapt_datetimefield_value(one) for one in (now + within, now, now))
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [_key(what), whose, *moments])
        found = int(cursor.fetchone()[0])
    if found == 1:  # a day after its end nobody is at a count any more
        Attempt.objects.filter(until__lt=now - DAY).delete()
    return found


def so_far(what: str) -> int:
    """How many tries there are in this period."""
    rows = Attempt.objects.filter(key=_key(what), until__gt=timezone.now())
    return sum(rows.values_list("count", flat=True))


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
        Attempt.objects.filter(user__isnull=False, count__gte=SUSPICIOUS, until__gt=at)
        .select_related("user")
        .order_by("-count", "key")
    )


def _key(what: str) -> str:
    return salted_hmac("accounts.db_cache", what, algorithm="sha256").hexdigest()


_MAX_LENGTH: Final = 200
_ADD: Final = """
    INSERT INTO accounts_remembered (key, value, until) VALUES (%s, %s, %s)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, until = excluded.until
    WHERE accounts_remembered.until <= %s
"""


class JsonMemory(BaseCache):
    """What is kept stays kept when the request is taken back: a code that was used is used."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: str, default: object = None, version: int | None = None) -> Any:
        try:
            return json.loads(self._rows(key, version).get().value)
        except (Remembered.DoesNotExist, ValueError):  # it is not there, or was not written here
            return default

    def set(
        self, key: str, value: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        keep = partial(_keep, self._key(key, version), _text(value), self._until(timeout))
        keep()
        again_if_undone(keep)

    def add(
        self, key: str, value: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Whether it was not there yet: asked and kept by one statement."""
        keep = partial(_add, self._key(key, version), _text(value), self._until(timeout))
        again_if_undone(keep)
        return keep()

    def touch(self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._rows(key, version).update(until=self._until(timeout)))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(Remembered.objects.filter(key=self._key(key, version)).delete()[0])

    def clear(self) -> None:
        Remembered.objects.all().delete()

    def _rows(self, key: str, version: int | None) -> QuerySet[Remembered]:
        alive = Q(until__isnull=True) | Q(until__gt=timezone.now())
        return Remembered.objects.filter(alive, key=self._key(key, version))

    def _key(self, key: str, version: int | None) -> str:
        made = self.make_and_validate_key(key, version=version)
        return made if len(made) <= _MAX_LENGTH else hashlib.sha256(made.encode()).hexdigest()

    def _until(self, timeout: float | None) -> datetime | None:
        ends = self.get_backend_timeout(timeout)
        return None if ends is None else datetime.fromtimestamp(ends, UTC)


def _text(value: object) -> str:
    """Raises TypeError for what would not come back as it is."""
    text = json.dumps(value)
    if json.loads(text) != value:
        raise TypeError(f"only JSON is remembered, not {type(value).__name__}")
    return text


def _keep(key: str, text: str, until: datetime | None) -> None:
    Remembered.objects.bulk_create(
        [Remembered(key=key, value=text, until=until)],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["value", "until"],
    )


def _add(key: str, text: str, until: datetime | None) -> bool:
    now = timezone.now()
    ends, present = (connection.ops.adapt_datetimefield_value(one) for one in (until, now))
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [key, text, ends, present])
        added = cursor.rowcount == 1
    if added:
        Remembered.objects.filter(until__lt=now - DAY).delete()
    return added
