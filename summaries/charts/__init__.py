"""Charts as SVG text, for page, print and PDF alike. Pure: strings and tables in, a `Chart` out.

Presentation attributes only (a strict content security policy refuses anything else) carry the light colours;
classes let the page's stylesheet recolour them in dark. Colour is never alone: a marker, a label and the
value stand beside. A cell that is not shown is drawn the same whatever it holds: no size, title or
description depends on it.
"""

from summaries.charts.bars import horizontal_bars, small_multiples, stacked_bars, yearly_bars
from summaries.charts.chart import Chart, ChartError, ChartWords
from summaries.charts.svg import without_halo
from summaries.charts.tiles import county_tiles, region_tiles

__all__ = [
    "Chart",
    "ChartError",
    "ChartWords",
    "county_tiles",
    "horizontal_bars",
    "region_tiles",
    "small_multiples",
    "stacked_bars",
    "without_halo",
    "yearly_bars",
]
