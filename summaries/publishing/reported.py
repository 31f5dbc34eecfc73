"""Persons by every fact that the international tables ask for together. One query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import Count, FilteredRelation, Q

from accounts.access import Access
from summaries.classifying import NOT_ASKED, PART
from summaries.counting.build import word
from summaries.counting.counts import in_union, main_purpose, persons


class Reported(NamedTuple):
    """`n` persons who share all of these: fact of the catalogue → base code."""

    codes: Mapping[str, str]
    n: int


def reported(access: Access, year: int) -> list[Reported]:
    rows = persons(access, year, year).annotate(
        main=FilteredRelation("exploitations", condition=Q(exploitations__is_main=True)),
        c_union=in_union(),
        c_purpose=main_purpose(),
    )
    facts = (
        "sex",
        "child",
        "offence_id",
        "c_purpose",
        "status",
        "first_agency__code",
        "citizenship",
        "c_union",
    )
    return [
        Reported(
            {
                "sex_child": f"{sex}{PART}{child}",
                "offence": word(offence or NOT_ASKED),
                "purpose": word(purpose),
                "status": status,
                "organisation": agency,
                "citizenship": PART.join(filter(None, (country or NOT_ASKED, union))),
            },
            n,
        )
        for sex, child, offence, purpose, status, agency, country, union, n in rows.values(*facts)
        .annotate(n=Count("pk"))
        .values_list(*facts, "n")
    ]
