"""An earlier state of the database is gone to only where nothing is lost: else the back-up is the way
back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.db.migrations import AddField, AlterField, CreateModel, Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState, ProjectState

from accounts.roles import Role
from audit.writer import System, record
from encryption.fields import SecretFileField
from exchange.models import ImportUpload
from nmt_site import checks
from nmt_site.checks import losses
from tests.actors import NOON, user

pytestmark = pytest.mark.django_db
ROOT: Final = Path(__file__).resolve().parents[2]
OURS: Final = {config.label for config in apps.get_app_configs() if Path(config.path).parent == ROOT}


def step(*operations: Any, app: str = "accounts") -> Migration:
    made = Migration("0099_later", app)
    made.operations = list(operations)
    return made


def lost(*operations: Any) -> list[str]:
    return [what for _name, what in losses([(step(*operations), True)], connection)]


def test_the_audit_log_is_not_dropped_by_a_number_that_somebody_typed() -> None:
    record(System(), "demo.invent")
    with pytest.raises(CommandError, match=r"before audit \w+ would lose what .* audit_.*back-up"):
        call_command("migrate", "audit", "zero", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_event")
        assert cursor.fetchone()[0] == 1
        if connection.vendor == "postgresql":  # refused before the policies were taken down
            cursor.execute("SELECT count(*) > 0 FROM pg_policies")
            assert cursor.fetchone()[0]


def test_a_table_is_missed_where_it_has_rows_and_a_column_where_it_says_something() -> None:
    table = CreateModel("User", [], {"db_table": "accounts_user"})
    language = AddField("user", "language", models.CharField(max_length=5, blank=True, default="xx"))
    active = AddField("user", "is_active", models.BooleanField(default=True))
    last = AddField("user", "last_login", models.DateTimeField(null=True))
    assert lost(table, language, active, last) == []
    ada = user("Ada", Role.ANALYST, language="xx")
    assert lost(table) == ["accounts_user"]
    assert lost(language, active, last) == []  # as they were made
    ada.language, ada.is_active = "en", False
    ada.save()
    assert lost(language, active) == ["accounts_user.language", "accounts_user.is_active"]


def test_what_goes_forward_and_what_is_not_there_loses_nothing() -> None:
    user("Ada", Role.ANALYST)
    there = step(CreateModel("User", [], {"db_table": "accounts_user"}))
    assert list(losses([(there, False)], connection)) == []
    assert lost(CreateModel("Nothing", [], {"db_table": "accounts_nothing"})) == []


# --- every migration that there is ------------------------------------------------------------
def steps() -> Iterator[tuple[Migration, set[str]]]:
    """Each of ours, with what it has added: tables, and columns of those that were there. Told from the
    models before it and after it, whatever its operations are."""
    loader, state = MigrationLoader(None), ProjectState()
    plan = [node for leaf in loader.graph.leaf_nodes() for node in loader.graph.forwards_plan(leaf)]
    now: dict[str, set[str]] = {}
    for node in dict.fromkeys(plan):
        loader.graph.nodes[node].mutate_state(state, preserve=False)
        before, now = now, stored(state)
        if node[0] in OURS:
            tables = now.keys() - before.keys()
            columns = {
                f"{table}.{column}"
                for table in before.keys() & now.keys()
                for column in now[table] - before[table]
            }
            yield loader.graph.nodes[node], tables | columns


def stored(state: ProjectState) -> dict[str, set[str]]:
    """The columns of every table, those between two models too."""
    found: dict[str, set[str]] = {}
    for (app, name), model in state.models.items():
        table = model.options.get("db_table") or f"{app}_{name}"
        found[table] = set(columns_of(model))
        for field_name, field in model.fields.items():
            if field.many_to_many and getattr(field.remote_field, "through", None) is None:
                found[f"{table}_{field_name}"] = set()
    return found


def columns_of(model: ModelState) -> Iterator[str]:
    return (column_of(field, name) for name, field in model.fields.items() if not field.many_to_many)


@cache
def column_of(field: models.Field[Any, Any], name: str) -> str:
    made = field.clone()
    made.set_attributes_from_name(name)
    return str(made.column)


def test_whatever_any_migration_has_added_is_missed_when_it_is_taken_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As if something stood everywhere."""
    monkeypatch.setattr(checks, "_any", lambda *_what: True)
    there = set(connection.introspection.table_names())
    seen = 0
    for migration, added in steps():
        named = {what for _name, what in losses([(migration, True)], connection)}
        left = {one for one in added if one.partition(".")[0] in there} - named
        assert left == set(), f"{migration.app_label} {migration.name}"
        seen += len(added)
    assert seen > 100


def test_what_was_encrypted_since_is_missed_too() -> None:
    """No column goes with it, but code of before opens none of it."""
    sealed = step(AlterField("importupload", "content", SecretFileField()), app="exchange")
    assert list(losses([(sealed, True)], connection)) == []
    olle = user("Olle", Role.OPERATOR)
    ImportUpload.objects.create(
        owner=olle, importer="persons", name="", content=b"1;2", created_at=NOON, expires_at=NOON
    )
    assert [what for _name, what in losses([(sealed, True)], connection)] == ["exchange_importupload.content"]


# --- databases of before the first release ----------------------------------------------------
@pytest.mark.parametrize("demo", [True, False])
def test_a_database_that_was_made_before_migrations_were_made_anew_is_refused(
    settings: Any, *, demo: bool
) -> None:
    settings.DEMO = demo
    MigrationRecorder(connection).record_applied("audit", "0002_triggers")
    with pytest.raises(CommandError, match="made by a version before the first release"):
        call_command("migrate", verbosity=0, interactive=False)
