"""What an error of the database means, and what the worker does while it is away: it waits, asks again, and
says both once."""

from __future__ import annotations

import errno
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice, repeat
from math import ceil
from typing import Final, TypeVar

from django.db import Error, InterfaceError, OperationalError, connection


def is_full(error: BaseException | None) -> bool:
    """Whether there is no room left, on the disk of the files or of the database."""
    if isinstance(error, OSError):
        return error.errno == errno.ENOSPC
    return isinstance(error, OperationalError) and not FULL.isdisjoint(_codes(error))


def _codes(error: BaseException | None) -> set[object]:
    """What the drivers call the fault: SQLite's number without its details, or PostgreSQL's state."""
    cause = getattr(error, "__cause__", None)
    code: int = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return {code & 0xFF, getattr(cause, "sqlstate", None)}


log = logging.getLogger(__name__)
Result = TypeVar("Result")
Sleep = Callable[[float], object]
FIRST, MAX_PAUSE = (1, 2, 4, 8, 16), 30  # seconds from one question to the next
GLANCE: Final = 0.5  # seconds from one look at whether to stop to the next
# What SQLite answers to a statement that is wrong: it is an OperationalError there, and waiting mends
# nothing.
OUR_FAULT: Final = {
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_MISUSE,
    sqlite3.SQLITE_RANGE,
}

FULL: Final = {sqlite3.SQLITE_FULL, "53100"}
# PostgreSQL: no order of the two, a deadlock, a lock that was waited for.
BUSY: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, "40001", "40P01", "55P03"}


def is_away(error: BaseException | None) -> bool:
    """Whether it is the database that fails, and not what it was asked: gone, starting, full, busy."""
    return isinstance(error, OperationalError | InterfaceError) and OUR_FAULT.isdisjoint(_codes(error))


def is_busy(error: BaseException | None) -> bool:
    """Whether somebody else held what was to be written for too long, or each waited for the other: what was
    asked has been taken back, and may be asked again at once."""
    return not BUSY.isdisjoint(_codes(error))


def took_too_long(error: BaseException | None) -> bool:
    """Whether the database has ended it after its time for one statement."""
    return "57014" in _codes(error)


def leave() -> None:
    """The connection is of no use any more; the next question opens another."""
    with suppress(Error):
        connection.close()


@dataclass(frozen=True)
class Retry:
    """How the worker waits: by `sleep`, until told to `stop`; at most `waits` times, if that is a number."""

    stop: Callable[[], bool] = lambda: False
    sleep: Sleep = time.sleep
    waits: int | None = None

    def ask(self, act: Callable[[], Result]) -> Result | None:
        """What `act` returns, once the database answers; None where told to stop before."""
        for times, pause in enumerate(_pauses(self.waits)):
            try:
                result = act()
            except (OperationalError, InterfaceError) as error:
                if pause is None or not is_away(error):
                    raise
                if not times:
                    log.error("The database does not answer; the worker waits for it: %s", error)
            else:
                if times:
                    log.warning("The database answers again; the worker goes on.")
                return result
            leave()
            self._rest(pause)
            if self.stop():
                break
        return None

    def _rest(self, seconds: float) -> None:
        for _glance in range(ceil(seconds / GLANCE)):
            if self.stop():
                return
            self.sleep(GLANCE)


NO_RETRY: Final = Retry(waits=0)


def _pauses(waits: int | None) -> Iterator[float | None]:
    """The seconds to wait after each time, and None after the last."""
    return chain(islice(chain(FIRST, repeat(MAX_PAUSE)), waits), [None])
