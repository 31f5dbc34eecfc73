"""Saving with the field history in the name of the one who acts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, Model

from agencies import bulk
from agencies.access import Access


class Conflict(Exception):
    """Somebody else saved the row in the meantime."""

    def __init__(self, saved: Any) -> None:
        super().__init__("saved by somebody else in the meantime")
        self.saved = saved


def save(row: Model, *, by: Access) -> None:
    row._history_user = by.user  # type: ignore[attr-defined]
    row.save()


def save_version(row: Any, *, by: Access) -> None:
    """Save a changed row that has a `version`. Raises Conflict when the stored version is another."""
    manager = type(row)._default_manager
    if not manager.filter(pk=row.pk, version=row.version).update(version=F("version") + 1):
        raise Conflict(manager.get(pk=row.pk))
    row.version += 1
    save(row, by=by)


def create_all(rows: Sequence[Any], *, by: Access) -> None:
    """Insert many rows of one model and a history row for each."""
    if rows:
        bulk.create(rows, user=by.user)


def update_all(rows: Sequence[Any], fields: Sequence[str], *, by: Access) -> None:
    if rows:
        bulk.update(rows, fields, user=by.user)


def delete_all(rows: Sequence[Any], *, by: Access) -> None:
    """Delete many rows of one model that nothing refers to; their history stays."""
    if rows:
        bulk.delete(rows, user=by.user)


def changed_fields(row: Model, names: Iterable[str]) -> list[str]:
    """Which of `names` differ from what is stored."""
    stored = type(row)._default_manager.get(pk=row.pk)
    return [name for name in names if getattr(row, name) != getattr(stored, name)]
