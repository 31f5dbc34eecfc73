"""A back-up of the whole database while it is used: all of one moment, in one file, which is there whole or
not at all. Texts stay encrypted in it: the keys are no part of a back-up.

SQLite copies itself (its online back-up), PostgreSQL by pg_dump in its custom form. PostgreSQL's own programs
are found on the machine, told of the server without a password on the command line, and quoted without what
they quote of rows.

A drill proves that a back-up is one: restored into a database that is thrown away, which is asked in place of
the register's; what it holds is checked, its texts are decrypted, its audit log is verified.
"""

from __future__ import annotations

import copy
import os
import re
import secrets
import shutil
import sqlite3
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from glob import glob
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
from psycopg import pq
from psycopg.conninfo import make_conninfo

from accounts.factors import every_factor
from accounts.row_level_security import WORKER, bypasses, row_policies
from accounts.stored_policies import column
from audit.models import Head
from audit.outside import NotSigned, heads_in
from audit.verify import BrokenChain, verify, with_another_key
from cases.integrity import first_fault
from cases.models import Call, Case, Person
from encryption.fields import every_text
from encryption.tokens import FACTORS, KeyMissing

# Where Debian and Red Hat put those of each version, beside the server's.
PROGRAM_FOLDERS: Final = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")
PASSED_ON: Final = re.compile("PATH|HOME|USER|TMPDIR|PG.*")  # of the environment, which may hold keys
# A line of a dump's list, with the name of the table.
LISTED: Final = re.compile(r"^\S+ \d+ \d+ TABLE \S+ (\S+) ", re.MULTILINE)
# What is told of a failure by its own words; all else by the kind of thing that failed.
KNOWN: Final = (
    r"does not appear to be a valid archive|input file is too short|unexpected end of file|"
    r"unsupported version \([\d.]+\) in file header|could not read from input file|"
    r"could not uncompress data|could not find block ID|incorrect data check|"
    r"No space left on device|Permission denied|"
    r"permission denied (for|to) [\w .\"]*\w\"?|query would be affected by row-level security policy|"
    r"nobody has said for whom these rows are asked|"
    r"connection to server (at|on) [^:]+(: \w[\w ]+)?|aborting because of server version mismatch|"
    r"(role|database|relation|type|function|extension|schema) \"[\w ]+\" (does not exist|already exists)"
)
FAULT: Final = re.compile(rf"^(?=.*\b(?:error|ERROR|FATAL|fatal)\b).*?(?P<known>{KNOWN})", re.MULTILINE)


class NotDone(Exception):
    """One sentence: why there is no back-up, or what is wrong with one."""


def _need(holds: object, sentence: str) -> None:
    """Raise NotDone with the sentence unless it holds."""
    if not holds:
        raise NotDone(sentence)


@contextmanager
def _with_reason(sentence: str) -> Iterator[None]:
    """Raise NotDone with the sentence, and with what the system says, where a file cannot be read or written
    within."""
    try:
        yield
    except OSError as error:
        raise NotDone(f"{sentence}: {error.strerror}.") from None


def run(program: str, *words: str | Path, on: BaseDatabaseWrapper, connect: bool = True) -> str:
    """What the program prints, asked of the database of `on`. Raises NotDone."""
    command: list[str | Path] = [found(program, least=on.pg_version // 10_000)]  # type: ignore[attr-defined]
    environment = {name: value for name, value in os.environ.items() if PASSED_ON.fullmatch(name)}
    if connect:
        address, password = reached(on)
        command += ["--no-password", f"--dbname={address}"]
        environment |= {"PGPASSWORD": password} if password else {}
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, by its whole path
        [*command, *words],
        env=environment | {"LC_ALL": "C", "PGCONNECT_TIMEOUT": "10"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    _need(not done.returncode, f"{program} failed: {reason(done.stderr)}.")
    return done.stdout


def reason(said: str) -> str:
    """The first that the program says in words that quote no row; else that the server's log knows."""
    found = FAULT.search(said)
    return found["known"] if found else "the server's log says why"


def reached(on: BaseDatabaseWrapper) -> tuple[str, str]:
    """How PostgreSQL's programs reach the database of `on`, and the password for their environment."""
    known = {default.keyword.decode() for default in pq.Conninfo.get_defaults()}
    parameters = {name: value for name, value in on.get_connection_params().items() if name in known}
    password = str(parameters.pop("password", ""))
    return make_conninfo(**parameters), password


def found(program: str, *, least: int) -> Path:
    """The program of the version nearest to the server's that is not older: on PATH, or beside the server."""
    on_path = os.environ.get("PATH", "").split(os.pathsep)
    folders = (
        *(one for one in on_path if one),
        *(each for one in PROGRAM_FOLDERS for each in sorted(glob(one))),
    )
    places = (folder for folder in (shutil.which(program, os.X_OK, folder) for folder in folders) if folder)
    versions = {place: _version(place) for place in (Path(place) for place in places)}
    fit = [place for place in versions if versions[place] >= least]
    _need(
        fit,
        f"{program} of PostgreSQL {least} or later is not installed (on Debian: postgresql-client-{least}).",
    )
    return min(fit, key=versions.__getitem__)


def _version(program: Path) -> int:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    numbers = re.search(r"(\d+)(\.\d+)?", done.stdout)
    return int(numbers[1]) if numbers else 0


SIDE_FILES: Final = ("-journal", "-wal", "-shm")  # what SQLite leaves where it could not go on
FAILED: Final = {"SQLITE_FULL": "No space left on device"}  # in the words of everything else


@dataclass(frozen=True, slots=True)
class Backup:
    """`head` of the audit log, from before the first row was copied: the back-up holds it, and maybe more."""

    size: int
    head: str


def back_up(file: Path) -> Backup:
    """The back-up, readable by the one who made it alone. Raises NotDone; nothing is left then."""
    file = file.absolute()
    with _arriving(file) as part:
        head = Head.now()
        WAYS[connection.vendor](part)
    return Backup(file.stat().st_size, str(head))


@contextmanager
def _arriving(file: Path) -> Iterator[Path]:
    """A new file beside, that gets its name when all is in it and on the disk: nothing is overwritten."""
    _need(not os.path.lexists(file), f"{file} is there already, and a back-up overwrites nothing.")
    part = file.with_name(f".{file.name[:200]}.{secrets.token_hex(4)}")
    with _with_reason(f"No back-up can be written to {file.parent}"):
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with _with_reason(f"The back-up cannot be written to {file}"):
            yield part
            with part.open("rb") as written:
                os.fsync(written.fileno())
            _name(part, file)
    finally:
        for end in ("", *SIDE_FILES):
            part.with_name(part.name + end).unlink(missing_ok=True)


def _name(part: Path, file: Path) -> None:
    """Not by renaming, which would overwrite what somebody has put there meanwhile."""
    try:
        os.link(part, file)
    except FileExistsError:
        raise NotDone(f"{file} is there already, and a back-up overwrites nothing.") from None
    except OSError:  # a disk that knows no links
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        part.replace(file)


def _copy(part: Path) -> None:
    """In one step: whoever works meanwhile waits for nothing, and what they write is not in it."""
    connection.ensure_connection()
    try:
        with closing(sqlite3.connect(part)) as copy:
            connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "SQLite")
        raise NotDone(f"The back-up failed: {FAILED.get(name, name)}.") from None


def _dump(part: Path) -> None:
    # -B: without large objects. The register has none, and one of another role would end the back-up.
    words = ["--format=custom", "-B", "--lock-wait-timeout=60s", *_bypassing_policies(), f"--file={part}"]
    run("pg_dump", *words, on=connection)
    run("pg_restore", "--list", part, on=connection, connect=False)


IS_UNBOUND: Final = """SELECT rolsuper OR rolbypassrls OR NOT EXISTS (SELECT FROM pg_class
WHERE relrowsecurity AND relname = ANY (%s) AND (relforcerowsecurity OR relowner <> pg_roles.oid))
FROM pg_roles WHERE rolname = current_user"""
ACTS_AS: Final = "SELECT coalesce(current_setting('nmt.role', true), '') <> '' AND %s = ANY (nmt_beyond())"
WAYS: Final = {"sqlite": _copy, "postgresql": _dump}


def _bypassing_policies() -> list[str]:
    """What pg_dump is told where row level security binds the role: to ask by it, which it would else refuse.

    Only where the role is set to see every row as the worker does (`make_database_roles`): a back-up that
    leaves rows out in silence is worse than none.
    """
    if column(IS_UNBOUND, sorted(row_policies())) == [True]:
        return []
    worker, is_worker = bypasses()[WORKER], column(ACTS_AS, WORKER) == [True]
    _need(
        is_worker and all(worker.opens(table, to_write=False) for table in row_policies()),
        "This role of the database does not see every row: make the back-up as the owner or the worker.",
    )
    return ["--enable-row-security"]


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
    with _with_reason(f"{file} cannot be read"), file.open("rb") as opened:
        start = opened.read(100)
    _need(start, f"{file} is empty.")
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
    with _with_reason(f"The back-up cannot be restored in {state}"):
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


def _whole(file: Path, start: bytes) -> None:
    """By what the file itself says of its size."""
    page = int.from_bytes(start[16:18], "big")
    wanted = (65_536 if page == 1 else page) * int.from_bytes(start[28:32], "big")
    size = file.stat().st_size
    is_whole = size >= wanted and len(start) == 100
    _need(is_whole, f"{file} is cut off: {size} of {wanted} bytes are there.")


def _check_database(other: BaseDatabaseWrapper, file: Path) -> None:
    try:
        is_whole = column("PRAGMA integrity_check(1)", on=other) == ["ok"]
        tables = set(column("SELECT name FROM sqlite_master WHERE type = 'table'", on=other))
    except Error:
        raise NotDone(f"{file} is damaged: SQLite cannot read it.") from None
    _need(is_whole, f"{file} is damaged: its pages do not hold together.")
    _check_tables(tables, f"{file} is a SQLite database")


def _check_tables(tables: set[str], what: str) -> None:
    missing = "".join(sorted(set(OURS) - tables)[:1])
    _need(not missing, f"{what}, but none of the register: it has no table {missing}.")


@contextmanager
def _on_the_server(file: Path) -> Iterator[BaseDatabaseWrapper]:
    usual = connections[DEFAULT_DB_ALIAS]
    _need(
        usual.vendor == "postgresql",
        f"{file} is a dump of PostgreSQL: DATABASE_URL must name a server on which a database may be made.",
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
    _check_tables(set(LISTED.findall(listed)), f"{file} is a dump of PostgreSQL")


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
    _need(
        not shut,
        f"NOTES_KEY does not open {in_words(shut)} of {in_words(opened + shut)}: without the key that they "
        f"were sealed with they are lost.",
    )
    return opened


def in_words(numbers: Counter[str]) -> str:
    return ", ".join(f"{number} {purpose}" for purpose, number in sorted(numbers.items()))


def _proven(known: str | None) -> str:
    head = Head.now()
    try:
        # The back-up cannot hold the heads that were sent after it.
        sent = [place for place in heads_in(settings.AUDIT_HEAD_FILE) if place[0] <= head.sequence]
        return verify(known=known, outside=sent)
    except (BrokenChain, NotSigned) as fault:
        raise NotDone(with_another_key(fault)) from None
