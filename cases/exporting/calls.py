"""The calls of a list as rows that their import reads. One query for all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from django.db.models import F, QuerySet, Subquery
from django.utils import timezone

from cases.exporting.rows import CHUNK, items, joined
from cases.models import Call
from cases.rules.values import bare

PLAIN: Final = (
    "medium",
    "caller_group",
    "caller_county",
    "topics_answer",
    "purposes_answer",
    "outcomes_answer",
    "women",
    "men",
    "girls",
    "boys",
    "unknown",
    "urgency",
    "consent",
    "referred_region",
    "referred_agency__code",
    "minutes",
)


def call_rows(calls: QuerySet[Call], columns: list[str]) -> Iterator[list[str]]:
    """Cells by `columns` of the import of calls. `calls` in the order of the file."""
    lists = {f"joined_{name}": _list(name) for name in Call.LISTS}
    names = ["code", "received_at", "follow_up_due", *PLAIN, *lists]
    for values in calls.annotate(**lists).values_list(*names).iterator(chunk_size=CHUNK):
        facts = dict(zip(names, values, strict=True))
        cells = {
            "code": str(facts["code"]),
            "received_at": timezone.localtime(facts["received_at"]).isoformat(),
            "follow_up_due": facts["follow_up_due"].isoformat() if facts["follow_up_due"] else "",
            **{name.removesuffix("__code"): _plain(facts[name]) for name in PLAIN},
            **{name: _words(facts[f"joined_{name}"]) for name in Call.LISTS},
        }
        yield [cells[column] for column in columns]


def _list(name: str) -> Subquery:
    through: Any = getattr(Call, name).through
    return joined(through.objects.all(), F("code"), by="call", outer="pk")


@lru_cache(maxsize=4_096)
def _plain(value: str | int | None) -> str:
    return "" if value is None else bare(str(value))


@lru_cache(maxsize=4_096)
def _words(text: str | None) -> str:
    return "|".join(sorted(bare(key) for (key,) in items(text)))
