"""Runs every module in bench/ and lets it print its figures, after the facts of the machine.

    python -m scripts.bench [NAME...]

A module that says `DATABASE = "PostgreSQL"` is run on a server of its own, on an empty register that is
installed as docs/administrator.md says: pages are answered in the web server's role. One that says
`DATABASE = "SQLite"` measures what is the same on both, and is run there.
"""

from __future__ import annotations

import ast
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts import debian
from scripts.translations import compile_all
from tests.installed import DATABASE, TESTS, install, make_tests_role, managing
from tests.postgres import DISK, running_cluster, version

ROOT = Path(__file__).resolve().parent.parent


def main(chosen: list[str]) -> int:
    os.chdir(ROOT)
    compile_all()
    lacking = debian.install_missing()
    print_machine(lacking)
    failed = [name for name in modules(chosen) if not bench(name, lacking)]
    if failed:
        print(f"\nFAILED: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def print_machine(lacking: list[str]) -> None:
    postgres = "not installed" if "postgresql" in lacking else version()
    print(
        f"{os.cpu_count()} cores, {memory_gib():.0f} GiB, {platform.machine()}, load {os.getloadavg()[0]:.1f}"
    )
    python = platform.python_version()
    print(f"Python {python}, SQLite {sqlite3.sqlite_version}, PostgreSQL {postgres}", flush=True)


def memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def modules(chosen: list[str]) -> list[str]:
    names = sorted(file.stem for file in ROOT.glob("bench/*.py") if not file.stem.startswith("_"))
    if unknown := set(chosen) - set(names):
        sys.exit(
            f"There is no {', '.join(sorted(unknown))} in bench/: choose among "
            f"{', '.join(names) or 'nothing'}."
        )
    return chosen or names


def bench(name: str, lacking: list[str]) -> bool:
    database = database_of(name)
    if database == "PostgreSQL" and "postgresql" in lacking:
        print(f"\n!!! SKIPPED: {name}: the server programs (Debian package postgresql) are missing !!!")
        return True
    with REGISTERS[database]() as environment:
        return run(name, environment, database)


def database_of(name: str) -> str:
    """Return what the module says, and an empty string where it needs none. It is read, not imported: a
    module that uses Django cannot be imported before its database is known."""
    lines = ast.parse((ROOT / f"bench/{name}.py").read_text()).body
    said = (ast.unparse(line).partition("DATABASE = ")[2] for line in lines)
    return next((ast.literal_eval(value) for value in said if value), "")


Environment = dict[str, str]


@contextmanager
def state() -> Iterator[Environment]:
    with tempfile.TemporaryDirectory(prefix="nmt-bench-") as folder:
        yield {"DEMO": "1", "STATE_DIR": folder, "DATABASE_URL": ""}


@contextmanager
def sqlite() -> Iterator[Environment]:
    with state() as environment:
        environment["DATABASE_URL"] = f"sqlite:///{environment['STATE_DIR']}/bench.sqlite3"
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, env={**os.environ, **environment}, check=True)
        yield environment


@contextmanager
def postgresql() -> Iterator[Environment]:
    with state() as environment, running_cluster(within=DISK) as cluster:  # as in use
        install(cluster, managing(cluster, environment))
        make_tests_role(cluster)
        yield environment | {"DATABASE_URL": cluster.url_of(TESTS, DATABASE)}


REGISTERS = {"": state, "SQLite": sqlite, "PostgreSQL": postgresql}


def run(name: str, environment: Environment, where: str = "") -> bool:
    print(f"\n=== {name}{where and f' on {where}'}", flush=True)
    module = ["bench._as_installed", name] if where else [f"bench.{name}"]
    command = [sys.executable, "-m", *module]
    return subprocess.run(command, env={**os.environ, **environment}).returncode == 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
