"""A file of an administrator's list to a header and rows of text. Pure; refuses in bounded time and memory."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, Final

import openpyxl

from agencies.defuse import restore

MAX_BYTES: Final = 10 * 2**20
MAX_UNPACKED: Final = 100 * 2**20
MAX_ROWS: Final = 50_000
MAX_COLUMNS: Final = 60
DELIMITERS: Final = (",", ";", "\t")


def gettext_noop(text: str) -> str:
    """Marks a text for the translators; this module must not import Django."""
    return text


REFUSALS: Final[dict[str, str]] = {
    "empty": gettext_noop("The file is empty."),
    "too_large": gettext_noop("The file is too large. Divide it into several files."),
    "too_many_columns": gettext_noop("The file has more columns than any list here. Is it the right file?"),
    "not_text": gettext_noop("This is not a CSV or XLSX file."),
    "bad_quote": gettext_noop("A quotation mark in the file stands in the wrong place or is never closed."),
    "workbook": gettext_noop("The workbook cannot be read. Open it in a spreadsheet program and save it again."),
}


class Refused(ValueError):
    """The file cannot be read; `code` is a key of REFUSALS."""

    def __init__(self, code: str) -> None:
        super().__init__(REFUSALS[code])
        self.code = code


def table(data: bytes) -> tuple[list[str], list[list[str]]]:
    """Header and rows, every row as wide as the header, blank rows left out. Raises Refused."""
    if not data.strip():
        raise Refused("empty")
    if len(data) > MAX_BYTES:
        raise Refused("too_large")
    rows = _checked(_workbook(data) if data.startswith(b"PK") else _csv(data))
    header = [cell.strip() for cell in next(rows, [])]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise Refused("empty")
    width = len(header)
    return header, [[restore(cell) for cell in (*row[:width], *[""] * (width - len(row)))] for row in rows]


def _checked(rows: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    for count, row in enumerate(rows):
        if count > MAX_ROWS:
            raise Refused("too_large")
        if len(row) > MAX_COLUMNS:
            raise Refused("too_many_columns")
        if any(row):
            yield row


# --- CSV -------------------------------------------------------------------------------------
def _csv(data: bytes) -> Iterator[Sequence[str]]:
    text = _text(data)
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error:
        raise Refused("bad_quote") from None


def _text(data: bytes) -> str:
    """UTF-8 with or without a byte order mark, or else Windows-1252, which spreadsheet programs still write."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise Refused("not_text")


# --- XLSX ------------------------------------------------------------------------------------
def _workbook(data: bytes) -> Iterator[Sequence[str]]:
    """The first sheet. What the archive says it unpacks to is held against the limit before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_archive(archive)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS + 1, values_only=True)
        yield from (_trimmed(row) for row in rows)
    except Refused:
        raise
    except Exception:
        raise Refused("workbook") from None  # openpyxl raises whatever a broken part makes it stumble over


def _check_archive(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > 1_000 or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Refused("workbook")
    for part in parts:
        with archive.open(part) as file:
            if b"<!DOCTYPE" in file.read(4_096).upper():  # no spreadsheet has one; without it no entity can expand
                raise Refused("workbook")


def _trimmed(row: Sequence[Any]) -> list[str]:
    cells = [_said(cell) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _said(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)
