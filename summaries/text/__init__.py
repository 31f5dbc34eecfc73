"""The year in words, in Swedish and in English, from protected tables. Pure: no Django, clock or settings.

Nothing is said that the shown cells do not prove: "most", "all" and "more" stand only where every value that
the hidden cells could have makes them true, and a number stands only where its cell is shown.
"""

from __future__ import annotations

from summaries.text.paragraphs import LANGUAGES, paragraphs
from summaries.text.proved import Proved, gather

__all__ = ["LANGUAGES", "Proved", "gather", "paragraphs"]
