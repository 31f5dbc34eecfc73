"""Persons by every fact of which everybody has one code, together. One query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Count, FilteredRelation, Q

from accounts.access import Access
from accounts.acting import beyond
from summaries.classifying import NOT_ASKED, PART
from summaries.counting.build import word
from summaries.counting.counts import in_union, known, main_purpose, persons, sector, source


class Reported(NamedTuple):
    """`n` persons who share all of these: fact of the catalogue → base code."""

    codes: Mapping[str, str]
    n: int


@beyond("totals")
def reported(access: Access, year: int) -> list[Reported]:
    rows = persons(access, year, year).annotate(
        main=FilteredRelation("exploitations", condition=Q(exploitations__is_main=True)),
        c_union=in_union(),
        c_offence=known("offence"),
        c_age=known("age_class"),
        c_channel=known("first_channel"),
        c_source=source(),
        c_purpose=main_purpose(),
        c_sector=sector(),
    )
    facts = {
        "sex_child": ("sex", "child"),
        "status": ("status",),
        "offence": ("c_offence",),
        "age": ("c_age",),
        "citizenship": ("citizenship", "c_union"),
        "place": ("first_county", "first_region"),
        "organisation": ("first_agency__code",),
        "channel": ("c_channel",),
        "source": ("c_source",),
        "purpose": ("c_purpose",),
        "sector": ("c_sector",),
    }
    columns = [column for read in facts.values() for column in read]
    grouped = rows.values(*columns).annotate(n=Count("pk")).order_by(*columns)
    return [
        Reported({fact: _code(row[column] for column in read) for fact, read in facts.items()}, row["n"])
        for row in grouped
    ]


def _code(parts: Iterable[Any]) -> str:
    """A base code of the catalogue: its parts, less what stands for nothing."""
    first, *others = parts
    return PART.join(filter(None, (word(str(part or "")) for part in (first or NOT_ASKED, *others))))
