"""Whether the database's server can write to its disk, which is often not that of the register's files.

A full disk ends no heartbeat: PostgreSQL has room in the pages that are there. So each minute it is asked to
sort some megabytes on its disk, which leaves nothing behind.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from jobs.alerts import send_to_administrators
from jobs.models import Heartbeat
from jobs.retry import is_full

WRITTEN: Final = "database disk"  # the heartbeat: when it could be written to
TOO_LONG: Final = timedelta(minutes=3)
SORT: Final = "SELECT count(*) FROM (SELECT i FROM generate_series(1, 200000) AS i ORDER BY -i) AS sorted"
REST: Final = timedelta(hours=20)


class DatabaseDisk:
    """Told to all administrators at most once in twenty hours, by e-mail alone: a notice would be a row."""

    def __init__(self) -> None:
        self.told: datetime | None = None

    def ask(self, at: datetime) -> None:
        try:
            _sort()
            Heartbeat.objects.beat(WRITTEN)
        except OperationalError as error:
            if not is_full(error):
                raise
            self._tell(at)

    def _tell(self, at: datetime) -> None:
        if self.told is not None and at - self.told < REST:
            return
        send_to_administrators(_subject, _text)
        self.told = at


def is_written(ages: dict[str, timedelta], worker_silent: bool) -> bool | None:
    """Whether the disk could be written to of late; None where no worker has asked."""
    age = ages.get(WRITTEN)
    if worker_silent or age is None:
        return None
    return age <= TOO_LONG


def _sort() -> None:
    """SQLite needs none: the heartbeat itself is written to the disk."""
    if connection.vendor != "postgresql":
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64kB'")
        cursor.execute(SORT)


def _subject() -> str:
    return _("The NMT register: the database's disk is full")


def _text() -> str:
    return _("Nothing can be saved. The page Operations in the register says what to do.")
