"""What a database is made of, as its own catalogue says it: Django, which made it, is not asked.

A migration that changes what Django does not know of, such as a trigger or a collation, is seen by it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

Shape = dict[str, str]  # how each thing is made, by its kind and name

HERE: Final = "nspname = current_schema()"
TABLES: Final = f"pg_class c JOIN pg_namespace n ON n.oid = relnamespace AND {HERE}"
RIGHTS: Final = "(SELECT string_agg(one::text, ' ' ORDER BY one::text) FROM unnest({}) AS one)"
# Each selects names, and after them what is compared.
CATALOGUE: Final = {
    "table": f"SELECT relname, relkind, relpersistence, relrowsecurity, relforcerowsecurity, reloptions, "
    f"relowner::regrole, {RIGHTS.format('relacl')} FROM {TABLES} WHERE relkind IN ('r', 'p', 'v', 'm', 'S')",
    "column": f"SELECT relname || '.' || attname, format_type(atttypid, atttypmod), attnotnull, attidentity, "
    f"attgenerated, pg_get_expr(adbin, adrelid), attcollation::regcollation, {RIGHTS.format('attacl')} "
    f"FROM {TABLES} JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped "
    "LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE relkind IN ('r', 'p', 'v', 'm')",
    "constraint": f"SELECT relname || '.' || conname, pg_get_constraintdef(k.oid), convalidated "
    f"FROM {TABLES} JOIN pg_constraint k ON conrelid = c.oid",
    "index": f"SELECT c.relname, pg_get_indexdef(indexrelid), indisvalid, indisready "
    f"FROM {TABLES} JOIN pg_index ON indexrelid = c.oid",
    "trigger": f"SELECT relname || '.' || tgname, pg_get_triggerdef(t.oid), tgenabled "
    f"FROM {TABLES} JOIN pg_trigger t ON tgrelid = c.oid AND NOT tgisinternal",
    "policy": "SELECT tablename || '.' || policyname, permissive, roles, cmd, qual, with_check "
    "FROM pg_policies WHERE schemaname = current_schema()",
    "view": f"SELECT relname, pg_get_viewdef(c.oid) FROM {TABLES} WHERE relkind IN ('v', 'm')",
    "sequence": "SELECT sequencename, data_type, start_value, min_value, max_value, increment_by, cycle, "
    "cache_size FROM pg_sequences WHERE schemaname = current_schema()",
    "function": f"SELECT p.oid::regprocedure, pg_get_functiondef(p.oid), {RIGHTS.format('proacl')} "
    f"FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace AND {HERE} WHERE prokind IN ('f', 'p')",
    "type": f"SELECT typname, typtype FROM pg_type JOIN pg_namespace n ON n.oid = typnamespace AND {HERE} "
    "WHERE typtype IN ('e', 'd', 'r')",
    "collation": "SELECT collname, collprovider, collcollate, colliculocale FROM pg_collation "
    f"JOIN pg_namespace n ON n.oid = collnamespace AND {HERE}",
    "extension": "SELECT extname, extversion FROM pg_extension",
    "database": "SELECT 'itself', pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database "
    "WHERE datname = current_database()",
}


def shape(on: Any) -> Shape:
    """Of the database of this connection."""
    with on.cursor() as cursor:
        made = _sqlite(cursor) if on.vendor == "sqlite" else _postgres(cursor)
        return dict(made)


def unlike(one: Shape, other: Shape) -> list[str]:
    """What is in one of them alone, or made otherwise there."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def _postgres(cursor: Any) -> Iterator[tuple[str, str]]:
    cursor.execute("SELECT current_setting('server_version_num')::int")
    newer = cursor.fetchone()[0] >= 170_000
    for kind, query in CATALOGUE.items():
        cursor.execute(query.replace("colliculocale", "colllocale") if newer else query)
        for name, *rest in cursor.fetchall():
            yield f"{kind} {name}", " | ".join(map(str, rest))


def _sqlite(cursor: Any) -> Iterator[tuple[str, str]]:
    """Its statements; of a table's the parts, in no order: a column that came later stands last."""
    cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    for kind, name, sql in cursor.fetchall():
        plain = re.sub(r"\s+", " ", sql)
        if kind == "table" and "(" in plain:
            head, _open, body = plain.partition("(")
            plain = "\n".join([head.strip(), *sorted(parts(body.rpartition(")")[0]))])
        yield f"{kind} {name}", plain


def parts(body: str) -> Iterator[str]:
    """What stands between the commas that are in no bracket and in no quotation."""
    part, deep = "", 0
    for word in re.findall(r"'(?:[^']|'')*'|\"[^\"]*\"|[(),]|[^'\"(),]+", body):
        deep += (word == "(") - (word == ")")
        if word == "," and not deep:
            yield part.strip()
            part = ""
        else:
            part += word
    yield part.strip()
