"""The tests' database: made by the migrations, then copied for every process of the run and again after every
test that commits, which is quicker than emptying the tables and filling them.

It is kept between runs, under a digest of what it is made from: on SQLite a file, on PostgreSQL the files of
a server, which has the roles too. So is the same database with the rows of `tests.world`, whose digest is of
all code that may have written them."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Final

import django
import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from accounts.row_level_security import (
    Owner,
    functions_in_sql,
    granting,
    making,
    policies_in_sql,
    row_policies,
    triggers,
    triggers_on_sqlite,
)
from tests.installed import APPLICATION, DATABASE, OWNER, TESTS, WORKER, install, make_tests_role
from tests.ours import CODE
from tests.postgres import Cluster, running_cluster, version
from tests.timing import note_server

MADE: Final = "made"  # the original: nobody writes to it, or stays connected to it
ROOT: Final = Path(__file__).resolve().parent.parent
STORE: Final = ROOT / ".cache" / "tests"
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
    *(
        "*/policies.py",
        "accounts/row_level_security.py",
        "accounts/stored_policies.py",
        "audit/guard.py",
        "nmt_site/settings.py",
        "nmt_site/postgresql/*.py",
    ),
    *("tests/database.py", "tests/database_roles.py", "requirements.txt"),
    *("tests/installed.py", "tests/postgres.py", "nmt_site/management/commands/make_database_roles.py"),
)
# The files that decide what the rows of a filled register say: all code and words, and what tests make rows
# with.
FILLED_FROM: Final = (
    *(f"{app}/**/*.py" for app in CODE),
    *("locale/**/*.po", "templates/**/*.*", "tests/**/[!t]*.py", "tests/**/t[!e]*.py"),
)
ROWS, DETAILS = "rows", "told"  # of a filled register: its rows, and what a test must be told of them
Fill = Callable[[], bytes]  # writes the rows, and returns what a test must be told
_original: list[Original] = []  # that this process copies


@contextmanager
def own_copy(folder: Path) -> Iterator[Original]:
    """Points Django at a database of this process alone, whose original lies in `folder`."""
    copying = _on_sqlite(folder) if connection.vendor == "sqlite" else _on_postgresql()
    with copying as original:
        _original.append(original)
        yield original
        _original.pop()
        connection.close()


def filled(name: str, fill: Fill) -> AbstractContextManager[bytes]:
    """Return what points this process at a copy of its database with the rows that `fill` writes, which are
    kept under the name."""
    return _original[-1].filled(name, fill)


class _Original(ABC):
    """What each copy is made from, with the rows of `tests.world` and without."""

    kind: str  # which database

    @abstractmethod
    def copy_again(self) -> None:
        """Whatever has been committed is gone."""

    @abstractmethod
    def take_rows(self, file: Path) -> None: ...

    @abstractmethod
    def keep_rows(self, file: Path) -> None: ...

    @contextmanager
    def filled(self, name: str, fill: Fill) -> Iterator[bytes]:
        """Point at a copy with the rows that `fill` writes until the block ends. Give what it returned."""

        def make(folder: Path) -> None:
            self.copy_again()
            with transaction.atomic():
                told = fill()
                connection.run_on_commit.clear()  # tests undo what they do, so nothing follows a commit
            folder.mkdir()
            (folder / DETAILS).write_bytes(told)
            self.keep_rows(folder / ROWS)

        with _stored(f"{filled_digest()}.{name}-{self.kind}", make) as folder:
            self.take_rows(folder / ROWS)
            told = (folder / DETAILS).read_bytes()
        try:
            yield told
        finally:
            self.copy_again()


@dataclass(frozen=True)
class SQLiteOriginal(_Original):
    file: Path
    kind = "sqlite3"

    def copy_again(self) -> None:
        self.take_rows(self.file)

    def take_rows(self, file: Path) -> None:
        name = connection.settings_dict["NAME"]
        connection.close()
        with closing(sqlite3.connect(file)) as original, closing(sqlite3.connect(name)) as copy:
            original.backup(copy)

    def keep_rows(self, file: Path) -> None:
        copy_for_another(file)


@dataclass(frozen=True)
class PostgresOriginal(_Original):
    cluster: Cluster
    kind = "postgresql"

    def copy_again(self) -> None:
        """The superuser makes it, and says once more what roles have in this database: that is none of its
        files."""
        connection.close()
        self.cluster.says(
            "postgres",
            f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)",
            f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE {MADE}",
        )
        self.cluster.says(DATABASE, "; ".join(making(Owner(OWNER, DATABASE, superuser=False))))

    def take_rows(self, file: Path) -> None:
        """The superuser writes them as they were kept: no trigger of ours has a say."""
        self.copy_again()
        tables, sequences = pickle.loads(file.read_bytes())
        with self.cluster.superuser(DATABASE) as server, server.transaction():
            server.execute("SET LOCAL session_replication_role = replica")
            server.execute(f"TRUNCATE {', '.join(tables)}".encode())
            for table, rows in tables.items():
                with server.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)".encode()) as copy:
                    copy.write(rows)
            for sequence, last in sequences:
                server.execute("SELECT setval(%s::regclass, %s)", [sequence, last])

    def keep_rows(self, file: Path) -> None:
        with self.cluster.superuser(DATABASE) as server:
            names = server.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
            tables = {name: _rows(server, name) for (name,) in names.fetchall()}
            sequences = server.execute(
                "SELECT quote_ident(sequencename), last_value FROM pg_sequences"
                " WHERE schemaname = 'public' AND last_value IS NOT NULL"
            ).fetchall()
        file.write_bytes(pickle.dumps((tables, sequences)))


def _rows(server: psycopg.Connection[Any], table: str) -> bytes:
    with server.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)".encode()) as copy:
        return b"".join(map(bytes, copy))


Original = SQLiteOriginal | PostgresOriginal


@contextmanager
def _on_sqlite(folder: Path) -> Iterator[Original]:
    real, name = connection.settings_dict["NAME"], connection.creation._get_test_db_name()
    file = folder / f"{MADE}.sqlite3"
    with _stored(f"{digest()}.sqlite3", _make_on_sqlite) as path:
        shutil.copyfile(path, file)
    _point_at(NAME=name)
    original = SQLiteOriginal(file)
    original.copy_again()
    yield original
    _point_at(NAME=real)


@contextmanager
def _on_postgresql() -> Iterator[Original]:
    with installed_cluster() as original:
        os.environ["DATABASE_URL"] = original.cluster.url_of(TESTS, DATABASE)
        _point_at(HOST=str(original.cluster.folder), USER=TESTS, NAME=DATABASE)
        yield original
        connection.close()
        note_server(original.cluster.process())


@contextmanager
def installed_cluster(*settings: str) -> Iterator[PostgresOriginal]:
    """A server of its own with the register as it is installed. Each of `settings` as in a line of
    postgresql.conf."""
    with ExitStack() as stack:
        with _stored(f"{digest()}.postgresql-{version()}", _make_on_postgresql) as path:
            original = PostgresOriginal(stack.enter_context(running_cluster(*settings, data=path)))
        original.copy_again()
        yield original


def on_server(*statements: str, database: str = "postgres") -> None:
    """Said by the superuser of the server that the tests ask: `AS_SUPERUSER` of `tests.database_roles` tells
    why."""
    Cluster(Path(connection.get_connection_params()["host"]), owner={}).says(database, *statements)


def copy_for_another(file: Path) -> None:
    """On SQLite: what a process of its own begins with, without the migrations once more."""
    name = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(name)) as ours, closing(sqlite3.connect(file)) as copy:
        ours.backup(copy)


def digest(root: Path = ROOT) -> str:
    """Return the name of the database that the files of today make, and the policies that they build."""
    total = _digest_of_files(root, MADE_FROM)
    for statement in _built():
        total.update(statement.encode())
    return total.hexdigest()[:32]


def filled_digest(root: Path = ROOT) -> str:
    """Return the name of the rows that the files of today write into the database that they make."""
    total = _digest_of_files(root, FILLED_FROM)
    total.update(digest(root).encode())
    return total.hexdigest()[:32]


def _digest_of_files(root: Path, patterns: Sequence[str]) -> Any:
    files = {file for pattern in patterns for file in root.glob(pattern) if file.is_file()}
    total = hashlib.sha256(sys.version.encode())
    for file in sorted(files):
        total.update(f"\0{file.relative_to(root)}\0".encode() + file.read_bytes())
    return total


def _built() -> Iterator[str]:
    """What stands in the database besides tables and rows, which many modules have a say in."""
    yield from functions_in_sql(bound=True)
    for table in row_policies():
        yield from policies_in_sql(table)
    yield from triggers_on_sqlite()
    for trigger in triggers():
        yield trigger.creates
    tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
    for role in (APPLICATION, WORKER):
        yield from granting(role, tables)


@contextmanager
def _stored(name: str, make: Callable[[Path], None]) -> Iterator[Path]:
    """What is kept under the name, made now where nothing is, in place of what was kept before. Other
    processes wait, of this run and of others: none makes it again, and none loses what it reads."""
    STORE.mkdir(parents=True, exist_ok=True)
    with (STORE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = STORE / name
        if not kept.exists():
            for former in STORE.glob(f"*.{name.partition('.')[2]}"):
                shutil.rmtree(former) if former.is_dir() else former.unlink()
            unfinished = STORE / f"unfinished-{name}"
            make(unfinished)
            unfinished.rename(kept)
        yield kept


def _make_on_sqlite(file: Path) -> None:
    file.unlink(missing_ok=True)
    test, real = connection.settings_dict["TEST"], connection.settings_dict["NAME"]
    usual, test["NAME"] = test["NAME"], str(file)
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    load_reference()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    test["NAME"] = usual
    _point_at(NAME=real)


def _make_on_postgresql(folder: Path) -> None:
    """In a process of its own: this one may be set up for SQLite, or have roles taken for it."""
    command = [sys.executable, "-m", "tests.database", folder]
    environment = {**os.environ, "DEMO": "1", "DATABASE_URL": "postgres://nobody@/none"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"PostgreSQL's database could not be made: {done.stderr[-3000:]}")


def _install_and_keep(folder: Path) -> None:
    """By the guide's own lines, and a role of the tests beside."""
    shutil.rmtree(folder, ignore_errors=True)
    with running_cluster() as cluster:

        def manage(role: str, *words: str) -> str:
            _point_at(HOST=str(cluster.folder), USER=role, NAME=DATABASE)
            call_command(*words, stdout=(output := StringIO()))
            connection.close()
            return output.getvalue()

        install(cluster, manage)
        _point_at(USER=WORKER)
        load_reference()
        connection.close()
        make_tests_role(cluster)
        cluster.says("postgres", f"ALTER DATABASE {DATABASE} RENAME TO {MADE}")
        cluster.stop("fast")
        subprocess.run(["cp", "-a", cluster.folder / "data", folder], check=True)


def load_reference() -> None:
    """What is shipped, as the command of this name does, but for what is decided about it."""
    import agencies.reference_data
    import knowledge.stored_texts
    import summaries.counting.historical

    for part in (agencies.reference_data, knowledge.stored_texts, summaries.counting.historical):
        part.load()


def _point_at(**where: str) -> None:
    connection.close()
    connection.settings_dict.update(where)
    settings.DATABASES[connection.alias].update(where)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    _install_and_keep(Path(sys.argv[1]))
