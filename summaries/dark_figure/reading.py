"""A capture-history table from a CSV file: strict about numbers, easy about delimiters, quotes and blank
lines."""

from __future__ import annotations

import csv
import re
from decimal import Decimal

from summaries.dark_figure.faults import MAX_PERSONS, CaptureTableError

COUNT = "count"
# R writes a million as 1e+06, so a whole number may be written that way.
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?", re.ASCII)


def read_csv(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    """The names of the lists, and (mask, persons) for each row. Raises CaptureTableError."""
    rows = _rows(text)
    if not rows:
        raise CaptureTableError("The table is empty.")
    _, header = rows[0]
    names, place = _columns(header)
    return names, [_history(line, cells, len(names), place) for line, cells in rows[1:]]


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """(line number, cells) of every row that is not blank, cells without surrounding space."""
    lines = text.removeprefix("\ufeff").splitlines()
    header = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        rows = [(reader.line_num, _trimmed(cells)) for cells in reader]
    except csv.Error as error:
        raise CaptureTableError(f"Line {reader.line_num} is not a row of a CSV file ({error}).") from None
    return [row for row in rows if row[1]]


def _trimmed(cells: list[str]) -> list[str]:
    """Without surrounding space and without empty cells at the end of the row."""
    cells = [cell.strip() for cell in cells]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _columns(header: list[str]) -> tuple[list[str], int]:
    """The names of the lists, and the place of the column `count`."""
    places = [i for i, name in enumerate(header) if name.lower() == COUNT]
    if len(places) != 1:
        raise CaptureTableError("The table needs exactly one column named count, as its last.")
    names = header[: places[0]] + header[places[0] + 1 :]
    if not names:
        raise CaptureTableError("The table has no column for a list.")
    if "" in names:
        raise CaptureTableError("A column of the table has no name.")
    if len(set(names)) != len(names):
        raise CaptureTableError("Two columns of the table have the same name.")
    return names, places[0]


def _history(line: int, cells: list[str], lists: int, place: int) -> tuple[int, int]:
    if len(cells) != lists + 1:
        raise CaptureTableError(f"Line {line} has {len(cells)} columns, and the header {lists + 1}.")
    persons = _count(line, cells[place])
    marks = cells[:place] + cells[place + 1 :]
    if any(mark not in ("0", "1") for mark in marks):
        raise CaptureTableError(f"Line {line}: a list column holds something else than 0 or 1.")
    mask = sum(1 << i for i, mark in enumerate(marks) if mark == "1")
    if not mask and persons:
        raise CaptureTableError(f"Line {line} counts persons on no list, which is what is to be estimated.")
    return mask, persons


def _count(line: int, cell: str) -> int:
    if not _NUMBER.fullmatch(cell):
        raise CaptureTableError(f"Line {line}: the count is not a number.")
    number = Decimal(cell)
    if number < 0:
        raise CaptureTableError(f"Line {line}: the count is negative.")
    if number > MAX_PERSONS:
        raise CaptureTableError(f"Line {line}: the count is more than {MAX_PERSONS:,}.")
    if number != number.to_integral_value():
        raise CaptureTableError(f"Line {line}: the count is not a whole number.")
    return int(number)
