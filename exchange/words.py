"""How a cell of a file is compared with a name, and what a spreadsheet program leaves in a cell that failed.
Pure."""

from __future__ import annotations

import unicodedata
from typing import Final

# What Excel and LibreOffice write, in English and Swedish, where a formula gave no value.
ERRORS: Final = frozenset(
    {
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#NAME?",
        "#DIV/0!",
        "#NULL!",
        "#NUM!",
        "#SPILL!",
        "#CALC!",
        "#SAKNAS!",
        "#REFERENS!",
        "#VÄRDEFEL!",
        "#NAMN?",
        "#DIVISION/0!",
        "#SKÄRNING!",
        "#OGILTIGT!",
    }
)

LONGEST_HEADING: Final = 200  # characters that are kept of one
# The column that a file of failed rows has beside those of the sender, in every language: it is no fact.
WHAT_IS_WRONG: Final = ("What is wrong", "Vad som är fel")


def folded(text: str) -> str:
    """A name without regard to case, to blanks, to how its accents are coded, and to characters that are not
    seen."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return " ".join(text.split()).casefold()


def heading_key(text: str) -> str:
    """By which a heading is known again: nobody's heading is longer."""
    return folded(text)[:LONGEST_HEADING]
