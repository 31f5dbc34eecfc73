"""Whether a back-up is one: restored into a database that is thrown away, which is asked in place of the
register's; what it holds is checked, its texts are decrypted, its audit log is verified."""

from __future__ import annotations

import copy
import secrets
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import Any, Final

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import load_backend

from accounts.factors import every_factor
from accounts.row_level_security import WORKER
from audit.chain import place_signature, signed
from audit.models import Event, Head
from audit.outside import NotSigned, heads_in
from audit.verify import BrokenChain, verify
from cases.integrity import first_fault
from cases.models import Call, Case, Person
from encryption.fields import every_text
from encryption.tokens import FACTORS, KeyMissing
from nmt_site.backup import NotDone, run

SQLITE, POSTGRES = b"SQLite format 3\0", b"PGDMP"
OURS: Final = ("audit_event", "django_migrations", "cases_person")
# As `make_database_roles` sets them for the owner of the register's own database.
POLICIES_BYPASSED: Final = f" -c nmt.role=nobody -c nmt.beyond={WORKER}"


@contextmanager
def restored(file: Path) -> Iterator[None]:
    """Within, the register asks the restored back-up. Its database is gone afterwards. Raises NotDone."""
    start = _start(file)
    if start.startswith(SQLITE):
        database = _in_a_file(file, start)
    elif start.startswith(POSTGRES):
        database = _on_the_server(file.absolute())
    else:
        raise NotDone(
            f"{file} is no back-up of the register: neither a SQLite database nor a dump of PostgreSQL in "
            f"its custom form."
        )
    with database as other, _asked_instead(other):
        yield


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
    options = {**copy.deepcopy(usual.settings_dict), **changed}
    made: BaseDatabaseWrapper = load_backend(options["ENGINE"]).DatabaseWrapper(options, DEFAULT_DB_ALIAS)
    return made


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
            with closing(other):
                _check_database(other, file)
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


def _check_database(other: BaseDatabaseWrapper, file: Path) -> None:
    try:
        with other.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check(1)")
            is_whole = cursor.fetchone()[0] == "ok"
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            tables = {name for (name,) in cursor.fetchall()}
    except Error:
        raise NotDone(f"{file} is damaged: SQLite cannot read it.") from None
    if not is_whole:
        raise NotDone(f"{file} is damaged: its pages do not hold together.")
    _check_tables(tables, f"{file} is a SQLite database")


def _check_tables(tables: set[str], what: str) -> None:
    if missing := sorted(set(OURS) - tables):
        raise NotDone(f"{what}, but none of the register: it has no table {missing[0]}.")


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
    options["options"] = options.get("options", "") + POLICIES_BYPASSED
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
    """Before anything is restored: somebody else's dump is a programme of theirs."""
    try:
        listed = run("pg_restore", "--list", file, on=usual, connect=False)
    except NotDone as fault:
        raise NotDone(f"{file} is damaged: {fault}") from None
    words = [line.split() for line in listed.splitlines()]
    tables = {line[5] for line in words if line[3:4] == ["TABLE"] and len(line) > 5}
    _check_tables(tables, f"{file} is a dump of PostgreSQL")


def _at_server(usual: BaseDatabaseWrapper, statement: str) -> None:
    """Outside any transaction, which a database is made in none of. Raises NotDone."""
    try:
        with closing(usual.get_new_connection(usual.get_connection_params())) as server:
            server.autocommit = True
            server.execute(statement)
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


@dataclass(frozen=True, slots=True)
class DrillResult:
    """`head` of the audit log in the back-up; numbers of rows; `migrated`: how many migrations it lacked;
    `opened`: how much of each purpose NOTES_KEY opens."""

    head: str
    persons: int
    cases: int
    calls: int
    migrated: int
    opened: Counter[str]


def drill(file: Path, *, known: str | None = None) -> DrillResult:
    """The proof that the back-up holds all of it. Raises NotDone with the first fault.

    `known` is a head seen earlier, which the audit log in it must hold."""
    with restored(file):
        try:
            migrated = _brought_up(file)
            opened = _decrypted()
            if fault := first_fault():
                raise NotDone(f"{fault}.")
            head = _proven(known)
            numbers = (Person.objects.count(), Case.objects.count(), Call.objects.count())
        except Error as error:
            raise NotDone(f"The restored database cannot be read: {type(error).__name__}.") from error
    return DrillResult(head, *numbers, migrated, opened)


def _brought_up(file: Path) -> int:
    """An older back-up is brought up to this release, as one would after a restore. Returns by how much."""
    applied = set(MigrationRecorder(connection).applied_migrations())
    there = set(MigrationLoader(None).disk_migrations)
    if newer := sorted(applied - there):
        app, name = newer[0]
        raise NotDone(
            f"{file} was made by another release of the register: here is no migration {app}.{name}."
        )
    if there - applied:
        call_command("migrate", verbosity=0, interactive=False, stdout=StringIO())
    return len(there - applied)


def _decrypted() -> Counter[str]:
    """How much of each purpose opens. Raises NotDone where the key of any is missing.

    What was moved or changed is for `check_register` to name.
    """
    opened, shut = Counter[str](), Counter[str]()
    texts = ((field.purpose, fault) for field, _row, fault in every_text())
    factors = ((FACTORS, fault) for _row, fault in every_factor())
    for purpose, fault in chain(texts, factors):
        (shut if isinstance(fault, KeyMissing) else opened)[purpose] += 1
    if shut:
        raise NotDone(
            f"NOTES_KEY does not open {in_words(shut)} of {in_words(opened + shut)}: without the key that "
            f"they were sealed with they are lost."
        )
    return opened


def in_words(numbers: Counter[str]) -> str:
    return ", ".join(f"{number} {purpose}" for purpose, number in sorted(numbers.items()))


def _proven(known: str | None) -> str:
    head = Head.objects.filter(id=1).first()
    try:
        # The back-up cannot hold the heads that were sent after it.
        sent = [place for place in heads_in(settings.AUDIT_HEAD_FILE) if head and place[0] <= head.sequence]
        return verify(known=known, outside=sent)
    except (BrokenChain, NotSigned) as fault:
        raise NotDone(_of_another_key(fault, head)) from None


def _of_another_key(fault: BrokenChain | NotSigned, head: Head | None) -> str:
    """Where nothing at all is as this AUDIT_KEY has it, the key is likelier to be another than the log."""
    first = Event.objects.order_by("sequence").values_list("sequence", flat=True).first()
    if head is None or getattr(fault, "sequence", 0) != first:
        return str(fault)
    if signed(head.signature, place_signature((head.sequence, head.hash), settings.AUDIT_KEY)):
        return str(fault)
    return f"{str(fault).rstrip('.')}, or AUDIT_KEY is another than the one that the trail was written with."
