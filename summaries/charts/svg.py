"""The few SVG elements that charts are made of, as text, with presentation attributes in the light colours;
and from values to lengths, with round numbers on the axis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Final

INK: Final = "#182226"
MUTED: Final = "#4c595d"
LINE: Final = "#cbd3d2"
SURFACE: Final = "#ffffff"
PRIMARY: Final = "#14505f"
EDGE: Final = "#6b787b"
ADVANCE: Final = dict.fromkeys("fijlrtI .,:;'()-/", 0.42) | dict.fromkeys("MWmw@%", 1.0)  # of a letter
STUB: Final = 18.0  # length of a bar whose value is not shown: always this


def element(tag: str, *children: str, **attributes: str | float) -> str:
    """Names of attributes have underscores; `class_` is class. Children are markup, escaped already."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for name, value in attributes.items()
        if value != ""
    )
    return f"<{tag}{written}>{''.join(children)}</{tag}>" if children else f"<{tag}{written}/>"


def _plain(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def text(
    content: str,
    x: float,
    y: float,
    *,
    size: float = 13,
    anchor: str = "",
    weight: str = "",
    muted: bool = False,
    **own: str | float,
) -> str:
    """Ink and halo come from the group that `layered` puts around all writing: pages stay small."""
    if muted:
        own = {"fill": MUTED, "class_": "c-muted"}
    return element(
        "text", escape(content), x=x, y=y, font_size=size, text_anchor=anchor, font_weight=weight, **own
    )


def layered(pieces: Sequence[str]) -> Iterator[str]:
    """Shapes below, writing above, with a halo that keeps letters readable where they cross a line."""
    yield from (piece for piece in pieces if not _is_writing(piece))
    halo: dict[str, str | float] = {"stroke": SURFACE, "stroke_width": 3, "paint_order": "stroke"}
    yield element(
        "g", *(piece for piece in pieces if _is_writing(piece)), fill=INK, **halo, class_="c-ink c-halo"
    )


def _is_writing(piece: str) -> bool:
    return piece.startswith("<text")


def without_halo(svg: str) -> str:
    """For a renderer without paint-order, which would lay the halo over the letters."""
    return svg.replace(f' stroke="{SURFACE}" stroke-width="3" paint-order="stroke"', "")


def width_of(content: str, size: float = 13) -> float:
    """At least what DejaVu Sans takes, a wide font: the drawing cannot measure the reader's."""
    return sum(ADVANCE.get(letter, 0.8 if letter.isupper() else 0.64) for letter in content) * size


def line(x1: float, y1: float, x2: float, y2: float, kind: str, dash: str = "") -> str:
    """`kind` is grid, axis, break or edge."""
    colour = {"grid": LINE, "axis": INK, "break": MUTED, "edge": EDGE}[kind]
    return element(
        "line",
        x1=x1,
        y1=y1,
        x2=x2,
        y2=y2,
        stroke=colour,
        stroke_width=1.5 if kind == "break" else 1,
        stroke_dasharray=dash,
        class_=f"c-{kind}",
    )


def box(x: float, y: float, width: float, height: float, fill: str, style: str, **more: str | float) -> str:
    return element("rect", x=x, y=y, width=width, height=height, fill=fill, class_=style, **more)


def hatched(x: float, y: float, width: float, height: float) -> str:
    """A box for what is not shown. It has lines of its own: a pattern needs an id unique on the page."""
    frame = box(x, y, width, height, SURFACE, "c-paper c-edge", stroke=EDGE)
    lines = "".join(_slanting(x, y, width, height))
    return frame + element("path", d=lines, stroke=MUTED, stroke_width=0.75, class_="c-hatch")


def _slanting(x: float, y: float, width: float, height: float, step: float = 5) -> Iterator[str]:
    offset = step
    while offset < width + height:
        left, right = max(0.0, offset - height), min(offset, width)
        yield f"M{x + left:.4g} {y + offset - left:.4g}L{x + right:.4g} {y + offset - right:.4g}"
        offset += step


def ticks(top: int, most: int = 4) -> list[int]:
    """Round numbers from 0 to at least `top`, in at most `most` steps of 1, 2 or 5 times a power of ten.
    Whole persons: a step is never under 1."""
    top = max(top, 1)
    power = 1
    while True:
        for factor in (1, 2, 5):
            step = factor * power
            if step * most >= top:
                return list(range(0, step * (-(-top // step)) + 1, step))
        power *= 10


def linear(top: int, length: float) -> Callable[[int], float]:
    """Length of a value when `top` has `length`."""
    return lambda value: length * value / max(top, 1)
