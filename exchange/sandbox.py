"""Read a file in a process of its own (`exchange.sandboxed_rows`), which has no keys, and limits of processor
time, memory and the clock. Never inside a transaction of the one who waits.

Whatever the file does to that process, its sender gets a sentence. Only the standard library is used here:
the rows are kept packed, so that they can wait encrypted and are never parsed again.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, TypeVar

from exchange import limits
from exchange.limits import REFUSALS, Refused, refuse, refuse_if
from exchange.reader import Known, ReadSheet, Row, check_size
from exchange.sandboxed_rows import as_bytes, received, send

ROOT: Final = Path(__file__).resolve().parents[1]
Heard = TypeVar("Heard")
# Without the environment, which holds keys; without packages, which it does not need and which take time.
COMMAND: Final = (sys.executable, "-E", "-s", "-S", "-m", "exchange.sandboxed_rows")
_turns = threading.BoundedSemaphore(limits.SANDBOX_PROCESSES)


@dataclass(frozen=True)
class ReadFile:
    """What a file holds, as it waits in memory or encrypted: `pieces` are rows, packed."""

    about: dict[str, Any]  # header, encoding, delimiter; digest of the file
    pieces: tuple[bytes, ...]

    @property
    def digest(self) -> str:
        return str(self.about["digest"])

    def sheet(self) -> ReadSheet:
        """To be read once, as often as one is asked for."""
        header = tuple(str(one) for one in self.about["header"])
        return ReadSheet(header, self._rows(), str(self.about["encoding"]), str(self.about["delimiter"]))

    def _rows(self) -> Iterator[Row]:
        for piece in self.pieces:
            for line, cells in json.loads(zlib.decompressobj().decompress(piece, limits.SANDBOX_MESSAGE)):
                yield int(line), [str(cell) for cell in cells]

    @classmethod
    def of_rows(cls, header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> ReadFile:
        """Rows with their lines that another reader has found, packed as those of a file."""
        parts = (rows[at : at + limits.SANDBOX_ROWS] for at in range(0, len(rows), limits.SANDBOX_ROWS))
        about = {"header": list(header), "encoding": "UTF-8", "delimiter": ""}
        about["digest"] = hashlib.sha256(as_bytes(rows)).hexdigest()
        return cls(about, tuple(zlib.compress(as_bytes(part), 1) for part in parts))

    def packed(self) -> bytes:
        """So that it can be kept: the length of each part before it."""
        parts = (as_bytes(self.about), *self.pieces)
        return b"".join(len(part).to_bytes(4, "big") + part for part in parts)

    @classmethod
    def unpacked(cls, packed: bytes) -> ReadFile:
        parts, at = [], 0
        while at < len(packed):
            size = int.from_bytes(packed[at : at + 4], "big")
            parts.append(packed[at + 4 : at + 4 + size])
            at += 4 + size
        return cls(json.loads(parts[0]), tuple(parts[1:]))


def read(data: bytes, known: Known, *, within: float = limits.SANDBOX_IN_PAGE) -> ReadFile:
    """Return its rows. Raise Refused: for what it is, what reading it takes, or since others are read."""
    return heard_of(data, COMMAND, lambda to, source: _heard(to, source, data, known), within)


def heard_of(
    data: bytes,
    command: Sequence[str],
    hear: Callable[[IO[bytes], IO[bytes]], Heard],
    within: float,
    times: int = 1,
) -> Heard:
    """Return what `hear` takes from the process that `command` starts, within the limits of a file of this
    size, and `within` so many seconds by the clock; `times`: so much more of the processor. Raise Refused."""
    check_size(len(data))
    megabytes = len(data) / 2**20
    seconds = times * int(limits.SANDBOX_SECONDS + limits.SANDBOX_SECONDS_A_MB * megabytes)
    memory = int(limits.SANDBOX_MEMORY + limits.SANDBOX_MEMORY_A_MB * megabytes)
    timeout = min(float(limits.SANDBOX_CLOCK_FACTOR * seconds), within)
    began = time.monotonic()
    refuse_if(not _turns.acquire(timeout=min(timeout, limits.SANDBOX_TURN)), "readers_busy")
    try:
        left = min(timeout, within - (time.monotonic() - began))
        return _asked([*command, str(seconds), str(memory)], hear, left)
    finally:
        _turns.release()


def _asked(command: list[str], hear: Callable[[IO[bytes], IO[bytes]], Heard], timeout: float) -> Heard:
    with ExitStack() as stack:
        process = subprocess.Popen(  # noqa: S603  our own, with arguments of our own
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={},
        )
        stack.enter_context(process)
        clock = threading.Timer(timeout, process.kill)
        clock.daemon = True
        clock.start()
        stack.callback(clock.cancel)
        if process.stdin is None or process.stdout is None:  # asked for above
            raise RuntimeError("no pipes")
        try:
            return hear(process.stdin, process.stdout)
        except Refused:
            raise
        except (EOFError, OSError, ValueError, KeyError, TypeError):
            raise refuse("not_read") from None
        finally:
            process.kill()
            with suppress(OSError):  # what it has not taken any more
                process.stdin.close()


def _heard(to: IO[bytes], source: IO[bytes], data: bytes, known: Known) -> ReadFile:
    """What the process says is believed as little as the file. Raises whatever it is that does not fit."""
    send(to, "F", data)
    about: dict[str, Any] = {}
    pieces: list[bytes] = []
    held = 0
    for letter, content in _messages(to, source, known):
        if letter == "H" and not about:
            told = json.loads(content)
            about = {name: told[name] for name in ("header", "encoding", "delimiter")}
            about["digest"] = hashlib.sha256(data).hexdigest()
        elif letter == "R" and about and held < limits.SANDBOX_TEXT_MAX:
            pieces.append(content)
            held += len(content)
        elif letter == "E" and about:
            return ReadFile(about, tuple(pieces))
        else:
            break
    raise EOFError


def _messages(to: IO[bytes], source: IO[bytes], known: Known) -> Iterator[tuple[str, bytes]]:
    """Yield what the process tells, and answer its questions on the way. Raises Refused where it refuses."""
    questions = 0
    while True:
        letter, content = received(source, limits.SANDBOX_MESSAGE)
        if letter == "X":
            raise refusal(json.loads(content))
        if letter == "K" and questions < limits.SANDBOX_QUESTIONS:
            questions += 1
            cells = [str(load) for load in json.loads(content)]
            send(to, "K", as_bytes(sorted(known(cells))))
        else:
            yield letter, content


def refusal(said: list[Any]) -> Refused:
    if not said or not dict(said).keys() <= REFUSALS.keys():
        raise EOFError
    return Refused(*((str(code), dict(params)) for code, params in said))
