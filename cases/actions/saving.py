"""Saving with the field history in the name of the one who acts."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.access import Access
from cases.models import Call, Case, Exploitation, Identification, Measure, Notification, Person


class Conflict(Exception):
    """Somebody else saved the row in the meantime."""

    def __init__(self, saved: Model) -> None:
        super().__init__("saved by somebody else in the meantime")
        self.saved = saved


def save(row: Model, *, by: Access) -> None:
    row._history_user = by.user  # type: ignore[attr-defined]
    row.save()


def save_version(row: Call | Case | Notification | Person, *, by: Access) -> None:
    """Save a changed row that has a `version`. Raises Conflict when the stored version is another."""
    manager = type(row)._default_manager
    if not manager.filter(pk=row.pk, version=row.version).update(version=F("version") + 1):
        raise Conflict(manager.get(pk=row.pk))
    row.version += 1
    save(row, by=by)


def with_versions(parts: QuerySet[Any]) -> QuerySet[Any]:
    """Parts of persons, each with its `version`: the last entry of its history, bulk work too."""
    model: Any = parts.model
    last = model.history.filter(id=OuterRef("pk")).order_by("-history_id").values("history_id")[:1]
    return parts.annotate(version=Coalesce(Subquery(last), 0))


def version_of(row: Any) -> int:
    """What a form remembers of the row it shows, as it is stored."""
    if any(field.name == "version" for field in row._meta.fields):
        return int(row.version)
    stored = with_versions(type(row)._default_manager.filter(pk=row.pk))
    return int(stored.values_list("version", flat=True).first() or 0)


def check_unchanged(part: Exploitation | Identification | Measure) -> None:
    """Raises Conflict when `part` of a person has a `version` and is not stored as that any more.

    Whoever saves a part of the person next waits until this transaction has ended."""
    expected = getattr(part, "version", None)
    if part.pk is None or expected is None:
        return
    list(type(part.person)._default_manager.select_for_update().filter(pk=part.person_id).values_list("pk"))
    if version_of(part) != expected:
        raise Conflict(type(part)._default_manager.get(pk=part.pk))
