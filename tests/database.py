"""The tests' database: made by the migrations, then copied for every process of the run and again after every
test that commits, which is quicker than emptying the tables and filling them.

On SQLite it is kept between runs, under a digest of what it is made from."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection
from django.test import override_settings

from tests.quick_migrations import quick_migrations

MADE = "test_made"  # the original: nobody writes to it, or stays connected to it
ROOT: Final = Path(__file__).resolve().parent.parent
KEPT: Final = ROOT / ".cache" / "tests"
# The files that decide what is in a new database. One too many costs a run twenty seconds; one too few would
# show a test yesterday's tables.
MADE_FROM: Final = (
    *(
        "*/migrations/*.py",
        "*/models.py",
        "*/models/*.py",
        "*/*_model.py",
        "*/choices.py",
        "*/constraints.py",
    ),
    *("*/loading.py", "*/reference/*", "knowledge/articles/*", "knowledge/*.csv"),
    *("*/walls.py", "accounts/wall_building.py", "audit/guard.py", "nmt_site/settings.py"),
    *("tests/database.py", "tests/walls.py", "tests/quick_migrations.py", "requirements.txt"),
)


@contextmanager
def own_copy(folder: Path) -> Iterator[None]:
    """Points Django at a database of this process alone; `folder` is shared by the processes of the run."""
    real, name = connection.settings_dict["NAME"], connection.creation._get_test_db_name()
    with (folder / "lock").open("w") as lock:  # the others wait for the first
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            _make_or_take_kept(folder)
            (folder / "made").touch()
    _point_at(name)
    copy_again(folder)
    yield
    connection.close()
    if connection.vendor == "postgresql":
        on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _point_at(real)


def copy_again(folder: Path) -> None:
    """Whatever has been committed is gone."""
    name = connection.settings_dict["NAME"]
    connection.close()
    if connection.vendor == "postgresql":
        on_server(
            f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE {MADE}'
        )
        return
    with closing(sqlite3.connect(_original(folder))) as original, closing(sqlite3.connect(name)) as copy:
        original.backup(copy)


def copy_for_another(file: Path) -> None:
    """On SQLite: what a process of its own begins with, without the migrations once more."""
    name = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(name)) as ours, closing(sqlite3.connect(file)) as copy:
        ours.backup(copy)


def remove_original(folder: Path) -> None:
    """At the end of the run: files go with their folder."""
    if (folder / "made").exists() and connection.vendor == "postgresql":
        on_server(f"DROP DATABASE IF EXISTS {MADE} WITH (FORCE)")


def digest(root: Path = ROOT) -> str:
    """Return the name of the database that the files of today make."""
    files = {file for pattern in MADE_FROM for file in root.glob(pattern) if file.is_file()}
    total = hashlib.sha256(sys.version.encode())
    for file in sorted(files):
        total.update(f"\0{file.relative_to(root)}\0".encode() + file.read_bytes())
    return total.hexdigest()[:32]


def _make_or_take_kept(folder: Path) -> None:
    if connection.vendor == "postgresql":
        _make(folder)
        return
    kept = KEPT / f"{digest()}.sqlite3"
    if not kept.exists():
        _make(folder)
        _keep(_original(folder), kept)
    shutil.copyfile(kept, _original(folder))


def _keep(file: Path, kept: Path) -> None:
    """Keeps it in place of those of before. Another run at the same time may do so too: the same file."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for former in KEPT.glob("*.sqlite3"):
        former.unlink(missing_ok=True)
    unfinished = kept.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(file)) as original, closing(sqlite3.connect(unfinished)) as copy:
        original.backup(copy)
    unfinished.rename(kept)


def _make(folder: Path) -> None:
    """By the migrations, with the shipped reference data."""
    import agencies.loading
    import knowledge.loading
    import summaries.loading

    test = connection.settings_dict["TEST"]
    usual, real = test["NAME"], connection.settings_dict["NAME"]
    test["NAME"] = str(_original(folder)) if connection.vendor == "sqlite" else MADE
    with quick_migrations():
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    agencies.loading.load()
    knowledge.loading.load()
    summaries.loading.load()
    if connection.vendor == "postgresql":
        from tests.walls import make_roles

        with override_settings():  # this process asks as the others do
            make_roles()
    connection.close()
    test["NAME"] = usual
    _point_at(real)


def _original(folder: Path) -> Path:
    return folder / f"{MADE}.sqlite3"


def _point_at(name: str) -> None:
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name


def on_server(*statements: str) -> None:
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
