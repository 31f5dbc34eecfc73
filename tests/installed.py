"""A register on a server of its own, set up by the very lines of docs/administrator.md."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.postgres import Cluster

ROOT: Final = Path(__file__).resolve().parent.parent
DATABASE: Final = "nmt"
OWNER, APPLICATION, WORKER = "nmt", "nmt_application", "nmt_worker"
DRILL: Final = "nmt_drill"  # makes the database that a back-up is restored in
DRILLS: Final = (f"CREATE ROLE {DRILL} LOGIN CREATEDB", f"GRANT SET ON PARAMETER nmt.beyond TO {DRILL}")
# Who tests and measurements are signed in as. It may take the roles of the register, and has no right but by
# them.
TESTS: Final = "nmt_tests"
# What runs one of our commands as a role of the database, and returns what it says.
Manage = Callable[..., str]


def install(cluster: Cluster, manage: Manage) -> None:
    """Set up an empty register. PostgreSQL's superuser says what the guide has it say, and nothing else."""
    cluster.says(
        "postgres",
        f"CREATE ROLE {OWNER} LOGIN",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER} ENCODING 'UTF8'",
        *DRILLS,
    )
    manage(OWNER, "migrate", "--verbosity", "0")
    cluster.says(DATABASE, manage(OWNER, "make_database_roles", "--print"))
    manage(OWNER, "make_database_roles")


def make_tests_role(cluster: Cluster) -> None:
    """Signed in it is as the owner, and not the owner itself: so none of the register's own roles becomes a
    member of another. Its settings are those of the owner and the worker, where nobody is acted for."""
    cluster.says(
        "postgres",
        f"CREATE ROLE {TESTS} LOGIN NOINHERIT",
        f"GRANT {OWNER}, {APPLICATION}, {WORKER} TO {TESTS}",
        f"ALTER ROLE {TESTS} SET role = '{OWNER}'",
        f"ALTER ROLE {TESTS} SET nmt.role = 'nobody'",
        f"ALTER ROLE {TESTS} SET nmt.beyond = 'worker'",
    )


def managing(cluster: Cluster, environment: Mapping[str, str]) -> Manage:
    """Return what runs commands in processes of their own. They fail with what the command has said."""

    def manage(role: str, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env={**os.environ, **environment, "DATABASE_URL": cluster.url_of(role, DATABASE)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{role}: {' '.join(words)}: {done.stdout[-1000:]}{done.stderr[-3000:]}")
        return done.stdout

    return manage
