"""`python -m exchange.sandboxed_rows SECONDS MEGABYTES`: reads one file from standard input and writes its
rows to standard output. It is started by `exchange.sandbox`, which asks and answers in the same messages.

It reads without Django, keys, settings and database, so that a file that means harm meets nothing; it takes
no more time and memory than it is given, and opens nothing once it has begun. Pure.

A message is its length in four bytes, a letter and what it holds: the file (F); which columns of a header
are known (K, asked and answered); header and kind (H); rows, packed (R); why it is refused (X); the end (E).
"""

from __future__ import annotations

import codecs
import json
import resource
import struct
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from os import nice
from typing import IO, Any, Final

from exchange import limits
from exchange.limits import Refused, refuse_if
from exchange.reader import Row, read

Message = tuple[str, bytes]  # its letter, and what it holds
LENGTH: Final = struct.Struct(">IB")
LONG_NAME: Final = 200  # characters: no column has a name as long
NICE: Final = 5  # so that pages are answered first
CODECS: Final = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "cp437", "cp1252", "latin-1")


def send(to: IO[bytes], letter: str, held: bytes) -> None:
    to.write(LENGTH.pack(len(held), ord(letter)) + held)
    to.flush()


def received(source: IO[bytes], most: int) -> Message:
    """Raises EOFError where the other side is gone or says more than it may."""
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    length, letter = LENGTH.unpack(head)
    held = source.read(length) if length <= most else b""
    if len(held) < length:
        raise EOFError
    return chr(letter), held


def as_bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def answer(source: IO[bytes], sink: IO[bytes], read: Callable[[bytes], Iterator[Message]]) -> None:
    """Say to `sink` what `read` finds in the file that comes from `source`, or why it is refused."""
    _letter, data = received(source, 2**31)
    try:
        for letter, held in read(data):
            send(sink, letter, held)
        send(sink, "E", b"")
    except Refused as refused:
        send(sink, "X", as_bytes(refused.said))


def most_text(size: int) -> int:
    """How many bytes of text a file of this size may hold."""
    return min(limits.SANDBOX_TEXT + limits.SANDBOX_TEXT_A_BYTE * size, limits.SANDBOX_TEXT_MAX)


class _Reader:
    def __init__(self, source: IO[bytes], sink: IO[bytes]) -> None:
        self._source, self._sink, self._asked = source, sink, 0

    def run(self) -> None:
        answer(self._source, self._sink, self._read)

    def _read(self, data: bytes) -> Iterator[Message]:
        sheet = read(data, self._known)
        yield "H", as_bytes({name: getattr(sheet, name) for name in ("header", "encoding", "delimiter")})
        for piece in _pieces(sheet.rows, most_text(len(data))):
            yield "R", zlib.compress(piece, 1)

    def _known(self, cells: Sequence[str]) -> set[str]:
        """Whoever sends the file knows its columns."""
        self._asked += 1
        if self._asked > limits.SANDBOX_QUESTIONS:
            return set()
        asked = [cell for cell in cells[: limits.MAX_COLUMNS + 1] if len(cell) <= LONG_NAME]
        send(self._sink, "K", as_bytes(asked))
        _letter, answer = received(self._source, limits.SANDBOX_MESSAGE)
        return set(json.loads(answer))


def _pieces(rows: Iterator[Row], most: int) -> Iterator[bytes]:
    """Rows as JSON, some at once. Raises Refused where a small file becomes a large table."""
    some: list[Any] = []
    held = 0
    for line, cells in rows:
        some.append((line, cells))
        size = sum(len(cell) for cell in cells) + 3 * len(cells)
        held += size
        most -= size
        refuse_if(most < 0, "xlsx_overfull")
        is_large = held > limits.SANDBOX_MESSAGE // 8  # a character may take four bytes, and cells more
        if len(some) == limits.SANDBOX_ROWS or is_large:
            yield as_bytes(some)
            some, held = [], 0
    if some:
        yield as_bytes(some)


def confine(seconds: int, megabytes: int) -> None:
    """From here on. What is imported when it is first needed has been."""
    for codec in CODECS:
        codecs.lookup(codec)
    with suppress(OSError):
        nice(NICE)
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, megabytes * 2**20),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        with suppress(ValueError, OSError):  # a system that sets less itself, or does not know it
            resource.setrlimit(what, (most, most))


def serve(run: Callable[[IO[bytes], IO[bytes]], None], seconds: str, megabytes: str) -> None:
    """Whatever else happens ends the process without a last message: its caller says a sentence."""
    confine(int(seconds), int(megabytes))
    try:
        run(sys.stdin.buffer, sys.stdout.buffer)
    except Exception:
        sys.exit(1)


if __name__ == "__main__":
    serve(lambda source, sink: _Reader(source, sink).run(), *sys.argv[1:])
