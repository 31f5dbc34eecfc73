"""What `check_register` asks of the database's own roles: whether they can do more than they should."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, Final

from django.conf import settings
from django.db import connection

from accounts.row_level_security import asking, column, row_policies

POWERS: Final = {
    "superuser": "rolsuper",
    "BYPASSRLS": "rolbypassrls",
    "CREATEROLE": "rolcreaterole",
    "owns tables": "EXISTS (SELECT FROM pg_tables WHERE tableowner = rolname)",
    "is a member of the owner": "EXISTS (SELECT FROM pg_tables WHERE tablename = 'audit_event' "
    "AND tableowner <> rolname AND pg_has_role(rolname, tableowner, 'MEMBER'))",
    "makes temporary tables": "has_database_privilege(rolname, current_database(), 'TEMPORARY')",
    "changes events of the trail": "has_table_privilege(rolname, 'audit_event', 'UPDATE, DELETE, TRUNCATE')",
    "moves the head of the trail": "has_table_privilege(rolname, 'audit_head', 'INSERT, UPDATE, DELETE')",
}
UNBUILT: Final = """SELECT relname FROM pg_class WHERE relname = ANY (%s) AND relkind = 'r' AND (
NOT relrowsecurity OR NOT relforcerowsecurity
OR 4 > (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid)) ORDER BY relname"""


def _too_much() -> Iterator[str]:
    for role, power in product(asking(), POWERS):
        if _found(f"SELECT rolname FROM pg_roles WHERE rolname = %s AND {POWERS[power]}", role):  # noqa: S608
            yield f"{role}, {power}"


def _no_policy() -> Iterator[str]:
    """Only where somebody but the owner asks: a trial has one role, which nothing binds."""
    if _found("SELECT rolname FROM pg_roles WHERE rolname = %s", settings.APPLICATION_ROLE):
        yield from _found(UNBUILT, sorted(row_policies()))


def _found(query: str, *values: Any) -> list[str]:
    return column(query, *values) if connection.vendor == "postgresql" else []


CHECKS: Final[dict[str, Callable[[], Iterator[str]]]] = {
    "role of the database that can do too much": _too_much,
    "table without its policy": _no_policy,
}
