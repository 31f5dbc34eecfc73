"""A back-up of the whole database while it is used: all of one moment, in one file, which is there whole or
not at all. Texts stay encrypted in it: the keys are no part of a back-up.

SQLite copies itself (its online back-up), PostgreSQL by pg_dump in its custom form. PostgreSQL's own programs
are found on the machine, told of the server without a password on the command line, and quoted without what
they quote of rows.
"""

from __future__ import annotations

import os
import re
import secrets
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from glob import glob
from itertools import chain
from pathlib import Path
from typing import Final

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import pq
from psycopg.conninfo import make_conninfo

from accounts.row_level_security import WORKER, bypasses, column, row_policies
from audit.chain import GENESIS
from audit.models import Head

# Where Debian and Red Hat put those of each version, beside the server's.
PROGRAM_FOLDERS: Final = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")
PASSED_ON: Final = {"PATH", "HOME", "USER", "TMPDIR"}  # of the environment, which may hold keys
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


def run(program: str, *words: str | Path, on: BaseDatabaseWrapper, connect: bool = True) -> str:
    """What the program prints, asked of the database of `on`. Raises NotDone."""
    command: list[str | Path] = [found(program, least=on.pg_version // 10_000)]  # type: ignore[attr-defined]
    environment = {name: value for name, value in os.environ.items() if name in PASSED_ON or name[:2] == "PG"}
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
    if done.returncode:
        raise NotDone(f"{program} failed: {reason(done.stderr)}.")
    return done.stdout


def reason(said: str) -> str:
    """The first that the program says in words that quote no row; else that the server's log knows."""
    found = FAULT.search(said)
    return found["known"] if found else "the server's log says why"


def reached(on: BaseDatabaseWrapper) -> tuple[str, str]:
    """How PostgreSQL's programs reach the database of `on`, and the password for their environment."""
    known = {default.keyword.decode() for default in pq.Conninfo.get_defaults()}
    parameters = {name: value for name, value in on.get_connection_params().items() if name in known}
    password = str(parameters.pop("password", "") or "")
    return make_conninfo(**parameters), password


def found(program: str, *, least: int) -> Path:
    """The program of the version nearest to the server's that is not older: on PATH, or beside the server."""
    on_path = os.environ.get("PATH", "").split(os.pathsep)
    folders = (*filter(None, on_path), *chain.from_iterable(map(sorted, map(glob, PROGRAM_FOLDERS))))
    places = [Path(folder, program) for folder in folders if os.access(Path(folder, program), os.X_OK)]
    versions = {place: _version(place) for place in places}
    fit = [place for place in places if versions[place] >= least]
    if not fit:
        raise NotDone(
            f"{program} of PostgreSQL {least} or later is not installed (on Debian: "
            f"postgresql-client-{least})."
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
        head = Head.objects.filter(id=1).first()
        WAYS[connection.vendor](part)
    return Backup(file.stat().st_size, str(head or f"0:{GENESIS}"))


@contextmanager
def _arriving(file: Path) -> Iterator[Path]:
    """A new file beside, that gets its name when all is in it and on the disk: nothing is overwritten."""
    if os.path.lexists(file):
        raise NotDone(f"{file} is there already, and a back-up overwrites nothing.")
    part = file.with_name(f".{file.name[:200]}.{secrets.token_hex(4)}")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise NotDone(f"No back-up can be written to {file.parent}: {error.strerror}.") from None
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        _name(part, file)
    except OSError as error:
        raise NotDone(f"The back-up cannot be written to {file}: {error.strerror}.") from None
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
    words = ["--format=custom", "--lock-wait-timeout=60s", *_bypassing_policies(), f"--file={part}"]
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
    if not is_worker or not all(worker.opens(table, to_write=False) for table in row_policies()):
        raise NotDone(
            "This role of the database does not see every row: make the back-up as the owner or the worker."
        )
    return ["--enable-row-security"]
