"""What somebody with the database's own password could do to the audit log: past the model and past the
triggers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from audit.guard import lifted
from audit.models import Event
from audit.writer import System, Target, record


def write(number: int = 5, *, at: datetime | None = None) -> list[Event]:
    target = Target("cases.case", "c0de", "V-2018-0001")
    return [record(System(f"user{n}@example.org"), "case.read", target, at=at) for n in range(number)]


def tamper(sql: str, *values: Any) -> None:
    with lifted(), connection.cursor() as cursor:
        cursor.execute(sql, values)
