"""PostgreSQL's own programs, such as pg_dump: found on the machine, told of the server without a password on
the command line, and quoted without what they quote of rows."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import pq
from psycopg.conninfo import make_conninfo

# Where Debian and Red Hat put those of each version, beside the server's.
BESIDE: Final = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")
KEPT: Final = {"PATH", "HOME", "USER", "TMPDIR"}  # of the environment, which may hold keys
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


class NotDone(Exception):
    """One sentence: why there is no back-up, or what is wrong with one."""


def run(program: str, *words: str | Path, on: BaseDatabaseWrapper, connect: bool = True) -> str:
    """What the program prints, asked of the database of `on`. Raises NotDone."""
    command: list[str | Path] = [found(program, least=server_version(on))]
    environment = {name: value for name, value in os.environ.items() if name in KEPT or name[:2] == "PG"}
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
    errors = [line for line in said.splitlines() if re.search(r"\b(error|ERROR|FATAL|fatal)\b", line)]
    for line in errors:
        if known := re.search(KNOWN, line):
            return known[0]
    return "the server's log says why"


def server_version(on: BaseDatabaseWrapper) -> int:
    """The first number of it."""
    version: int = on.pg_version  # type: ignore[attr-defined]
    return version // 10_000


def reached(on: BaseDatabaseWrapper) -> tuple[str, str]:
    """How PostgreSQL's programs reach the database of `on`; and the password, told by the environment."""
    words = {one.keyword.decode() for one in pq.Conninfo.get_defaults()}
    told = {name: value for name, value in on.get_connection_params().items() if name in words}
    password = str(told.pop("password", "") or "")
    return make_conninfo(**told), password


def found(program: str, *, least: int) -> Path:
    """The program of the version nearest to the server's that is not older: on PATH, or beside the server."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    folders += [folder for pattern in BESIDE for folder in sorted(Path("/").glob(pattern[1:]))]
    places = [folder / program for folder in folders if os.access(folder / program, os.X_OK)]
    fit = [(version, place) for place in places if (version := _version(place)) >= least]
    if not fit:
        raise NotDone(
            f"{program} of PostgreSQL {least} or later is not installed (on Debian: "
            f"postgresql-client-{least})."
        )
    return min(fit, key=lambda one: one[0])[1]


def _version(program: Path) -> int:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    numbers = re.search(r"(\d+)(\.\d+)?", done.stdout)
    return int(numbers[1]) if numbers else 0
