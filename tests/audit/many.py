"""A long audit log, quickly: events of other regions' cases, whose hashes prove nothing; and how much of it
is read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.chain import place_signature
from audit.models import Event, Head

COLUMNS = (
    "sequence",
    "at",
    "actor",
    "role",
    "action",
    "target_kind",
    "target_id",
    "target_label",
    "fields",
    "rows",
    "digest",
    "search_kind",
    "reason",
    "previous_hash",
    "hash",
)
NUMBERS = {
    "sqlite": "WITH RECURSIVE one(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < %s) "
    "SELECT {values} FROM one",
    "postgresql": "SELECT {values} FROM generate_series(1, %s) AS one(n)",
}
# Two readings of persons to one of a case.
VALUES = (
    "%s + n, '2026-01-01 12:00:00+00:00', 'sven@example.org', 'coordinator', 'case.read', "
    "CASE WHEN n %% 3 = 0 THEN 'cases.case' ELSE 'cases.person' END, 'c0de', "
    "'SY-2018-' || (1000 + n %% 997) || CASE WHEN n %% 3 = 0 THEN '' ELSE '-P1' END, "
    "'[]', NULL, '', '', '', '', 'many ' || (%s + n)"
)


def write_many(number: int) -> None:
    """Another `number` of events at the end of the audit log."""
    last = Head.objects.get().sequence
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    values = VALUES.replace("'[]'", "'[]'::jsonb") if connection.vendor == "postgresql" else VALUES
    with connection.cursor() as cursor:
        sql = f"INSERT INTO audit_event ({names}) {NUMBERS[connection.vendor].format(values=values)}"
        given = [number, last, last] if connection.vendor == "sqlite" else [last, last, number]
        cursor.execute(sql, given)
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE audit_event")  # as the server does by itself
    place = (last + number, Event.objects.latest("sequence").hash)
    signature = place_signature(place, settings.AUDIT_KEY)
    Head.objects.update(sequence=place[0], hash=place[1], signature=signature)


def questions(act: Callable[[], Any]) -> list[str]:
    """The statements by which `act` reads the audit log."""
    with CaptureQueriesContext(connection) as queries:
        act()
    selects = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    return [sql for sql in selects if 'FROM "audit_event"' in sql]


def work_of(sql: str) -> int:
    """How much is done for an answer: rows read on PostgreSQL, steps of its machine on SQLite."""
    return _rows_read(sql) if connection.vendor == "postgresql" else _steps(sql)


def plan_of(sql: str) -> str:
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def _rows_read(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        found = cursor.fetchone()[0]
    plan = json.loads(found) if isinstance(found, str) else found
    return sum(_touched(node) for node in _nodes(plan[0]["Plan"]))


def _touched(node: dict[str, Any]) -> int:
    """Those that a filter takes away have been read too."""
    left_out = sum(value for name, value in node.items() if name.startswith("Rows Removed by"))
    return int((node["Actual Rows"] + left_out) * node["Actual Loops"])


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for part in node.get("Plans", ()):
        yield from _nodes(part)


def _steps(sql: str) -> int:
    done = 0

    def count() -> int:
        nonlocal done
        done += 1
        return 0

    connection.ensure_connection()
    connection.connection.set_progress_handler(count, 20)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            cursor.fetchall()
    finally:
        connection.connection.set_progress_handler(None, 0)
    return done
