"""A database that the first migrations made, with rows in every table, comes to the newest state with them.

`tests/golden/kept-migrations.txt` holds these migrations as they are: from now on a change of the database is
one migration more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import connection, connections, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from accounts import wall_building
from tests.database import another_database
from tests.setup.kept import KEPT, Filler

pytestmark = pytest.mark.django_db
HERE: Final = "tests/setup/test_migrates_with_data.py"
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

# Columns that a later migration takes away on purpose.
TAKEN_AWAY: Final[frozenset[str]] = frozenset()

Values = dict[tuple[str, Any], dict[str, Any]]  # by model and key of a row, its values by field
Tables = dict[str, dict[str, Any]]  # by name, what each is made of


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


def tables_of_kept(alias: str) -> set[str]:
    ours = tuple(f"{app}_" for app, _name in KEPT)
    return {name for name in connections[alias].introspection.table_names() if name.startswith(ours)}


def as_now(row: models.Model) -> tuple[str, type[models.Model], Any]:
    """A row of then by the model of today."""
    label = row._meta.label_lower
    return label, apps.get_model(RENAMED.get(label, label)), row.pk


def differing(new: Tables, upgraded: Tables) -> list[str]:
    return [table for table in new if new[table] != upgraded[table]]


def shape(alias: str) -> Tables:
    """What each table is made of: columns with their types, and every key, constraint and index by name."""
    on = connections[alias]
    found: Tables = {}
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


def columns(state: ProjectState) -> set[str]:
    return {f"{app}.{model}.{field}" for (app, model), of in state.models.items() for field in of.fields}


def test_no_migration_since_takes_a_column_away_but_on_purpose() -> None:
    loader = MigrationLoader(None)
    kept = columns(loader.project_state(list(KEPT)))
    newest = columns(loader.project_state(loader.graph.leaf_nodes()))
    assert len(kept) > 300
    assert kept - newest == TAKEN_AWAY


def test_an_index_and_a_value_that_differ_are_seen() -> None:
    """What the next test would find where a database that was upgraded is not as one that is new."""
    agency = apps.get_model("agencies.agency")
    row = ("agencies.agency", agency, agency._base_manager.values_list("pk", flat=True)[0])
    values, tables = read([row], "default"), shape("default")
    agency._base_manager.update(name_sv="Någon annan")
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX of_before ON agencies_county (name_sv)")
    assert lost(values, read([row], "default")) == {"agencies.agency.name_sv"}
    assert differing(tables, shape("default")) == ["agencies_county"]


@pytest.mark.heavy
@pytest.mark.long(instead=f"{HERE}::test_no_migration_since_takes_a_column_away_but_on_purpose")
def test_rows_of_every_table_come_to_the_newest_state(empty: str) -> None:
    """A database that was upgraded is as one that is new, and every row is there."""
    first = MigrationExecutor(connections[empty]).migrate(list(KEPT))
    rows = Filler(first.apps, empty).fill()
    assert tables_of_kept(empty) == {row._meta.db_table for row in rows}  # every table has a row
    before = read(((row._meta.label_lower, type(row), row.pk) for row in rows), empty)

    newest = MigrationExecutor(connections[empty])
    newest.migrate(newest.loader.graph.leaf_nodes())
    wall_building._after(using=empty)  # as at the end of `migrate`
    new, upgraded = shape("default"), shape(empty)
    assert lost(before, read(map(as_now, rows), empty)) == GONE
    assert new.keys() - {"django_migrations"} <= upgraded.keys()
    assert differing(new, upgraded) == []
