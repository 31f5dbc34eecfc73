"""A database that the first migrations made, with 100 000 cases of a person each, brought to the newest
state: the seconds of each migration, the longest that a table let nobody read it (on PostgreSQL; on SQLite a
migration lets nobody write), and whether the result is as a database that is new.

    python -m bench.migrating [--persons 100000]
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import django

DATABASE = True
ALIAS, AWAY = "kept", 1_000_000  # the copies' keys begin there
QUICK: Final = 0.3  # seconds that nobody would notice
# What a register has many of. Each copy of a row refers to the copies of those that it is of.
MANY: Final = ("case", "person", "identification", "exploitation", "measure", "call")
HISTORIES: Final = ("historicalcase", "historicalperson", "historicalcall")
OF: Final = ("case_id", "person_id")
LOCKED: Final = """
SELECT DISTINCT c.relname FROM pg_locks l
JOIN pg_class c ON c.oid = l.relation JOIN pg_database d ON d.oid = l.database
WHERE l.mode = 'AccessExclusiveLock' AND l.granted AND c.relkind = 'r' AND d.datname = %s
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.migrating")
    parser.add_argument("--persons", type=int, default=100_000)
    persons = parser.parse_args().persons
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    from django.db import connections

    from tests.database import another_database

    with another_database("nmt_bench_kept") as its_settings:
        connections.databases[ALIAS] = its_settings
        on = connections[ALIAS]
        migrated(on, persons)
        faults = list(differences(on, persons))
        on.close()
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


def migrated(on: Any, persons: int) -> None:
    from django.db.migrations.executor import MigrationExecutor

    from tests.setup.kept import KEPT, Filler

    first = MigrationExecutor(on).migrate(list(KEPT))
    Filler(first.apps, ALIAS).fill()
    for number, name in enumerate((*MANY, *HISTORIES)):
        multiply(on, first.apps.get_model("cases", name), persons, number)
    took: dict[str, float] = {}
    begun, doing = [time.perf_counter()], [""]

    def told(what: str, migration: Any = None, _fake: bool = False) -> None:
        if what == "apply_start":
            begun[0], doing[0] = time.perf_counter(), str(migration)
        elif what == "apply_success":
            took[str(migration)] = time.perf_counter() - begun[0]

    newest = MigrationExecutor(on, told)
    whole = time.perf_counter()
    with watched(on, doing) as longest:
        newest.migrate(newest.loader.graph.leaf_nodes())
    print(f"{persons} persons: {time.perf_counter() - whole:.1f} s in {len(took)} migrations")
    print(f"  {sum(seconds < QUICK for seconds in took.values())} of them in less than {QUICK} s each")
    for name, seconds in took.items():
        if seconds < QUICK:
            continue
        closed = {table: held for (during, table), held in longest.items() if during == name and held >= 0.05}
        tables = ", ".join(f"{table} {held:.1f} s" for table, held in sorted(closed.items()))
        print(f"  {name}: {seconds:.1f} s" + (f"; nobody could read {tables}" if tables else ""))


def multiply(on: Any, model: Any, times: int, number: int) -> None:
    """As many copies of the first row, by SQL."""
    table, key = model._meta.db_table, model._meta.pk.column
    postgres = on.vendor == "postgresql"
    names, values = [], []
    for field in model._meta.concrete_fields:
        if field.generated:
            continue
        names.append(f'"{field.column}"')
        column = f"one.{names[-1]}"
        if field.column == key or field.column in OF:
            column = f"{column} + {AWAY} + n"
        elif field.column == "number" and field.unique:
            column = "'X' || n"
        elif field.unique and field.get_internal_type() == "UUIDField":
            text = f"'{number}-' || n"
            column = f"md5({text})::uuid" if postgres else f"printf('%032x', {(number + 1) * AWAY} + n)"
        values.append(column)
    numbers = f"SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {times}"  # noqa: S608
    with on.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({", ".join(names)}) WITH RECURSIVE many(n) AS ({numbers}) '  # noqa: S608
            f'SELECT {", ".join(values)} FROM "{table}" AS one, many '
            f'WHERE one."{key}" = (SELECT min("{key}") FROM "{table}")'
        )


@contextmanager
def watched(on: Any, doing: list[str]) -> Iterator[dict[tuple[str, str], float]]:
    """By migration and table, the longest time without a break for which nobody else could read it; looked at
    fifty times a second."""
    longest: dict[tuple[str, str], float] = {}
    if on.vendor != "postgresql":
        yield longest
        return
    over, since = threading.Event(), dict[tuple[str, str], float]()

    def watch() -> None:
        other = on.copy()
        try:
            with other.cursor() as cursor:
                while not over.wait(0.02):
                    cursor.execute(LOCKED, [other.settings_dict["NAME"]])
                    now, locked = time.monotonic(), {(doing[0], name) for (name,) in cursor.fetchall()}
                    for one in set(since) - locked:
                        del since[one]
                    for one in locked:
                        since.setdefault(one, now)
                        longest[one] = max(longest.get(one, 0.0), now - since[one])
        finally:
            other.close()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield longest
    finally:
        over.set()
        thread.join()


def differences(on: Any, persons: int) -> Iterator[str]:
    from django.db import connection

    from accounts.wall_building import build
    from cases.models import Person
    from tests.setup.shape import shape, unlike

    if on.vendor == "postgresql":  # the walls too, and what the roles may do
        build(on)
    new, upgraded = shape(connection), shape(on)
    kinds = Counter(name.partition(" ")[0] for name in new)
    other = unlike(new, upgraded)
    print(", ".join(f"{number} x {kind}" for kind, number in sorted(kinds.items())))
    print(f"{len(other)} of {len(new)} are other than in a new database")
    if other:
        yield f"other than in a new database: {', '.join(other[:20])}"
    there = Person._base_manager.using(ALIAS).count()
    if there < persons:
        yield f"{persons - there} persons are gone"


if __name__ == "__main__":
    sys.exit(main())
