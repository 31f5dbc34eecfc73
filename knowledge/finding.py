"""Which articles hold the words that are looked for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from exchange.words import folded
from knowledge.texts import HEADING, ITEM


class Page(Protocol):
    title_sv: str
    title_en: str
    text_sv: str
    text_en: str


Of = TypeVar("Of", bound=Page)


def found(looked_for: str, pages: Sequence[Of]) -> list[Of]:
    """Those that hold every word, in either language, wherever it stands in a longer one; those with them in
    the title first."""
    words = folded(looked_for).split()
    if not words:
        return []
    scored = []
    for place, page in enumerate(pages):
        title = folded(f"{page.title_sv} {page.title_en}")
        whole = f"{title} {folded(f'{page.text_sv} {page.text_en}')}"
        if all(word in whole for word in words):
            scored.append((-sum(word in title for word in words), place))
    return [pages[place] for _score, place in sorted(scored)]


def line_with(looked_for: str, text: str) -> str:
    """The first line of a text that holds one of the words; else its first that is no heading."""
    words = folded(looked_for).split()
    lines = [line.removeprefix(ITEM) for line in text.splitlines() if line and not line.startswith(HEADING)]
    hit = next((line for line in lines if any(word in folded(line) for word in words)), "")
    return hit or next(iter(lines), "")
