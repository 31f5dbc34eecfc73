"""The signs by which a text says what is a heading and what an item of a list. Pure."""

from __future__ import annotations

from typing import Final

HEADING: Final = "## "
ITEM: Final = "- "
