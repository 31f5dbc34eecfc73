"""PostgreSQL's roles, as the register is installed: requests are the application's, jobs and commands the
worker's; what a test itself makes and looks at is the owner's, where nobody is acted for. Nobody is its
superuser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from typing import Any, Final

import pytest
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.management.base import BaseCommand
from django.db import ProgrammingError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.pq import TransactionStatus

from accounts import access
from accounts.access import Access, Acting, acting_as
from jobs import worker
from tests.installed import APPLICATION, DRILL, OWNER, TESTS, WORKER

# The commands that docs/administrator.md has run by another role than the worker's.
COMMANDS: Final = {
    "make_database_roles": OWNER,
    "migrate": OWNER,
    "close_audit_year": OWNER,
    "dispose_audit": OWNER,
    "restore_drill": DRILL,
}
# Where a test says something as PostgreSQL's superuser, and why no role of the register can.
AS_SUPERUSER: Final = {
    "tests/postgres.py": "makes the server, and a way to ask it",
    "tests/installed.py": "makes roles and database, in the guide's own words; and the role of the tests",
    "tests/database.py": "makes each copy of the database, and gives the roles what they have in it",
    "tests/cases/test_row_level_security.py": "gives a role what no owner can give, to see it named",
    "tests/jobs/test_database_restarts.py": "ends the connections of others",
    "tests/nmt_site/test_killed_and_restored.py": "has a server that is killed, asked by the guide's roles",
    "tests/setup/test_as_the_guide_says.py": "has a server to set up by the guide, and one to restore on",
    "tests/setup/test_image.py": "has the server of the containers, whose superuser has a password there",
    "tests/setup/test_log_of_the_server.py": "reads PostgreSQL's own log, with no register on the server",
    "tests/setup/test_training_register.py": "has a server with the databases of both registers",
    "tests/setup/test_the_guides_blocks.py": "types the guide's blocks, of which some are the superuser's",
    "tests/year/operator.py": "has the server of the year, set up by the guide",
    "bench/under_load.py": "has a server that is stopped; all that works on it has the guide's roles",
    "bench/policies.py": "makes a role that no policy binds, which the cost is measured against",
    "scripts/bench.py": "makes a server, where the register is installed by the guide",
}
# Of a job, all that the process of the jobs asks for.
JOBS: Final = ("_next", "_begun", "_outcome", "_ended", "_do_each")
SUPERUSER: Final = "SELECT bool_or(rolsuper) FROM pg_roles WHERE rolname IN (session_user, current_user)"
only_postgresql = pytest.mark.skipif(
    "sqlite" in settings.DATABASES["default"]["ENGINE"], reason="SQLite has no roles and no policies"
)
_role: ContextVar[str] = ContextVar("role", default=OWNER)


@contextmanager
def as_application() -> Iterator[None]:
    """Statements are those of the application's role, which owns nothing, to the end of this block. Where
    nobody has been said to act, nobody has said so."""
    with _as_role(APPLICATION), access._now(access._acting.get() or Acting()):
        yield


@contextmanager
def as_worker() -> Iterator[None]:
    """As those of the worker's role in the database."""
    with _as_role(WORKER):
        yield


@contextmanager
def _as_role(role: str) -> Iterator[None]:
    before = _role.set(role)
    _take_role()
    try:
        yield
    finally:
        _role.reset(before)
        _take_role()


def _take_role() -> None:
    """Not by Django's cursor, for it is no question of a page. What has failed is rolled back, and the role
    with it."""
    server = connection.connection
    if connection.settings_dict["USER"] != TESTS or server is None or server.closed:
        return
    if server.info.transaction_status == TransactionStatus.INERROR:
        return
    server.execute(f"SET ROLE {_role.get()}")
    access._set_within_transaction()  # this may have been the first statement of a transaction


@contextmanager
def under_policies_of(access: Access) -> Iterator[None]:
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
def as_installed() -> Iterator[None]:
    """On PostgreSQL, each part of the register asks in its own role for as long as this block lasts."""
    if connection.vendor != "postgresql":
        yield
        return
    connection_created.connect(_connected, dispatch_uid="tests.database_roles")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseHandler, "get_response", _answered(BaseHandler.get_response))
        patch.setattr(BaseCommand, "execute", _commanded(BaseCommand.execute))
        for name in JOBS:
            patch.setattr(worker, name, _worked(getattr(worker, name)))
        yield
    connection_created.disconnect(dispatch_uid="tests.database_roles")


def _connected(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    with connection.connection.cursor() as cursor:
        if cursor.execute(SUPERUSER).fetchone() != (False,):
            raise PermissionError("A test has connected as PostgreSQL's superuser, whom no policy binds.")
    if connection.settings_dict["USER"] == TESTS:
        connection.connection.execute(f"SET ROLE {_role.get()}")


def _answered(answer: Callable[..., Any]) -> Callable[..., Any]:
    """A request begins with nobody having said who asks: a page that meets a policy raises, as installed."""

    def get_response(handler: BaseHandler, request: Any) -> Any:
        with access._now(Acting()), as_application():
            response = answer(handler, request)
            if response.streaming:
                response.streaming_content = _in_context(copy_context(), iter(response.streaming_content))
        return response

    return get_response


def _commanded(execute: Callable[..., Any]) -> Callable[..., Any]:
    def execute_as(command: BaseCommand, *args: Any, **options: Any) -> Any:
        name = type(command).__module__.rpartition(".")[2]
        role = COMMANDS.get(name, WORKER)
        with _signed_in_as(DRILL) if role == DRILL else _as_role(role):
            return execute(command, *args, **options)

    return execute_as


@contextmanager
def _signed_in_as(role: str) -> Iterator[None]:
    """Connections that are made within; unless the test has said as whom."""
    with pytest.MonkeyPatch.context() as patch:
        if connection.settings_dict["USER"] == TESTS:
            patch.setitem(connection.settings_dict, "USER", role)
        yield


def _worked(work: Callable[..., Any]) -> Callable[..., Any]:
    def work_as(*args: Any, **kwargs: Any) -> Any:
        with as_worker():
            return work(*args, **kwargs)

    return work_as


def _in_context(context: Context, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """What a stream still asks for is asked as in its request, not as the test that reads it."""
    end = object()
    while True:
        context.run(_resume)
        try:
            chunk: Any = context.run(next, chunks, end)
        finally:
            _resume()
        if chunk is end:
            return
        yield chunk


def _resume() -> None:
    _take_role()
    access._set_within_transaction()
