"""The commands that timers run, and when each last succeeded or failed: told by `manage.py` when one ends.

A timer that stands still is seen by that, whoever should have started it; one that fails is seen at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import Error

from jobs.alerts import forget_failure
from jobs.models import Heartbeat

log = logging.getLogger(__name__)
PROOF: Final = "verify_audit"
SUCCEEDED, FAILED = "timer", "failed"  # begin the names of heartbeats
# Each with the time after its last success when it is late: its own pace, and half as long again.
TIMERS: Final = {
    "backup": timedelta(hours=36),
    "check_certificate": timedelta(hours=36),
    "check_register": timedelta(hours=36),
    "clearsessions": timedelta(hours=3),
    "find_duplicates": timedelta(hours=36),
    "restore_drill": timedelta(days=11),
    "send_reminders": timedelta(days=4),  # on weekdays
    PROOF: timedelta(hours=36),
}


@dataclass(frozen=True, slots=True)
class Timer:
    """`age` of the last success, and how long ago it `failed`; None where it never did.

    `migrated` is how long ago the last migration was. A timer that never succeeded is late when that is long
    ago: it may be as new as the register, or as its release.
    """

    name: str
    age: timedelta | None
    failed: timedelta | None = None
    migrated: timedelta = timedelta.max

    @property
    def late(self) -> bool:
        return (self.migrated if self.age is None else self.age) > TIMERS[self.name]

    @property
    def failing(self) -> bool:
        """The last time it ran."""
        return self.failed is not None and (self.age is None or self.failed < self.age)


def succeeded(command: str) -> None:
    """Remembered, if it is a timer's. It has done its work: that this fails makes no failure of it."""
    _remember(SUCCEEDED, command, "succeeded", forget_failure)


def failed(command: str) -> None:
    """The same of one that has not: the log has its sentence, the page of operations that there is one."""
    _remember(FAILED, command, "failed", lambda _command: None)


def timers(ages: dict[str, timedelta], migrated: timedelta = timedelta.max) -> list[Timer]:
    """Every timer by the ages of the heartbeats, in a register whose last migration was so long ago."""
    return [
        Timer(name, ages.get(f"{SUCCEEDED} {name}"), ages.get(f"{FAILED} {name}"), migrated)
        for name in TIMERS
    ]


def _remember(mark: str, command: str, how: str, then: Callable[[str], None]) -> None:
    if command not in TIMERS:
        return
    try:
        Heartbeat.objects.beat(f"{mark} {command}")
        then(command)
    except Error as error:
        log.warning("That %s has %s could not be told: %s", command, how, error)
