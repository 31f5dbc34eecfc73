"""All that hangs on rows that are disposed of, so that nothing is left that names them.

It is found by the keys of every table, so that one which is added later is found too. What points at a row
without a key is listed here: by `code`, by a bare number, or in a text of the program's own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import Model

from accounts.models import Notice
from cases.models import Case, ComparedPerson, Draft, Misregistration, Person, WaitingHint
from exchange.bulk import chunks
from lifecycle.reconciled import MonthlyComparison

AT_ONCE: Final = 500
Keys = dict[type[Model], set[Any]]
# Columns that hold the code of a row.
BY_CODE: Final[tuple[tuple[type[Model], str], ...]] = (
    (Misregistration, "case_code"),
    (Misregistration, "subject"),
    (Draft, "subject"),
)
# Columns that hold the key of a person, and are no keys of the database.
BY_NUMBER: Final[tuple[tuple[type[Model], str], ...]] = (
    (ComparedPerson, "person"),
    (WaitingHint, "first"),
    (WaitingHint, "second"),
)
CODE: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NUMBER: Final = re.compile(r"[A-ZÅÄÖ]{1,2}-[0-9]{4}-[0-9]+")


@dataclass(frozen=True)
class Emptied:
    """Rows that stay, in which `column` named one that goes."""

    model: type[Model]
    column: str
    keys: frozenset[Any]


@dataclass
class Hanging:
    """Keys of the rows that go, by model, those that were asked for first."""

    keys: Keys = field(default_factory=lambda: defaultdict(set))
    emptied: list[Emptied] = field(default_factory=list)

    @classmethod
    def on(cls, tops: Mapping[type[Model], Iterable[Any]], years: Iterable[int] = ()) -> Hanging:
        """`years` are those that nobody counts afterwards: what was compared of them names persons."""
        found = cls()
        edge: Keys = {model: set(keys) for model, keys in tops.items()}
        while edge:
            fresh: Keys = defaultdict(set)
            for model, keys in edge.items():
                found.keys[model] |= keys
            for model, keys in edge.items():
                for other, some in found._beside(model, keys):
                    fresh[other] |= some - found.keys.get(other, set())
            edge = {model: keys for model, keys in fresh.items() if keys}
        found._named(set(years))
        found.emptied = list(found._names_only())
        found.keys = defaultdict(set, {model: keys for model, keys in found.keys.items() if keys})
        return found

    @property
    def counts(self) -> dict[str, int]:
        return {model._meta.db_table: len(keys) for model, keys in self.keys.items()}

    @property
    def digest(self) -> str:
        """Keyed: whoever reads it cannot try which rows they were."""
        plain = sorted((model._meta.label_lower, sorted(map(str, keys))) for model, keys in self.keys.items())
        text = json.dumps(plain).encode()
        return hmac.new(settings.AUDIT_KEY.encode(), b"disposal\n" + text, hashlib.sha256).hexdigest()

    def delete(self) -> None:
        """In the caller's transaction, at whose end every key is asked for again."""
        for one in self.emptied:
            for some in chunks(one.keys, AT_ONCE):
                one.model._base_manager.filter(pk__in=some).update(**{one.column: None})
        for model, keys in self.keys.items():
            for some in chunks(keys, AT_ONCE):
                model._base_manager.filter(pk__in=some)._raw_delete(connection.alias)

    # --- what is found ---------------------------------------------------------------------------
    def _beside(self, model: type[Model], keys: set[Any]) -> Iterator[tuple[type[Model], set[Any]]]:
        """What points at these rows, and their former states."""
        for other, column in _pointing(model):
            if other is not model and not _is_past(other, column):
                yield other, set(keys_of(other, column, keys))
        history = _history_of(model)
        if history is not None:
            yield history, set(keys_of(history, "id", keys))

    def _names_only(self) -> Iterator[Emptied]:
        """Rows that stay and can do without what they name: a call that follows up one that goes, and former
        states of rows that named one."""
        for model in list(self.keys):
            for other, column in _pointing(model):
                if other is model or _is_past(other, column):
                    left = set(keys_of(other, column, self.keys[model])) - self.keys.get(other, set())
                    if left:
                        yield Emptied(other, column, frozenset(left))

    def _named(self, years: set[int]) -> None:
        codes = set(self._values("code"))
        for model, column in BY_CODE:
            self.keys[model] |= set(keys_of(model, column, codes))
        for model, column in BY_NUMBER:
            self.keys[model] |= set(keys_of(model, column, self.keys.get(Person, set())))
        self.keys[MonthlyComparison] |= set(keys_of(MonthlyComparison, "year", years))
        self.keys[Notice] |= set(_told_of({str(code) for code in codes}, set(self._numbers())))

    def _values(self, column: str) -> Iterator[Any]:
        for model, keys in self.keys.items():
            if any(one.name == column for one in model._meta.concrete_fields) and not _is_history(model):
                for some in chunks(keys, AT_ONCE):
                    yield from model._base_manager.filter(pk__in=some).values_list(column, flat=True)

    def _numbers(self) -> Iterator[str]:
        for some in chunks(self.keys.get(Case, ()), AT_ONCE):
            yield from Case._base_manager.filter(pk__in=some).values_list("number", flat=True)


def _told_of(codes: set[str], numbers: set[str]) -> Iterator[int]:
    """What people are told on their own page leads to a row by its code, or names it by its number."""
    for key, label, link in Notice.objects.values_list("pk", "label", "link"):
        if codes.intersection(CODE.findall(link)) or numbers.intersection(NUMBER.findall(label)):
            yield key


def _pointing(model: type[Model]) -> Iterator[tuple[type[Model], str]]:
    """Each model and column that points at `model`, tables of lists and former states too."""
    for relation in model._meta.get_fields(include_hidden=True):
        to_one = relation.auto_created and not relation.concrete and not relation.many_to_many
        if to_one:
            yield relation.related_model, relation.field.name  # type: ignore[union-attr, misc]


def _is_history(model: type[Model]) -> bool:
    return hasattr(model, "instance_type")


def _is_past(model: type[Model], column: str) -> bool:
    """Whether it is a former state of a row that can do without what the column names: the row stays."""
    if not _is_history(model):
        return False
    own = {one.name: one for one in model.instance_type._meta.concrete_fields}  # type: ignore[attr-defined]
    return column in own and bool(own[column].null)


def _history_of(model: type[Model]) -> type[Model] | None:
    name = getattr(model._meta, "simple_history_manager_attribute", "")
    return getattr(model, name).model if name else None


def keys_of(model: type[Model], column: str, among: Iterable[Any]) -> Iterator[Any]:
    """Of the rows that have any of these in the column."""
    for some in chunks(among, AT_ONCE):
        yield from model._base_manager.filter(**{f"{column}__in": some}).values_list("pk", flat=True)
