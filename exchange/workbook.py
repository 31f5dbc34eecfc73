"""An XLSX file to rows of text. Pure.

A workbook is a zip archive of XML. What the archive says it unpacks to is held against limits (zipfile never
unpacks more than a part has declared), and openpyxl is handed an archive that walks through each part before
it opens it: see `parts`. Only what a table needs is asked of openpyxl: in styles, names and drawings a file
could find it endless work.
"""

from __future__ import annotations

import itertools
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.worksheet._reader import ROW_TAG, WorkSheetParser
from openpyxl.xml.constants import ARC_STYLE, SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring, iterparse

from exchange.limits import MAX_CELL, MAX_COLUMNS, MAX_PARTS, MAX_RATIO, MAX_UNPACKED
from exchange.parts import Parts
from exchange.refusals import Refused, refuse

Row = tuple[int, Sequence[str]]

MAX_FORMAT: Final = 255  # characters that a spreadsheet program takes for the format of a number
_AT_ONCE: Final = 1_000
_CODED: Final = re.compile(
    "_x([0-9A-Fa-f]{4})_"
)  # a character by its number, which openpyxl leaves as it stands


def rows(data: bytes, is_header: Callable[[Sequence[str]], bool]) -> Iterator[Row]:
    """The rows that are not blank of the first sheet whose first row is a header, or else of the first
    sheet."""
    with _refusing():
        book = _opened(data)
    chosen = book.sheets[:1]
    for sheet in book.sheets:
        first = next(_rows(book, sheet), None)
        if first and is_header(first[1]):
            chosen = (sheet,)
            break
    for sheet in chosen:
        # What no program has calculated would be read as an empty cell: as if nothing had been said.
        if book.parts.uncalculated(sheet):
            raise refuse("xlsx_uncalculated")
        yield from _rows(book, sheet)


class _refusing(warnings.catch_warnings):
    """Whatever is raised on a broken file is one refusal, and what openpyxl warns of concerns nobody here."""

    def __enter__(self) -> Any:
        entered = super().__enter__()
        warnings.simplefilter("ignore")
        return entered

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        super().__exit__(kind, error, trace)
        if isinstance(error, Exception) and not isinstance(error, Refused):
            raise refuse("xlsx_broken") from None


@dataclass(frozen=True)
class _Book:
    """What the cells of a sheet refer to. A sheet is the name of its part; no part stands for two sheets."""

    parts: Parts
    sheets: tuple[str, ...]
    texts: Sequence[str]
    epoch: datetime
    dates: set[int] = field(default_factory=set)
    durations: set[int] = field(default_factory=set)


def _opened(data: bytes) -> _Book:
    parts = Parts(data)
    _check_sizes(parts.infolist())
    parts.check_prologs()
    reader = ExcelReader(parts.fp, read_only=True, data_only=True, keep_links=False)
    reader.archive = parts
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    sheets = (rel.target for _sheet, rel in reader.parser.find_sheets() if "chartsheet" not in rel.Type)
    there = tuple(name for name in dict.fromkeys(sheets) if name in parts.NameToInfo)
    return _Book(parts, there, reader.shared_strings, reader.wb.epoch, *_time_styles(parts))


def _check_sizes(parts: Sequence[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    swollen = any(
        part.file_size > 2**20 and part.file_size > MAX_RATIO * part.compress_size for part in parts
    )
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or swollen:
        raise refuse("xlsx_bomb")


def _time_styles(parts: Parts) -> tuple[set[int], set[int]]:
    """Which styles of cells show a number as a date, and which as a duration."""
    if ARC_STYLE not in parts.NameToInfo:
        return set(), set()
    tree = fromstring(parts.read(ARC_STYLE))
    own = tree.iterfind(f"{{{SHEET_MAIN_NS}}}numFmts/{{{SHEET_MAIN_NS}}}numFmt")
    formats = BUILTIN_FORMATS | {
        int(one.get("numFmtId")): one.get("formatCode", "")[:MAX_FORMAT] for one in own
    }
    styles = tree.iterfind(f"{{{SHEET_MAIN_NS}}}cellXfs/{{{SHEET_MAIN_NS}}}xf")
    used = [formats.get(int(style.get("numFmtId", 0))) for style in styles]
    dates = {place for place, code in enumerate(used) if is_date_format(code)}
    return dates, {place for place, code in enumerate(used) if is_timedelta_format(code)}


def _rows(book: _Book, sheet: str) -> Iterator[Row]:
    source = _cells(book, sheet)
    while True:
        with _refusing():
            batch = [(line, _texts(cells, line)) for line, cells in itertools.islice(source, _AT_ONCE)]
        if not batch:
            return
        yield from (row for row in batch if any(row[1]))


def _cells(book: _Book, sheet: str) -> Iterator[tuple[int, list[Any]]]:
    """Number and values of each row that is written down; one column more than allowed, so that too many are
    seen."""
    with book.parts.open(sheet) as source:
        parser = WorkSheetParser(source, book.texts, True, book.epoch, book.dates, book.durations)
        for _event, element in iterparse(source):
            if element.tag == ROW_TAG:
                line, cells = parser.parse_row(element)
                element.clear()
                parser.row_dimensions.clear()
                yield line, _in_place(cells)


def _in_place(cells: Sequence[dict[str, Any]]) -> list[Any]:
    by_column = {cell["column"]: cell["value"] for cell in cells if cell["column"] <= MAX_COLUMNS + 1}
    return [by_column.get(column) for column in range(1, max(by_column, default=0) + 1)]


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
