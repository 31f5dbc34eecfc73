"""Files that an import gives: a template, and the failed rows with what is wrong in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.http import HttpResponse
from django.utils.translation import gettext as _

from exchange import writing
from exchange.defuse import restore
from exchange.packing import Page, packed
from exchange.reading import ReadSheet
from exchange.writing import BOM, TYPES, csv_text

KINDS: Final = ("csv", "xlsx")


def template(header: Sequence[str], kind: str, pages: Sequence[Page] = ()) -> bytes:
    """An empty file with its header, or the `pages` of a workbook; semicolons, as spreadsheet programs in
    Sweden write them."""
    if pages:
        return b"".join(packed(pages))
    if kind == "xlsx":
        return b"".join(writing.xlsx_pieces(writing.Sheet(header, ()), writing.Tally()))
    return (BOM + csv_text([header], ";")).encode()


def header_line(header: Sequence[str]) -> str:
    """The header of a file as a command prints it."""
    return csv_text([header], ";", line_end="")


def failed_rows(sheet: ReadSheet, problems: Mapping[int, Sequence[str]]) -> bytes:
    """The rows with errors as they were sent, each with what is wrong and what is allowed in a column of its
    own."""
    width = len(sheet.header)
    rows = (
        [*map(_meant, cells[:width]), *[""] * (width - len(cells)), " ".join(problems[line])]
        for line, cells in sheet.rows
        if line in problems
    )
    header = [*sheet.header, _("What is wrong")]  # in any language of WHAT_IS_WRONG
    return (BOM + csv_text([header, *rows], sheet.delimiter or ";")).encode()


def _meant(cell: str) -> str:
    """What the import takes a cell for: it is made harmless anew, and not twice."""
    return restore(cell.strip())


def attached(data: bytes, name: str, kind: str) -> HttpResponse:
    """As a download that no cache keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(data, content_type=TYPES[kind], headers=headers)
