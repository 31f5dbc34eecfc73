"""Files that an import gives: a template, and the failed rows with what is wrong in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _

from agencies.defuse import defuse
from agencies.exchange.reading import Sheet
from agencies.exchange.writing import xlsx_file

BOM: Final = "\ufeff"  # by which spreadsheet programs know UTF-8
TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def template(header: Sequence[str], kind: str) -> bytes:
    """An empty file with its header; semicolons, as spreadsheet programs in Sweden write them."""
    if kind == "xlsx":
        return b"".join(xlsx_file(header, ()).pieces())
    return _csv([header], ";")


def failed_rows(sheet: Sheet, problems: Mapping[int, Sequence[str]]) -> bytes:
    """The rows with errors as they were sent, each with what is wrong and what is allowed in a column of its own."""
    width = len(sheet.header)
    rows = (
        [*map(defuse, (*cells[:width], *[""] * (width - len(cells)))), " ".join(problems[line])]
        for line, cells in sheet.rows
        if line in problems
    )
    return _csv([[*sheet.header, _("What is wrong")], *rows], sheet.delimiter or ";")


def _csv(rows: Iterable[Sequence[str]], delimiter: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return (BOM + out.getvalue()).encode()
