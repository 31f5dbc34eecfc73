"""The memory that all processes share: JSON in a table, until it expires.

Whoever can write to the database can write values here, not programs: what is read is parsed, never
unpickled.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from accounts.attempts import DAY
from accounts.kept import Remembered
from accounts.transactions import again_if_undone

_LONGEST: Final = 200
_ADD: Final = """
    INSERT INTO accounts_remembered (key, value, until) VALUES (%s, %s, %s)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, until = excluded.until
    WHERE accounts_remembered.until <= %s
"""


class JsonMemory(BaseCache):
    """What is kept stays kept when the request is taken back: a code that was used is used."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        rows = Remembered.objects.filter(key=self._key(key, version)).filter(_alive())
        text = rows.values_list("value", flat=True).first()
        try:
            return default if text is None else json.loads(text)
        except ValueError:  # nothing that was written here
            return default

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        keep = partial(_keep, self._key(key, version), _text(value), self._until(timeout))
        keep()
        again_if_undone(keep)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Whether it was not there yet: asked and kept by one statement."""
        keep = partial(_add, self._key(key, version), _text(value), self._until(timeout))
        again_if_undone(keep)
        return keep()

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        rows = Remembered.objects.filter(key=self._key(key, version)).filter(_alive())
        return bool(rows.update(until=self._until(timeout)))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(Remembered.objects.filter(key=self._key(key, version)).delete()[0])

    def clear(self) -> None:
        Remembered.objects.all().delete()

    def _key(self, key: str, version: int | None) -> str:
        made = self.make_and_validate_key(key, version=version)
        return made if len(made) <= _LONGEST else hashlib.sha256(made.encode()).hexdigest()

    def _until(self, timeout: Any) -> datetime | None:
        ends = self.get_backend_timeout(timeout)
        return None if ends is None else datetime.fromtimestamp(ends, UTC)


def _alive() -> Q:
    return Q(until__isnull=True) | Q(until__gt=timezone.now())


def _text(value: Any) -> str:
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
    ends, present = (at and connection.ops.adapt_datetimefield_value(at) for at in (until, now))
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [key, text, ends, present])
        added = cursor.rowcount == 1
    if added:
        Remembered.objects.filter(until__lt=now - DAY).delete()
    return added
