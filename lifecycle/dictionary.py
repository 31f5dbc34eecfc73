"""What an export of everything consists of: each table with its columns, in words of both languages, and what
is left out and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.utils import translation

from sealing.fields import SecretTextField

# Tables of others' packages that open accounts, and what only the program needs. Ours that open accounts too.
LEFT_OUT: Final = {
    "mfa.authenticator": "opens accounts",
    "sessions.session": "opens accounts",
    "usersessions.usersession": "opens accounts",
    "accounts.opening": "opens accounts",
    "accounts.boundeid": "opens accounts",
    "accounts.calendaraddress": "opens a calendar",
    "accounts.urgentletter": "of the program",
    "accounts.attempt": "of the program",
    "accounts.remembered": "of the program",
    "accounts.sentform": "of the program",
    "account.emailaddress": "unused",
    "account.emailconfirmation": "unused",
    "contenttypes.contenttype": "of the program",
    "auth.permission": "of the program",
    "auth.group": "unused",
    "auth.group_permissions": "unused",
    "admin.logentry": "unused",
}
SECRET: Final = frozenset({"password"})  # hashes by which somebody signs in
HEADER: Final = (
    "table",
    "column",
    "type",
    "may be empty",
    "refers to",
    "in Swedish",
    "in English",
    "left out",
)


@dataclass(frozen=True)
class Column:
    field: Any
    left_out: str  # why; empty where it is there

    @property
    def name(self) -> str:
        return str(self.field.column)


@dataclass(frozen=True)
class ExportTable:
    model: type[models.Model]
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def kept(self) -> list[Column]:
        return [column for column in self.columns if not column.left_out]


def tables(*, texts: bool) -> list[ExportTable]:
    """Every table that leaves, in order of name. `texts`: with what is sealed, opened."""
    found = [
        ExportTable(model, tuple(Column(field, _why(field, texts)) for field in model._meta.concrete_fields))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label_lower not in LEFT_OUT
    ]
    return sorted(found, key=lambda table: table.name)


def lines(found: list[ExportTable]) -> Iterator[list[str]]:
    """The dictionary: a line a column, those that are left out too."""
    for table in found:
        for column in table.columns:
            field = column.field
            yield [
                table.name,
                column.name,
                field.get_internal_type(),
                "yes" if field.null else "no",
                field.related_model._meta.db_table if field.is_relation else "",
                *(label_of(field, language) for language in ("sv", "en")),
                column.left_out,
            ]


def label_of(field: Any, language: str) -> str:
    with translation.override(language):
        return str(field.verbose_name)


def _why(field: Any, texts: bool) -> str:
    if field.name in SECRET:
        return "opens accounts"
    if isinstance(field, models.BinaryField):
        return "sealed content of a file"
    if field.name.endswith("_index"):
        return "index of a sealed text"
    if field.name == "sealed":
        return "true values of what was published"
    if isinstance(field, SecretTextField):
        return "" if texts else "sealed"
    return "sealed" if type(field).__module__.startswith("sealing.") else ""
