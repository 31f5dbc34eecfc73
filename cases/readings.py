"""Readings in the trail: told where a row is fetched for somebody, written when its page is shown."""

from __future__ import annotations

from django.db.models import Model

from accounts.access import Access
from accounts.transactions import when_shown
from audit.writer import record


def note_reading(access: Access, row: Model, *, what: str = "read", how: str = "") -> None:
    """Once for a row and a page, however often it is fetched, by the last word said of it. What is refused or
    leads on shows nothing."""

    def reading() -> None:
        record(access, f"{row._meta.model_name}.{what}", row, search_kind=how)

    when_shown((row._meta.label, row.pk), reading)


def note_list(access: Access, kind: str, rows: int, *, how: str) -> None:
    """That somebody was shown what `rows` rows of a kind are, or how many, outside the list."""

    def listing() -> None:
        record(access, f"{kind}.list", rows=rows, search_kind=how)

    when_shown((kind, how), listing)
