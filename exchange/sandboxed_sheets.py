"""`python -m exchange.sandboxed_sheets ROWS SECONDS MEGABYTES`: the sheets of one file, read as
`sandboxed_rows` reads a table, by a process that has no keys and no more time and memory than it is given.
Pure.

Its messages: the file (F); a sheet with its name and what is merged (P); its lines, packed (R); why it is
refused (X); the end (E).
"""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import IO, Any, Final

from exchange import limits
from exchange.limits import refuse_if
from exchange.sandbox import COMMAND, heard_of, refusal
from exchange.sandboxed_rows import Message, answer, as_bytes, most_text, received, send, serve
from exchange.sheets import Area, SheetRow, WorkbookSheet, pages

TIMES: Final = 3  # what is dressed takes longer
OURS: Final = (*COMMAND[:-1], "exchange.sandboxed_sheets")


def read(
    data: bytes, name: str = "", *, most: int = limits.MAX_ROWS, within: float = limits.SANDBOX_IN_PAGE
) -> tuple[WorkbookSheet, ...]:
    """Return the sheets of a file, of `most` rows together; one without a name is called `name`. Raise
    Refused."""
    command = (*OURS, str(most))
    sheets = heard_of(data, command, lambda to, source: _heard(to, source, data), within, TIMES)
    return tuple(replace(page, name=page.name or name) for page in sheets)


def _heard(to: IO[bytes], source: IO[bytes], data: bytes) -> list[WorkbookSheet]:
    send(to, "F", data)
    row: list[tuple[list[Any], list[SheetRow]]] = []
    for letter, content in _messages(source):
        if letter == "P":
            row.append((json.loads(content), []))
        elif letter == "R" and row:
            row[-1][1].extend(row_of(load) for load in json.loads(content))
        elif letter == "E" and row:
            return [sheet_of(*one) for one in row]
        else:
            break
    raise EOFError


def _messages(source: IO[bytes]) -> Iterator[Message]:
    """Yield what the process says, its rows unpacked. Raises Refused, or EOFError where it says too much."""
    held = 0
    while True:
        letter, content = received(source, limits.SANDBOX_MESSAGE)
        if letter == "R":
            content = _unpacked(content)
        held += len(content)
        if held > limits.SANDBOX_TEXT_MAX:
            raise EOFError
        if letter == "X":
            raise refusal(json.loads(content))
        yield letter, content


def _unpacked(said: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(said, limits.SANDBOX_MESSAGE)
    except zlib.error:
        raise EOFError from None


def row_of(told: Sequence[Any]) -> SheetRow:
    """Return a row that was told as JSON."""
    number, cells, fills = told
    by_place = {int(place): str(fill) for place, fill in dict(fills).items()}
    return SheetRow(int(number), tuple(str(cell) for cell in cells), by_place)


def sheet_of(about: Sequence[Any], lines: Iterable[SheetRow]) -> WorkbookSheet:
    """Return a sheet that was told as JSON, with its rows."""
    name, merged, commented, hidden = about
    areas = tuple(Area(*(int(one) for one in area)) for area in merged)
    cells = frozenset((int(line), int(column)) for line, column in commented)
    return WorkbookSheet(str(name), tuple(lines), areas, cells, bool(hidden))


def tell(source: IO[bytes], sink: IO[bytes], rows: int) -> None:
    """Say what stands in the sheets of a file, of `rows` rows together at the most."""
    answer(source, sink, lambda data: _read(data, rows))


def _read(data: bytes, rows: int) -> Iterator[Message]:
    most = most_text(len(data))
    for page in pages(data, most=rows):
        yield "P", as_bytes([page.name, page.merged, sorted(page.commented), page.hidden])
        for at in range(0, len(page.lines), limits.SANDBOX_ROWS):
            piece = as_bytes(page.lines[at : at + limits.SANDBOX_ROWS])
            most -= len(piece)
            refuse_if(most < 0 or len(piece) > limits.SANDBOX_MESSAGE, "xlsx_overfull")
            yield "R", zlib.compress(piece, 1)


if __name__ == "__main__":
    rows = int(sys.argv[1])
    serve(lambda source, sink: tell(source, sink, rows), *sys.argv[2:])
