"""What was changed in a call, version by version: names of fields, never their values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final

from django.utils.text import capfirst

from cases.models import Call
from cases.views.history import HistoryEntry

SILENT: Final = {
    "id",
    "code",
    "version",
    "created_at",
    "updated_at",
    "taken_by",
    "received_on",
    "topics_answer",
    "purposes_answer",
    "outcomes_answer",
}


def changes_of(call: Call) -> list[HistoryEntry]:
    """The latest first. A save with its lists is several rows of history, but one version."""
    rows = Call.history.filter(id=call.pk).select_related("history_user")
    versions = {row.version: row for row in rows.order_by("history_date", "history_id")}
    _give_lists(versions.values())
    found = [_change(row, ()) for row in list(versions.values())[:1]]
    found += [
        _change(after, tuple(_differing(before, after))) for before, after in pairwise(versions.values())
    ]
    return found[::-1]


def _give_lists(rows: Iterable[Any]) -> None:
    """Each row gets the keys of its lists as `topics_then` and so on. One query a list."""
    for name in Call.LISTS:
        kept: dict[int, set[str]] = defaultdict(set)
        past = getattr(Call.history.model, name)
        for row, key in past.filter(history__in=[row.pk for row in rows]).values_list(
            "history_id", "code_id"
        ):
            kept[row].add(key)
        for row in rows:
            setattr(row, f"{name}_then", kept[row.pk])


def _change(row: Any, fields: tuple[str, ...]) -> HistoryEntry:
    who = row.history_user.get_role_display() if row.history_user else ""
    return HistoryEntry(row.history_date, who, capfirst(str(Call._meta.verbose_name)), not fields, fields)


def _differing(before: Any, after: Any) -> Iterator[str]:
    """Labels. When nothing that the history keeps differs, the secret text does."""
    names = [
        f.name
        for f in after.tracked_fields
        if f.name not in SILENT and getattr(before, f.attname) != getattr(after, f.attname)
    ]
    names += [
        name for name in Call.LISTS if getattr(before, f"{name}_then") != getattr(after, f"{name}_then")
    ]
    for name in names or ["note"]:
        yield capfirst(str(Call._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
