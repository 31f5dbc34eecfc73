"""The chart of the years tells where each number comes from, where the series breaks, and nothing of what is
hidden."""

from __future__ import annotations

import re

from libs.suppression.tables import Cell, Dimension, Status, Table
from summaries.charts import ChartWords, region_tiles, small_multiples, yearly_bars
from summaries.charts.svg import STUB
from summaries.classifications import residuals_last

YEARS = ("2017", "2018", "2019", "2020", "2021")
WORDS = ChartWords("By year", "Number", "x", {"register": "The register", "before": "Published before"})


def years(*values: int | None, hidden: str = "", holds: int | None = None) -> Table:
    """None is not available; `hidden` the year of a hidden cell, which holds `holds`."""
    cells = [
        Cell((year,), holds, Status.HIDDEN)
        if year == hidden
        else Cell((year,), value, Status.MISSING if value is None else Status.SHOWN)
        for year, value in zip(YEARS, values, strict=True)
    ]
    return Table("groups", "", (Dimension("year", YEARS),), tuple(cells))


def draw(table: Table, **more: tuple[str, ...]) -> str:
    facts = {"before": ("2017",), "breaks": (), "running": (), **more}
    return yearly_bars(table, WORDS, **facts).svg


def test_what_was_published_before_the_register_looks_otherwise_and_is_said_so() -> None:
    svg = draw(years(225, 262, 298, None, 490))
    assert svg.count('class="c-bar"') == 4  # three years, and the legend
    assert "2017 (Published before) 225" in svg
    assert "2020 not available" in svg
    alone = draw(years(225, 262, 298, None, 490), before=())
    assert "Published before" not in alone


def test_a_break_is_a_dotted_line_and_the_year_that_is_not_over_an_outline() -> None:
    assert draw(years(225, 262, 298, None, 490), breaks=("2021",)).count('class="c-break"') == 1
    svg = draw(years(225, 262, 298, None, 490), running=("2021",))
    assert 'fill="none" class="c-range"' in svg
    assert "2021 (so far) 490" in svg


def test_a_hidden_year_is_drawn_alike_whatever_it_holds() -> None:
    drawings = {draw(years(9, 9, 9, 9, 9, hidden="2019", holds=n)) for n in (None, 1, 4)}
    assert len(drawings) == 1
    assert f'height="{STUB:g}"' in drawings.pop()


def test_each_group_on_its_own_scale_can_be_read() -> None:
    cells = tuple(Cell((year, group), n) for year in YEARS for group, n in (("women", 300), ("boys", 20)))
    table = Table("groups", "", (Dimension("year", YEARS), Dimension("group", ("women", "boys"))), cells)

    svg = small_multiples(table, WORDS).svg
    women, boys = (
        {float(one) for one in re.findall(rf'<rect[^>]* height="([\d.]+)"[^>]*class="f-{group}"', svg)}
        for group in ("women", "boys")
    )
    assert min(boys) >= min(women) > 60


def test_the_legend_of_the_map_has_the_shades_that_some_tile_has() -> None:
    cells = (Cell(("ST",), 77), Cell(("V",), 49), Cell(("B",), 20))
    svg = region_tiles(Table("region", "", (Dimension("region", ("ST", "V", "B")),), cells), WORDS).svg
    assert re.findall(r">(\d+–\d+)<", svg) == ["17–32", "49–64", "65–80"]


def test_what_is_left_over_stands_last_whatever_its_number() -> None:
    listed = ("unknown", "police", "other", "ngo", "not_asked")
    assert residuals_last(listed) == ("police", "ngo", "other", "unknown", "not_asked")
    assert residuals_last(reversed(listed))[2:] == ("other", "unknown", "not_asked")
