"""Sheets on which a person is a column or a card, with the headings below each other, as if each were a row.
Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from exchange.pages import Line, Page
from lifecycle.takeover.headings import Headings

_NEEDED: Final = 3  # headings below each other
_MANY: Final = 60  # lines that are looked at


def upright(page: Page, headings: Headings) -> Page:
    """The sheet with a row for each person. One whose headings stand side by side is returned as it is. A
    row's number is that of the card's first line, and one more for each column to the right."""
    place = _labelled(page.lines)
    labels = [text for line in page.lines[:_MANY] if (text := _cell(line, place))]
    below = headings.strong(labels)
    if len(below) < _NEEDED or len(headings.known(labels)) < 0.4 * len({*labels}):
        return page  # before every other cell is compared with all headings, which takes seconds
    beside = max((len(headings.strong(filter(None, line.cells))) for line in page.lines[:_MANY]), default=0)
    if len(below) <= beside:
        return page
    lines = [line for card in _cards(page.lines, place) for line in _turned(card, place)]
    return replace(page, lines=tuple(lines), merged=())


def _labelled(lines: Sequence[Line]) -> int:
    """The first column in which more than one line says something."""
    widest = max((len(line.cells) for line in lines), default=0)
    return next((n for n in range(widest) if sum(bool(_cell(line, n)) for line in lines) > 1), 0)


def _cell(line: Line, place: int) -> str:
    return line.cells[place] if place < len(line.cells) else ""


def _cards(lines: Sequence[Line], place: int) -> Iterator[list[Line]]:
    """Parted where a label comes again."""
    card: list[Line] = []
    seen: set[str] = set()
    for line in lines:
        label = _cell(line, place).casefold()
        if label and label in seen:
            yield card
            card, seen = [], set()
        card.append(line)
        seen.add(label)
    yield card


def _turned(card: Sequence[Line], place: int) -> Iterator[Line]:
    """What stands alone above the labels as it is, then the labels as a heading, then a row a column."""
    told = [line for line in card if _cell(line, place) and any(line.cells[place + 1 :])]
    if not told:
        return
    first = told[0].number
    yield from (line for line in card if line.number < first and len({*filter(None, line.cells)}) == 1)
    yield Line(first, tuple(_cell(line, place) for line in told), {})
    for right in range(place + 1, max(len(line.cells) for line in told)):
        cells = tuple(_cell(line, right) for line in told)
        fills = {n: line.fills[right] for n, line in enumerate(told) if right in line.fills}
        if any(cells):
            yield Line(first + right - place, cells, fills)
