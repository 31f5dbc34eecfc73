"""Files that come in by name of their importer."""

from __future__ import annotations

import os
from contextlib import suppress
from threading import Thread
from typing import IO, Any, Final

from accounts.access import Access
from cases.importing.columns import known
from cases.importing.plan import PersonPlan
from cases.importing.preview import PersonWords
from exchange import waiting
from exchange.importers import importer_of
from exchange.models import ImportUpload
from exchange.reading import ReadSheet, read
from exchange.reading_apart import _Reader
from exchange.runs import Choice, Done, import_file

SAID: Final = {"errors": "failed", "warnings": "warnings"}


def brought(name: str, data: bytes, by: Access, **choice: Any) -> Done:
    return import_file(data, importer_of(name), by=by, choice=Choice(**choice))


def kept(name: str, data: bytes, by: Access, file: str = "file.csv") -> ImportUpload:
    """It waits, and has not been looked at."""
    return waiting.put(importer_of(name), file, data, by=by)


def looked_at(name: str, data: bytes, by: Access, file: str = "file.csv") -> ImportUpload:
    upload = kept(name, data, by, file)
    waiting.look(upload, by=by)
    return upload


def read_persons(data: bytes) -> ReadSheet:
    return read(data, known)


def in_words(plan: PersonPlan) -> dict[str, Any]:
    """How many rows of each outcome, and what is wrong or odd in those of persons."""
    words, told = PersonWords(plan.header.named), plan.as_json()
    said = {name: [words.problem(one) for one in told[kept]] for name, kept in SAID.items()}
    return plan.counts() | said


class ReadHere:
    """A thread in place of the process that reads a file apart, which takes longer to start than a small file
    to be read. `tests/exchange/test_read_apart.py` is about the process."""

    def __init__(self, _command: object, **_options: object) -> None:
        asked, self.stdin = _pipe()
        self.stdout, said = _pipe()
        self._reads = Thread(target=_read_here, args=(asked, said), daemon=True)
        self._reads.start()

    def __enter__(self) -> ReadHere:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stdout.close()
        self._reads.join()

    def kill(self) -> None:
        """It ends when nothing is asked any more."""


def _read_here(asked: IO[bytes], said: IO[bytes]) -> None:
    with suppress(Exception), asked, said:
        _Reader(asked, said).run()


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    read, write = os.pipe()
    return os.fdopen(read, "rb"), os.fdopen(write, "wb")
