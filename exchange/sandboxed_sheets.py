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
from typing import IO, Any, Final

from exchange import limits
from exchange.limits import Refused, refuse
from exchange.sandbox import COMMAND, heard_of, refusal
from exchange.sandboxed_rows import as_bytes, confine, received, send
from exchange.sheets import Area, SheetRow, WorkbookSheet, pages

TIMES: Final = 3  # what is dressed takes longer
OURS: Final = (*COMMAND[:-1], "exchange.sandboxed_sheets")


def read(
    data: bytes, name: str = "", *, most: int = limits.MAX_ROWS, within: float = limits.APART_IN_PAGE
) -> tuple[WorkbookSheet, ...]:
    """Return the sheets of a file, of `most` rows together; `name` is that of the sheet where the file has
    none. Raise Refused."""
    command = (*OURS, str(most))
    found = heard_of(data, command, lambda to, source: _heard(to, source, data), within, TIMES)
    return tuple(page if page.name else WorkbookSheet(name, *_of(page)[1:]) for page in found)


def _of(page: WorkbookSheet) -> tuple[Any, ...]:
    return page.name, page.lines, page.merged, page.commented, page.hidden


def _heard(to: IO[bytes], source: IO[bytes], data: bytes) -> list[WorkbookSheet]:
    send(to, "F", data)
    found: list[tuple[list[Any], list[SheetRow]]] = []
    for letter, said in _told(source):
        if letter == "P":
            found.append((json.loads(said), []))
        elif letter == "R" and found:
            found[-1][1].extend(map(row_of, json.loads(said)))
        elif letter == "E" and found:
            return [sheet_of(about, lines) for about, lines in found]
        else:
            break
    raise EOFError


def _told(source: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield what the process tells, its rows unpacked. Raises Refused where it refuses, EOFError where it
    tells too much."""
    held = 0
    while True:
        letter, said = received(source, limits.APART_PIECE)
        if letter == "R":
            said = _unpacked(said)
        held += len(said)
        if held > limits.APART_TEXT_MOST:
            raise EOFError
        if letter == "X":
            raise refusal(json.loads(said))
        yield letter, said


def _unpacked(said: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(said, limits.APART_PIECE)
    except zlib.error:
        raise EOFError from None


def row_of(told: Sequence[Any]) -> SheetRow:
    """Return a row that was told as JSON."""
    number, cells, fills = told
    if not isinstance(fills, dict):
        raise TypeError(fills)
    return SheetRow(
        int(number), tuple(map(str, cells)), {int(place): str(fill) for place, fill in fills.items()}
    )


def sheet_of(about: Sequence[Any], lines: Iterable[SheetRow]) -> WorkbookSheet:
    """Return a sheet that was told as JSON, with its rows."""
    name, merged, commented, hidden = about
    areas = tuple(Area(*map(int, area)) for area in merged)
    return WorkbookSheet(
        str(name), tuple(lines), areas, frozenset((int(a), int(b)) for a, b in commented), bool(hidden)
    )


def _tell(source: IO[bytes], sink: IO[bytes], rows: int) -> None:
    _letter, data = received(source, 2**31)
    most = min(limits.APART_TEXT + limits.APART_TEXT_A_BYTE * len(data), limits.APART_TEXT_MOST)
    try:
        for page in pages(data, most=rows):
            send(sink, "P", as_bytes([page.name, page.merged, sorted(page.commented), page.hidden]))
            for at in range(0, len(page.lines), limits.APART_ROWS):
                piece = as_bytes(page.lines[at : at + limits.APART_ROWS])
                most -= len(piece)
                if most < 0 or len(piece) > limits.APART_PIECE:
                    raise refuse("xlsx_overfull")
                send(sink, "R", zlib.compress(piece, 1))
        send(sink, "E", b"")
    except Refused as refused:
        send(sink, "X", as_bytes(refused.said))


def main(rows: str, seconds: str, megabytes: str) -> None:
    confine(int(seconds), int(megabytes))
    try:
        _tell(sys.stdin.buffer, sys.stdout.buffer, int(rows))
    except Exception:
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
