"""A golden file: something that the register shows to those outside it, as it was, line by line."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.outside.place import Place

FOLDER: Final = Path(__file__).resolve().parents[1] / "golden"
SHOWN: Final = 24  # lines of a difference
MAX_LENGTH: Final = 160  # characters of a line that is shown
RENEW: Final = (
    "tests/golden/{name} no longer says what the register says. Is that meant? Then run `make golden`, "
    "read what has "
    "changed, and name the file in the commit message: docs/developer.md says when that is allowed."
)


@dataclass(frozen=True)
class Golden:
    """`gather` gives the whole content of the file of that name."""

    name: str
    gather: Callable[[Place], bytes]

    @property
    def path(self) -> Path:
        return FOLDER / self.name

    def stored(self) -> bytes:
        """Nothing where the file is new."""
        return self.path.read_bytes() if self.path.exists() else b""


def text(lines: Iterable[str]) -> bytes:
    """Lines in the order given."""
    return "".join(f"{line}\n" for line in lines).encode()


def listed(lines: Iterable[str]) -> bytes:
    """Each line once, sorted: where one stands says nothing."""
    return text(sorted(set(lines)))


def difference(name: str, before: bytes, now: bytes) -> str:
    """What is gone and what is new, shortened, and how the file is renewed; empty where they are the same."""
    if before == now:
        return ""
    changes = list(_changes(before, now)) or [_digests(before, now)]
    more = [f"… and {len(changes) - SHOWN} lines more"] if len(changes) > SHOWN else []
    return "\n".join([RENEW.format(name=name), *(line[:MAX_LENGTH] for line in changes[:SHOWN]), *more])


def _changes(before: bytes, now: bytes) -> Iterator[str]:
    old, new = (content.decode("utf-8", "replace").splitlines() for content in (before, now))
    for line in difflib.unified_diff(old, new, lineterm="", n=0):
        if not line.startswith(("---", "+++", "@@")):
            yield line


def _digests(before: bytes, now: bytes) -> str:
    """For bytes that read the same, such as the ends of lines."""
    old, new = (hashlib.sha256(content).hexdigest()[:16] for content in (before, now))
    return f"The lines read the same and the bytes differ: {old} was, {new} is."
