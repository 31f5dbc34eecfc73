"""A back-up restored beside, into a database that is thrown away, and asked in place of the register's."""

from __future__ import annotations

import copy
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from accounts.walls import WORKER
from lifecycle.pg_programs import NotDone, run

SQLITE, POSTGRES = b"SQLite format 3\0", b"PGDMP"
OURS: Final = ("audit_event", "django_migrations", "cases_person")
# As `make_database_roles` sets them for the owner of the register's own database.
WALLS_OPEN: Final = f" -c nmt.role=nobody -c nmt.beyond={WORKER}"


@contextmanager
def restored(file: Path) -> Iterator[None]:
    """Within, the register asks the restored back-up. Its database is gone afterwards. Raises NotDone."""
    start = _start(file)
    if start.startswith(SQLITE):
        with _in_a_file(file, start) as other, _asked_instead(other):
            yield
    elif start.startswith(POSTGRES):
        with _on_the_server(file.absolute()) as other, _asked_instead(other):
            yield
    else:
        raise NotDone(
            f"{file} is no back-up of the register: neither a SQLite database nor a dump of PostgreSQL in "
            f"its custom form."
        )


def _start(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            start = opened.read(100)
    except OSError as error:
        raise NotDone(f"{file} cannot be read: {error.strerror}.") from None
    if not start:
        raise NotDone(f"{file} is empty.")
    return start


@contextmanager
def _asked_instead(other: BaseDatabaseWrapper) -> Iterator[None]:
    usual = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = other
    try:
        yield
    finally:
        other.close()
        connections[DEFAULT_DB_ALIAS] = usual


def _like(usual: BaseDatabaseWrapper, **changed: Any) -> BaseDatabaseWrapper:
    told = {**copy.deepcopy(usual.settings_dict), **changed}
    made: BaseDatabaseWrapper = load_backend(told["ENGINE"]).DatabaseWrapper(told, DEFAULT_DB_ALIAS)
    return made


# --- SQLite -----------------------------------------------------------------------------------
@contextmanager
def _in_a_file(file: Path, start: bytes) -> Iterator[BaseDatabaseWrapper]:
    """A copy, so that nothing is ever written to the back-up."""
    _whole(file, start)
    state = Path(settings.STATE_DIR)
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="restore-drill-", dir=state) as folder:
            name = Path(folder) / "restored.sqlite3"
            shutil.copyfile(file, name)
            options = {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA foreign_keys=ON;"}
            usual = connections[DEFAULT_DB_ALIAS]
            other = _like(usual, ENGINE="django.db.backends.sqlite3", NAME=str(name), OPTIONS=options)
            _sound(other, file)
            yield other
    except OSError as error:
        raise NotDone(f"The back-up cannot be restored in {state}: {error.strerror}.") from None


def _whole(file: Path, start: bytes) -> None:
    """By what the file itself says of its size."""
    page = int.from_bytes(start[16:18], "big")
    wanted = (65_536 if page == 1 else page) * int.from_bytes(start[28:32], "big")
    size = file.stat().st_size
    if size < wanted or len(start) < 100:
        raise NotDone(f"{file} is cut off: {size} of {wanted} bytes are there.")


def _sound(other: BaseDatabaseWrapper, file: Path) -> None:
    try:
        with other.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check(1)")
            sound = cursor.fetchone()[0] == "ok"
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            tables = {name for (name,) in cursor.fetchall()}
    except Error:
        other.close()
        raise NotDone(f"{file} is damaged: SQLite cannot read it.") from None
    if not sound:
        other.close()
        raise NotDone(f"{file} is damaged: its pages do not hold together.")
    if missing := sorted(set(OURS) - tables):
        other.close()
        raise NotDone(f"{file} is a SQLite database, but none of the register: it has no table {missing[0]}.")


# --- PostgreSQL -------------------------------------------------------------------------------
@contextmanager
def _on_the_server(file: Path) -> Iterator[BaseDatabaseWrapper]:
    usual = connections[DEFAULT_DB_ALIAS]
    if usual.vendor != "postgresql":
        raise NotDone(
            f"{file} is a dump of PostgreSQL: DATABASE_URL must name a server on which a database may be "
            f"made."
        )
    _of_the_register(file, usual)
    name = f"nmt_drill_{secrets.token_hex(4)}"
    options = dict(usual.settings_dict["OPTIONS"])
    options["options"] = options.get("options", "") + WALLS_OPEN
    _at_server(usual, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        # Nobody else looks at what is restored. Of the register's own database `make_database_roles` says so.
        _at_server(usual, f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        other = _like(usual, NAME=name, OPTIONS=options)
        run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", file, on=other)
        yield other
    finally:
        _at_server(usual, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _of_the_register(file: Path, usual: BaseDatabaseWrapper) -> None:
    """Before anything is restored: a dump of strangers is a programme of theirs."""
    try:
        listed = run("pg_restore", "--list", file, on=usual, connect=False)
    except NotDone as fault:
        raise NotDone(f"{file} is damaged: {fault}") from None
    words = [line.split() for line in listed.splitlines()]
    tables = {line[5] for line in words if line[3:4] == ["TABLE"] and len(line) > 5}
    if missing := sorted(set(OURS) - tables):
        raise NotDone(
            f"{file} is a dump of PostgreSQL, but none of the register: it has no table {missing[0]}."
        )


def _at_server(usual: BaseDatabaseWrapper, statement: str) -> None:
    """Outside any transaction, which a database is made in none of. Raises NotDone."""
    try:
        server = usual.get_new_connection(usual.get_connection_params())
        try:
            server.autocommit = True
            server.execute(statement)
        finally:
            server.close()
    except psycopg.errors.InsufficientPrivilege:
        role = usual.settings_dict["USER"] or "of the server"
        raise NotDone(
            f"The role {role} may make no database here: make the drill as a role with CREATEDB."
        ) from None
    except psycopg.Error as error:
        state = error.sqlstate or "no answer"
        raise NotDone(
            f"The throw-away database cannot be made or removed: PostgreSQL says {state}."
        ) from None
