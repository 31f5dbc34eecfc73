"""The commands that timers run, and when each last succeeded: told by `manage.py` when one has ended well.

A timer that stands still is seen by that, whoever should have started it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import Error

from jobs.models import Heartbeat

log = logging.getLogger(__name__)
PROOF: Final = "verify_audit"
# Each with the time after its last success when it is late: its own pace, and half as long again.
TIMERS: Final = {
    "backup": timedelta(hours=36),
    "check_register": timedelta(hours=36),
    "clearsessions": timedelta(hours=3),
    "find_duplicates": timedelta(hours=36),
    "restore_drill": timedelta(days=200),
    "send_reminders": timedelta(days=4),  # on weekdays
    PROOF: timedelta(hours=36),
}


@dataclass(frozen=True, slots=True)
class Timer:
    """`age` of the last success; None where there was none yet."""

    name: str
    age: timedelta | None

    @property
    def late(self) -> bool:
        return self.age is None or self.age > TIMERS[self.name]


def succeeded(command: str) -> None:
    """Remembered, if it is a timer's. It has done its work: that this fails makes no failure of it."""
    if command not in TIMERS:
        return
    try:
        Heartbeat.objects.beat(_mark(command))
    except Error as error:
        log.warning("That %s has succeeded could not be told: %s", command, error)


def timers() -> list[Timer]:
    ages = Heartbeat.objects.ages()
    return [Timer(name, ages.get(_mark(name))) for name in TIMERS]


def _mark(command: str) -> str:
    return f"timer {command}"
