"""Rows that leave their tables whole, with all that hangs on them, and come back as they were.

What hangs on a row is found by the keys of every table, so that a new table is found too.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.core import serializers
from django.db.models import Model, prefetch_related_objects

from accounts.models import User
from cases.choices import RequestAnswer
from cases.models import (
    AccessGrant,
    Call,
    Case,
    Exploitation,
    Identification,
    Measure,
    Notification,
    Person,
    PersonIndicator,
    SuspectCount,
)
from exchange import bulk
from exchange.bulk import chunks
from exchange.journal import relations, stored
from sealing.fields import SealedColumn, Unreadable

AT_ONCE: Final = 500
# What only names a case, and is no part of it: its key is emptied, and filled again when the case comes back.
# A question for access without a case is as one for a case that never was: who asked is told nothing.
ONLY_NAMES: Final[dict[type[Model], str]] = {Call: "case", Notification: "case", AccessGrant: "case"}
# What is looked at, and shown. What ties a person to records of other regions leaves too, and is not shown.
SHOWN: Final = (Case, SuspectCount, Person, Identification, Exploitation, Measure, PersonIndicator)


class NotReadable(Exception):
    """A sealed text of a row cannot be opened: the row stays where it is."""


@dataclass(frozen=True)
class Link:
    """A row that named one which has left."""

    model: type[Model]
    key: int
    to: int


@dataclass(frozen=True)
class Kept:
    """Rows of any model, and what named them."""

    rows: tuple[Model, ...]
    links: tuple[Link, ...] = ()

    @classmethod
    def of(cls, rows: Iterable[Model]) -> Kept:
        """These rows and all that hangs on them, as they are stored. A constant number of queries."""
        found: dict[tuple[type[Model], Any], Model] = {}
        links: list[Link] = []
        tops = by_model(rows)
        edge = {model: list(stored(model, [top.pk for top in of])) for model, of in tops.items()}
        while edge:
            found |= {(model, row.pk): row for model, rows in edge.items() for row in rows}
            edge = by_model(
                row
                for model, rows in edge.items()
                for row in _hanging(model, [row.pk for row in rows], links)
                if (type(row), row.pk) not in found
            )
        for model, rows in by_model(found.values()).items():
            prefetch_related_objects(rows, *(field.name for field in model._meta.local_many_to_many))
        return cls(tuple(found.values()), tuple(links))

    @property
    def digest(self) -> str:
        """By which it is known whether it is still what somebody looked at. Raises NotReadable."""
        return hashlib.sha256(Kept(self.shown).as_text().encode()).hexdigest()[:32]

    @property
    def shown(self) -> tuple[Model, ...]:
        return tuple(row for row in self.rows if isinstance(row, SHOWN))

    def as_text(self) -> str:
        """Raises NotReadable: what cannot be opened could not be sealed again."""
        for row in self.rows:
            for field in row._meta.concrete_fields:
                if isinstance(field, SealedColumn) and isinstance(getattr(row, field.attname), Unreadable):
                    raise NotReadable
        rows = serializers.serialize("python", self.rows)
        links = [(link.model._meta.label_lower, link.key, link.to) for link in self.links]
        return json.dumps({"rows": rows, "links": links}, default=str)  # moments to the microsecond

    @classmethod
    def from_text(cls, text: str) -> Kept:
        held = json.loads(text) if text else {"rows": [], "links": []}
        rows = []
        for one in serializers.deserialize("python", held["rows"]):
            row: Any = one.object
            # The lists of the row, where `all()` of each finds them.
            row._prefetched_objects_cache = {
                name: [row._meta.get_field(name).related_model(pk=key) for key in keys]
                for name, keys in (one.m2m_data or {}).items()
            }
            rows.append(row)
        return cls(tuple(rows), tuple(Link(apps.get_model(name), key, to) for name, key, to in held["links"]))

    def take_out(self, *, user: User) -> None:
        """The rows leave, each with its place in the history."""
        for rows in reversed(by_model(self.rows).values()):
            for some in chunks(rows, AT_ONCE):
                bulk.delete(some, user=user)

    def put_back(self, *, user: User) -> None:
        """The same rows with the same keys, each with its place in the history."""
        for model, rows in by_model(self.rows).items():
            names = [field.name for field in model._meta.local_many_to_many]
            bulk.create(
                rows,
                user=user,
                lists=[{name: list(getattr(row, name).all()) for name in names} for row in rows]
                if names
                else (),
            )

    def points_at_nobody(self) -> set[int]:
        """Places of rows that point at one which is neither stored nor among them."""
        own = {(type(row), row.pk) for row in self.rows}
        wanted: dict[type[Model], set[Any]] = defaultdict(set)
        for row in self.rows:
            for model, key in _pointing(row):
                if (model, key) not in own:
                    wanted[model].add(key)
        there = own | {(model, row.pk) for model, keys in wanted.items() for row in stored(model, keys)}
        return {n for n, row in enumerate(self.rows) if any(one not in there for one in _pointing(row))}


def by_model(rows: Iterable[Model]) -> dict[type[Model], list[Any]]:
    """In the order in which they first come."""
    found: dict[type[Model], list[Any]] = defaultdict(list)
    for row in rows:
        found[type(row)].append(row)
    return dict(found)


def _hanging(model: type[Model], keys: Sequence[Any], links: list[Link]) -> Iterator[Model]:
    """What points at rows of a model; what only names them is noted instead."""
    for relation in relations(model, past=False):
        other, name = relation.related_model, relation.field.name
        if other is model:
            continue  # records that are the same person: settled beforehand
        for some in chunks(keys, AT_ONCE):
            rows = other._base_manager.filter(**{f"{name}__in": some}).order_by("pk")
            for row in rows:
                if ONLY_NAMES.get(other) == name and getattr(row, "answer", "") != RequestAnswer.ACCEPTED:
                    links.append(Link(other, row.pk, getattr(row, relation.field.attname)))
                else:
                    yield row


def _pointing(row: Model) -> Iterator[tuple[type[Model], Any]]:
    """At rows of casework, which alone may leave."""
    for field in row._meta.concrete_fields:
        other: Any = field.related_model
        if other is not None and other._meta.app_label == row._meta.app_label and other is not type(row):
            key = getattr(row, field.attname)
            if key is not None:
                yield other, key
