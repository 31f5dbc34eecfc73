"""A file is read by a process of its own (`exchange.sandbox`), which takes a tenth of a second to start.

In tests that are not about the process a thread reads it, and says the same through two pipes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, Any, Final

import pytest

from exchange import sandbox, sandboxed_rows, sandboxed_sheets
from exchange.limits import Refused, refuse

# What each process does; `words` are what follows its name on its command line.
READERS: Final[dict[tuple[str, ...], Callable[[IO[bytes], IO[bytes], Sequence[str]], None]]] = {
    sandbox.COMMAND: lambda source, sink, _words: sandboxed_rows._Reader(source, sink).run(),
    sandboxed_sheets.OURS: lambda source, sink, words: sandboxed_sheets.tell(source, sink, int(words[0])),
}
_by_a_process: Final = sandbox._asked


@contextmanager
def read_here() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "_asked", _asked)
        yield


@contextmanager
def read_apart() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "_asked", _by_a_process)
        yield


def _asked(command: list[str], hear: Callable[[IO[bytes], IO[bytes]], Any], timeout: float) -> Any:
    """A test may have another process started: then it is."""
    length = len(sandbox.COMMAND)
    reader = READERS.get(tuple(command[:length]))
    if reader is None:
        return _by_a_process(command, hear, timeout)
    with ExitStack() as stack:
        source, to = (stack.enter_context(end) for end in _pipe())
        heard, sink = (stack.enter_context(end) for end in _pipe())
        thread = threading.Thread(target=_says, args=(reader, source, sink, command[length:]), daemon=True)
        thread.start()
        stack.callback(thread.join)
        stack.callback(_shut, heard, to)  # the thread ends where nobody hears it any more
        try:
            return hear(to, heard)
        except (EOFError, OSError, ValueError, KeyError, TypeError) as error:
            if isinstance(error, Refused):
                raise
            raise refuse("not_read") from None


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    source, to = os.pipe()
    return os.fdopen(source, "rb"), os.fdopen(to, "wb")


def _shut(*ends: IO[bytes]) -> None:
    for end in ends:
        with suppress(OSError):
            end.close()


def _says(reader: Any, source: IO[bytes], sink: IO[bytes], words: Sequence[str]) -> None:
    with suppress(Exception):  # as the process ends without a word
        reader(source, sink, words)
    _shut(sink)
