"""Tells PostgreSQL for whom rows are asked, by variables that end with the transaction (`SET LOCAL`): they
hold behind PgBouncer in transaction mode, and nobody inherits somebody else's.

Whoever acts is known to the code first (`acting_as`); the database is told with the first statement of each
transaction. A statement outside one gets a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, Final, NamedTuple

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.pq import TransactionStatus

from accounts.access import Access
from accounts.row_level_security import bypasses

NAMES: Final = ("nmt.person", "nmt.role", "nmt.regions", "nmt.at", "nmt.beyond")
SET: Final = "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in NAMES)
# As the role that is signed in to the database has them: those of worker and owner are set, the application's
# are not.
RESET: Final = "; ".join(f"SET LOCAL {name} TO DEFAULT" for name in NAMES)


class Acting(NamedTuple):
    """For whom rows are asked, in the words of the database, in the order of NAMES; and what looks beyond the
    policies, if anything."""

    person: str = ""
    role: str = ""
    regions: str = ""
    at: str = ""
    beyond: str = ""

    @classmethod
    def of(cls, access: Access) -> Acting:
        regions = ",".join(sorted(access.regions))
        return cls(str(access.user.pk), access.role_name, regions, access.at.isoformat())


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


@contextmanager
def acting_as(access: Access | None) -> Iterator[None]:
    """What is asked within is asked for `access`. None leaves it as it was: nobody is signed in."""
    with _now(Acting.of(access)) if access is not None else nullcontext():
        yield


@contextmanager
def bypass_policies(reason: str) -> Iterator[None]:
    """Looks beyond the policies for a reason that an app hands in, at the tables named there only."""
    if reason not in bypasses():
        raise LookupError(f"No app has handed in why {reason!r} looks beyond the policies.")
    before = _acting.get()
    if before is None:  # nobody to act for: the role in the database decides
        yield
        return
    names = {*before.beyond.split(","), reason} - {""}
    with _now(before._replace(beyond=",".join(sorted(names)))):
        yield


@contextmanager
def _now(acting: Acting) -> Iterator[None]:
    mark = _acting.set(acting)
    _set_within_transaction()
    try:
        yield
    finally:
        _acting.reset(mark)
        _set_within_transaction()


def _set_within_transaction() -> None:
    """In a transaction that has begun. One that has failed cannot be told: its rollback takes it back to what
    was said before, as the variables are its own."""
    if connection.vendor == "postgresql" and _status(connection) == TransactionStatus.INTRANS:
        _set_variables(connection)


def _status(on: BaseDatabaseWrapper) -> TransactionStatus | None:
    return on.connection.info.transaction_status if on.connection is not None else None


def _set_variables(on: BaseDatabaseWrapper) -> None:
    """Not by Django's cursor: it is no question of a page."""
    acting = _acting.get()
    with on.connection.cursor() as cursor:
        if acting is None:
            cursor.execute(RESET)
        else:
            cursor.execute(SET, acting)


def _set_before_statement(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Around every statement."""
    on = context["connection"]
    if _acting.get() is None or _status(on) != TransactionStatus.IDLE:
        return execute(sql, params, many, context)
    with nullcontext() if on.in_atomic_block else transaction.atomic(using=on.alias):
        _set_variables(on)
        return execute(sql, params, many, context)


def _connected(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    if connection.vendor == "postgresql" and _set_before_statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(_set_before_statement)


def listen() -> None:
    """Once, when the app is ready."""
    connection_created.connect(_connected, dispatch_uid="accounts.row_context")
