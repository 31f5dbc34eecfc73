"""The rows of somebody's practice: put into their tables for one request, read out again, and taken back with
the request's transaction. No other query, of whomever, ever meets them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.core.serializers.base import DeserializationError
from django.db import Error, transaction
from django.db.models import Model, Q

from accounts.access import Access
from cases.kept_rows import Kept
from cases.models import Call, Case, Person
from cases.scope import PRACTISED_FROM

Row = dict[str, Any]  # as a text holds it: model, key, fields

STAMPED = "updated_at"  # set anew each time the rows are put in: no change of theirs


class Spoilt(Exception):
    """What was practised cannot be opened any more, such as after an update of the register."""


def put_in(text: str, *, by: Access) -> None:
    """The rows into their tables, with their keys. Call in a transaction that is taken back. Raises
    Spoilt."""
    try:
        with transaction.atomic():
            _kept(text).put_back(user=by.user)
    except Error as error:
        raise Spoilt from error


def _kept(text: str) -> Kept:
    try:
        return Kept.from_text(text)
    except (ValueError, LookupError, DeserializationError, FieldDoesNotExist) as error:
        raise Spoilt from error


def read_out(by: Access) -> str:
    """All that who practises has there now, with keys above every real one; empty where there is nothing."""
    made = Q(pk__gte=PRACTISED_FROM) | Q(created_at__gte=by.at)
    tops = [*Case.objects.filter(made, opened_by=by.user), *Call.objects.filter(made, taken_by=by.user)]
    if not tops:
        return ""
    rows = json.loads(Kept.of(tops).as_text())["rows"]
    _lift(rows)
    for row in rows:
        row["fields"].pop(STAMPED, None)
    return json.dumps({"rows": rows, "links": []})


def _lift(rows: Sequence[Row]) -> None:
    """New rows get keys that no real one has: the database gives the next real row the key that it gave
    these."""
    new = {(row["model"], row["pk"]) for row in rows if row["pk"] < PRACTISED_FROM}
    for row in rows:
        for field in apps.get_model(row["model"])._meta.concrete_fields:
            other, key = field.related_model, row["fields"].get(field.name)
            if isinstance(key, int) and other and (other._meta.label_lower, key) in new:
                row["fields"][field.name] = key + PRACTISED_FROM
        if (row["model"], row["pk"]) in new:
            row["pk"] += PRACTISED_FROM


@dataclass(frozen=True, slots=True)
class Practised:
    """A call or a case of a practice, to be led to."""

    code: str
    label: str
    persons: int


@dataclass(frozen=True, slots=True)
class Contents:
    calls: tuple[Practised, ...] = ()
    cases: tuple[Practised, ...] = ()
    persons: int = 0

    @classmethod
    def of(cls, text: str) -> Contents:
        """Read from the text alone; nothing where it cannot be opened."""
        try:
            kept = _kept(text)
        except Spoilt:
            return cls()
        in_case = Counter(row.case_id for row in kept.rows if isinstance(row, Person))
        return cls(
            tuple(_named(kept.rows, Call, Counter())),
            tuple(_named(kept.rows, Case, in_case)),
            in_case.total(),
        )


def _named(rows: Iterable[Model], model: type[Model], persons: Counter[Any]) -> Iterator[Practised]:
    for row in rows:
        if isinstance(row, model):
            yield Practised(str(row.code), str(row), persons[row.pk])  # type: ignore[attr-defined]
