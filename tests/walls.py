"""PostgreSQL's walls round the rows, met as the application meets them: by a role of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, copy_context
from typing import Any, Final

import pytest
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.db import ProgrammingError, connection
from psycopg.pq import TransactionStatus

from accounts import acting
from accounts.access import Access
from accounts.acting import Acting, acting_as
from accounts.wall_building import TABLES, Owner, build, making
from tests.database import MADE

# Files whose requests are the application's in every run on PostgreSQL; with TEST_AS_APPLICATION=1 all are.
AS_APPLICATION: Final = frozenset(
    f"tests/{name}.py"
    for name in (
        *("test_every_address", "test_nothing_is_told", "agencies/test_two_persons", "desk/test_my_page"),
        *("audit/test_nothing_without_its_event", "audit/test_every_reading", "accounts/test_session_end"),
        *("exchange/test_admin_exchange", "exchange/test_list_import", "cases/test_import_pages"),
        *("cases/test_ask_and_grant", "cases/test_case_transfer", "cases/test_case_several"),
        *("cases/test_case_page", "lifecycle/test_export_of_everything"),
        *("desk/test_inbox", "desk/test_since", "lifecycle/test_differences", "lifecycle/test_months"),
        *("cases/test_messages", "cases/test_practice"),
        "cases/test_taken_over_pairs",
        "lifecycle/test_disposal",
    )
)
OURS: Final = """SELECT oid::regprocedure::text FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND proname ~ '^(nmt|audit|accounts)_'"""
only_postgresql = pytest.mark.skipif(
    "sqlite" in settings.DATABASES["default"]["ENGINE"], reason="SQLite has no roles and no walls"
)


def make_roles() -> None:
    """For this database alone: roles belong to the server, and other processes of the run make theirs. Copies
    of the database have them too."""
    name = connection.settings_dict["NAME"]
    settings.APPLICATION_ROLE, settings.WORKER_ROLE = f"{name}_application", f"{name}_worker"
    with connection.cursor() as cursor:
        for statement in making(Owner.on(connection)):
            cursor.execute(statement)
    build(connection)


@contextmanager
def as_application() -> Iterator[None]:
    """Statements are those of the application's role, which owns nothing, to the end of this block."""
    with _as_role(settings.APPLICATION_ROLE):
        yield


@contextmanager
def as_worker() -> Iterator[None]:
    """As those of the worker's role in the database."""
    with _as_role(settings.WORKER_ROLE):
        yield


@contextmanager
def _as_role(role: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("RESET ROLE")


@contextmanager
def behind_the_walls(access: Access) -> Iterator[None]:
    with acting_as(access), as_application():
        yield


def asked(sql: str, *values: Any) -> set[Any]:
    """The first column of a raw statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {row[0] for row in cursor.fetchall()}


def touched(sql: str) -> int:
    """How many rows a raw statement has reached. It is taken back. None where the role may remove no row of
    the table at all."""
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT touched")
        try:
            cursor.execute(sql)
            rows: int = cursor.rowcount
        except ProgrammingError as refused:
            if "permission denied for table" not in str(refused) or not sql.startswith("DELETE"):
                raise
            rows = 0
        cursor.execute("ROLLBACK TO touched")
        return rows


@contextmanager
def requests_as_the_application() -> Iterator[None]:
    """On PostgreSQL every request of the block is answered by the application's role, as in a house, and
    begins with nobody having said who asks: a page that meets a wall raises, as it would. What the test
    itself makes and looks at is the owner's."""
    answer = BaseHandler.get_response

    def get_response(handler: BaseHandler, request: Any) -> Any:
        with _by_the_application(), acting._now(Acting()):
            response = answer(handler, request)
            if response.streaming:
                response.streaming_content = _apart(copy_context(), iter(response.streaming_content))
        return response

    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "postgresql":
            patch.setattr(BaseHandler, "get_response", get_response)
        yield


@contextmanager
def _by_the_application() -> Iterator[None]:
    """Not by Django's cursor, for it is no question of a page; and not where the test has taken a role."""
    local = "LOCAL " if connection.in_atomic_block else ""
    taken = _said("SHOW role") == "none" and bool(_said(f"SET {local}ROLE {MADE}_application", "done"))
    try:
        yield
    finally:
        if taken:
            _said(f"SET {local}ROLE NONE", "done")


def _said(sql: str, done: str = "") -> str:
    """What the server says; nothing where it is not asked in this thread yet, or has failed before."""
    server = connection.connection
    if server is None or server.closed or server.info.transaction_status == TransactionStatus.INERROR:
        return ""
    with server.cursor() as cursor:
        cursor.execute(sql)
        return done or str(cursor.fetchone()[0])


def _apart(context: Context, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """What a stream still asks for is asked as in its request, not as the test that reads it."""
    end = object()
    while True:
        with _by_the_application():
            context.run(acting._tell_in_midst)
            try:
                chunk: Any = context.run(next, chunks, end)
            finally:
                acting._tell_in_midst()
        if chunk is end:
            return
        yield chunk


def own_by_no_superuser() -> None:
    """Give the tables, and what is built for them, to a role that row-level security binds, as the guide has
    it: the superuser who makes the tests' database is bound by nothing. Undone with the transaction."""
    owner = f"{connection.settings_dict['NAME']}_owner"
    statements = [
        "SET CONSTRAINTS ALL IMMEDIATE",  # what waits for the end stands in the way
        f"CREATE ROLE {owner} NOSUPERUSER",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
        *(f"ALTER TABLE {table} OWNER TO {owner}" for table in sorted(asked(TABLES))),
        *(f"ALTER FUNCTION {name} OWNER TO {owner}" for name in sorted(asked(OURS))),
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        make_roles()
        cursor.execute(f"SET LOCAL ROLE {owner}")
        build(connection)
        cursor.execute("RESET ROLE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
