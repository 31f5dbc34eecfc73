"""The record of processing (Art. 30 of the General Data Protection Regulation): of every field what it is
for, whose it is, who may see it, how long it is kept and how it leaves.

What people decide stands in `reference/processing.csv`, fields that are treated alike in one line. Whether a
field is encrypted and how it leaves is asked of the models and of what makes files, never written down."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db import models
from django.db.models import Field, Model
from django.utils import timezone, translation

from accounts.permissions import NO_VERBS, table as verbs_of_lists
from accounts.roles import May, Role, roles_with
from retention.archive import tables_of
from retention.export import ExportTable, is_encrypted, stored, tables
from retention.models import RetentionKind

_FILES: Final = Path(__file__).resolve().parent / "reference"
OWN, PROGRAM, EVERYBODY = "OWN", "PROGRAM", "EVERYBODY"  # who sees, where no right says so
DESCRIBED_OTHERWISE: Final = {OWN, PROGRAM, EVERYBODY}
COLUMNS: Final = (
    *("table", "field", "whose", "special", "purpose", "ground", "seen", "kept", "sealed", "leaves"),
)
# What a package adds to every former state of a row: when and by whom it was changed.
OF_HISTORY: Final = {
    *("history", "history_id", "m2m_history_id", "history_date", "history_change_reason", "history_type"),
    "history_user",
}


@dataclass(frozen=True, slots=True)
class Treated:
    table: str
    fields: tuple[str, ...]
    whose: str
    special: str
    counted: bool
    purpose: str
    ground: str
    seen: tuple[str, ...]
    kept: str


@dataclass(frozen=True, slots=True)
class ProcessedField:
    """A field of a table as it is in the database: `sealed` and `leaves` are the program's own word."""

    model: type[models.Model]
    field: Any
    treated: Treated
    sealed: bool
    leaves: tuple[str, ...]


class NotGiven(LookupError):
    """A field is in no line of the file, or in several."""


@cache
def treated() -> tuple[Treated, ...]:
    return tuple(_treated(row) for row in _rows("processing.csv"))


def _treated(row: dict[str, str]) -> Treated:
    fields, seen = tuple(row["fields"].split()), tuple(row["rights"].split("|"))
    same = {name: row[name] for name in ("table", "whose", "special", "purpose", "ground", "kept")}
    return Treated(fields=fields, counted=row["counted"] == "yes", seen=seen, **same)


def lines() -> Iterator[ProcessedField]:
    """Of every field one; former states of a row are treated as the row. Raises NotGiven."""
    whole = _kept_by(tables(texts=False))
    archive = _kept_by(table for table, _rows_of in tables_of(timezone.localdate().year))
    for model in stored():
        for field in model._meta.concrete_fields:
            treatment = _treatment(model, field.name)
            out = _leaves(whole[model], archive[model], field, treatment)
            yield ProcessedField(model, field, treatment, is_encrypted(field), out)


def _kept_by(leaving: Iterable[ExportTable]) -> dict[type[models.Model], set[str]]:
    """The fields of each table that leave; none of a table that does not."""
    kept = {table.model: {one.field.name for one in table.kept} for table in leaving}
    return defaultdict(set, kept)


def origin(model: type[Model]) -> type[models.Model]:
    """Whose former states a model holds; itself where it holds none."""
    found: type[models.Model] = getattr(model, "instance_type", model)
    return found


def _treatment(model: type[models.Model], name: str) -> Treated:
    label = origin(model)._meta.label_lower
    of_table = [one for one in treated() if one.table == label]
    if name in OF_HISTORY and model is not origin(model) and of_table:
        return _of_history(of_table[0])
    found = [one for one in of_table if name in one.fields]
    if len(found) != 1:
        raise NotGiven(f"{label} {name} stands in {len(found)} lines of retention/reference/processing.csv")
    return found[0]


def _of_history(first: Treated) -> Treated:
    """When a row was changed, and by whom: seen with the row, or by who may see the list of such rows."""
    seen = first.seen
    if EVERYBODY in seen and first.table in verbs_of_lists():
        seen = tuple(sorted(right.name for right in verbs_of_lists()[first.table].view))
    return replace(
        first, whose="staff", special="", counted=False, purpose="security", ground="security", seen=seen
    )


def _leaves(whole: set[str], archive: set[str], field: Field[Any, Any], said: Treated) -> tuple[str, ...]:
    encrypted, verbs = is_encrypted(field), verbs_of_lists().get(field.model._meta.label_lower, NO_VERBS)
    is_file = isinstance(field, models.BinaryField) or field.name == "sealed"
    ways = {
        "whole": field.name in whole,
        "texts": bool(whole) and encrypted and not is_file,
        "archive": field.name in archive,
        "list": bool(verbs.export) and not encrypted,
        "counted": said.counted and origin(field.model) is field.model,
    }
    return tuple(way for way, kept in zip(ways, ways.values(), strict=False) if kept)


def in_words(line: ProcessedField, language: str) -> list[str]:
    """A line in the order of COLUMNS."""
    treatment = line.treated
    return [
        line.model._meta.db_table,
        line.field.column,
        *(word(of, getattr(treatment, of), language) for of in ("whose", "special", "purpose", "ground")),
        "; ".join(seen_by(treatment, language)),
        how_long(treatment, language),
        word("heading", "yes", language) if line.sealed else "",
        "; ".join(word("leaves", way, language) for way in line.leaves),
    ]


def headings(language: str) -> list[str]:
    return [word("heading", name, language) for name in COLUMNS]


def seen_by(said: Treated, language: str) -> list[str]:
    """Roles, and what else says who sees; which rows of them is for row access to say."""
    with translation.override(language):
        roles = [str(Role(role).label) for role in roles_of(said)]
    return [*(word("seen", one, language) for one in said.seen if one in DESCRIBED_OTHERWISE), *roles]


def roles_of(said: Treated) -> list[Role]:
    return roles_with(*(May[one] for one in set(said.seen).difference(DESCRIBED_OTHERWISE)))


def how_long(said: Treated, language: str) -> str:
    if said.kept not in RetentionKind.values:
        return word("kept", said.kept, language)
    with translation.override(language):
        return str(RetentionKind(said.kept).label)


def word(of: str, key: str, language: str) -> str:
    return words()[of, key][language] if key else ""


@cache
def words() -> dict[tuple[str, str], dict[str, str]]:
    found = _rows("processing_words.csv")
    return {(row["list"], row["key"]): {"sv": row["sv"], "en": row["en"]} for row in found}


def _rows(name: str) -> list[dict[str, str]]:
    with (_FILES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
