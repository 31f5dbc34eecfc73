"""What was changed in a case, when and by whom: names of fields, and of secret texts only that they changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Model, QuerySet
from django.utils.text import capfirst

from agencies.access import Access
from cases.models import Case, Exploitation, Identification, Measure, Person

MOST: Final = 200  # changes shown, the latest
SILENT: Final = {
    "id", "code", "version", "created_at", "updated_at", "position", "opened_by",
    "first_identified_on", "first_year", "first_agency", "first_county", "first_region", "first_channel",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """`fields` is empty for a record that was made."""

    at: datetime
    by: str
    what: str
    made: bool
    fields: tuple[str, ...]
    row: int


def history_of_case(case: Case, access: Access) -> list[Change]:
    return changes_of(case, Person.objects.visible_to(access).filter(case=case))


def changes_of(case: Case, visible: QuerySet[Person]) -> list[Change]:
    """Of a case and the persons of it that somebody may see. One query for each kind of record."""
    persons = list(_changes(Person, {"id__in": visible.values("pk")}, lambda row: row.number))
    names = {change.row: change.what.rpartition(" ")[2] for change in persons}
    parts = {"person__in": visible.values("pk")}
    found = [
        *_changes(Case, {"id": case.pk}, lambda row: row.number),
        *persons,
        *(
            change
            for model in (Identification, Exploitation, Measure)
            for change in _changes(model, parts, lambda row: names.get(row.person_id, ""))
        ),
    ]
    return sorted(found, key=lambda change: change.at, reverse=True)[:MOST]


def history_of(row: Any) -> list[Change]:
    """Of one record alone. One query."""
    found = _changes(type(row), {"id": row.pk}, lambda version: "")
    return sorted(found, key=lambda change: change.at, reverse=True)[:MOST]


def _changes(model: Any, condition: dict[str, Any], name: Any) -> Iterator[Change]:
    rows = model.history.filter(**condition).select_related("history_user").order_by("-history_date", "-history_id")
    rows = sorted(rows[: 5 * MOST], key=lambda row: (row.id, row.history_date, row.history_id))
    kind = capfirst(model._meta.verbose_name)
    before = None
    for row in rows:
        same = before is not None and before.id == row.id
        fields = _differing(model, before, row) if same else ()
        who = row.history_user.get_role_display() if row.history_user else ""
        if row.history_type == "+" or fields:
            yield Change(row.history_date, who, f"{kind} {name(row)}", row.history_type == "+", fields, row.id)
        before = row


def _differing(model: type[Model], before: Any, after: Any) -> tuple[str, ...]:
    """Labels of what differs. When nothing that is kept does, a secret text did."""
    kept = [f for f in after.tracked_fields if f.name not in SILENT]
    changed = [f for f in kept if getattr(before, f.attname) != getattr(after, f.attname)]
    if changed:
        return tuple(capfirst(str(f.verbose_name)) for f in changed)
    if any(
        getattr(before, f.attname) != getattr(after, f.attname) for f in after.tracked_fields if f.name in {"version"}
    ):
        return tuple(_secret(model))
    return ()


def _secret(model: type[Model]) -> Iterator[str]:
    from cases.secret_text import SecretTextField

    for field in model._meta.get_fields():
        if isinstance(field, SecretTextField) and field.editable:
            yield capfirst(str(field.verbose_name))
