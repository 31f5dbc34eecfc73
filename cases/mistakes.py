"""What was registered by mistake, in words: for its page and for the extract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Model, QuerySet, prefetch_related_objects
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from agencies.models import Code
from cases.kept_rows import Kept, by_model
from cases.models import Case, Misregistration, Person
from cases.stored_facts import SILENT, Section, facts_of


def sections(kept: Kept, *, texts: bool = True) -> Iterator[Section]:
    """A section a row. The codes of their lists in one query."""
    numbers = {row.pk: row.number for row in kept.rows if isinstance(row, Person)}
    _with_codes(kept)
    _with_what_they_point_to(kept)
    for row in kept.shown:
        number = (
            row.number if isinstance(row, Case | Person) else numbers.get(getattr(row, "person_id", 0), "")
        )
        name = f"{capfirst(str(row._meta.verbose_name))} {number}".strip()
        yield Section(name, list(facts_of(row, texts=texts)))


def of_extract(rows: QuerySet[Misregistration], *, texts: bool) -> Iterator[Section]:
    """All of it: that it was taken out, and what it was while nobody has put it back."""
    for row in rows.order_by("at", "pk"):
        name = f"{_('Registered by mistake')}: {row.get_kind_display()} {row.number}"
        yield Section(name, list(facts_of(row, texts=texts)))
        if row.put_back_at is None:
            yield from sections(Kept.from_text(row.kept), texts=texts)


def _with_codes(kept: Kept) -> None:
    """Gives rows that were kept the codes of their lists, which they hold by key alone."""
    lists = [_lists_of(row) for row in kept.rows]
    keys = {code.pk for held in lists for codes in held.values() for code in codes}
    found = Code.objects.in_bulk(keys) if keys else {}
    for held in lists:
        for name, codes in held.items():
            held[name] = [found.get(code.pk, code) for code in codes]


def _with_what_they_point_to(kept: Kept) -> None:
    """A query for each kind of row and key."""
    for model, rows in by_model(kept.rows).items():
        fields = (field for field in model._meta.concrete_fields if field.is_relation)
        prefetch_related_objects(rows, *(field.name for field in fields if field.name not in SILENT))


def _lists_of(row: Model) -> dict[str, list[Any]]:
    held: dict[str, Any] = getattr(row, "_prefetched_objects_cache", {})
    return held
