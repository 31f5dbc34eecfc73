"""Write many rows of one model at a time, each with its history row, as fast as the database takes them.

Django's bulk_create and simple_history's helpers make an instance and an SQL expression of every value twice
over. Here a row becomes a tuple once, which serves the table and its history; PostgreSQL takes it by COPY, or
by one statement for many where a policy binds, SQLite by executemany. The database's constraints hold here
too. Signals are not sent: nobody listens.

`save_row` and `delete_row` change one row of a list that one right is needed for, and record it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any, Final, TypeVar

from django.db import connection, models, transaction
from django.db.models import Model
from django.utils import timezone
from simple_history.utils import get_history_manager_for_model

from accounts.access import Access
from accounts.models import User
from accounts.roles import May
from audit.writer import record, target
from encryption.fields import EncryptedColumn

Prepare = Callable[[Any], Any] | None
Rows = Sequence[models.Model]
RowLists = Sequence[
    Mapping[str, Sequence[Any]]
]  # of each row, the rows in its lists by the name of the field
T = TypeVar("T")

# What both databases take as it is.
_PLAIN: Final = {
    models.AutoField,
    models.BigAutoField,
    models.BooleanField,
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
}
_PLAIN_OF: Final = {"sqlite": _PLAIN, "postgresql": _PLAIN | {models.DateField, models.UUIDField}}
BATCH_SIZE: Final = 500  # rows in one statement
FEW: Final = 20  # rows: to ask first whether they may be copied takes longer than to insert them


@dataclass(frozen=True)
class ModelTable:
    """How the rows of a model are written. `tracked`: places of the values that its history repeats."""

    model: type[models.Model]
    columns: tuple[str, ...]
    fields: tuple[tuple[models.Field[Any, Any], str, Prepare], ...]
    history: type[models.Model] | None
    tracked: tuple[int, ...]
    history_columns: tuple[str, ...]

    @property
    def key(self) -> int:
        """The place of the primary key."""
        return next(place for place, (field, _, _) in enumerate(self.fields) if field.primary_key)


@lru_cache(maxsize=64)
def table(model: type[models.Model], vendor: str) -> ModelTable:
    fields = [
        concrete_field for concrete_field in model._meta.concrete_fields if not concrete_field.generated
    ]
    prepared = tuple((field, field.attname, _prepare(field, vendor)) for field in fields)
    columns = tuple(str(field.column) for field in fields)
    history: Any = (
        getattr(model._meta, "simple_history_manager_attribute", None)
        and get_history_manager_for_model(model).model
    )
    tracked = [tracked_field.name for tracked_field in getattr(history, "tracked_fields", ())]
    places = tuple([field.name for field in fields].index(one) for one in tracked)
    history_columns = [history._meta.get_field(name).column for name in tracked]
    own = ["history_date", "history_type", "history_change_reason", "history_user_id"]
    return ModelTable(model, columns, prepared, history, places, (*history_columns, *own))


def _prepare(field: models.Field[Any, Any], vendor: str) -> Prepare:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if type(target) in _PLAIN_OF[vendor]:
        return None
    if type(target) is models.DateField:  # SQLite takes its text
        return lambda value: None if value is None else str(value)
    return lambda value: field.get_db_prep_save(value, connection)


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in their order, some at a time: no more than `size`."""
    source = iter(items)
    while some := list(islice(source, size)):
        yield some


def create(rows: Rows, *, user: User, lists: RowLists = ()) -> None:
    """Insert rows of one model, if any, which get a key where they have none, and a "+" of history each."""
    if not rows:
        return
    how = table(type(rows[0]), connection.vendor)
    without = [row for row in rows if row.pk is None]
    for row, key in zip(without, reserve(how.model, len(without)) if without else (), strict=True):
        row.pk = key
    for row in rows:
        row._state.adding, row._state.db = False, "default"
    values = _values(how, rows, range(len(how.fields)), _stamped(how, "auto_now", "auto_now_add"))
    insert(how.model, how.columns, values)
    fill_lists(rows, lists)
    _history(how, values, "+", user, with_lists=any(lists))


def update(rows: Rows, names: Iterable[str], *, user: User) -> None:
    """Update these fields of rows of one model, if any, and when each was changed, with a "~" of history."""
    if not rows:
        return
    how = table(type(rows[0]), connection.vendor)
    wanted, stamped, key = set(names), _stamped(how, "auto_now"), how.key
    places = [
        place for place, (field, _, _) in enumerate(how.fields) if field.name in wanted or place in stamped
    ]
    values = _values(how, rows, {*places, key, *how.tracked}, stamped)
    quote = connection.ops.quote_name
    settings = ", ".join(f"{quote(how.columns[place])} = %s" for place in places)
    where = f"WHERE {quote(how.columns[key])} = %s"
    statement = f"UPDATE {quote(how.model._meta.db_table)} SET {settings} {where}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[*(row[place] for place in places), row[key]] for row in values])
    _history(how, values, "~", user, with_lists=True)


def delete(rows: Rows, *, user: User) -> None:
    """Delete rows of one model, if any, that only their own lists refer to, with a "-" of history each."""
    if not rows:
        return
    how = table(type(rows[0]), connection.vendor)
    keys = [row.pk for row in rows]
    for field in how.model._meta.local_many_to_many:
        entries(field, keys)._raw_delete(connection.alias)
    _history(how, _values(how, rows, how.tracked), "-", user, with_lists=False)
    how.model._base_manager.filter(pk__in=keys)._raw_delete(connection.alias)


def add_history(rows: Rows, kind: str, *, user: User) -> None:
    """Give rows of one model, as they are stored with their lists, an entry of history each."""
    how = table(type(rows[0]), connection.vendor)
    _history(how, _values(how, rows, how.tracked), kind, user, with_lists=True)


def entries(field: Any, keys: Collection[Any]) -> Any:
    """Return what stands in the list `field` of the rows with these keys."""
    return field.remote_field.through._base_manager.filter(**{f"{field.m2m_field_name()}__in": keys})


def set_lists(rows: Rows, lists: RowLists) -> None:
    """Give rows of one model these lists, and none that they had before."""
    for name in {each for one in lists for each in one}:
        keys = [row.pk for row, of_row in zip(rows, lists, strict=True) if name in of_row]
        entries(rows[0]._meta.get_field(name), keys)._raw_delete(connection.alias)
    fill_lists(rows, lists)


def fill_lists(rows: Rows, lists: RowLists) -> None:
    """Add these to the lists of rows of one model, which have none of them yet."""
    for name in {each for one in lists for each in one}:
        field: Any = rows[0]._meta.get_field(name)
        columns = [field.m2m_column_name(), field.m2m_reverse_name()]
        pairs = [
            (row.pk, item.pk)
            for row, of_row in zip(rows, lists, strict=True)
            for item in of_row.get(name, ())
        ]
        insert(field.remote_field.through, columns, pairs)


def reserve(model: type[models.Model], count: int) -> list[int]:
    """Keys that nobody else gets. Call inside a transaction: SQLite has its one writer then."""
    name, key = model._meta.db_table, str(model._meta.pk.column)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [f'"{name}"', key, count],
            )
            return [one[0] for one in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [name])
        last = (cursor.fetchone() or (0,))[0]
    return list(range(last + 1, last + count + 1))


def insert(model: type[models.Model], columns: Sequence[str], values: Iterable[Sequence[Any]]) -> None:
    """`values` as the database takes them, in the order of `columns`."""
    quote = connection.ops.quote_name
    into, names = quote(model._meta.db_table), ", ".join(quote(column) for column in columns)
    marks, rows = f"({', '.join(['%s'] * len(columns))})", list(values)
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.executemany(f"INSERT INTO {into} ({names}) VALUES {marks}", rows)  # noqa: S608
        elif len(rows) <= FEW or _is_guarded(into):
            for part in chunks(rows, BATCH_SIZE):
                flat = (each for one in part for each in one)
                all_marks = ", ".join([marks] * len(part))
                cursor.execute(f"INSERT INTO {into} ({names}) VALUES {all_marks}", [*flat])  # noqa: S608
        else:
            with cursor.copy(f"COPY {into} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)


def _is_guarded(table: str) -> bool:
    """Whether a policy binds whoever asks: PostgreSQL copies nothing into such a table. It is asked past
    Django, since it is no question of a page."""
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        return bool(cursor.execute("SELECT row_security_active(%s)", [table]).fetchone()[0])


def _stamped(how: ModelTable, *marks: str) -> set[int]:
    """Places of the fields that hold when a row was made or changed."""
    fields = enumerate(how.fields)
    return {n for n, (field, _, _) in fields if any(getattr(field, mark, False) for mark in marks)}


def _values(
    how: ModelTable, rows: Rows, needed: Collection[int], stamped: Collection[int] = ()
) -> list[list[Any]]:
    """Return what the database takes of each row, in `needed` places; `stamped` ones get this moment."""
    now = timezone.now()
    for place in stamped:
        for row in rows:
            setattr(row, how.fields[place][1], now)
    columns: list[list[Any]] = []
    for place, (field, name, prepare) in enumerate(how.fields):
        if place not in needed:
            columns.append([None] * len(rows))
        elif place in stamped:
            columns.append([_moment(now)] * len(rows))
        else:
            columns.append(_column(field, name, prepare, rows))
    return [list(one) for one in zip(*columns, strict=True)]


def _column(field: models.Field[Any, Any], name: str, prepare: Prepare, rows: Rows) -> list[Any]:
    """Return what the database takes of one field of each row."""
    if isinstance(field, EncryptedColumn):  # by its row, which it is bound to
        values = [field.pre_save(row, row._state.adding) for row in rows]
    else:
        values = [getattr(row, name) for row in rows]
    return values if prepare is None else [prepare(one) for one in values]


def _history(
    how: ModelTable, values: Sequence[Sequence[Any]], kind: str, user: User, *, with_lists: bool
) -> None:
    if how.history is None:
        return
    at = _moment(timezone.now())
    rows: Iterator[Sequence[Any]] = (
        (*(row[one] for one in how.tracked), at, kind, None, user.pk) for row in values
    )
    lists = how.history._history_m2m_fields if with_lists else ()  # type: ignore[attr-defined]
    if not lists:
        insert(how.history, how.history_columns, rows)
        return
    keys = reserve(how.history, len(values))
    with_keys = ((*row, key) for row, key in zip(rows, keys, strict=True))
    insert(how.history, (*how.history_columns, "history_id"), with_keys)
    _history_of_lists(how.history, lists, keys)


def _history_of_lists(history: type[models.Model], lists: Iterable[Any], keys: Sequence[int]) -> None:
    """Each version with one of these keys repeats the lists of its row: one statement a list."""
    quote = connection.ops.quote_name
    for field in lists:
        through, copy = field.remote_field.through._meta, getattr(history, field.name).model._meta
        names = [quote(part.column) for part in through.concrete_fields]
        listed = ", ".join(f"list.{name}" for name in names)
        owner = quote(field.m2m_column_name())
        statement = (
            f"INSERT INTO {quote(copy.db_table)} ({', '.join(names)}, history_id) "  # noqa: S608
            f"SELECT {listed}, version.history_id FROM {quote(through.db_table)} AS list "
            f"JOIN {quote(history._meta.db_table)} AS version ON version.id = list.{owner} "
            f"WHERE version.history_id IN "
        )
        with connection.cursor() as cursor:
            for part in chunks(keys, BATCH_SIZE):
                cursor.execute(f"{statement} ({', '.join(['%s'] * len(part))})", part)


def _moment(at: datetime) -> object:
    return connection.ops.adapt_datetimefield_value(at)


@transaction.atomic
def save_row(*, row: Model, by: Access, right: May, fields: Iterable[str] = ()) -> Model:
    """Add or change one row of a list that `right` is needed for."""
    by.require(right)
    verb = "add" if row._state.adding else "change"
    row._history_user = by.user  # type: ignore[attr-defined]
    row.save()
    record(by, f"{row._meta.model_name}.{verb}", row, fields=fields)
    return row


@transaction.atomic
def delete_row(*, row: Model, by: Access, right: May) -> None:
    """Delete one row of a list that `right` is needed for."""
    by.require(right)
    what = target(row)
    row._history_user = by.user  # type: ignore[attr-defined]
    row.delete()
    record(by, f"{row._meta.model_name}.delete", what)
