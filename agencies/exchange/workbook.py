"""An XLSX file to rows of text. Pure.

A workbook is a zip archive of XML. Before openpyxl opens it, what the archive says it unpacks to is held against limits
(zipfile never unpacks more than a part has declared), and every part is looked at for a document type declaration:
without one there are no entities to expand, so that no other XML parser is needed.
"""

from __future__ import annotations

import io
import itertools
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, Final

import openpyxl

from agencies.exchange.limits import MAX_CELL, MAX_COLUMNS, MAX_PARTS, MAX_RATIO, MAX_ROWS, MAX_UNPACKED
from agencies.exchange.refusals import Refused, refuse

Row = tuple[int, Sequence[str]]

_PROLOG: Final = 4_096  # bytes within which the root element of a part begins
_ROOT: Final = re.compile(rb"<[A-Za-z_]")
_AT_ONCE: Final = 1_000
# A cell with a formula and no value, unless the formula gives an empty text: <c><f>…</f><v/></c>.
_UNCALCULATED: Final = re.compile(
    rb"""<(?:\w+:)?c(?![^>]*\st=["']str["'])(?:\s[^>]*)?>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
_CODED: Final = re.compile("_x([0-9A-Fa-f]{4})_")  # a character by its number, which openpyxl leaves as it stands
_CHUNK: Final = 2**20
_OVERLAP: Final = 20_000  # more than the longest formula with its cell


def rows(data: bytes, is_header: Callable[[Sequence[str]], bool]) -> Iterator[Row]:
    """The rows that are not blank of the first sheet whose first row is a header, or else of the first sheet."""
    _check_archive(data)
    with _refusing():
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheets = book.worksheets
    chosen = sheets[:1]
    for sheet in sheets:
        first = next(_rows(sheet), None)
        if first and is_header(first[1]):
            chosen = [sheet]
            break
    for sheet in chosen:
        _check_calculated(sheet)
        yield from _rows(sheet)


def _check_calculated(sheet: Any) -> None:
    """What no program has calculated would be read as an empty cell: as if nothing had been said."""
    with _refusing(), sheet._get_source() as source:
        before = b""
        while chunk := source.read(_CHUNK):
            text = before + chunk
            if (b"<f" in text or b":f" in text) and _UNCALCULATED.search(text):
                raise refuse("xlsx_uncalculated")
            before = text[-_OVERLAP:]


class _refusing(warnings.catch_warnings):
    """Whatever openpyxl raises on a broken file is one refusal, and what it warns of concerns nobody here."""

    def __enter__(self) -> Any:
        entered = super().__enter__()
        warnings.simplefilter("ignore")
        return entered

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        super().__exit__(kind, error, trace)
        if isinstance(error, Exception) and not isinstance(error, Refused):
            raise refuse("xlsx_broken") from None


def _rows(sheet: Any) -> Iterator[Row]:
    # One more than allowed of each, so that too many are seen.
    source = enumerate(sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS + 1, values_only=True), start=1)
    while True:
        with _refusing():
            batch = [(line, _texts(cells, line)) for line, cells in itertools.islice(source, _AT_ONCE)]
        if not batch:
            return
        yield from (row for row in batch if any(row[1]))


def _texts(cells: Sequence[Any], line: int) -> list[str]:
    texts = ["" if cell is None else _text(cell) for cell in cells]
    if max(map(len, texts), default=0) > MAX_CELL:
        raise refuse("long_cell", line=line, max=MAX_CELL)
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return _CODED.sub(_decoded, cell).strip()
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _decoded(coded: re.Match[str]) -> str:
    """The character, if a cell may hold it."""
    character = chr(int(coded[1], 16))
    return character if character.isprintable() or character in "\t\r\n" else coded[0]


def _check_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_sizes(archive.infolist())
            for part in archive.infolist():
                if part.filename.endswith((".xml", ".rels", ".vml")):
                    _check_prolog(archive, part)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise error if isinstance(error, Refused) else refuse("xlsx_broken") from None
    except zipfile.zlib.error:  # type: ignore[attr-defined]
        raise refuse("xlsx_broken") from None


def _check_sizes(parts: Sequence[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    swollen = any(part.file_size > 2**20 and part.file_size > MAX_RATIO * part.compress_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or swollen:
        raise refuse("xlsx_bomb")


def _check_prolog(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """A declaration stands before the root element; an encoding with NUL bytes could hide it from the search."""
    with archive.open(part) as file:
        start = file.read(_PROLOG)
    root = _ROOT.search(start)
    prolog = start[: root.start()] if root else start
    if b"<!DOCTYPE" in prolog.upper() or b"<!ENTITY" in prolog.upper() or b"\0" in start or (start and not root):
        raise refuse("xlsx_entities")
