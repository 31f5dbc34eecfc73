"""Cells that a spreadsheet program would take for a formula, made harmless and turned back. Pure.

A program may split a file at another separator than it was written with, so that a formula can also begin
inside a cell: after a comma, a semicolon, a tab or a line break; and it may drop quotation marks that stand
before it. An apostrophe before the sign makes it text. One more is put before apostrophes that stand there
already, so that `restore(defuse(text)) == text` for every text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

# Signs that begin a formula, also in their full-width and small forms.
_SIGNS: Final = "=+\\-@＝＋－＠﹢﹣﹦﹫−"
# Blank or unseen: controls, spaces, joiners, direction marks, fillers, variation selectors, tags.
_UNSEEN: Final = (
    "\x00-\x20\x7f-\xa0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    "\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
_PLACE: Final = r"(?:^|(?<=[,;\t\r\n]))"
_AHEAD: Final = rf"(?=['\"{_UNSEEN}]*[{_SIGNS}])"
_DEFUSE: Final = re.compile(_PLACE + _AHEAD)
_RESTORE: Final = re.compile(_PLACE + "'" + _AHEAD)
_ANY_SIGN: Final = re.compile(f"[{_SIGNS}]")


@lru_cache(maxsize=8_192)  # most cells of a column repeat
def defuse(text: str) -> str:
    """`text`, with an apostrophe wherever a formula could begin."""
    return _DEFUSE.sub("'", text) if _ANY_SIGN.search(text) else text


def restore(text: str) -> str:
    """What `defuse` was given."""
    return _RESTORE.sub("", text) if "'" in text else text
