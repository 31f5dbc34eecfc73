"""A JSON file as the export writes it to rows of text. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from exchange.limits import MAX_CELL, MAX_ROWS
from exchange.refusals import refuse
from exchange.text import NO_TEXT

Row = tuple[int, Sequence[str]]
MAX_QUOTES: Final = 60 * MAX_ROWS  # four for each cell


def rows(data: bytes) -> Iterator[Row]:
    """The names of the first row as header, then the rows; lines count from 1 as in a table. Raises
    Refused."""
    # Counted before it is unpacked, which takes many times its size.
    if max(data.count(b"{"), data.count(b"[")) > MAX_ROWS + 3 or data.count(b'"') > MAX_QUOTES:
        raise refuse("too_many_rows", max=MAX_ROWS)
    try:
        found: Any = json.loads(data)
    except (ValueError, RecursionError):
        raise refuse("json_broken") from None
    table = found.get("rows")
    end = found.get("end")
    if not isinstance(table, list) or not isinstance(end, dict) or end.get("rows") != len(table):
        raise refuse("json_broken")
    del found
    header = list(table[0]) if table and isinstance(table[0], dict) else []
    if table:
        _check_text(header, 1)
        yield 1, header
    for line, row in enumerate(table, start=2):
        yield line, _cells(row, header, line)


def _cells(row: object, header: list[str], line: int) -> list[str]:
    if (
        not isinstance(row, dict)
        or list(row) != header
        or not all(type(cell) in {str, int} for cell in row.values())
    ):
        raise refuse("json_broken")
    cells = [str(cell) for cell in row.values()]
    _check_text(cells, line)
    if max(map(len, cells), default=0) > MAX_CELL:
        raise refuse("long_cell", line=line, max=MAX_CELL)
    return cells


def _check_text(cells: Sequence[str], line: int) -> None:
    """Escapes can write what a file of text cannot hold: control characters, and halves of characters."""
    if any(map(NO_TEXT.search, cells)):
        raise refuse("not_text", line=line)
