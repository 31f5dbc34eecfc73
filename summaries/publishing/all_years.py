"""One tidy table of all years: of each the version that is shown now, else what was published before the
register. The same columns for both, so that nothing has to be put together by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.writing import BOM, csv_text, json_text
from summaries.counting.historical import Published, breaks, in_words, published
from summaries.counting.reference import Reference
from summaries.files import PLACE, place
from summaries.models import HistoricalFigure
from summaries.open_data.jsonstat import LICENCE
from summaries.publishing import tidy
from summaries.publishing.frozen import printed
from summaries.publishing.models import Publication, shown_by_year
from summaries.publishing.public_door import rows as rows_of_door
from summaries.publishing.remarks import general
from summaries.publishing.words import PublicLabels
from summaries.tables import Cell, Table

FIRST: Final = 1990  # nothing was published of years before
COLUMNS: Final = (
    *("year", "version", "state", "source", "table", *PLACE),
    *("value", "status", "printed", "left_out", "so_far", "break_before", "demo"),
)
Row = dict[str, Any]


class Year(NamedTuple):
    """`break_before`: what changed since the year before it that has figures."""

    year: int
    told: Publication | Published
    break_before: str


def public_now() -> list[Publication]:
    """Every version that everybody may know."""
    return list(rows_of_door().order_by("year", "version"))


def years(versions: Sequence[Publication]) -> list[Year]:
    """With figures, the oldest first. One query."""
    told: dict[int, Publication | Published] = {
        year: of for year, of in published(FIRST, timezone.localdate().year).items() if of.tables_told
    }
    told |= {one.year: one for one in shown_by_year(versions)}
    found: list[Year] = []
    remarks = general(versions)
    for year, of in sorted(told.items()):
        since = in_words(breaks(found[-1].year, year), remarks) if found else ()
        found.append(Year(year, of, "; ".join(dict.fromkeys(one.what for one in since))))
    return found


def csv_bytes(of: Sequence[Year], language: str, delimiter: str, line_end: str) -> bytes:
    found = ([row[name] for name in COLUMNS] for row in rows(of, language))
    return (BOM + csv_text([COLUMNS, *found], delimiter, line_end=line_end)).encode()


def json_bytes(of: Sequence[Year], language: str) -> bytes:
    return json_text(
        {
            "title": _("Presumed victims of trafficking, all years"),
            "language": language,
            "demo": settings.DEMO,
            "licence": LICENCE,
            "contact": settings.STATISTICS_CONTACT,
            "symbols": {"hidden": "x", "missing": ".."},
            "columns": list(COLUMNS),
            "years": [{"year": one.year, **_facts(one), "break_before": one.break_before} for one in of],
            "cells": list(rows(of, language)),
        }
    ).encode()


def rows(of: Sequence[Year], language: str) -> Iterator[Row]:
    labels = PublicLabels(Reference.load()) if any(isinstance(one.told, Published) for one in of) else None
    for one in of:
        beside: Row = {"break_before": one.break_before, "demo": int(settings.DEMO), **_facts(one)}
        if isinstance(one.told, Publication):
            found = tidy.rows(one.told, one.told.version or 0, language)
            yield from (_row({"so_far": "", **row} | beside) for row in found)
        elif labels:
            for table in one.told.tables_told:
                yield from (
                    _row(_placed(labels, table, cell) | beside | {"year": one.year}) for cell in table
                )


def _row(of: Row) -> Row:
    return {name: of[name] for name in COLUMNS}


def _facts(of: Year) -> Row:
    """Which version it is, and whose figures. `source` is `register`, or where they were published."""
    if isinstance(of.told, Publication):
        return {"version": of.told.version, "state": of.told.state, "source": "register"}
    states = dict.fromkeys(figure.status for figure in of.told.figures)
    state = next((one for one in states if one != HistoricalFigure.Status.UNVERIFIED), "")
    return {"version": "", "state": str(state), "source": "; ".join(of.told.sources)}


def _placed(labels: PublicLabels, table: Table, cell: Cell) -> Row:
    return dict(zip(PLACE, place(labels, table, cell), strict=True)) | {
        "table": table.name,
        "value": cell.value,
        "status": str(cell.status),
        "printed": printed(cell),
        "left_out": 0,
        "so_far": "",
    }
