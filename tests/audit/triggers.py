"""Which triggers of the audit log are there: asked of the database."""

from __future__ import annotations

from typing import Final

from django.db import connection

from audit.guard import NAMES

INSTALLED: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = 'audit_event'::regclass "
    "AND NOT tgisinternal AND tgenabled = 'O'",
}


def missing() -> set[str]:
    """Names of the triggers that are not there, or not enabled."""
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED[connection.vendor])
        return set(NAMES[connection.vendor]).difference(*cursor.fetchall())
