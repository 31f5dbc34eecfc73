"""Of the dark figure: how lists overlap, and what an estimate could be.

Overlaps have a bar for each combination, and below it a dot for each list that is in it. Intervals stand
below each other on one scale, each with its point where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from summaries.charts.chart import Chart, ChartWords, drawn
from summaries.charts.svg import (
    EDGE,
    INK,
    PRIMARY,
    SURFACE,
    box,
    element,
    line,
    linear,
    text,
    ticks,
    width_of,
)

COLUMN: Final = 30.0
HEIGHT: Final = 160.0
MAX_DRAWN: Final = 20  # combinations drawn; the table beside the figure has all

Combination = tuple[frozenset[str], int]


def overlap_bars(lists: Sequence[str], combinations: Sequence[Combination], words: ChartWords) -> Chart:
    """The largest combinations first. Counts of single persons: never for the outside."""
    shown = sorted(combinations, key=lambda pair: (-pair[1], sorted(pair[0])))[:MAX_DRAWN]
    margin = max(map(width_of, map(words.label, lists)), default=0) + 16
    scale = ticks(max(map(itemgetter(1), shown), default=0))
    to_length = linear(scale[-1], HEIGHT)
    width = max(margin + COLUMN * len(shown) + 10, 420)
    body: list[str] = []
    for value in scale:
        y = HEIGHT + 20 - to_length(value)
        body.append(line(margin, y, width, y, "grid"))
        body.append(text(words.number(value), margin - 8, y + 4, size=12, anchor="end", muted=True))
    for column, (names, count) in enumerate(shown):
        x, top = margin + COLUMN * column + 6, HEIGHT + 20 - to_length(count)
        body.append(box(x, top, COLUMN - 12, to_length(count), PRIMARY, "c-bar"))
        body.append(text(words.number(count), x + (COLUMN - 12) / 2, top - 5, size=12, anchor="middle"))
        body.extend(_dots(lists, names, x + (COLUMN - 12) / 2))
    for row, name in enumerate(lists):
        body.append(text(words.label(name), margin - 8, _y(row) + 5, anchor="end"))
    desc = " ".join(f"{_named(names, words)}: {words.number(count)}." for names, count in shown)
    return drawn(words, desc, (width, _y(len(lists))), body)


def _dots(lists: Sequence[str], names: frozenset[str], x: float) -> list[str]:
    rows = sorted(map(lists.index, names))
    dots = [line(x, _y(rows[0]), x, _y(rows[-1]), "axis")] if len(rows) > 1 else []
    for row, name in enumerate(lists):
        fill, style = (INK, "c-ink") if name in names else (SURFACE, "c-paper c-edge")
        dots.append(element("circle", cx=x, cy=_y(row), r=6, fill=fill, stroke=EDGE, class_=style))
    return dots


def _y(row: int) -> float:
    return HEIGHT + 44 + 24 * row


def _named(names: frozenset[str], words: ChartWords) -> str:
    return " + ".join(sorted(map(words.label, names)))


WIDTH: Final = 440.0  # so much fits a phone with letters that can still be read
ROW: Final = 46.0
LABEL: Final = 16.0  # above its range: beside it, a long one would leave no room on a phone
RANGE_EDGE: Final = 8.0


@dataclass(frozen=True, slots=True)
class Range:
    """`low` to `high` in persons, and `point` where there is a figure. `high` None: no upper limit."""

    label: str
    low: float | None = None
    high: float | None = None
    point: float | None = None


def range_chart(ranges: Sequence[Range], words: ChartWords, no_limit: str) -> Chart:
    known = [value for one in ranges for value in (one.low, one.high, one.point) if value is not None]
    scale = ticks(int(max(known, default=1)) + 1)
    width = max([WIDTH, *(width_of(one.label) + RANGE_EDGE for one in ranges)])
    to_length = linear(scale[-1], width - RANGE_EDGE - 40)
    bottom = ROW * len(ranges) + 8
    body: list[str] = []
    for value in scale:
        x = RANGE_EDGE + to_length(value)
        body.append(line(x, 0, x, bottom, "grid"))
        body.append(text(words.number(value), x, bottom + 18, size=12, anchor="middle", muted=True))

    def x_of(value: float) -> float:
        return RANGE_EDGE + to_length(round(value))

    for row, interval in enumerate(ranges):
        body.append(text(interval.label, RANGE_EDGE, ROW * row + LABEL))
        body.extend(_range(interval, ROW * row + LABEL + 15, x_of, width - RANGE_EDGE))
    desc = " ".join(f"{one.label}: {in_words(one, words, no_limit)}." for one in ranges)
    return drawn(words, desc, (width, bottom + 26), body, "fits" if width <= WIDTH else "")


def in_words(one: Range, words: ChartWords, no_limit: str) -> str:
    """ "1 034 (658–1 709)"."""
    point = words.number(round(one.point)) if one.point is not None else ""
    if (one.low, one.high) == (None, None):
        return point
    low = words.number(round(one.low)) if one.low is not None else "0"
    high = words.number(round(one.high)) if one.high is not None else no_limit
    return f"{point} ({low}–{high})".strip()


def _range(one: Range, y: float, x_of: Callable[[float], float], end: float) -> Iterator[str]:
    if (one.low, one.high) != (None, None):
        left, right = x_of(one.low or 0), end if one.high is None else x_of(one.high)
        yield _stroke(left, y, right, y, 4)
        yield _stroke(left, y - 7, left, y + 7, 2)
        if one.high is not None:
            yield _stroke(right, y - 7, right, y + 7, 2)
    if one.point is not None:
        yield element("circle", cx=x_of(one.point), cy=y, r=6, fill=PRIMARY, class_="c-bar")


def _stroke(x1: float, y1: float, x2: float, y2: float, width: float) -> str:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=PRIMARY, stroke_width=width, class_="c-range")
