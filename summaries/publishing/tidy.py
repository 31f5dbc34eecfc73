"""A version's tables as tidy rows, a row a cell: CSV of all of them, or of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from exchange.writing import BOM, csv_text
from summaries.files import PLACE
from summaries.publishing.frozen import Shown, printed, shown
from summaries.publishing.models import Publication

COLUMNS: Final = ("year", "version", "table", *PLACE, "value", "status", "printed", "demo", "left_out")
Row = dict[str, Any]


def csv_bytes(draft: Publication, version: int, at: datetime, language: str) -> bytes:
    return _csv(draft, rows(draft, version, language), ",", "\n")


def semicolon_bytes(one: Publication, language: str) -> bytes:
    """As spreadsheet programs in Sweden open it."""
    return _csv(one, rows(one, one.version or 0, language), ";", "\r\n")


def table_bytes(of: Publication, one: Shown) -> bytes:
    return _csv(of, rows_of(one, of, of.version or 0), ",", "\n")


def _csv(draft: Publication, found: Iterable[Row], delimiter: str, line_end: str) -> bytes:
    columns = (*COLUMNS, *so_far(draft))
    cells = ([row[name] for name in columns] for row in found)
    return (BOM + csv_text([columns, *cells], delimiter, line_end=line_end)).encode()


def rows(draft: Publication, version: int, language: str) -> Iterator[Row]:
    """Table, dimensions, value, status of each cell."""
    for one in shown(draft, language):
        yield from rows_of(one, draft, version)


def rows_of(one: Shown, draft: Publication, version: int) -> Iterator[Row]:
    for cell in one.table:
        row: Row = dict.fromkeys(COLUMNS, "")
        row |= {
            "year": draft.year,
            "version": version,
            "table": one.table.name,
            "demo": int(settings.DEMO),
            "left_out": one.left_out,
        }
        for at, (dimension, category) in enumerate(zip(one.table.dimensions, cell.key, strict=True), start=1):
            label = one.label(dimension, category)
            row |= {f"dimension{at}": dimension.name, f"category{at}": category, f"label{at}": label}
        row |= {"value": cell.value, "status": str(cell.status), "printed": printed(cell)}
        yield row | so_far(draft)


def so_far(draft: Publication) -> dict[str, str]:
    """The day to which a year is counted that was not over; of other years the files have no such column."""
    return {"so_far": draft.so_far.isoformat()} if draft.so_far else {}
