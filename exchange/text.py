"""Bytes of a CSV file to text: UTF-8 with or without BOM, UTF-16 with BOM, Latin-1, Windows-1252. Pure."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import Final

from exchange.limits import MAX_CELL, MAX_COLUMNS, MAX_LINE, MAX_LINES, MAX_ROWS
from exchange.refusals import refuse

NO_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_MARK_AGAIN: Final = re.compile("(?:\\A|(?<=[\r\n]))\ufeff+")  # of a file that was put behind another
_CONTROL_BYTE: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# å ä ö Å Ä Ö é ü in UTF-8. In Latin-1 they would be a capital à followed by a sign, which no word holds.
_UTF8_LETTER: Final = re.compile(rb"\xc3[\xa5\xa4\xb6\x85\x84\x96\xa9\xbc]")
_ONLY_WINDOWS: Final = re.compile(rb"[\x80-\x9f]")


def decode(data: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding. Raise Refused: also where nothing stands in it, or more
    lines than are read."""
    text, encoding = _decode(data)
    if not text.strip():
        raise refuse("empty")
    if _line_ends(text) > MAX_LINES:
        raise refuse("too_many_rows", max=MAX_ROWS)
    if found := NO_TEXT.search(text):
        raise refuse("not_text", line=text.count("\n", 0, found.start()) + 1)
    return _MARK_AGAIN.sub("", text) if "\ufeff" in text else text, encoding


def _line_ends(text: str) -> int:
    return max(text.count("\n"), text.count("\r"))


def lines(text: str, delimiters: str) -> Iterator[str]:
    """Return the lines with their ends. Raise Refused at one that is longer than any row of a table."""
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if len(line) > MAX_LINE:
            columns = 1 + max(map(line.count, delimiters))
            if columns > MAX_COLUMNS:
                raise refuse("too_many_columns", n=columns, max=MAX_COLUMNS)
            raise refuse("long_cell", line=number, max=MAX_CELL)
        yield line


def check_cells(text: str, delimiter: str) -> None:
    """Raise Refused where there are more cells than in the largest table, before each is made."""
    ends, cells = 1 + _line_ends(text), text.count(delimiter)
    if cells <= MAX_ROWS * MAX_COLUMNS:
        return
    if ends > MAX_ROWS:
        raise refuse("too_many_rows", max=MAX_ROWS)
    raise refuse("too_many_columns", n=1 + cells // ends, max=MAX_COLUMNS)


def _decode(data: bytes) -> tuple[str, str]:
    for bom, codec, name in (
        (codecs.BOM_UTF8, "utf-8", "UTF-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
    ):
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
        foreign = wrong if letter.start() < wrong else letter.start()
        raise refuse("mixed", line=data.count(b"\n", 0, foreign) + 1)
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise refuse("not_text", line=data.count(b"\n", 0, error.start) + 1) from None
    return text, "Windows-1252" if _ONLY_WINDOWS.search(data) else "Latin-1"
