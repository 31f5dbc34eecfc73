"""When two spellings are one reference of an agency: the one rule for imports, forms and searches. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# a case's reference and a person's: no part of a reference has a single | between blanks
BETWEEN: Final = " | "
_DASHES: Final = re.compile("[\u2010-\u2015\u2212]")
_NO_MATTER: Final = re.compile("(?<![0-9]) | (?![0-9])")


def folded(text: str) -> str:
    """What all spellings of a reference have in common: "K 1234–26" and "k1234-26" are one.

    The case of letters, the kind of a dash, characters that are not seen, and blanks do not count; but a
    blank between two digits does, since "1 23" and "12 3" are two.
    """
    if not text.isascii():
        seen = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
        text = _DASHES.sub("-", "".join(seen))
    parts = " ".join(text.split()).casefold().split(BETWEEN)
    same = BETWEEN.join(_NO_MATTER.sub("", part) if " " in part else part for part in parts)
    return same if same.isascii() else unicodedata.normalize("NFKC", same)
