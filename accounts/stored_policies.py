"""Holds the policies, functions, triggers and rights that stand in the database against those that the code
says, at the end of each `migrate` and by `make_database_roles`.

People work meanwhile. Each table, each trigger and each role is a short transaction of its own, and only what
differs is made anew. A policy is never away: it is replaced within the transaction that drops it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from django.apps import AppConfig, apps
from django.db import OperationalError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate

from accounts.permissions import handed_in
from accounts.row_level_security import (
    BASIC,
    POLICY_NAMES,
    asking,
    functions,
    functions_in_sql,
    granting,
    policies_in_sql,
    row_policies,
    triggers,
    triggers_on_sqlite,
)

TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
ROLES: Final = "SELECT rolname FROM pg_roles"
FUNCTIONS: Final = (
    "SELECT proname FROM pg_proc WHERE proname LIKE 'nmt\\_%' AND pronamespace = 'public'::regnamespace"
)
# Of each table: whether it has row security, whether its owner is bound, the digest that was noted when its
# policies were made, and a digest of what they are now.
STORED_POLICIES: Final = """SELECT relname, relrowsecurity, relforcerowsecurity,
(SELECT obj_description(oid, 'pg_policy') FROM pg_policy WHERE polrelid = c.oid AND polname = 'nmt_sees'),
(SELECT md5(string_agg(concat_ws('|', polname, polcmd, polpermissive, polroles,
  pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)), '|' ORDER BY polname))
  FROM pg_policy WHERE polrelid = c.oid)
FROM pg_class AS c WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%s)"""
STORED_TRIGGERS: Final = """SELECT tgname, relname, obj_description(t.oid, 'pg_trigger')
FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = tgrelid
WHERE NOT tgisinternal AND tgenabled = 'O' AND relnamespace = 'public'::regnamespace"""
WAIT: Final = "2s"  # for a lock: others wait behind it
ATTEMPTS: Final = 10
REFUSED_LOCK: Final = {"55P03", "40P01"}  # it was not free in time; two waited for each other


class Stored(NamedTuple):
    """What the database has of a table."""

    table: str
    secured: bool
    bound: bool
    noted: str | None
    digest: str | None


def build(on: BaseDatabaseWrapper | Any) -> None:
    """Make what differs as the code says, where all tables are there: a database may be migrated to an early
    state on purpose. Rights are given where there are roles."""
    tables = set(column(TABLES, on=on))
    if not tables.issuperset(row_policies()):
        return
    roles = sorted({*asking()}.intersection(column(ROLES, on=on)))
    _say(functions_in_sql(bound=bool(roles)), on)
    for stored in _stored_policies(on):
        _build_policies(stored, on, bound=bool(roles))
    _build_triggers(on)
    known = functions().keys() | BASIC
    former = [name for name in column(FUNCTIONS, on=on) if name not in known]
    _say((f"DROP FUNCTION {name}" for name in former), on)  # of a release before: no policy asks it any more
    for role in roles:
        _say(granting(role, tables), on)
    _say(handed_in("policies", "AFTERWARDS").values(), on)


def _stored_policies(on: BaseDatabaseWrapper | Any, *tables: str) -> list[Stored]:
    with on.cursor() as cursor:
        cursor.execute(STORED_POLICIES, [list(tables or row_policies())])
        return [Stored(*row) for row in cursor.fetchall()]


def _build_policies(stored: Stored, on: BaseDatabaseWrapper | Any, *, bound: bool) -> None:
    """Replace the four policies of a table if they are not as the code says, or not as they were made."""
    table, wanted = stored.table, policies_in_sql(stored.table)
    text = _digest(*wanted)
    switches = list(_switches(stored, bound=bound))
    if stored.noted == f"{text} {stored.digest}":
        _say(switches, on)
        return
    drops = [f"DROP POLICY IF EXISTS {name} ON {table}" for name in POLICY_NAMES]

    def note() -> Iterator[str]:
        (made,) = _stored_policies(on, table)
        yield f"COMMENT ON POLICY nmt_sees ON {table} IS '{text} {made.digest}'"

    _say([*drops, *wanted, *switches], on, note)


def _switches(stored: Stored, *, bound: bool) -> Iterator[str]:
    if not stored.secured:
        yield f"ALTER TABLE {stored.table} ENABLE ROW LEVEL SECURITY"
    if bound and not stored.bound:
        yield f"ALTER TABLE {stored.table} FORCE ROW LEVEL SECURITY"


def _build_triggers(on: BaseDatabaseWrapper | Any) -> None:
    with on.cursor() as cursor:
        cursor.execute(STORED_TRIGGERS)
        stored = {(name, table): noted for name, table, noted in cursor.fetchall()}
    for trigger in triggers():
        text = _digest(trigger.creates)
        if stored.get((trigger.name, trigger.table)) == text:
            continue
        drop = f"DROP TRIGGER IF EXISTS {trigger.name} ON {trigger.table}"
        note = f"COMMENT ON TRIGGER {trigger.name} ON {trigger.table} IS '{text}'"
        _say([drop, trigger.creates, note], on)


def _digest(*statements: str) -> str:
    return hashlib.md5("\n".join(statements).encode(), usedforsecurity=False).hexdigest()


def _say(statements: Iterable[str], on: BaseDatabaseWrapper | Any, then: Any = tuple) -> None:
    """Execute the statements, and those of `then`, in one transaction. It waits for a lock for two seconds,
    and tries again some times: whoever works behind it is not kept waiting."""
    said = list(statements)
    for left in reversed(range(ATTEMPTS if said else 0)):
        try:
            _say_once(said, on, then)
            return
        except OperationalError as error:
            if not left or getattr(error.__cause__, "sqlstate", None) not in REFUSED_LOCK:
                raise
            time.sleep(0.2)


def _say_once(statements: Sequence[str], on: BaseDatabaseWrapper | Any, then: Any) -> None:
    with transaction.atomic(using=on.alias), on.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{WAIT}'")
        for statement in statements:
            cursor.execute(statement)
        for statement in then():
            cursor.execute(statement)
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")


def column(query: str, *values: str | list[str], on: BaseDatabaseWrapper | Any = connection) -> list[Any]:
    """Return the first column of what the database answers."""
    with on.cursor() as cursor:
        cursor.execute(query, values or None)
        return [row[0] for row in cursor.fetchall()]


def _after(using: str, **_kwargs: Any) -> None:
    on = connections[using]
    if on.vendor == "postgresql":
        build(on)
        return
    with on.cursor() as cursor:
        if "accounts_approval" in on.introspection.table_names(cursor):
            for statement in triggers_on_sqlite():
                cursor.execute(statement)


def listen() -> None:
    """Be told once, when the last app is told of a migration."""
    with_models = [config for config in apps.get_app_configs() if config.models_module]
    last: AppConfig = with_models[-1]
    post_migrate.connect(_after, sender=last, dispatch_uid="accounts.stored_policies")
