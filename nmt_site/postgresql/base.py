"""Django's PostgreSQL backend without the second index that it makes for each indexed column of text.

That index serves `LIKE 'V-2026%'` alone. The row policies prevent its use: `LIKE` is not leakproof, so that
PostgreSQL asks the policy of each row first. It was made for every link to a code too: 130 of 758 indexes, an
eighth of the database, written with each row.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base, schema
from django.db.models import Field, Model


class SchemaEditor(schema.DatabaseSchemaEditor):
    def _create_like_index_sql(self, model: type[Model], field: Field[Any, Any]) -> None:
        return None


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = SchemaEditor
