"""A file as people send it to a header and rows of text. Pure; refuses in bounded time and memory.

CSV: comma, semicolon or tab, decided by the header row alone, so that a `;` in a quoted cell stays what it
is. XLSX and ODS: see `workbook`. JSON, as the export writes it: see `jsonfile`.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from exchange import jsonfile, workbook
from exchange.limits import MAX_BYTES, MAX_CELL, MAX_COLUMNS, MAX_ROWS
from exchange.refusals import refuse
from exchange.text import check_cells, decode, lines
from exchange.words import WHAT_IS_WRONG, folded

Known = Callable[[Sequence[str]], set[str]]  # which columns are recognised among the cells of a header
Row = tuple[int, Sequence[str]]  # the line where the row begins (the header is 1), and its cells

ACCEPTED: Final = ".csv,.txt,.xlsx,.ods,.json"  # by their names, where a browser lets one choose a file
DELIMITERS: Final = (",", ";", "\t")
_REMARKS: Final = frozenset(map(folded, WHAT_IS_WRONG))
END: Final = "# end"  # begins the last line of an export, by which a broken file is seen: no row


@dataclass(frozen=True)
class ReadSheet:
    """A file that can be read. `rows` is read once, and may raise Refused on the way."""

    header: tuple[str, ...]
    rows: Iterator[Row]
    encoding: str  # "UTF-8", "UTF-16", "Latin-1", "Windows-1252", "XLSX", "ODS"
    delimiter: str  # "" for a workbook


def read(data: bytes, known: Known) -> ReadSheet:
    """Raises Refused."""
    check_size(len(data))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse("old_excel")
    if data.startswith(b"PK"):
        book = workbook.opened(data)
        return _sheet(workbook.rows(book, is_header=lambda cells: bool(known(cells))), book.kind, "")
    bare = data.removeprefix(codecs.BOM_UTF8)
    if bare.lstrip()[:1] == b"{":
        return _sheet(jsonfile.rows(bare), "JSON", "")
    text, encoding = decode(data)
    delimiter = _delimiter(text, known)
    return _sheet(csv_rows(text, delimiter), encoding, delimiter)


def check_size(size: int) -> None:
    """Before a byte is read. Raises Refused."""
    if size == 0:
        raise refuse("empty")
    if size > MAX_BYTES:
        raise refuse("too_large", size=-(-size // 2**20), max=MAX_BYTES // 2**20)


def _sheet(rows: Iterator[Row], encoding: str, delimiter: str) -> ReadSheet:
    header = next(rows, None)
    if header is None:
        raise refuse("empty")
    cells = [cell.strip() for cell in header[1]]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MAX_COLUMNS:
        raise refuse("too_many_columns", n=len(cells), max=MAX_COLUMNS)
    rows = _fitted(rows, len(cells)) if delimiter else _padded(rows, len(cells))
    for place in [place for place, cell in enumerate(cells) if folded(cell) in _REMARKS][::-1]:
        del cells[place]
        rows = _without(rows, place)
    if not all(cells):
        rows = _named(rows, cells)
    return ReadSheet(tuple(filter(None, cells)), _counted(rows), encoding, delimiter)


def _fitted(rows: Iterator[Row], width: int) -> Iterator[Row]:
    """Programs write separators for empty columns beside a table: they are no cells of it."""
    for line, cells in rows:
        yield line, cells if len(cells) <= width or any(map(str.strip, cells[width:])) else cells[:width]


def _without(rows: Iterator[Row], place: int) -> Iterator[Row]:
    """A file of failed rows goes in again: what was wrong with them is no fact of theirs."""
    return ((line, [*cells[:place], *cells[place + 1 :]]) for line, cells in rows)


def _named(rows: Iterator[Row], header: Sequence[str]) -> Iterator[Row]:
    """Without the columns that have no name, where nothing stands in them: nothing is left out unseen."""
    for line, cells in rows:
        for place, (name, cell) in enumerate(zip(header, cells, strict=False), start=1):
            if not name and cell.strip():
                raise refuse("column_unnamed", column=place, line=line)
        named = [cell for name, cell in zip(header, cells, strict=False) if name]
        yield line, [*named, *cells[len(header) :]]


def _padded(rows: Iterator[Row], width: int) -> Iterator[Row]:
    """A workbook does not hold the empty cells at the end of a row."""
    return ((line, [*cells, *[""] * (width - len(cells))]) for line, cells in rows)


def _counted(rows: Iterator[Row]) -> Iterator[Row]:
    for count, row in enumerate((row for row in rows if not _is_end(row[1])), start=1):
        if count > MAX_ROWS:
            raise refuse("too_many_rows", max=MAX_ROWS)
        yield row


def _is_end(cells: Sequence[str]) -> bool:
    return cells[0].strip() == END and len(cells) > 1 and cells[1].strip().startswith("rows=")


def _delimiter(text: str, known: Known) -> str:
    """The one that gives the most columns known by name, or else the most columns."""
    line = _header_line(text)

    def merit(delimiter: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:  # a cell beyond the csv module's own limit: not this one
            return 0, 0
        return len(known(cells)), len(cells)

    return max(DELIMITERS, key=merit)


def _header_line(text: str) -> str:
    every = lines(text, "".join(DELIMITERS))
    return next(line for line in every if line.strip() and not _is_hint(line))


def _is_hint(line: str) -> bool:
    """`sep=;`, which some programs write for others, quoted at times, and which is no row."""
    return line.removeprefix('"').lower().startswith("sep=")


def csv_rows(text: str, delimiter: str) -> Iterator[Row]:
    """Rows that are not blank. strict: an unclosed quote must not swallow the rest of the file."""
    check_cells(text, delimiter)
    source = csv.reader(lines(text, delimiter), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in source:
            if any(map(str.strip, cells)) and not (begins == 1 and _is_hint(cells[0])):
                _check_cells(cells, begins)
                yield begins, cells
            begins = source.line_num + 1
    except csv.Error as error:
        raise _csv_refusal(str(error), begins) from None


def _check_cells(cells: Sequence[str], line: int) -> None:
    if max(map(len, cells)) > MAX_CELL:
        raise refuse("long_cell", line=line, max=MAX_CELL)


def _csv_refusal(said: str, line: int) -> Exception:
    if "unexpected end" in said:
        return refuse("open_quote", line=line)
    if "field limit" in said:
        return refuse("long_cell", line=line, max=MAX_CELL)
    return refuse("bad_quote", line=line)
