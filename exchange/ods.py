"""An ODS file to rows of text, which LibreOffice and other programs write: see `xlsx`. Pure.

All sheets are one part. A cell says what it holds as a value of a type, beside what it shows; one that shows
the same as those after it is written once, and so is a row.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

from exchange.limits import MAX_COLUMNS
from exchange.workbook_parts import HELD, Held, PartReader, Parts, fitted, moment, number

CONTENT: Final = "content.xml"
TYPE: Final = b"application/vnd.oasis.opendocument.spreadsheet"  # one that is a template says more
ODF: Final = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TABLE, _TEXT = (f"{ODF}{name}:1.0 " for name in ("office", "table", "text"))
_SHOWN_TYPE: Final = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_CELLS: Final = frozenset({f"{TABLE}table-cell", f"{TABLE}covered-table-cell"})
_PARAGRAPH: Final = f"{_TEXT}p"
_SIGNS: Final = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_BLANKS: Final = re.compile("[ \t\r\n]+")
_TIME: Final = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d*)?S)?")
Attributes = Mapping[str, str]
_Row = tuple[int, int, int, list[str | None]]  # sheet, line, how many times, cells


class Ods:
    kind = "ODS"

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def first_rows(self) -> Iterator[tuple[Any, list[str | None]]]:
        """Each sheet with its first row that is not blank."""
        for sheet, rows in itertools.groupby(self.all_rows(OdsRows()), key=itemgetter(0)):
            _sheet, _line, _times, cells = next(rows)
            yield sheet, cells

    def check_rows(self, _sheet: Any, most: int) -> None:
        """Raise Refused where all sheets, which are one part, have more rows that are not blank."""
        self.parts.check_rows(CONTENT, most, b"<table:table-row", (b"office:value", b"<text:p"))

    def rows(self, sheet: Any) -> Iterator[tuple[int, list[str | None]]]:
        """Those that are not blank."""
        for of, line, times, cells in self.all_rows(OdsRows()):
            if of == sheet:
                yield from ((line + nth, cells) for nth in range(times))
            elif of > sheet:
                return

    def all_rows(self, reader: OdsRows) -> Iterator[_Row]:
        """What the reader finds, of all sheets."""
        for _piece in self.parts.follow(CONTENT, reader):
            yield from reader.rows
            reader.rows.clear()


class OdsRows(PartReader):
    """The rows of all sheets, as many as have ended since `rows` was cleared."""

    lets_go = frozenset({f"{TABLE}table-row"})

    def __init__(self) -> None:
        self.rows: list[_Row] = []
        self._sheet, self._line, self._next, self._times, self._column = 0, 0, 1, 1, 0
        self._cells: dict[int, str | None] = {}
        self._cell: Attributes | None = None  # of the one that is being read
        self._skipped = 0  # elements that are open of what stands in a cell and is none of its text
        self._paragraphs, self._in_paragraph, self._held = 0, 0, Held()
        self._blank = True  # whether a blank more would show

    def start(self, name: str, attributes: Attributes) -> None:
        if self._skipped:
            self._skipped += 1
        elif self._cell is not None:
            self._start_within(name, attributes)
        elif name in _CELLS:
            self._cell, self._paragraphs, self._in_paragraph = attributes, 0, 0
            self._held.take()
        elif name == f"{TABLE}table-row":
            self._start_row(attributes)
        elif name == f"{TABLE}table":
            self._sheet, self._next = self._sheet + 1, 1

    def _start_within(self, name: str, attributes: Attributes) -> None:
        """A note, a drawing or a table in a cell is none of its text."""
        if name == _PARAGRAPH:
            self._held.add("\n" * bool(self._paragraphs))
            self._paragraphs, self._in_paragraph, self._blank = self._paragraphs + 1, 1, True
        elif not name.startswith(_TEXT):
            self._skipped = 1
        elif self._in_paragraph:
            self._in_paragraph += 1
            times = min(int(attributes.get(f"{_TEXT}c", 1)), HELD + 1)
            self._held.add(times * _SIGNS.get(name, ""))

    def text(self, text: str) -> None:
        """Blanks, and line ends of the file, are one blank however many there are."""
        if not self._in_paragraph or self._skipped:
            return
        text = _BLANKS.sub(" ", text).lstrip(" " * self._blank)
        if text:
            self._held.add(text)
            self._blank = text.endswith(" ")

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif self._in_paragraph:
            self._in_paragraph -= 1
        elif self._cell is not None and name in _CELLS:
            self._end_cell(self._cell)
            self._cell = None
        elif name == f"{TABLE}table-row" and (cells := fitted(self._cells, self._line)):
            self.rows.append((self._sheet, self._line, self._times, cells))

    def _start_row(self, attributes: Attributes) -> None:
        self._line, self._times = self._next, _times(attributes, "rows")
        self._next = self._line + self._times
        self._column, self._cells = 1, {}

    def _end_cell(self, attributes: Attributes) -> None:
        """Of columns beyond those that a table may have, one is kept: so that they are seen."""
        text, times = value_of(attributes, self._held.take()), _times(attributes, "columns")
        if text != "":
            for column in itertools.islice(itertools.count(self._column), min(times, MAX_COLUMNS + 1)):
                self._cells[min(column, MAX_COLUMNS + 1)] = text
        self._column += times


def _times(attributes: Attributes, what: str) -> int:
    times = int(attributes.get(f"{TABLE}number-{what}-repeated", 1))
    if times < 1:
        raise ValueError(times)
    return times


def value_of(attributes: Attributes, shown: str) -> str | None:
    """What an error is called stands only in what is shown."""
    kind = attributes.get(f"{OFFICE}value-type")
    if kind is None:
        return None if f"{TABLE}formula" in attributes else _stripped(shown)
    if attributes.get(_SHOWN_TYPE) == "error":
        return _stripped(shown)
    if kind in _VALUES:
        name, said = _VALUES[kind]
        return said(attributes[f"{OFFICE}{name}"])
    return _stripped(attributes.get(f"{OFFICE}string-value", shown))


def _stripped(text: str) -> str:
    return text if len(text) > HELD else text.strip()


def _moment(text: str) -> str:
    with suppress(ValueError):  # beyond the calendar: whoever takes the column for a day says so
        return moment(datetime.fromisoformat(text))
    return text


def _time(text: str) -> str:
    found = _TIME.fullmatch(text)
    if not found:
        return text
    hours, minutes, seconds = (int(group) for group in found.groups("0"))
    return f"{hours:02}:{minutes:02}:{seconds:02}"


# The attribute that holds a value of a type, and what it says as text.
_VALUES: Final[dict[str, tuple[str, Callable[[str], str]]]] = {
    "float": ("value", number),
    "percentage": ("value", number),
    "currency": ("value", number),
    "boolean": ("boolean-value", lambda text: "yes" if text == "true" else "no"),
    "date": ("date-value", _moment),
    "time": ("time-value", _time),
}
