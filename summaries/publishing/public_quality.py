"""How good the figures of a version are, told by its own frozen tables: nothing that is not printed is
counted here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from summaries.publishing.frozen import Shown
from summaries.tables import TOTAL, Cell

# Table → the categories that stand for what is not known.
UNKNOWN: Final = {
    "main_purpose": ("unknown",),
    "country_group": ("unknown", "not_asked", "unknown_citizens"),
    "ages": ("unknown", "not_asked", "unknown_age"),
    "offence": ("not_assessed", "not_asked", "no_offence_stated"),
    "sector": ("unknown", "not_asked"),
    "region": ("unknown", "not_asked"),
}


@dataclass(frozen=True)
class Share:
    """Of how many persons of a table something is not known. `called`: by the words of the table."""

    variable: str
    called: str
    cell: Cell
    base: Cell


def unknown_shares(tables: Sequence[Shown]) -> list[Share]:
    """A line for each category of a printed table that stands for what is not known."""
    return [
        share
        for one in tables
        for category in UNKNOWN.get(one.table.name, ())
        if (share := _share(one, category)) is not None
    ]


def _share(one: Shown, category: str) -> Share | None:
    first = one.table.dimensions[0]
    if category not in first.parts:
        return None
    rest = (TOTAL,) * (len(one.table.dimensions) - 1)
    base = one.table[(TOTAL, *rest)]
    return Share(one.first, one.label(first, category), one.table[(category, *rest)], base)
