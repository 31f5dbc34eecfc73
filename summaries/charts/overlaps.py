"""Overlaps of lists: a bar for each combination, and below it a dot for each list that is in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from summaries.charts.chart import Chart, Words, drawn
from summaries.charts.scale import linear, ticks
from summaries.charts.svg import EDGE, INK, PRIMARY, SURFACE, box, element, line, text, width_of

COLUMN: Final = 30.0
HEIGHT: Final = 160.0
MOST: Final = 20  # combinations drawn; the table beside the figure has all

Combination = tuple[frozenset[str], int]


def overlap_bars(lists: Sequence[str], combinations: Sequence[Combination], words: Words) -> Chart:
    """The largest combinations first. For those who may see counts of single persons: never for the
    outside."""
    shown = sorted(combinations, key=lambda pair: (-pair[1], sorted(pair[0])))[:MOST]
    margin = max((width_of(words.label(name)) for name in lists), default=0) + 16
    scale = ticks(max((count for _names, count in shown), default=0))
    to_length = linear(scale[-1], HEIGHT)
    width = max(margin + COLUMN * len(shown) + 10, 420)
    body = [
        piece
        for value in scale
        for piece in _rule(value, HEIGHT + 20 - to_length(value), margin, width, words)
    ]
    for column, (names, count) in enumerate(shown):
        x, top = margin + COLUMN * column + 6, HEIGHT + 20 - to_length(count)
        body.append(box(x, top, COLUMN - 12, to_length(count), PRIMARY, "c-bar"))
        body.append(text(words.number(count), x + (COLUMN - 12) / 2, top - 5, size=12, anchor="middle"))
        body.extend(_dots(lists, names, x + (COLUMN - 12) / 2))
    for row, name in enumerate(lists):
        body.append(text(words.label(name), margin - 8, _y(row) + 5, anchor="end"))
    desc = " ".join(f"{_named(names, words)}: {words.number(count)}." for names, count in shown)
    return drawn(words, desc, (width, _y(len(lists))), body)


def _rule(value: int, y: float, margin: float, width: float, words: Words) -> list[str]:
    return [
        line(margin, y, width, y, "grid"),
        text(words.number(value), margin - 8, y + 4, size=12, anchor="end", muted=True),
    ]


def _dots(lists: Sequence[str], names: frozenset[str], x: float) -> list[str]:
    rows = [row for row, name in enumerate(lists) if name in names]
    dots = [line(x, _y(rows[0]), x, _y(rows[-1]), "axis")] if len(rows) > 1 else []
    for row, name in enumerate(lists):
        fill = INK if name in names else SURFACE
        style = "c-ink" if name in names else "c-paper c-edge"
        dots.append(element("circle", cx=x, cy=_y(row), r=6, fill=fill, stroke=EDGE, class_=style))
    return dots


def _y(row: int) -> float:
    return HEIGHT + 44 + 24 * row


def _named(names: frozenset[str], words: Words) -> str:
    return " + ".join(sorted(words.label(name) for name in names))
