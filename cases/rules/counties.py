"""A county typed by a few letters, as on the telephone: the beginning of any word of its name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from cases.rules.values import fold

UNKNOWN: Final = frozenset({"okant", "unknown"})  # folded
_WORD: Final = re.compile(r"\w+")


def matches(text: str, names: Iterable[str]) -> list[str]:
    """The names of which some word begins with `text`, in their order; "gö" finds Västra Götalands län.

    Accents count when any name has them as typed: "or" finds Örebro, "ör" finds nothing without its dots."""
    names = list(names)
    wanted = text.strip().casefold()
    if not wanted:
        return []
    exact = [name for name in names if any(start.startswith(wanted) for start in _starts(name.casefold()))]
    plain = fold(text)
    return exact or [
        name for name in names if plain and any(fold(s).startswith(plain) for s in _starts(name))
    ]


def _starts(name: str) -> list[str]:
    """The name from each of its words on."""
    return [name[word.start() :] for word in _WORD.finditer(name)]
