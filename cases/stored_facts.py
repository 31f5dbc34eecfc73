"""What is stored of a row, in words: label and value of every column that is not a key."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Field, Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_countries.fields import Country, CountryField

from cases.choices import ListAnswer
from cases.secret_text import SecretTextField
from cases.wording import minute

# Keys and the register's own bookkeeping, and what the heading says already. The rest of the columns is
# shown.
SILENT: Final = {
    "id",
    "code",
    "reference_index",
    "sealed_as",
    "version",
    "case",
    "person",
    "position",
    "first",
    "second",
    "moved",
    "kept",
    "subject",
    "case_code",
    "last",
}
# What the register notes itself, where the column has no name of its own.
NAMES: Final = {"created_at": gettext_lazy("Registered at"), "updated_at": gettext_lazy("Last changed")}
MONTHS: Final = {"month", "start", "end"}  # stored as the first day of it


@dataclass(frozen=True)
class Section:
    """One record; `facts` are (label, value) pairs."""

    title: str
    facts: list[tuple[str, str]]


def facts_of(row: Model, *, texts: bool, only: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Label and value of every column that is not a key, or of those named in `only`. Where a list is empty,
    what that means."""
    meta = row._meta
    for field in [*meta.concrete_fields, *meta.many_to_many]:
        if field.name in SILENT or field.name.endswith("_answer") or (only and field.name not in only):
            continue
        name = str(NAMES.get(field.name) or field.verbose_name)
        yield capfirst(name), said(row, field, texts=texts) or "–"


def said(row: Model, field: Field[Any, Any], *, texts: bool) -> str:
    if field.many_to_many:
        return ", ".join(str(code) for code in getattr(row, field.name).all()) or _answer(row, field.name)
    if field.choices and not isinstance(field, CountryField):
        return str(getattr(row, f"get_{field.name}_display")() or "")
    value = getattr(row, field.name)
    if isinstance(field, SecretTextField) and value and not texts:
        return ngettext("A text of %(n)d character", "A text of %(n)d characters", len(value)) % {
            "n": len(value)
        }
    if value and field.name in MONTHS:
        return f"{value:%Y-%m}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return minute(value)
    if isinstance(value, Country):
        return str(value.name)
    if isinstance(value, list):  # further citizenships
        return ", ".join(str(country.name) for country in value)
    return "" if value is None else str(value)


def _answer(row: Model, name: str) -> str:
    answer = getattr(row, f"{name}_answer", "")  # a notification has none
    return str(ListAnswer(answer).label) if answer else ""
