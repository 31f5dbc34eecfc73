"""The year in words, in Swedish and in English, from protected tables. Pure: no Django, clock or settings.

Nothing is said that the shown cells do not prove: "most", "all" and "more" stand only where every value that
the hidden cells could have makes them true, and a number stands only where its cell is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from summaries.text.english import English
from summaries.text.proved import Proved, gather
from summaries.text.sentences import Sentences
from summaries.text.swedish import Swedish

__all__ = ["LANGUAGES", "Language", "Proved", "gather", "paragraphs"]

Language = Literal["sv", "en"]
LANGUAGES: Final[Mapping[str, Sentences]] = {"sv": Swedish(), "en": English()}


def paragraphs(
    facts: Proved, language: Language, *, countries: Mapping[str, str], network: Sequence[str] | None = ()
) -> tuple[str, ...]:
    """Return what is proved in a language: `countries` names countries in it by code, `network` the agencies
    that take part, perhaps none; where it is None, nothing but the figures is told."""
    return LANGUAGES[language].paragraphs(facts, countries, network)
