"""A database that the first migrations made, with rows in every table, comes to the newest state with them.

`tests/golden/kept-migrations.txt` holds these migrations as they are: from now on a change of the database is
one migration more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import connections, models
from django.db.migrations.executor import MigrationExecutor

from accounts import wall_building
from tests.database import another_database
from tests.setup.kept import KEPT, Filler

pytestmark = [pytest.mark.django_db, pytest.mark.heavy]
ALIAS: Final = "kept"
# What a later migration has changed on purpose: "app.model.field" taken away, "app.model" renamed. Files and
# true figures are read as what they hold since their columns seal them.
GONE: Final[frozenset[str]] = frozenset({
    "exchange.exportpart.content",
    "exchange.importrun.journal",
    "exchange.importupload.content",
    "summaries.publication.sealed",
})  # fmt: skip
RENAMED: Final[dict[str, str]] = {}

Values = dict[tuple[str, Any], dict[str, Any]]  # by model and key of a row, its values by field


@pytest.fixture
def empty() -> Iterator[str]:
    """The alias of a database without tables."""
    with another_database(f"nmt_{ALIAS}") as its_settings:
        connections.databases[ALIAS] = its_settings
        connections[ALIAS].connect()  # by hand: tests may open no other database than their own
        yield ALIAS
        connections[ALIAS].close()
        del connections[ALIAS], connections.databases[ALIAS]


def read(rows: Iterable[tuple[str, type[models.Model], Any]], alias: str) -> Values:
    found: Values = {}
    for label, model, key in rows:
        row = model._base_manager.using(alias).get(pk=key)
        found[label, key] = {
            field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields
        }
    return found


def lost(before: Values, now: Values) -> set[str]:
    """What no longer has the value that it had."""
    return {
        f"{row[0]}.{name}"
        for row, values in before.items()
        for name, value in values.items()
        if name not in now[row] or now[row][name] != value
    }


def shape(alias: str) -> dict[str, dict[str, Any]]:
    """What each table is made of: columns with their types, and every key, constraint and index by name."""
    on, found = connections[alias], dict[str, dict[str, Any]]()
    with on.cursor() as cursor:
        for table in on.introspection.table_names(cursor):
            if on.vendor == "sqlite":  # whose own statements say it all
                cursor.execute(f'PRAGMA table_info("{table}")')
                found[table] = {name: rest for _place, name, *rest in cursor.fetchall()}
                cursor.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = %s", [table])
                found[table] |= {name: sql for name, sql in cursor.fetchall() if name != table}
                continue
            columns = on.introspection.get_table_description(cursor, table)
            found[table] = {
                **{
                    one.name: (one.type_code, one.display_size, one.precision, one.scale, one.null_ok)
                    for one in columns
                },
                **on.introspection.get_constraints(cursor, table),
            }
    return found


def test_rows_of_every_table_come_to_the_newest_state(empty: str) -> None:
    first = MigrationExecutor(connections[empty]).migrate(list(KEPT))
    rows = Filler(first.apps, empty).fill()
    ours = tuple(f"{app}_" for app, _name in KEPT)
    tables = {name for name in connections[empty].introspection.table_names() if name.startswith(ours)}
    assert tables == {row._meta.db_table for row in rows}  # every table has a row
    before = read(((row._meta.label_lower, type(row), row.pk) for row in rows), empty)

    newest = MigrationExecutor(connections[empty])
    newest.migrate(newest.loader.graph.leaf_nodes())
    wall_building._after(using=empty)  # as at the end of `migrate`
    now = [
        (label, apps.get_model(RENAMED.get(label, label)), row.pk)
        for row in rows
        if (label := row._meta.label_lower)
    ]
    assert lost(before, read(now, empty)) == GONE
    new, upgraded = shape("default"), shape(empty)  # a database that was upgraded is as one that is new
    assert new.keys() - {"django_migrations"} <= upgraded.keys()
    assert [table for table in new if new[table] != upgraded[table]] == []
    with connections[empty].cursor() as cursor:  # it would be seen
        cursor.execute("CREATE INDEX of_before ON agencies_county (name_sv)")
    upgraded = shape(empty)
    assert [table for table in new if new[table] != upgraded[table]] == ["agencies_county"]

    agency = apps.get_model("agencies.agency")
    agency._base_manager.using(empty).update(name_sv="Någon annan")
    assert lost(before, read(now, empty)) == GONE | {"agencies.agency.name_sv"}  # it would be seen
