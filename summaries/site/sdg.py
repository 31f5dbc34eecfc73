"""Goal 16.2.2 of the United Nations: detected victims per 100 000 residents, of shown cells only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge.stored_texts import SHIPPED, Remarks
from libs.suppression.tables import TOTAL, ProtectedTable, Table
from summaries.counting.historical import breaks, in_words, published, published_where
from summaries.counting.summary import called
from summaries.models import Population
from summaries.release.models import Publication, shown_by_year
from summaries.tables.labels import PublicLabels
from summaries.year_words import in_data, of_residents

Json = dict[str, Any]
Residents = Mapping[tuple[str, str], int]
PER: Final = 100_000
YEARS: Final = 10
CHILDREN: Final = "children"
TRAFFICKING: Final = "trafficking"
# Column → the groups it adds up, and (sex, age) of the residents it is divided by.
WHO: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, str]]]] = {
    "total": ((TOTAL,), ("T", "total")),
    "female": (("women", "girls"), ("F", "total")),
    "male": (("men", "boys"), ("M", "total")),
    "under_18": (("girls", "boys"), ("T", "0-17")),
    "adults": (("women", "men"), ("T", "18+")),
}


def rates(year: int, tables: Sequence[ProtectedTable], labels: PublicLabels) -> list[Json]:
    """A row for each form of exploitation of which a total above 0 is shown, of all counted: everybody,
    and girls and boys where they stand. Last, everybody whose offence is trafficking alone, where that is
    shown: what the goal asks for by its letter, though here most cases have no offence decided.

    `rate` is None where no denominator is shipped; no row at all where not even the year's residents are.
    """
    table = called(tables, "sdg")
    people, source = residents(year, year).get(year, ({}, ""))
    if table is None or ("T", "total") not in people:
        return []
    by_age = len(table.dimensions) > 1
    found = []
    for series in (*table.dimensions[0].categories, TOTAL):
        value = table.value(series)
        if value:
            few = table.value(series, CHILDREN)
            row: Json = {"series": series, "label": labels.category("sdg", series), "scope": TOTAL}
            row |= {"value": value, "rate": _rate(value, people, "total"), "by_age": by_age}
            row |= {"children": few, "children_rate": _rate(few, people, "under_18"), "source": source}
            found.append(row)
    narrow = trafficking_alone(tables)
    if found and narrow is not None:
        row = {"series": TOTAL, "label": labels.category("scope", TRAFFICKING), "scope": TRAFFICKING}
        row |= {"value": narrow, "rate": _rate(narrow, people, "total"), "by_age": False}
        found.append(row | {"children": None, "children_rate": None, "source": source})
    return found


def trafficking_alone(tables: Sequence[ProtectedTable]) -> int | None:
    """How many of all counted persons have the offence trafficking, as any table shows it; None where none
    does."""
    for table in tables:
        by_offence = not {"scope", "scope_status"}.isdisjoint(table.levels[1:])
        if by_offence and table.value(TOTAL, TRAFFICKING) is not None:
            return table.value(TOTAL, TRAFFICKING)
    return None


def over_years(
    year: int, tables: Sequence[ProtectedTable], so_far: date | None = None, remarks: Remarks = SHIPPED
) -> Json:
    """Ten years to `year`, as published: the version of each that everybody sees now, else what was published
    before. From the first that is known every year has its row, with nothing in it where nothing is known.

    `break`: whether the series broke since the row before it that has figures; `breaks` say how, in words.
    `before`: of a year from before the register, where it was published and how its figure came about.
    `so_far`: of `year`, the day to which it is counted where it is not over. It has no rates, and says so.
    """
    people, known = residents(year - YEARS + 1, year), _groups(year, tables, so_far, remarks)
    rows: list[Json] = []
    broken: dict[str, None] = {}
    empty = [{"value": None, "rate": None}] * len(WHO)
    before = min(known, default=year) - 1
    for one in range(before + 1, max(known, default=before) + 1):
        if one not in known:
            rows.append({"year": one, "break": False, "before": "", "missing": True, "cells": empty})
            continue
        table, running, told = known[one]
        since = breaks(before, one)
        broken |= dict.fromkeys(
            f"{each.before}–{each.after}: {each.what}" for each in in_words(since, remarks)
        )
        of = {} if running else people.get(one, ({}, ""))[0]
        row: Json = {"year": one, "break": bool(since), "before": told, **in_data(running)}
        rows.append(row | {"cells": [_cell(table, who, of) for who in WHO]})
        before = one
    source = people.get(year, ({}, ""))[1]
    columns = [_("All"), _("Women and girls"), _("Men and boys"), _("Girls and boys"), _("Women and men")]
    return {"columns": columns, "rows": rows, "breaks": list(broken), "source": source}


def residents(first: int, last: int) -> dict[int, tuple[Residents, str]]:
    """By year: (sex, age) → residents of the country, and their source. Adults are all but the children."""
    found: dict[int, tuple[dict[tuple[str, str], int], str]] = {}
    for row in Population.objects.filter(year__range=(first, last), county=None):
        found.setdefault(row.year, ({}, of_residents(row.source)))[0][row.sex, row.age] = row.number
    for people, _source in found.values():
        if {("T", "total"), ("T", "0-17")} <= people.keys():
            people.setdefault(("T", "18+"), people["T", "total"] - people["T", "0-17"])
    return dict(found)


def _groups(
    year: int, tables: Sequence[Table], so_far: date | None, remarks: Remarks
) -> dict[int, tuple[Table, date | None, str]]:
    """Return the groups of each of ten years to `year`, whose tables are given, of which the total is shown.

    With them is the day to which they were counted where the year was not over, and how they were published
    before the register.
    """
    span = year - YEARS + 1, year
    found: dict[int, tuple[Table | None, date | None, str]] = {
        one: (called(text.tables, "groups"), None, published_where(remarks, text))
        for one, text in published(*span).items()
    }
    rows = Publication.objects.public(timezone.now()).filter(year__range=span)
    for row in shown_by_year(rows.only("year", "version", "state", "shown_again", "tables", "made_at")):
        found[row.year] = called((Table.from_json(table) for table in row.tables), "groups"), row.so_far, ""
    found[year] = called(tables, "groups"), so_far, ""
    return {
        one: (table, day, told)
        for one, (table, day, told) in found.items()
        if table and table.value(TOTAL) is not None
    }


def _cell(table: Table, who: str, people: Residents) -> Json:
    parts = [table.value(one) for one in WHO[who][0]]
    value = None if None in parts else sum(part for part in parts if part)
    return {"value": value, "rate": _rate(value, people, who)}


def _rate(value: int | None, people: Residents, who: str) -> float | None:
    number = people.get(WHO[who][1])
    return None if value is None or not number else round(value * PER / number, 2)
