"""Which articles hold the words that are looked for. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from exchange.words import folded
from knowledge.texts import HEADING, ITEM


class Page(Protocol):
    title_sv: str
    title_en: str
    text_sv: str
    text_en: str


Of = TypeVar("Of", bound=Page)


def ranked(looked_for: str, among: Iterable[Any], said: Callable[[Any], tuple[str, str]]) -> list[Any]:
    """Those that hold every word, wherever it stands in a longer one; those with them in the title first.
    `said`: the title, and what else stands there."""
    words = folded(looked_for).split()
    scored = []
    for place, one in enumerate(among if words else ()):
        title, rest = map(folded, said(one))
        if all(word in f"{title} {rest}" for word in words):
            scored.append((-sum(word in title for word in words), place, one))
    return [one for _score, _place, one in sorted(scored, key=lambda found: found[:2])]


def found(looked_for: str, pages: Sequence[Of]) -> list[Of]:
    """The pages that hold every word, in either language."""
    return ranked(
        looked_for,
        pages,
        lambda page: (f"{page.title_sv} {page.title_en}", f"{page.text_sv} {page.text_en}"),
    )


def line_with(looked_for: str, text: str) -> str:
    """The first line of a text that holds one of the words; else its first that is no heading."""
    words = folded(looked_for).split()
    lines = [line.removeprefix(ITEM) for line in text.splitlines() if line and not line.startswith(HEADING)]
    hit = next((line for line in lines if any(word in folded(line) for word in words)), "")
    return hit or next(iter(lines), "")
