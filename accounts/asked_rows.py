"""A row that is asked for before it is written: its values as JSON, how they differ from what is stored, and
both in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.approvals import Fact, NotAsItWas
from accounts.models import Approval


def as_values(row: models.Model, names: tuple[str, ...]) -> dict[str, Any]:
    """The values of a row, as JSON holds them: of a link its key, of a day its text."""
    values = {name: getattr(row, row._meta.get_field(name).attname) for name in names}  # type: ignore[union-attr]
    return {name: str(value) if isinstance(value, date) else value for name, value in values.items()}


def difference(stored: models.Model | None, row: models.Model, names: tuple[str, ...]) -> dict[str, Any]:
    new = as_values(row, names)
    if stored is None:
        return {"fields": new, "before": {}}
    old = as_values(stored, names)
    changed = [name for name in names if new[name] != old[name]]
    return {"fields": {name: new[name] for name in changed}, "before": {name: old[name] for name in changed}}


def read_values(model: type[models.Model], values: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for name, value in values.items():
        field: Any = model._meta.get_field(name)
        day = isinstance(field, models.DateField) and value
        found[field.attname] = parse_date(value) if day else value
    return found


def apply_asked(row: models.Model, asked: Approval) -> list[str]:
    """The changed fields. Raises NotAsItWas where one of them is no longer what the asker saw."""
    before, fields = asked.payload["before"], asked.payload["fields"]
    if as_values(row, tuple(before)) != before:
        raise NotAsItWas(_("It has been changed since it was asked. Decline, and let it be asked anew."))
    for name, value in read_values(type(row), fields).items():
        setattr(row, name, value)
    check_fits(row)
    return list(fields)


def check_fits(row: models.Model) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise NotAsItWas(" ".join(error.messages)) from None


def facts_of(model: type[models.Model]) -> Any:
    """What a question about such a row says: each value, and beside a changed one the former."""

    def facts(asked: Approval) -> list[Fact]:
        before = asked.payload.get("before", {})
        return [
            (str(model._meta.get_field(name).verbose_name).capitalize(),  # type: ignore[union-attr]
             _arrow(model, name, before, value))
            for name, value in asked.payload["fields"].items() if value not in (None, "") or name in before
        ]  # fmt: skip

    return facts


def _arrow(model: type[models.Model], name: str, before: Mapping[str, Any], value: object) -> str:
    new = _in_words(model, name, value)
    return f"{_in_words(model, name, before[name])} → {new}" if name in before else new


def _in_words(model: type[models.Model], name: str, value: Any) -> str:
    field: Any = model._meta.get_field(name)
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.is_relation:
        row = field.related_model._default_manager.filter(pk=value).first()
        return str(row or value)
    return str(dict(field.flatchoices).get(value, value))
