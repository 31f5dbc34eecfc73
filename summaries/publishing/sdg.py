"""Goal 16.2.2 of the United Nations: detected victims per 100 000 residents, of shown cells only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from summaries.counting.historical import breaks, published
from summaries.models import Population
from summaries.publishing.models import Publication, shown_by_year
from summaries.publishing.words import PublicLabels
from summaries.tables import TOTAL, ProtectedTable, Table
from summaries.wording import of_residents

Json = dict[str, Any]
Residents = Mapping[tuple[str, str], int]
PER: Final = 100_000
YEARS: Final = 10
CHILDREN: Final = "children"
# Column → the groups it adds up, and (sex, age) of the residents it is divided by.
WHO: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, str]]]] = {
    "total": ((TOTAL,), ("T", "total")),
    "female": (("women", "girls"), ("F", "total")),
    "male": (("men", "boys"), ("M", "total")),
    "under_18": (("girls", "boys"), ("T", "0-17")),
    "adults": (("women", "men"), ("T", "18+")),
}


def rates(year: int, tables: Sequence[ProtectedTable], labels: PublicLabels) -> list[Json]:
    """A row for each form of exploitation of which a total above 0 is shown: everybody, and children where
    they stand.

    `rate` is None where no denominator is shipped; no row at all where not even the year's residents are.
    """
    table = next((table for table in tables if table.name == "sdg"), None)
    people, source = residents(year).get(year, ({}, ""))
    if table is None or ("T", "total") not in people:
        return []
    found = []
    for series in (*table.dimensions[0].categories, TOTAL):
        value = table.value(series)
        if value:
            few = table.value(series, CHILDREN) if len(table.dimensions) > 1 else None
            found.append(
                {
                    "series": series,
                    "label": labels.category("sdg", series),
                    "value": value,
                    "rate": _rate(value, people, "total"),
                    "by_age": len(table.dimensions) > 1,
                    "children": few,
                    "children_rate": _rate(few, people, "under_18"),
                    "source": source,
                }
            )
    return found


def over_years(year: int, tables: Sequence[ProtectedTable], so_far: date | None = None) -> Json:
    """Ten years to `year`, as published: the newest standing version of each, else what was published before.

    `so_far`: of `year`, the day to which it is counted where it is not over. It has no rates, and says so.
    """
    first = year - YEARS + 1
    people, groups = residents(first, year), _groups(first, year) | {year: (_named(tables, "groups"), so_far)}
    rows = []
    for one, (table, running) in sorted(groups.items()):
        if table is not None and table.value(TOTAL) is not None:
            of = {} if running else people.get(one, ({}, ""))[0]
            row: Json = {
                "year": one,
                "break": bool(breaks(one - 1, one)),
                "cells": [_cell(table, who, of) for who in WHO],
            }
            rows.append(row | ({"so_far": running.isoformat()} if running else {}))
    return {"columns": _columns(), "rows": rows, "source": people[year][1] if year in people else ""}


def residents(first: int, last: int | None = None) -> dict[int, tuple[Residents, str]]:
    """By year: (sex, age) → residents of the country, and their source. Adults are all but the children."""
    found: dict[int, tuple[dict[tuple[str, str], int], str]] = {}
    rows = Population.objects.filter(year__range=(first, last or first), county=None)
    for row in rows:
        found.setdefault(row.year, ({}, of_residents(row.source)))[0][row.sex, row.age] = row.number
    for people, _source in found.values():
        if {("T", "total"), ("T", "0-17")} <= people.keys():
            people.setdefault(("T", "18+"), people["T", "total"] - people["T", "0-17"])
    return dict(found)


def _groups(first: int, last: int) -> dict[int, tuple[Table | None, date | None]]:
    """By year: the groups, and the day to which they were counted where the year was not over."""
    found: dict[int, tuple[Table | None, date | None]] = {
        year: (_named(text.tables, "groups"), None) for year, text in published(first, last).items() if text
    }
    rows = Publication.objects.public(timezone.now()).filter(year__range=(first, last))
    columns = ("year", "version", "state", "shown_again", "tables", "made_at")
    for one in shown_by_year(rows.only(*columns)):
        found[one.year] = _named([Table.from_json(table) for table in one.tables], "groups"), one.so_far
    return found


def _named(tables: Sequence[Table], name: str) -> Table | None:
    return next((table for table in tables if table.name == name), None)


def _cell(table: Table, who: str, people: Residents) -> Json:
    parts = [table.value(group) for group in WHO[who][0]]
    known = [part for part in parts if part is not None]
    value = sum(known) if len(known) == len(parts) else None
    return {"value": value, "rate": _rate(value, people, who)}


def _rate(value: int | None, people: Residents, who: str) -> float | None:
    number = people.get(WHO[who][1])
    return None if value is None or not number else round(value * PER / number, 2)


def _columns() -> list[str]:
    return [_("All"), _("Women and girls"), _("Men and boys"), _("Girls and boys"), _("Women and men")]
