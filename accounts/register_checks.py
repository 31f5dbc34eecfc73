"""What `check_register` asks of the database's own roles: whether they can do more than they should."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, Final

from django.conf import settings
from django.db import connection

from accounts.row_level_security import Owner, asking, row_policies, settings_of_roles
from accounts.stored_policies import column

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

INSTALLED: Final = """SELECT rolname FROM pg_roles
WHERE rolname = %s AND has_table_privilege(oid, 'audit_event', 'SELECT')"""
# A trigger of one's own table could have such a function do anything as the owner.
AS_OWNER: Final = """SELECT proname FROM pg_proc WHERE prosecdef AND prorettype = 'trigger'::regtype
AND has_function_privilege('public', oid, 'EXECUTE') ORDER BY proname"""
LARGE_OBJECTS: Final = "SELECT oid::text FROM pg_largeobject_metadata ORDER BY oid"
# Settings that a role has of its own in this database, or in all.
SETTINGS: Final = """SELECT rolname || ', ' || unnest(setconfig) FROM pg_db_role_setting
JOIN pg_roles ON pg_roles.oid = setrole WHERE rolname = ANY (%s)
AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))"""


def _too_much() -> Iterator[str]:
    for role, power in product(asking(), POWERS):
        if _found(f"SELECT rolname FROM pg_roles WHERE rolname = %s AND {POWERS[power]}", role):  # noqa: S608
            yield f"{role}, {power}"


def _no_policy() -> Iterator[str]:
    """Only where somebody but the owner asks: a trial has one role, which nothing binds."""
    if _found("SELECT rolname FROM pg_roles WHERE rolname = %s", settings.APPLICATION_ROLE):
        yield from _found(UNBUILT, sorted(row_policies()))


def _functions_as_owner() -> Iterator[str]:
    if _is_installed():
        yield from _found(AS_OWNER)


def _is_installed() -> bool:
    """Whether the roles have their rights in this database: they have none in a copy that is being tried."""
    return bool(_found(INSTALLED, settings.APPLICATION_ROLE))


def _large_objects() -> Iterator[str]:
    """The register makes none. A back-up may not read those of another role."""
    yield from _found(LARGE_OBJECTS)


def _settings_of_roles() -> Iterator[str]:
    """What is set, and is not what `make_database_roles` sets; and what it sets, and is not set. A role may
    change its own settings: it could make the register answer nobody."""
    if not _is_installed():
        return
    owner = Owner.on(connection)
    wanted = {
        f"{role}, {name}={value}" for role, named in settings_of_roles(owner) for name, value in named.items()
    }
    stored = set(_found(SETTINGS, [*asking(), owner.role]))
    yield from sorted(stored ^ wanted)


def _found(query: str, *values: Any) -> list[str]:
    return column(query, *values) if connection.vendor == "postgresql" else []


CHECKS: Final[dict[str, Callable[[], Iterator[str]]]] = {
    "role of the database that can do too much": _too_much,
    "table without its policy": _no_policy,
    "function of a trigger that everybody may use as the owner": _functions_as_owner,
    "large object, which the register makes none of": _large_objects,
    "setting of a role that differs from make_database_roles": _settings_of_roles,
}
