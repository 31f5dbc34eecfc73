"""A file as people send it to a header and rows of text. Pure; refuses in bounded time and memory.

CSV: comma, semicolon or tab, decided by the header row alone, so that a `;` in a quoted cell stays what it
is; UTF-8 with or without BOM, UTF-16 with BOM, Latin-1, Windows-1252. XLSX and ODS: which kind it is, and
which of its sheets is meant. Its parts are walked through once, and read on the way: see `workbook_parts`,
`xlsx` and `ods`. Only the row that is being read is in memory, and the texts that cells refer to. JSON: as
the export writes it.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from exchange.limits import (
    MAX_BYTES,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_LINE,
    MAX_LINES,
    MAX_ROWS,
    Refused,
    refuse,
    refuse_if,
)
from exchange.ods import CONTENT, TYPE, Ods
from exchange.workbook_parts import Parts
from exchange.xlsx import Xlsx

Known = Callable[[Sequence[str]], set[str]]  # which columns are recognised among the cells of a header
Row = tuple[int, Sequence[str]]  # the line where the row begins (the header is 1), and its cells
Book = Xlsx | Ods

# What Excel and LibreOffice write, in English and Swedish, where a formula gave no value.
_ENGLISH: Final = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
_SWEDISH: Final = {
    "#SAKNAS!",
    "#REFERENS!",
    "#VÄRDEFEL!",
    "#NAMN?",
    "#DIVISION/0!",
    "#SKÄRNING!",
    "#OGILTIGT!",
}
ERRORS: Final = frozenset(_ENGLISH | _SWEDISH)
_BATCH_SIZE: Final = 1_000  # rows of a workbook
LONGEST_HEADING: Final = 200  # characters that are kept of one
# The column that a file of failed rows has beside those of the sender, in every language: it is no fact.
WHAT_IS_WRONG: Final = ("What is wrong", "Vad som är fel")


def folded(text: str) -> str:
    """A name without regard to case, blanks, how its accents are coded, and characters that are not seen."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return " ".join(text.split()).casefold()


def heading_key(text: str) -> str:
    """By which a heading is known again: nobody's heading is longer."""
    return folded(text)[:LONGEST_HEADING]


_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
NO_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_MARK_AGAIN: Final = re.compile("(?:\\A|(?<=[\r\n]))\ufeff+")  # of a file that was put behind another
_CONTROL_BYTE: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# å ä ö Å Ä Ö é ü in UTF-8. In Latin-1 they would be a capital à followed by a sign, which no word holds.
_UTF8_LETTER: Final = re.compile(rb"\xc3[\xa5\xa4\xb6\x85\x84\x96\xa9\xbc]")
_ONLY_WINDOWS: Final = re.compile(rb"[\x80-\x9f]")


def decode(data: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding. Raise Refused, also where it is empty or too long."""
    text, encoding = _decode(data)
    refuse_if(not text.strip(), "empty")
    refuse_if(_line_ends(text) > MAX_LINES, "too_many_rows", max=MAX_ROWS)
    if found := NO_TEXT.search(text):
        raise refuse("not_text", line=text.count("\n", 0, found.start()) + 1)
    return _MARK_AGAIN.sub("", text) if "\ufeff" in text else text, encoding


def _line_ends(text: str) -> int:
    return max(text.count("\n"), text.count("\r"))


def lines(text: str, delimiters: str) -> Iterator[str]:
    """Return the lines with their ends. Raise Refused at one that is longer than any row of a table."""
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if len(line) > MAX_LINE:
            columns = 1 + max(line.count(delimiter) for delimiter in delimiters)
            refuse_if(columns > MAX_COLUMNS, "too_many_columns", n=columns, max=MAX_COLUMNS)
            raise refuse("long_cell", line=number, max=MAX_CELL)
        yield line


def check_cells(text: str, delimiter: str) -> None:
    """Raise Refused where there are more cells than in the largest table, before each is made."""
    ends, cells = 1 + _line_ends(text), text.count(delimiter)
    if cells <= MAX_ROWS * MAX_COLUMNS:
        return
    refuse_if(ends > MAX_ROWS, "too_many_rows", max=MAX_ROWS)
    raise refuse("too_many_columns", n=1 + cells // ends, max=MAX_COLUMNS)


def _decode(data: bytes) -> tuple[str, str]:
    for bom, codec, name in _MARKS:
        if data.startswith(bom):
            return _strictly(data[len(bom) :], codec), name
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        return _western(data, error.start)


def _strictly(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(codec, errors="replace")
        raise refuse("mixed", line=before.count("\n") + 1) from None


def _western(data: bytes, wrong: int) -> tuple[str, str]:
    """`wrong`: where the data stop being UTF-8."""
    if control := _CONTROL_BYTE.search(data):
        raise refuse("not_text", line=data.count(b"\n", 0, control.start()) + 1)
    if letter := _UTF8_LETTER.search(data):
        raise refuse("mixed", line=data.count(b"\n", 0, max(wrong, letter.start())) + 1)
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise refuse("not_text", line=data.count(b"\n", 0, error.start) + 1) from None
    return text, "Windows-1252" if _ONLY_WINDOWS.search(data) else "Latin-1"


MAX_QUOTES: Final = 60 * MAX_ROWS  # four for each cell


def json_rows(data: bytes) -> Iterator[Row]:
    """Yield the header, by the first row, then the rows; lines count from 1. Raises Refused."""
    table = _json_table(data)
    if not table:
        return
    header = list(table[0]) if isinstance(table[0], dict) else []
    _check_text(header, 1)
    yield 1, header
    for line, row in enumerate(table, start=2):
        yield line, _cells(row, header, line)


def _json_table(data: bytes) -> list[Any]:
    """The rows as they were written. Raises Refused where the file is no export, or not whole."""
    # Counted before it is unpacked, which takes many times its size.
    refuse_if(
        max(data.count(b"{"), data.count(b"[")) > MAX_ROWS + 3 or data.count(b'"') > MAX_QUOTES,
        "too_many_rows",
        max=MAX_ROWS,
    )
    with suppress(ValueError, RecursionError):
        match json.loads(data):
            case {"rows": list(table), "end": {"rows": count}} if count == len(table):
                return table
    raise refuse("json_broken")


def _cells(row: object, header: list[str], line: int) -> list[str]:
    if not isinstance(row, dict) or list(row) != header or {type(one) for one in row.values()} - {str, int}:
        raise refuse("json_broken")
    cells = [str(one) for one in row.values()]
    _check_text(cells, line)
    _check_cells(cells, line)
    return cells


def _check_text(cells: Sequence[str], line: int) -> None:
    """Escapes can write what a file of text cannot hold: control characters, and halves of characters."""
    refuse_if(any(NO_TEXT.search(cell) for cell in cells), "not_text", line=line)


def opened(data: bytes) -> Book:
    """Raises Refused."""
    with refusing():
        parts = Parts(data)
        is_ods = CONTENT in parts and parts.begins("mimetype", TYPE)
        return Ods(parts) if is_ods else Xlsx(parts)


def workbook_rows(book: Book, is_header: Callable[[Sequence[str]], bool]) -> Iterator[Row]:
    """The rows that are not blank of the first sheet whose first row is a header, or else of the first sheet.

    What no program has calculated would be read as an empty cell, as if nothing had been said: refused."""
    with refusing():
        firsts = book.first_rows()
        first = next(firsts, None)
        if first is None:
            return
        both = itertools.chain([first], firsts)
        chosen = next((sheet for sheet, cells in both if is_header([cell or "" for cell in cells])), first[0])
        book.check_rows(chosen, 1 + MAX_ROWS)  # and the header
    source = book.rows(chosen)
    while batch := _batch(source):
        yield from batch


def _batch(source: Iterator[tuple[int, list[str | None]]]) -> list[Row]:
    with refusing():
        return [(line, _whole(cells)) for line, cells in itertools.islice(source, _BATCH_SIZE)]


def _whole(cells: list[str | None]) -> list[str]:
    whole = [cell for cell in cells if cell is not None]
    refuse_if(len(whole) < len(cells), "xlsx_uncalculated")
    return whole


@contextmanager
def refusing() -> Iterator[None]:
    """Whatever is raised on a broken file is one refusal. Memory that is not enough says nothing of it."""
    try:
        yield
    except (Refused, MemoryError):
        raise
    except Exception:
        raise refuse("xlsx_broken") from None


ACCEPTED: Final = ".csv,.txt,.xlsx,.ods,.json"  # by their names, where a browser lets one choose a file
DELIMITERS: Final = (",", ";", "\t")
_REMARKS: Final = frozenset(folded(one) for one in WHAT_IS_WRONG)
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
    if is_workbook(data):
        book = opened(data)
        return _sheet(workbook_rows(book, is_header=lambda cells: bool(known(cells))), book.kind, "")
    bare = data.removeprefix(codecs.BOM_UTF8)
    if bare.lstrip()[:1] == b"{":
        return _sheet(json_rows(bare), "JSON", "")
    text, encoding = decode(data)
    delimiter = _delimiter(text, known)
    return _sheet(csv_rows(text, delimiter), encoding, delimiter)


def is_workbook(data: bytes) -> bool:
    """Whether it is an archive; else it is text. Raises Refused."""
    check_size(len(data))
    refuse_if(data.startswith(b"\xd0\xcf\x11\xe0"), "old_excel")
    return data.startswith(b"PK")


def check_size(size: int) -> None:
    """Before a byte is read. Raises Refused."""
    refuse_if(size == 0, "empty")
    refuse_if(size > MAX_BYTES, "too_large", size=-(-size // 2**20), max=MAX_BYTES // 2**20)


def _sheet(rows: Iterator[Row], encoding: str, delimiter: str) -> ReadSheet:
    header = _header(rows)
    rows = _fitted(rows, len(header), in_workbook=not delimiter)
    kept = [bool(name) and folded(name) not in _REMARKS for name in header]
    if not all(kept):
        rows = _named(rows, header, kept)
    return ReadSheet(
        tuple(one for one, chosen in zip(header, kept, strict=False) if chosen),
        _counted(rows),
        encoding,
        delimiter,
    )


def _header(rows: Iterator[Row]) -> list[str]:
    """The first row, without the empty cells at its end. Raises Refused."""
    first = next(rows, None)
    if first is None:
        raise refuse("empty")
    cells = [one.strip() for one in first[1]]
    while cells and not cells[-1]:
        cells.pop()
    refuse_if(len(cells) > MAX_COLUMNS, "too_many_columns", n=len(cells), max=MAX_COLUMNS)
    return cells


def _fitted(rows: Iterator[Row], width: int, *, in_workbook: bool) -> Iterator[Row]:
    """Programs write separators for empty columns beside a table, which are no cells of it; and a workbook
    does not hold the empty cells at the end of a row."""
    for line, cells in rows:
        if in_workbook:
            yield line, [*cells, *[""] * (width - len(cells))]
        else:
            yield line, cells if any(cell.strip() for cell in cells[width:]) else cells[:width]


def _named(rows: Iterator[Row], header: Sequence[str], kept: Sequence[bool]) -> Iterator[Row]:
    """Without the columns that have no name, where nothing stands in them: nothing is left out unseen. Nor
    with that of a file of failed rows that goes in again: what was wrong with them is no fact of theirs."""
    for line, cells in rows:
        for place, (name, cell) in enumerate(zip(header, cells, strict=False), start=1):
            refuse_if(not name and cell.strip(), "column_unnamed", column=place, line=line)
        yield (
            line,
            [*(cell for cell, chosen in zip(cells, kept, strict=False) if chosen), *cells[len(header) :]],
        )


def _counted(rows: Iterator[Row]) -> Iterator[Row]:
    for count, row in enumerate((row for row in rows if not _is_end(row)), start=1):
        refuse_if(count > MAX_ROWS, "too_many_rows", max=MAX_ROWS)
        yield row


def _is_end(row: Row) -> bool:
    _line, cells = row
    return cells[0].strip() == END and "".join(cells[1:2]).strip().startswith("rows=")


def _delimiter(text: str, known: Known) -> str:
    """The one that gives the most columns known by name, or else the most columns."""
    every = lines(text, "".join(DELIMITERS))
    line = next(one for one in every if not _is_hint(one) if one.strip())
    cells = {delimiter: parted(line, delimiter) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda delimiter: (len(known(cells[delimiter])), len(cells[delimiter])))


def parted(line: str, delimiter: str) -> list[str]:
    """The cells of one line; none where one is beyond the csv module's own limit."""
    with suppress(csv.Error):
        return next(csv.reader([line], delimiter=delimiter), [])
    return []


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
            if any(cell.strip() for cell in cells) and not (begins == 1 and _is_hint(cells[0])):
                _check_cells(cells, begins)
                yield begins, cells
            begins = source.line_num + 1
    except csv.Error as error:
        raise _csv_refusal(str(error), begins) from None


def _check_cells(cells: Sequence[str], line: int) -> None:
    refuse_if(max((len(cell) for cell in cells), default=0) > MAX_CELL, "long_cell", line=line, max=MAX_CELL)


def _csv_refusal(said: str, line: int) -> Exception:
    if "unexpected end" in said:
        return refuse("open_quote", line=line)
    if "field limit" in said:
        return refuse("long_cell", line=line, max=MAX_CELL)
    return refuse("bad_quote", line=line)
