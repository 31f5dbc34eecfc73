"""Snapshots of what was registered by mistake, and whom somebody registered last, whom one press takes out.

Rows leave their tables whole, with all that hangs on them, are shown in words, and come back as they were.
What hangs on a row is found by the keys of every table, so that a new table is found too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from operator import attrgetter
from typing import Any, Final, TypeVar

from django.apps import apps
from django.core import serializers
from django.db.models import Model, OuterRef, QuerySet, Subquery, prefetch_related_objects
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.models import User
from accounts.roles import May
from agencies.models import Code
from cases.choices import RequestAnswer
from cases.models import (
    AccessGrant,
    Call,
    Case,
    Exploitation,
    Identification,
    Measure,
    Misregistration,
    Notification,
    Person,
    PersonIndicator,
    SuspectCount,
)
from cases.wording import RecordSection, facts_of, linked
from encryption.fields import Unreadable
from exchange import bulk
from exchange.bulk import chunks
from exchange.journal import reached, relations, stored
from libs.groups import by_key, grouped

BATCH_SIZE: Final = 500
KEY: Final = attrgetter("pk")
# What only names a case, and is no part of it: its key is emptied, and filled again when the case comes back.
# A request for access without a case is as one for a case that never was: who asked learns nothing.
ONLY_NAMES: Final[dict[type[Model], str]] = {Call: "case", Notification: "case", AccessGrant: "case"}
# What is looked at, and shown. What ties a person to records of other regions leaves too, and is not shown.
SHOWN: Final = (Case, SuspectCount, Person, Identification, Exploitation, Measure, PersonIndicator)


class NotReadable(Exception):
    """An encrypted text of a row cannot be opened: the row stays where it is."""


@dataclass(frozen=True)
class Link:
    model: type[Model]
    key: int
    to: int


M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class RowSnapshot:
    rows: tuple[Model, ...]
    links: tuple[Link, ...] = ()

    @classmethod
    def of(cls, rows: Iterable[Model]) -> RowSnapshot:
        """These rows and all that hangs on them, as they are stored. A constant number of queries."""
        links: list[Link] = []
        tops = by_model(rows).items()
        rows_now = ((model, row) for model, of in tops for row in stored(model, (KEY(one) for one in of)))
        found = reached(rows_now, partial(_related, links=links), KEY)
        for model, of_model in by_model(found.values()).items():
            prefetch_related_objects(of_model, *(one.name for one in model._meta.local_many_to_many))
        return cls(tuple(found.values()), tuple(links))

    def rows_of(self, model: type[M]) -> list[M]:
        return [row for row in self.rows if isinstance(row, model)]

    @property
    def digest(self) -> str:
        """By which it is known whether it is still what somebody looked at. Raises NotReadable."""
        return hashlib.sha256(RowSnapshot(self.shown).as_text().encode()).hexdigest()[:32]

    @property
    def shown(self) -> tuple[Model, ...]:
        return tuple(row for row in self.rows if isinstance(row, SHOWN))

    def as_text(self) -> str:
        """Return the rows as text, empty where there are none.

        Raises NotReadable: what cannot be opened could not be encrypted again."""
        if not self.rows:
            return ""
        for row in self.rows:
            for field in row._meta.concrete_fields:
                if isinstance(getattr(row, field.attname), Unreadable):
                    raise NotReadable
        rows = serializers.serialize("python", self.rows)
        links = [(link.model._meta.label_lower, link.key, link.to) for link in self.links]
        return json.dumps({"rows": rows, "links": links}, default=str)  # moments to the microsecond

    @classmethod
    def from_text(cls, text: str) -> RowSnapshot:
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
            for some in chunks(rows, BATCH_SIZE):
                bulk.delete(some, user=user)

    def put_back(self, *, user: User) -> None:
        """The same rows with the same keys, each with its place in the history."""
        for model, rows in by_model(self.rows).items():
            names = [one.name for one in model._meta.local_many_to_many]
            lists = [{name: list(getattr(row, name).all()) for name in names} for row in rows]
            bulk.create(rows, user=user, lists=lists)

    def parted(self) -> tuple[RowSnapshot, RowSnapshot]:
        """Return the rows that can come back, and those that point at one which is not there."""
        there = {(type(row), row.pk) for row in self.rows}
        wanted = {one for row in self.rows for one in _pointing(row)} - there
        for model, keys in by_key(wanted).items():
            there |= {(model, row.pk) for row in stored(model, keys)}
        ready, waiting = list[Model](), list[Model]()
        for row in self.rows:
            (ready if there.issuperset(_pointing(row)) else waiting).append(row)
        return RowSnapshot(tuple(ready)), RowSnapshot(tuple(waiting))


def by_model(rows: Iterable[Model]) -> dict[type[Model], list[Any]]:
    """In the order in which they first come."""
    return dict(grouped(rows, type))


def _related(
    model: type[Model], tops: Sequence[Model], links: list[Link]
) -> Iterator[tuple[type[Model], Model]]:
    """What points at rows of a model; what only names them is noted instead."""
    for relation in relations(model, past=False):
        other, name = relation.related_model, relation.field.name
        if other is model:
            continue  # records that are the same person: settled beforehand
        for some in chunks((KEY(top) for top in tops), BATCH_SIZE):
            rows = other._base_manager.filter(**{f"{name}__in": some}).order_by("pk")
            for row in rows:
                if ONLY_NAMES.get(other) == name and getattr(row, "answer", "") != RequestAnswer.ACCEPTED:
                    links.append(Link(other, row.pk, getattr(row, relation.field.attname)))
                else:
                    yield other, row


def _pointing(row: Model) -> Iterator[tuple[type[Model], Any]]:
    """At rows of casework, which alone may leave."""
    for field in row._meta.concrete_fields:
        other: Any = field.related_model
        key = getattr(row, field.attname)
        is_of_casework = other is not None and other._meta.app_label == row._meta.app_label
        if is_of_casework and key is not None and other is not type(row):
            yield other, key


def sections(kept: RowSnapshot, *, texts: bool = True) -> Iterator[RecordSection]:
    """A section a row. The codes of their lists in one query."""
    numbers = dict((one.pk, one.number) for one in kept.rows_of(Person))
    _with_codes(kept)
    for model, rows in by_model(kept.rows).items():  # a query for each kind of row and key
        prefetch_related_objects(rows, *sorted(linked(model)))
    for row in kept.shown:
        of_person = numbers.get(getattr(row, "person_id", 0), "")
        number = row.number if isinstance(row, Case | Person) else of_person
        name = f"{capfirst(str(row._meta.verbose_name))} {number}".strip()
        yield RecordSection(name, list(facts_of(row, texts=texts)))


def of_extract(rows: QuerySet[Misregistration], *, texts: bool) -> Iterator[RecordSection]:
    """All of it: that it was taken out, and what it was while nobody has put it back."""
    for row in rows.order_by("at", "pk"):
        name = f"{_('Registered by mistake')}: {row.get_kind_display()} {row.number}"
        yield RecordSection(name, list(facts_of(row, texts=texts)))
        if row.put_back_at is None:
            yield from sections(RowSnapshot.from_text(row.kept), texts=texts)


def _with_codes(kept: RowSnapshot) -> None:
    """Gives rows that were kept the codes of their lists, which they hold by key alone."""
    lists: list[dict[str, list[Any]]] = [getattr(row, "_prefetched_objects_cache", {}) for row in kept.rows]
    held_codes = (each for one in lists for each in one.values())
    found = Code.objects.in_bulk({KEY(one) for held_code in held_codes for one in held_code})
    for held in lists:
        for name, codes in held.items():
            held[name] = [found.get(code.pk, code) for code in codes]


@dataclass(frozen=True)
class LastRegistration:
    """`whole`: the case was opened with them, and has nobody else."""

    persons: Sequence[Person]
    whole: bool
    touched: bool  # somebody else has changed one of them since

    @property
    def number(self) -> int:
        return len(self.persons)


def registered_at(access: Access) -> Subquery:
    """Of a person, when who asks has registered them today; null of all others."""
    own = _history(Person).filter(id=OuterRef("pk"), history_type="+", history_user=access.user)
    return Subquery(own.filter(history_date__gte=_day(access)).values("history_date")[:1])


def _day(access: Access) -> datetime:
    return timezone.make_aware(datetime.combine(access.today, time.min))


def last_registration(case: Case, access: Access) -> LastRegistration | None:
    """None where nobody of the case was registered today by who asks. Persons of one registration have their
    first version at one moment. Four queries at the most, one on most days."""
    if not access.may(May.EDIT_CASE, May.OPEN_CASE):
        return None
    made = _history(Person).filter(
        case_id=case.pk, history_type="+", history_user=access.user, history_date__gte=_day(access)
    )
    first = made.order_by("-history_date").values_list("history_date", flat=True).first()
    if first is None:
        return None
    keys = list(made.filter(history_date=first).values_list("id", flat=True))
    persons = list(Person.objects.in_own_region(access).filter(pk__in=keys).order_by("position"))
    if len(persons) < len(keys):
        return None
    # Of a case that is opened, the persons' first version comes right after its own.
    opened = case.opened_by_id == access.user.pk and 0 <= (first - case.created_at).total_seconds() < 60
    whole = opened and case.persons.count() == len(persons)
    return LastRegistration(persons, whole, _touched(keys, first, access))


def _touched(keys: Sequence[int], since: datetime, access: Access) -> bool:
    rows = [_history(Person).filter(id__in=keys)]
    rows += [_history(model).filter(person_id__in=keys) for model in (Identification, Exploitation, Measure)]
    since_then = (some.filter(history_date__gt=since).exclude(history_user=access.user) for some in rows)
    return any(some.exists() for some in since_then)


def _history(model: Any) -> QuerySet[Any]:
    return model.history.all().order_by()
