"""Statements whose SQL is compiled once for each day and language, and filled for each page.

Django takes longer to build the SQL of a page than PostgreSQL takes to answer it. What differs from page to
page are keys and moments: stand-ins for them are compiled, and found again among the parameters. Tests
compare each filled statement with one that is built anew (tests/proven_statements.py).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import Col
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone
from django.utils.translation import get_language

Place = tuple[int, timedelta | None]
KEPT: Final = 400  # statements that a process keeps
# (what it is about, *shape) → the rows
Build = Callable[..., QuerySet[Any, Any]]
MOMENT: Final = 987_000  # microseconds by which the n-th key is known, and what is counted from it: n more
# What stands in on a day for the n-th of the keys that a statement is about.
STAND_INS: Final[dict[type, Callable[[date, int], object]]] = {
    int: lambda _day, n: 2_000_000_000 + n,
    str: lambda _day, n: f"the {n}th of the keys",
    uuid.UUID: lambda _day, n: uuid.UUID(int=n + 1),
    datetime: lambda day, n: timezone.make_aware(datetime.combine(day, time(12, 0, 0, MOMENT + n))),
}


def filled_rows(
    build: Build, *shape: Hashable, about: Sequence[Any] = (), day: date | None = None
) -> list[Any]:
    """Return the rows of `build(about, *shape)`. Of `about` nothing but the values may reach the SQL, moments
    at any distance of time: what the statement depends on besides is its `shape`."""
    statement = statement_of(build, about, shape, day)
    return statement.rows(about) if statement else []


def filled_count(build: Build, *shape: Hashable, about: Sequence[Any] = (), day: date | None = None) -> int:
    """Return how many rows there are."""
    statement = statement_of(build, about, shape, day)
    return statement.count(about) if statement else 0


def statement_of(
    build: Build, about: Sequence[Any], shape: Sequence[Hashable], day: date | None
) -> Statement | None:
    """Not kept on SQLite, of a demonstration: a parameter is not found again there."""
    if connection.vendor == "sqlite":
        return _statement(build(about, *shape), [])
    return _kept(build, day or timezone.localdate(), get_language(), tuple(map(type, about)), *shape)


@lru_cache(KEPT)
def _kept(
    build: Build, day: date, _language: str, kinds: tuple[type, ...], *shape: Hashable
) -> Statement | None:
    stand_ins = [STAND_INS[kind](day, n) for n, kind in enumerate(kinds)]
    return _statement(build(stand_ins, *shape), stand_ins)


def _statement(rows: QuerySet[Any, Any], stand_ins: list[Any]) -> Statement | None:
    """None where there can be no rows: nobody is asked."""
    compiler = rows.query.get_compiler(rows.db)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return None
    places = [_place(value, stand_ins) for value in parameters]
    return Statement(sql, parameters, places, _reader(rows, compiler))


def _place(value: object, stand_ins: list[Any]) -> Place | None:
    """Return which of the keys is filled in for a parameter, and how much later; None for none of them."""
    if isinstance(value, datetime) and value.microsecond - MOMENT in range(len(stand_ins)):
        n = value.microsecond - MOMENT
        return n, value - stand_ins[n]
    return (stand_ins.index(value), None) if value in stand_ins else None


# What reads an answer: of a compiler, and of a query whose rows are no models.
OF_COMPILER: Final = ("using", "klass_info", "annotation_col_map", "col_count", "has_extra_select")
OF_QUERY: Final = ("selected", "extra_select", "values_select", "annotation_select")
# (SQL, parameters) → the rows
Read = Callable[[str, Sequence[Any]], list[Any]]


def _reader(rows: QuerySet[Any, Any], compiler: SQLCompiler) -> Read:
    """Return what asks for such rows and makes them as Django does. Of the queryset and its compiler it keeps
    what that needs, without the trees that the SQL was made of: they are a megabyte for *My page*."""
    columns = [column[0] for column in compiler.select[: compiler.col_count]]
    plain = [column if isinstance(column, Col) else None for column in columns]
    converters = {n: (found, plain[n]) for n, (found, _column) in compiler.get_converters(columns).items()}
    reading = {name: getattr(compiler, name) for name in OF_COMPILER}
    reading |= {"select": [(column,) for column in plain], "get_converters": lambda _columns: converters}
    names = {name: list(getattr(rows.query, name) or ()) for name in OF_QUERY}
    kind, type_of_rows, of_rows = type(compiler), type(rows), {**vars(rows), "_query": None}

    def read(sql: str, parameters: Sequence[Any]) -> list[Any]:
        asking, found = object.__new__(kind), object.__new__(type_of_rows)
        vars(asking).update(reading, connection=connection, as_sql=lambda: (sql, parameters))
        query = SimpleNamespace(**names, get_compiler=lambda *_asked, **_how: asking)
        vars(found).update(of_rows, _query=query)
        return list(found)

    return read


@dataclass(frozen=True, slots=True)
class Statement:
    """`places` say of each parameter what is filled in for it."""

    sql: str
    parameters: Sequence[Any]
    places: Sequence[Place | None]
    read: Read

    def rows(self, values: Sequence[Any]) -> list[Any]:
        return self.read(self.sql, self.filled(values))

    def count(self, values: Sequence[Any]) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM ({self.sql}) counted", self.filled(values))  # noqa: S608
            return int(cursor.fetchone()[0])

    def filled(self, values: Sequence[Any]) -> tuple[Any, ...]:
        pairs = zip(self.parameters, self.places, strict=True)
        return tuple(value if place is None else _from(values, *place) for value, place in pairs)


def _from(values: Sequence[Any], n: int, later: timedelta | None) -> object:
    return values[n] if later is None else values[n] + later
