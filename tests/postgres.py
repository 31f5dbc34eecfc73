"""A private, throw-away PostgreSQL from the machine's own server programs, on a Unix socket only."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

PROGRAMS = ("initdb", "pg_ctl", "postgres")
# Nothing here outlives the run, so nothing needs to reach the disk.
OPTIONS = "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"


class PostgresMissing(RuntimeError):
    """Says in one sentence what is not installed."""


class PostgresFailed(RuntimeError):
    """The programs are there, yet no server came of them."""


def programs() -> Path:
    """The folder with the newest server programs. Raises PostgresMissing."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    elsewhere = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for folder in [*debian, *elsewhere]:
        if all(os.access(folder / program, os.X_OK) for program in PROGRAMS):
            return folder
    raise PostgresMissing("the PostgreSQL server programs (Debian package postgresql) are not installed")


def version() -> str:
    """Such as 17.2. Raises PostgresMissing."""
    done = subprocess.run([programs() / "postgres", "--version"], capture_output=True, text=True, check=True)
    return re.findall(r"\d[\d.]*", done.stdout)[0]


@contextmanager
def throwaway_cluster() -> Iterator[str]:
    """Starts a server and yields its DATABASE_URL; the server and its files are gone afterwards.

    PostgreSQL refuses to run as root: there the programs run as the user postgres, or else nobody.
    """
    bin_folder, owner = programs(), _owner()
    # Not TMPDIR: a socket's path must be short, and its folder open to the user that the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="nmt-pg-", dir="/tmp"))
    if owner:
        os.chown(folder, owner["user"], owner["group"])
    try:
        data = folder / "data"
        make = [bin_folder / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        _run(owner, folder, *make, "--no-sync", "--no-instructions")
        control = [bin_folder / "pg_ctl", "-D", data, "-w"]
        _run(owner, folder, *control, "-l", folder / "log", "-o", f"{OPTIONS} -k {folder}", "start")
        try:
            yield f"postgres://postgres@/postgres?host={quote(str(folder), safe='')}"
        finally:
            _run(owner, folder, *control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
    """Output goes to a file: a pipe would be kept open by the server, and the wait for its end would not end."""
    with (folder / "output").open("a+") as output:
        done = subprocess.run(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, **owner)
        if done.returncode:
            output.seek(0)
            log = (folder / "log").read_text() if (folder / "log").exists() else ""
            raise PostgresFailed(f"{Path(command[0]).name} failed: {output.read()}{log}".strip())
