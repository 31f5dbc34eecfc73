"""`migrate` to an earlier state, which drops tables and columns, goes only where nobody loses a row by it.
A database that other migrations made is refused.

The way back from a release is the back-up that was made before it (docs/administrator.md). Django asks
nothing: it would drop the audit log with its triggers, if one app's name is followed by an early number.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import AddField, AlterField, CreateModel, Migration
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import pre_migrate

from encryption.fields import EncryptedColumn

Plan = list[tuple[Migration, bool]]
Condition = tuple[str, list[Any]]
Lost = tuple[str, str, Condition]  # table, column if it is one alone, and of which rows it would be a loss
PLAIN: Final = (str, bytes, int, bool, float)
EVERY_ROW: Final[Condition] = ("1 = 1", [])
# Stands in every database that was made before migrations were made anew, and in none made since.
OF_BEFORE: Final = ("audit", "0002_triggers")


def listen() -> None:
    """Of the first app that is told, before another has begun to take anything down."""
    first = next(config for config in apps.get_app_configs() if config.models_module)
    pre_migrate.connect(_before, sender=first, dispatch_uid="nmt_site.migration_guard")


def _before(using: str, plan: Plan, **_options: Any) -> None:
    on = connections[using]
    if OF_BEFORE in MigrationRecorder(on).applied_migrations():
        raise CommandError(
            "This database was made by a version before the first release and cannot be brought to this one: "
            "make it again, in an empty database."
        )
    if settings.DEMO:
        return
    if lost := next(losses(plan, on), None):
        raise CommandError(
            f"Going back to before {lost[0]} would lose what stands in {lost[1]}: restore the back-up that "
            f"was made before the update instead."
        )


def losses(plan: Plan, on: BaseDatabaseWrapper) -> Iterator[tuple[str, str]]:
    """Each migration that would be taken back, with the table or column in which something would be lost."""
    tables = set(on.introspection.table_names())
    taken_back = [migration for migration, backwards in plan if backwards]
    for migration in taken_back:
        dropped = (_dropped(migration.app_label, operation) for operation in migration.operations)
        for table, column, condition in chain.from_iterable(dropped):
            if table in tables and _any(on, table, condition):
                yield f"{migration.app_label} {migration.name}", f"{table}.{column}" if column else table


def _dropped(app: str, operation: object) -> Iterator[Lost]:
    """What goes with a table or a column, and what has been encrypted, which earlier code does not open."""
    if isinstance(operation, CreateModel):
        table = _table(app, operation.name, **operation.options)
        yield table, "", EVERY_ROW
        for name, field in operation.fields:
            if isinstance(field, models.ManyToManyField):
                yield f"{table}_{name}", "", EVERY_ROW
        return
    if not isinstance(operation, AddField | AlterField):
        return
    table, field = _table(app, operation.model_name), operation.field
    if isinstance(operation, AlterField) and not isinstance(field, EncryptedColumn):
        return
    if isinstance(field, models.ManyToManyField):
        yield f"{table}_{operation.name}", "", EVERY_ROW
    else:
        field.set_attributes_from_name(operation.name)
        yield table, str(field.column), _filled(str(field.column), field)


def _table(app: str, model: str, **options: Any) -> str:
    if "db_table" in options:
        return str(options["db_table"])
    try:
        return apps.get_model(app, model)._meta.db_table
    except LookupError:
        return f"{app}_{model.lower()}"


def _filled(column: str, field: models.Field[Any, Any]) -> Condition:
    """Where something stands in it that it had not from the beginning."""
    condition, values = f'"{column}" IS NOT NULL', list[Any]()
    if isinstance(field, models.CharField | models.TextField):
        values.append("")
    if isinstance(field.default, PLAIN) and field.default != "" and field.default not in values:
        values.append(field.default)
    return " AND ".join([condition, *[f'"{column}" <> %s'] * len(values)]), values


def _any(on: BaseDatabaseWrapper, table: str, condition: Condition) -> bool:
    words, values = condition
    with on.cursor() as cursor:
        cursor.execute(f'SELECT 1 FROM "{table}" WHERE {words} LIMIT 1', values)  # noqa: S608 - our own names
        return cursor.fetchone() is not None
