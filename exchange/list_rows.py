"""Change the rows of a list that one right is needed for. Every change is recorded by the names of its
fields."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Model

from accounts.access import Access
from accounts.roles import May
from audit.writer import Target, record, target


@transaction.atomic
def save_row(*, row: Model, by: Access, right: May, fields: Iterable[str] = ()) -> Model:
    """Add or change one row of a list that `right` is needed for."""
    by.require(right)
    verb = "add" if row._state.adding else "change"
    row._history_user = by.user  # type: ignore[attr-defined]
    row.save()
    record(by, f"{row._meta.model_name}.{verb}", row, fields=fields)
    return row


def delete_row(*, row: Model, by: Access) -> None:
    what: Target = target(row)
    row._history_user = by.user  # type: ignore[attr-defined]
    row.delete()
    record(by, f"{row._meta.model_name}.delete", what)
