"""Every sealed column of the register, row by row: sealed anew under the first key, or looked through for
what does not open where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.db import models, transaction

from sealing.fields import SecretFileField, SecretTextField
from sealing.secrecy import Misplaced, NotOpened

ROTATED, CURRENT, UNREADABLE = "rotated", "current", "unreadable"
Column = SecretTextField | SecretFileField
_AT_ONCE: Final = 500


def sealed_columns() -> list[tuple[type[models.Model], Column]]:
    """A test fails for a binary column that is neither here nor named as plain."""
    return [
        (model, field)
        for model in apps.get_models()
        if not model._meta.proxy
        for field in model._meta.concrete_fields
        if isinstance(field, SecretTextField | SecretFileField)
    ]


def anew(model: type[models.Model], field: Column, key: object, *beside: str) -> tuple[str, Any]:
    """What became of one row, and the row with its text, or None where it has none to be read. The row
    is locked meanwhile. `beside`: what else of the row is wanted."""
    with transaction.atomic():
        rows = model._base_manager.filter(pk=key).select_for_update(of=("self",))
        row = rows.only("pk", *field.key_names(), field.attname, *beside).first()
        token = row.__dict__.get(field.attname) if row else None
        if row is None or not token:
            return "", None
        try:
            opened = field.open(token, row)
        except NotOpened:
            return UNREADABLE, None
        if field.is_current(token):
            return CURRENT, row
        row.__dict__[field.attname] = opened
        model._base_manager.filter(pk=key).update(**{field.name: field.pre_save(row, False)})
        return ROTATED, row


def misplaced() -> Iterator[str]:
    """Table, column and key of each text that was moved or changed: never what it says. A text whose key is
    missing is not judged."""
    for model, field in sealed_columns():
        wanted = model._base_manager.only("pk", *field.key_names(), field.attname).order_by("pk")
        for row in wanted.iterator(chunk_size=_AT_ONCE):
            token = row.__dict__.get(field.attname)
            if token and _is_misplaced(field, token, row):
                yield f"{model._meta.db_table}.{field.column} {row.pk}"


def _is_misplaced(field: Column, token: Any, row: models.Model) -> bool:
    try:
        field.open(token, row)
    except Misplaced:
        return True
    except NotOpened:
        return False
    return False
