"""What the international tables are counted from: every fact they ask for beside the offence. Two queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Count, FilteredRelation, Q

from accounts.access import Access
from agencies.models import CodeMapping
from cases.querysets import PersonQuerySet
from summaries.build import country_group, word
from summaries.counts import NOT_ASKED, in_union, persons
from summaries.tabulate import Grouped, group_of

STANDARDS = ("sdg", "eu19a")


class Reported(NamedTuple):
    """`n` persons who share all of this; words without the list they are of. `kind` is the agency's."""

    group: str
    offence: str
    purpose: str
    status: str
    kind: str
    country_group: str
    n: int


def reported(access: Access, year: int) -> list[Reported]:
    return [
        Reported(
            group=group_of(sex, child),
            offence=word(offence or NOT_ASKED),
            purpose=word(purpose or "unknown"),
            status=status,
            kind=word(kind),
            country_group=country_group(Grouped("", year, "", "", country or NOT_ASKED, union, n)),
            n=n,
        )
        for sex, child, offence, purpose, status, kind, country, union, n in _grouped(
            persons(access, year, year)
        )
    ]


def mappings() -> Mapping[tuple[str, str], str]:
    """(standard, code) → what the standard calls it, by its latest release."""
    rows = CodeMapping.objects.filter(target__in=STANDARDS).order_by("release", "pk")
    return {(target, code): value for target, code, value in rows.values_list("target", "code", "value")}


def _grouped(rows: PersonQuerySet) -> Iterable[Any]:
    facts = (
        "sex",
        "child",
        "offence_id",
        "main__purpose_id",
        "status",
        "first_agency__kind_id",
        "citizenship",
        "c_union",
    )
    main = rows.annotate(main=FilteredRelation("exploitations", condition=Q(exploitations__is_main=True)))
    grouped = main.annotate(c_union=in_union()).values(*facts).annotate(n=Count("pk"))
    return grouped.values_list(*facts, "n")
