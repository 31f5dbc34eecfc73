"""What an import made, changed and took away, kept so that it can be undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db.models import Max, Model
from simple_history.utils import get_history_manager_for_model

from accounts.access import Access
from cases.actions.saving import create_all, delete_all, update_all
from cases.models import Case, Exploitation, Identification, Measure, Person

# In the order in which rows may be made; the other way round they may be taken away.
MODELS: Final[dict[str, type[Model]]] = {
    "case": Case,
    "person": Person,
    "identification": Identification,
    "exploitation": Exploitation,
    "measure": Measure,
}
_NAMES: Final = {model: name for name, model in MODELS.items()}


class Journal:
    """Writes rows and notes what it takes to undo it: keys of new rows, old values, and whole rows that
    went."""

    def __init__(self, by: Access) -> None:
        self.by = by
        self.made: dict[str, list[int]] = defaultdict(list)
        self.changed: dict[str, dict[int, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
        self.gone: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def note_made(self, rows: Iterable[Model]) -> None:
        for row in rows:
            self.made[_NAMES[type(row)]].append(row.pk)

    def create(self, rows: Sequence[Model]) -> None:
        create_all(rows, by=self.by)
        self.note_made(rows)

    def set(self, row: Model, attribute: str, value: Any) -> None:
        """Change one value; `update` stores it."""
        old = _plain(row, attribute)
        setattr(row, attribute, value)
        if old != _plain(row, attribute):
            self.changed[_NAMES[type(row)]][row.pk].setdefault(attribute, old)

    def update(self, rows: Sequence[Model], fields: Sequence[str]) -> None:
        update_all(rows, fields, by=self.by)

    def delete(self, rows: Sequence[Model]) -> None:
        for row in rows:
            self.gone[_NAMES[type(row)]].append(whole(row))
        delete_all(rows, by=self.by)

    def as_json(self) -> dict[str, Any]:
        return {"made": self.made, "changed": self.changed, "gone": self.gone, "marks": marks()}


def marks() -> dict[str, int]:
    """The last key of each model's history: what comes after it is younger than the import."""
    found = {}
    for name, model in MODELS.items():
        history = get_history_manager_for_model(model)
        found[name] = history.aggregate(last=Max("history_id"))["last"] or 0
    return found


def whole(row: Model) -> dict[str, Any]:
    values = {field.attname: _plain(row, field.attname) for field in row._meta.concrete_fields}
    lists = {
        field.name: [item.pk for item in getattr(row, field.name).all()] for field in row._meta.many_to_many
    }
    return {"values": values, "lists": lists}


def _plain(row: Model, attribute: str) -> Any:
    """Such as JSON holds: a country is its code."""
    field = next(field for field in row._meta.concrete_fields if field.attname == attribute)
    value = field.get_prep_value(getattr(row, attribute)) if field.choices else getattr(row, attribute)
    return value.isoformat() if hasattr(value, "isoformat") else value
