"""Intervals below each other on one scale, each with its point where there is one: what an estimate could
be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from summaries.charts.chart import Chart, Words, drawn
from summaries.charts.scale import linear, ticks
from summaries.charts.svg import PRIMARY, element, line, text, width_of

WIDTH: Final = 440.0  # so much fits a phone with letters that can still be read
ROW: Final = 46.0
LABEL: Final = 16.0  # above its range: beside it, a long one would leave no room on a phone
EDGE: Final = 8.0


@dataclass(frozen=True, slots=True)
class Range:
    """`low` to `high` in persons, either None; `point` where there is a figure; `high` None: no upper
    limit."""

    label: str
    low: float | None = None
    high: float | None = None
    point: float | None = None


def range_chart(ranges: Sequence[Range], words: Words, no_limit: str) -> Chart:
    known = [value for one in ranges for value in (one.low, one.high, one.point) if value is not None]
    scale = ticks(int(max(known, default=1)) + 1)
    width = max([WIDTH, *(width_of(one.label) + EDGE for one in ranges)])
    to_length = linear(scale[-1], width - EDGE - 40)
    bottom = ROW * len(ranges) + 8
    body = [piece for value in scale for piece in _rule(value, EDGE + to_length(value), bottom, words)]
    for row, one in enumerate(ranges):
        body.append(text(one.label, EDGE, ROW * row + LABEL))
        body.extend(
            _range(one, ROW * row + LABEL + 15, lambda value: EDGE + to_length(round(value)), width - EDGE)
        )
    desc = " ".join(f"{one.label}: {said(one, words, no_limit)}." for one in ranges)
    return drawn(words, desc, (width, bottom + 26), body, "fits" if width <= WIDTH else "")


def said(one: Range, words: Words, no_limit: str) -> str:
    """ "1 034 (658–1 709)"."""
    point = words.number(round(one.point)) if one.point is not None else ""
    if one.low is None and one.high is None:
        return point
    low = words.number(round(one.low)) if one.low is not None else "0"
    high = words.number(round(one.high)) if one.high is not None else no_limit
    return f"{point} ({low}–{high})".strip()


def _rule(value: int, x: float, bottom: float, words: Words) -> list[str]:
    return [
        line(x, 0, x, bottom, "grid"),
        text(words.number(value), x, bottom + 18, size=12, anchor="middle", muted=True),
    ]


def _range(one: Range, y: float, x_of: Callable[[float], float], end: float) -> list[str]:
    pieces = []
    if one.low is not None or one.high is not None:
        left, right = x_of(one.low or 0), x_of(one.high) if one.high is not None else end
        pieces = [
            element("line", x1=left, y1=y, x2=right, y2=y, stroke=PRIMARY, stroke_width=4, class_="c-range"),
            element(
                "line", x1=left, y1=y - 7, x2=left, y2=y + 7, stroke=PRIMARY, stroke_width=2, class_="c-range"
            ),
        ]
        if one.high is not None:
            pieces.append(
                element(
                    "line",
                    x1=right,
                    y1=y - 7,
                    x2=right,
                    y2=y + 7,
                    stroke=PRIMARY,
                    stroke_width=2,
                    class_="c-range",
                )
            )
    if one.point is not None:
        pieces.append(element("circle", cx=x_of(one.point), cy=y, r=6, fill=PRIMARY, class_="c-bar"))
    return pieces
