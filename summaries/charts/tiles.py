"""Tile maps: a tile for each county, or region, about where it lies. The number stands in every tile.

Our own grid: equal tiles let Blekinge be read as easily as Norrbotten, and need no map data.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Final

from agencies.code_words import rows
from libs.suppression.tables import Cell, Status, Table
from summaries.charts.chart import Chart, ChartWords, amount, axes, drawn, largest, padded, shown, spoken
from summaries.charts.svg import EDGE, INK, SURFACE, box, hatched, text, ticks, width_of

WIDE: Final = 100.0
HIGH: Final = 66.0
GAP: Final = 4.0
COLUMNS: Final = 5  # of what is no county or region, in rows below, and of shades
LEGEND: Final = 92.0  # width of one shade with its numbers
SHADES: Final = ("#e4eff1", "#b5d3d8", "#7fb0b9", "#3f7f8c", "#14505f")
FIRST_DARK: Final = 4  # from this shade the writing is light
Grid = Mapping[str, tuple[int, int]]

# SCB code -> (column, row)
COUNTIES: Final[Grid] = {
    "25": (3, 0), "24": (3, 1), "23": (2, 2), "22": (3, 2), "20": (2, 3), "21": (3, 3),
    "17": (0, 4), "18": (1, 4), "19": (2, 4), "03": (3, 4), "01": (4, 4),
    "14": (0, 5), "06": (1, 5), "05": (2, 5), "04": (3, 5),
    "13": (0, 6), "07": (1, 6), "08": (2, 6), "09": (4, 6), "12": (0, 7), "10": (1, 7),
}  # fmt: skip
SHORT: Final = {
    "01": "Stockholm", "03": "Uppsala", "04": "Södermanland", "05": "Östergötland", "06": "Jönköping",
    "07": "Kronoberg", "08": "Kalmar", "09": "Gotland", "10": "Blekinge", "12": "Skåne",
    "13": "Halland", "14": "Västra Götaland",
    "17": "Värmland", "18": "Örebro", "19": "Västmanland", "20": "Dalarna", "21": "Gävleborg",
    "22": "Västernorrland",
    "23": "Jämtland", "24": "Västerbotten", "25": "Norrbotten",
}  # fmt: skip
REGIONS: Final[Grid] = {
    row["code"]: (int(row["tile_column"]), int(row["tile_row"])) for row in rows("regions")
}


def _tiles(table: Table, words: ChartWords, *, grid: Grid) -> Chart:
    """Draw the first dimension, whose categories have their places in the grid. Others stand below."""
    (categories,) = axes(table, 1)
    cells = [(category, padded(table, category)) for category in categories]
    bounds = _bounds(largest(cell[1] for cell in cells))
    places = _places(categories, grid)
    body: list[str] = []
    for category, cell in cells:
        column, row = places[category]
        name = SHORT.get(category, words.label(category))
        body.extend(_tile(column * (WIDE + GAP), row * (HIGH + GAP), name, cell, bounds, words))
    columns, rows = (1 + max(of) for of in zip((0, 0), *places.values(), strict=True))
    bottom = rows * (HIGH + GAP) + 8
    width = max(columns * (WIDE + GAP), COLUMNS * LEGEND)
    used = {_shade(amount(cell), bounds) for _category, cell in cells if amount(cell)}
    body.extend(_legend(bounds, used, bottom, words))
    desc = spoken(words, [(words.title, [(words.label(category), cell) for category, cell in cells])])
    return drawn(words, desc, (width, bottom + 40), body, "tiles fits")


county_tiles: Final = partial(_tiles, grid=COUNTIES)  # by SCB code
region_tiles: Final = partial(_tiles, grid=REGIONS)  # by NMT region


def _places(categories: Sequence[str], grid: Grid) -> dict[str, tuple[int, int]]:
    below = max(row for _column, row in grid.values()) + 1
    free = ((at % COLUMNS, below + at // COLUMNS) for at in count())
    return {category: grid[category] if category in grid else next(free) for category in categories}


def _bounds(top: int) -> list[int]:
    """Highest value of each shade; made from shown values alone."""
    high = ticks(top, most=5)[-1]
    return sorted({max(1, -(-high * step // len(SHADES))) for step in range(1, len(SHADES) + 1)})


def _shade(value: int, bounds: Sequence[int]) -> int:
    """1 to 5."""
    return next((at for at, bound in enumerate(bounds, start=1) if value <= bound), len(bounds))


def _tile(
    x: float, y: float, name: str, cell: Cell, bounds: Sequence[int], words: ChartWords
) -> Iterator[str]:
    value = shown(cell)
    if cell.status is Status.HIDDEN:
        yield hatched(x, y, WIDE, HIGH)
        yield box(x + 3, y + 3, WIDE - 6, 20 + 14 * (len(_lines(name)) - 1), SURFACE, "c-paper")
        yield from _writing(x, y, name, "x")
    elif value:
        shade = _shade(value, bounds)
        yield box(x, y, WIDE, HIGH, SHADES[shade - 1], f"q-{shade}")
        yield from _writing(x, y, name, words.number(value), shade)
    else:
        yield box(x + 0.5, y + 0.5, WIDE - 1, HIGH - 1, SURFACE, "c-paper c-edge", stroke=EDGE)
        yield from _writing(x, y, name, ".." if value is None else words.number(0))


def _writing(x: float, y: float, name: str, value: str, shade: int = 0) -> Iterator[str]:
    for at, part in enumerate(_lines(name)):
        yield _plain(part, x + 8, y + 15.5 + 13 * at, 12, "400", shade)
    if value == "x":
        yield text(value, x + 8, y + HIGH - 8, size=22, weight="650")
    else:
        yield _plain(value, x + 8, y + HIGH - 8, 22, "650", shade)


def _plain(content: str, x: float, y: float, size: float, weight: str, shade: int) -> str:
    """Without a halo, on the tile's own colour."""
    fill = SURFACE if shade >= FIRST_DARK else INK
    style = f"qt-{shade}" if shade else "c-ink"
    return text(content, x, y, size=size, weight=weight, fill=fill, stroke="none", class_=style)


def _lines(name: str) -> list[str]:
    """Two lines where one is too long for the tile."""
    if width_of(name, 12) <= WIDE - 10 or " " not in name:
        return [name]
    first, _space, rest = name.partition(" ")
    return [first, rest]


def _legend(bounds: Sequence[int], used: Collection[int], y: float, words: ChartWords) -> Iterator[str]:
    """The shades that some tile has."""
    left, low = 0.0, 1
    for shade, bound in enumerate(bounds, start=1):
        if shade in used:
            span = words.number(low) if low == bound else f"{words.number(low)}–{words.number(bound)}"
            yield box(left, y, 16, 16, SHADES[shade - 1], f"q-{shade} c-edge", stroke=EDGE)
            yield text(span, left + 22, y + 13, size=12)
            left += LEGEND
        low = bound + 1
