"""What an import made, changed and took away: noted while it writes, read when it is undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType, NoneType
from typing import Any, Final, TypeVar

from django.db.models import Model, Q
from django.utils.functional import cached_property

from accounts.access import Access
from exchange import bulk
from exchange.bulk import chunks
from libs.groups import by_key

BATCH_SIZE: Final = 500  # keys in one query
DISPOSED: Final = "disposed"  # in a journal that was emptied, since rows of it have been disposed of
Models = Mapping[str, type[Model]]  # in the order in which rows may be made
Found = TypeVar("Found")  # a row, or the key of one


@dataclass(frozen=True, order=True)
class Obstacle:
    """Why an import cannot be undone. `label`: of the row; `reason` one sentence."""

    label: str
    reason: str


class Journal:
    """Keys of new rows, old values, and whole rows that went, by the names that `models` gives."""

    def __init__(self, models: Models, by: Access) -> None:
        self.names, self.by = {model: name for name, model in models.items()}, by
        self.made: dict[str, list[Any]] = defaultdict(list)
        self.changed: dict[str, dict[Any, dict[str, Any]]] = defaultdict(dict)
        self.gone: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def note_made(self, rows: Iterable[Model]) -> None:
        for row in rows:
            self.made[self.names[type(row)]].append(_plain(row, row._meta.pk.attname))

    def note_changed(self, row: Model, values: Mapping[str, Any], lists: Mapping[str, list[Any]]) -> None:
        key = _plain(row, row._meta.pk.attname)
        kept = self.changed[self.names[type(row)]].setdefault(key, {"values": {}, "lists": {}})
        kept["values"] = {**values, **kept["values"]}
        kept["lists"].update(lists)

    def create(self, rows: Sequence[Model]) -> None:
        """Write, with the field history, and note it; so `update` and `delete`."""
        bulk.create(rows, user=self.by.user)
        self.note_made(rows)

    def set(self, row: Model, attribute: str, value: object) -> None:
        """Change one value; `update` stores it."""
        old = _plain(row, attribute)
        setattr(row, attribute, value)
        if old != _plain(row, attribute):
            self.note_changed(row, {attribute: old}, {})

    def update(self, rows: Sequence[Model], fields: Sequence[str]) -> None:
        bulk.update(rows, fields, user=self.by.user)

    def delete(self, rows: Sequence[Model]) -> None:
        for row in rows:
            self.gone[self.names[type(row)]].append(_whole(row))
        bulk.delete(rows, user=self.by.user)

    def as_json(self, left: Mapping[str, object]) -> dict[str, Any]:
        """`left`: by which the importer sees that somebody has touched the rows since."""
        return {"made": self.made, "changed": self.changed, "gone": self.gone, "left": left}


class Trace:
    def __init__(self, journal: dict[str, Any], models: Models, by: Access) -> None:
        self.journal, self.models, self.by = journal, models, by

    @property
    def left(self) -> dict[str, Any]:
        return self.journal["left"]

    def made(self, name: str) -> list[Any]:
        return list(self.journal["made"].get(name, ()))

    @cached_property
    def _changed(self) -> dict[str, dict[Any, dict[str, Any]]]:
        return {
            name: {self.models[name]._meta.pk.to_python(key): kept for key, kept in rows.items()}
            for name, rows in self.journal["changed"].items()
        }

    def changed(self, name: str) -> dict[Any, dict[str, Any]]:
        """By key, `values` and `lists` as they were."""
        return self._changed.get(name, {})

    def gone(self, name: str) -> list[dict[str, Any]]:
        return list(self.journal["gone"].get(name, ()))

    @property
    def counts(self) -> dict[str, int]:
        """Rows that would go, by name, and rows that would get their old values back."""
        restored = sum(len(self.changed(name)) + len(self.gone(name)) for name in self.models)
        return {name: len(self.made(name)) for name in self.models} | {"restored": restored}

    @property
    def rows(self) -> int:
        return sum(self.counts.values())

    def before(self, name: str, rows: Sequence[Any]) -> set[str]:
        """Gives rows their old values, unsaved. Returns the names of the fields."""
        fields = {field.attname: field for field in self.models[name]._meta.concrete_fields}
        changed, names = self.changed(name), set()
        for row in rows:
            for attribute, old in changed[row.pk]["values"].items():
                setattr(row, attribute, fields[attribute].to_python(old))
                names.add(fields[attribute].name)
        return names


def stored(model: type[Model], keys: Iterable[Any]) -> Iterator[Any]:
    """The rows with these keys, whoever they belong to."""
    for some in chunks(keys, BATCH_SIZE):
        yield from model._base_manager.filter(pk__in=some).order_by("pk")


def attached(
    trace: Trace, *, past: bool, along: Mapping[type[Model], Q] = MappingProxyType({})
) -> Iterator[tuple[type[Model], set[Any], str]]:
    """Rows that would go and that later rows refer to: their model, keys, and what refers to them. `past`:
    past versions of other rows too. `along`: what goes along with them, and is in nobody's way."""
    own = {model: set(trace.made(name)) for name, model in trace.models.items()}
    for name, model in trace.models.items():
        for relation in relations(model, past=past):
            mine = own.get(relation.related_model, set())
            what = str(relation.related_model._meta.verbose_name)
            for some in chunks(trace.made(name), BATCH_SIZE):
                rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": some})
                left = rows.exclude(along.get(relation.related_model, Q()))
                pairs = left.values_list("pk", relation.field.attname)
                yield model, {owner for key, owner in pairs if key not in mine}, what


def relations(model: type[Model], *, past: bool) -> Iterator[Any]:
    """From other models to this one, but from its own lists and their past versions."""
    own = {field.m2m_field_name() for field in model._meta.local_many_to_many}
    for relation in every_relation(model):
        is_history = hasattr(relation.related_model, "history_id")
        is_own_list = relation.hidden and relation.field.name in own
        if not is_own_list and (past or not is_history):
            yield relation


def every_relation(model: type[Model]) -> Iterator[Any]:
    """From other models to this one, from its own lists and their past versions too."""
    fields: Any = model._meta.get_fields(include_hidden=True)
    for relation in fields:
        if relation.auto_created and not relation.concrete and not relation.many_to_many:
            yield relation


def reached(
    tops: Iterable[tuple[type[Model], Found]],
    beside: Callable[[type[Model], list[Found]], Iterable[tuple[type[Model], Found]]],
    key_of: Callable[[Found], Any],
) -> dict[tuple[type[Model], Any], Found]:
    """Return the tops and all that hangs on them, by model and key, the nearest first.

    `beside` says what hangs on some rows of a model, and is asked once a round for each model.
    """
    found: dict[tuple[type[Model], Any], Found] = {}
    edge = {(model, key_of(one)): one for model, one in tops}
    while edge:
        found |= edge
        of_model = by_key((model, item) for (model, _key), item in edge.items())
        near = (one for key, value in of_model.items() for one in beside(key, value))
        edge = {(model, key_of(one)): one for model, one in near if (model, key_of(one)) not in found}
    return found


def _whole(row: Model) -> dict[str, Any]:
    values = {field.attname: _plain(row, field.attname) for field in row._meta.concrete_fields}
    lists = {field.name: keys_in(row, field.name) for field in row._meta.many_to_many}
    return {"values": values, "lists": lists}


def keys_in(row: Model, name: str) -> list[Any]:
    """The keys of what stands in a list of the row."""
    return [one.pk for one in getattr(row, name).all()]


def _plain(row: Model, attribute: str) -> str | int | None:
    """The value as JSON holds it: a country is its code."""
    value = getattr(row, attribute)
    if type(value) in {int, str, bool, NoneType}:
        return value
    field: Any = row._meta.get_field(attribute)
    value = field.get_prep_value(value) if field.choices else value
    return value if isinstance(value, int | str | None) else str(value)
