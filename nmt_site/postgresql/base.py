"""Django's PostgreSQL backend, with two differences.

It makes no second index for an indexed column of text. That index serves `LIKE 'V-2026%'` alone, and the
row policies prevent its use: `LIKE` is not leakproof, so that PostgreSQL asks the policy of each row first.
It was an eighth of the database, written with each row.

A migration takes no row policy away. PostgreSQL alters no type of a column that a policy asks: such a policy
is dropped and made again in the transaction of the migration. It drops no column or table that a policy asks:
a release ceases to ask it first, and a later one drops it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from django.db import transaction
from django.db.backends.postgresql import base, schema
from django.db.models import Field, Model

# The policies that ask a column, or a column of another table that is a foreign key to it.
ASKING: Final = """WITH altered (relation, number) AS (
  SELECT attrelid, attnum FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s
), all_altered AS (
  SELECT relation, number FROM altered UNION
  SELECT conrelid, conkey[1] FROM pg_constraint JOIN altered ON confrelid = relation AND confkey[1] = number
  WHERE contype = 'f'
)
SELECT DISTINCT quote_ident(polname), polrelid::regclass::text, polcmd::text,
  pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid), obj_description(p.oid, 'pg_policy')
FROM pg_depend JOIN all_altered ON refobjid = relation AND refobjsubid = number
JOIN pg_policy AS p ON objid = p.oid
WHERE refclassid = 'pg_class'::regclass AND classid = 'pg_policy'::regclass"""
COMMANDS: Final = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE", "*": "ALL"}


class Policy(NamedTuple):
    """A policy as it stands. `command`: the letter of PostgreSQL's catalogue."""

    name: str
    table: str
    command: str
    using: str | None
    check: str | None
    comment: str | None

    @property
    def made(self) -> str:
        using = f" USING ({self.using})" if self.using else ""
        check = f" WITH CHECK ({self.check})" if self.check else ""
        return f"CREATE POLICY {self.name} ON {self.table} FOR {COMMANDS[self.command]}{using}{check}"


class SchemaEditor(schema.DatabaseSchemaEditor):
    sql_delete_column = "ALTER TABLE %(table)s DROP COLUMN %(column)s"
    sql_delete_table = "DROP TABLE %(table)s"

    def _create_like_index_sql(self, model: type[Model], field: Field[Any, Any]) -> None:
        return None

    def alter_field(
        self,
        model: type[Model],
        old_field: Field[Any, Any],
        new_field: Field[Any, Any],
        strict: bool = False,
    ) -> None:
        of_old, of_new = (field.db_parameters(self.connection) for field in (old_field, new_field))
        if self.collect_sql or of_old["type"] == of_new["type"]:
            super().alter_field(model, old_field, new_field, strict)
            return
        with self._policies_aside(model._meta.db_table, str(old_field.column)):
            super().alter_field(model, old_field, new_field, strict)

    @contextmanager
    def _policies_aside(self, table: str, column: str) -> Iterator[None]:
        """In one transaction: others see the policies as they were, or as they are made again."""
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            cursor.execute(ASKING, [self.quote_name(table), column])
            policies = [Policy(*row) for row in cursor.fetchall()]
            for policy in policies:
                cursor.execute(f"DROP POLICY {policy.name} ON {policy.table}")
            yield
            for policy in policies:
                cursor.execute(policy.made)
                if policy.comment:
                    comment = f"COMMENT ON POLICY {policy.name} ON {policy.table} IS %s"
                    cursor.execute(comment, [policy.comment])


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = SchemaEditor
