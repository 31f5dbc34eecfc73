"""Whether an error says that there is no room left, on the disk of the files or of the database."""

from __future__ import annotations

import errno
import sqlite3

from django.db import OperationalError


def is_full(error: BaseException | None) -> bool:
    if isinstance(error, OSError):
        return error.errno == errno.ENOSPC
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    full = getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return full or getattr(cause, "sqlstate", None) == "53100"
