"""Charts tell the same as their table, in any language and in black and white, and give nothing hidden
away."""

from __future__ import annotations

import csv
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import ImageFont

from libs.suppression.tables import Cell, Dimension, ProtectedTable, Status, Table
from summaries.charts import (
    Chart,
    ChartError,
    ChartWords,
    county_tiles,
    horizontal_bars,
    region_tiles,
    small_multiples,
    stacked_bars,
    without_halo,
)
from summaries.charts.svg import width_of
from summaries.charts.tiles import COUNTIES, REGIONS

ROOT = Path(__file__).parents[3]
DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
GROUPS = ("women", "men", "girls", "boys", "other", "unknown")
WORDS = ChartWords(
    "Persons by purpose", "Number", "The register", {"sexual": "Sexual purposes", "women": "Women"}
)
SVG = "{http://www.w3.org/2000/svg}"
Draw = Callable[[Table, ChartWords], Chart]
BY_GROUP: list[Draw] = [stacked_bars, small_multiples]
ONE_WAY: list[Draw] = [horizontal_bars, county_tiles, region_tiles]


def crossed(
    values: dict[str, list[int | None]], *, protected: bool = True, hidden_is: int | None = None
) -> Table:
    """Rows by group; None is a hidden cell, which holds `hidden_is`."""
    cells = [
        Cell(
            (row, group),
            hidden_is if value is None else value,
            Status.HIDDEN if value is None else Status.SHOWN,
        )
        for row, line in values.items()
        for group, value in zip(GROUPS, line, strict=True)
    ]
    kind = ProtectedTable if protected else Table
    return kind("purpose", "", (Dimension("row", tuple(values)), Dimension("group", GROUPS)), tuple(cells))


def listed(values: dict[str, int | None], *, hidden_is: int | None = None) -> Table:
    cells = tuple(
        Cell((name,), hidden_is if value is None else value, Status.HIDDEN if value is None else Status.SHOWN)
        for name, value in values.items()
    )
    return Table("list", "", (Dimension("category", tuple(values)),), cells)


EXAMPLE: dict[str, list[int | None]] = {
    "sexual": [117, None, 19, 0, 0, 0],
    "labour": [6, 30, None, None, 0, 0],
}
PLACES: dict[str, int | None] = {"01": 40, "V": 30, "12": None, "N": None, "unknown": 0}


def texts(chart: Chart) -> list[str]:
    return [node.text or "" for node in ET.fromstring(chart.svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("draw", BY_GROUP)
@pytest.mark.parametrize("other", [1, 4, 5000])
def test_what_a_hidden_cell_holds_changes_nothing_in_a_chart_by_group(draw: Draw, other: int) -> None:
    protected = draw(crossed(EXAMPLE), WORDS)
    assert draw(crossed(EXAMPLE, protected=False, hidden_is=other), WORDS) == protected
    assert "hidden value" in protected.desc
    assert "x" in texts(protected)


@pytest.mark.parametrize("draw", ONE_WAY)
@pytest.mark.parametrize("other", [1, 4, 5000])
def test_what_a_hidden_cell_holds_changes_nothing_in_a_chart_of_one_series(draw: Draw, other: int) -> None:
    protected = draw(listed(PLACES), WORDS)
    assert draw(listed(PLACES, hidden_is=other), WORDS) == protected
    assert "x" in texts(protected)


def test_every_hidden_bar_looks_like_every_other() -> None:
    chart = small_multiples(
        crossed({"2017": [None, None, 100, 1, 0, 0], "2018": [3, 3, None, 3, 3, 3]}), WORDS
    )
    stubs = [r for r in ET.fromstring(chart.svg).iter(f"{SVG}rect") if "c-edge" in (r.get("class") or "")]
    assert len(stubs) == 3
    assert len({(stub.get("width"), stub.get("height")) for stub in stubs}) == 1


@pytest.mark.parametrize("draw", BY_GROUP)
def test_every_value_is_printed_and_told(draw: Draw) -> None:
    chart = draw(crossed(EXAMPLE), WORDS)
    assert {"117", "19", "6", "30"} <= set(texts(chart))
    assert all(value in chart.desc for value in ("117", "19", "6", "30"))


def test_a_category_that_is_no_county_stands_below_the_map() -> None:
    chart = county_tiles(listed({**dict.fromkeys(COUNTIES, 7), "unknown": 3, "abroad": 2}), WORDS)
    assert {"unknown", "abroad", "Stockholm"} <= set(texts(chart))
    assert texts(chart).count("7") == len(COUNTIES)


@pytest.mark.parametrize(("grid", "places"), [(COUNTIES, 21), (REGIONS, 7)])
def test_no_two_tiles_share_a_place(grid: dict[str, tuple[int, int]], places: int) -> None:
    assert len(grid) == len(set(grid.values())) == places


@pytest.mark.parametrize("draw", [*BY_GROUP, horizontal_bars])
def test_text_from_outside_is_escaped(draw: Draw) -> None:
    evil = '"><script>alert(1)</script>&'
    table = crossed({evil: [1, 2, 3, 4, 5, 6]})
    chart = draw(table, ChartWords(evil, evil, evil, {evil: evil, "women": evil}, evil, evil))
    tags = {node.tag.removeprefix(SVG) for node in ET.fromstring(chart.svg).iter()}
    assert tags <= {"svg", "title", "desc", "g", "rect", "text", "line", "path", "circle"}
    assert evil in texts(chart)


@pytest.mark.parametrize("draw", [*BY_GROUP, horizontal_bars])
def test_a_chart_carries_no_style_script_or_address(draw: Draw) -> None:
    root = ET.fromstring(draw(crossed(EXAMPLE), WORDS).svg)
    names = {name for node in root.iter() for name in node.attrib}
    assert not {name for name in names if name == "style" or name.startswith("on") or "href" in name}
    assert "url(" not in draw(crossed(EXAMPLE), WORDS).svg


def test_title_and_description_name_the_drawing_for_screen_readers() -> None:
    root = ET.fromstring(stacked_bars(crossed(EXAMPLE), WORDS).svg)
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert (title.text, (desc.text or "")[:28]) == ("Persons by purpose", "Sexual purposes: Women 117, ")


def test_a_series_break_is_a_dotted_line_between_years() -> None:
    years = {year: [5, 5, 5, 5, 5, 5] for year in ("2015", "2016", "2017")}
    whole, broken = (
        small_multiples(crossed(years), WORDS),
        small_multiples(crossed(years), WORDS, breaks=("2017",)),
    )
    assert "c-break" not in whole.svg
    assert broken.svg.count('class="c-break"') == len(GROUPS)


def test_a_year_without_figures_is_marked_and_not_drawn_as_nothing() -> None:
    table = crossed({"2019": [5, 5, 5, 5, 5, 5], "2020": [5, 5, 5, 5, 5, 5]})
    holed = Table(table.name, "", table.dimensions, tuple(c for c in table if c.key[0] != "2020"))
    chart = small_multiples(holed, WORDS)
    assert texts(chart).count("..") == len(GROUPS)
    assert "2020 not available" in chart.desc


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    words = ChartWords("t", "u", "s", number=lambda value: f"{value:,}".replace(",", "\u00a0"))
    assert "1\u00a0234" in texts(horizontal_bars(listed({"a": 1234}), words))


def test_a_table_without_the_dimensions_is_refused() -> None:
    with pytest.raises(ChartError):
        stacked_bars(listed({"a": 1}), WORDS)


def test_nothing_to_draw_is_drawn_as_nothing() -> None:
    assert ET.fromstring(horizontal_bars(listed({}), WORDS).svg).tag == f"{SVG}svg"
    assert ET.fromstring(stacked_bars(crossed({}), WORDS).svg).tag == f"{SVG}svg"


def test_the_largest_chart_leaves_room_on_a_page_of_sixty_kilobytes() -> None:
    years = {str(year): [117, None, 19, 0, 7, 12] for year in range(2009, 2026)}
    assert len(small_multiples(crossed(years), WORDS).svg.encode()) < 40_000


def test_every_name_of_the_lists_has_the_room_that_a_wide_font_takes_and_little_more() -> None:
    if not DEJAVU.is_file():
        pytest.skip("DejaVu Sans is not installed.")
    font = ImageFont.truetype(DEJAVU, 130)
    with (ROOT / "agencies/reference/codes.csv").open() as lines:
        codes = list(csv.DictReader(lines))
    names = {code[label] for code in codes for label in ("label_sv", "label_en")} - {""}
    rooms = {name: width_of(name) / (font.getlength(name) / 10) for name in names}
    assert names
    assert {name: room for name, room in rooms.items() if not 0.99 < room < 1.35} == {}


def test_a_long_name_of_a_group_does_not_make_a_drawing_wider_than_a_phone() -> None:
    drawing = horizontal_bars(listed({"Other sex or not known": 9, "Arbetskraftsexploatering": 4}), WORDS)
    assert 'viewBox="0 0 440 ' in drawing.svg


LONG = "Prostitution utan misstanke om människohandel"
YEARS: dict[str, list[int | None]] = {str(year): [117, None, 1900, 0, 7, 12] for year in range(2016, 2026)}


@pytest.mark.parametrize(
    "chart",
    [
        stacked_bars(crossed(EXAMPLE), WORDS),
        small_multiples(crossed(YEARS), WORDS),
        small_multiples(crossed(dict([*YEARS.items()][:4])), WORDS),
        horizontal_bars(listed({LONG: 112, "Råd": 4, "Annat": None}), WORDS),
    ],
    ids=["stacked", "ten years", "four years", "long names"],
)
def test_a_chart_fits_a_phone_and_none_of_its_words_stands_outside_it(chart: Chart) -> None:
    svg = ET.fromstring(chart.svg)
    assert svg.get("viewBox", "").startswith("0 0 440 ")
    assert svg.get("class") == "fits"
    for node in svg.iter(f"{SVG}text"):
        size, x = float(node.get("font-size", 0)), float(node.get("x", 0))
        wide = width_of(node.text or "", size)
        left = x - {"middle": wide / 2, "end": wide}.get(node.get("text-anchor", ""), 0)
        assert left > -5, node.text
        assert left + wide < 445, node.text
        assert size >= 10


@pytest.mark.parametrize(
    "names",
    [
        ("Kvinnor", "Män", "Flickor", "Pojkar", "Annat kön", "Okända"),
        ("Women", "Men", "Girls", "Boys", "Other sex", "Unknown"),
    ],
)
def test_the_legend_of_all_groups_has_room_on_a_phone(names: tuple[str, ...]) -> None:
    words = replace(WORDS, labels=dict(zip(GROUPS, names, strict=True)))
    svg = ET.fromstring(stacked_bars(crossed({"sexual": [9, 8, 7, 6, 5, None]}), words).svg)
    legend = [node for node in svg.iter(f"{SVG}text") if node.get("y") == "14"]
    ends = [float(node.get("x", 0)) + width_of(node.text or "", 12) for node in legend]
    assert [node.text for node in legend] == [*names]
    assert max(ends) <= 440


@pytest.mark.parametrize("draw", BY_GROUP)
def test_no_halo_covers_the_letters_where_its_order_is_not_known(draw: Draw) -> None:
    chart = draw(crossed(EXAMPLE), WORDS)
    bare = without_halo(chart.svg)
    writing = [node for node in ET.fromstring(bare).iter(f"{SVG}g") if node.find(f"{SVG}text") is not None]
    assert writing
    assert all("stroke" not in node.attrib and "paint-order" not in node.attrib for node in writing)
    assert [n.text or "" for n in ET.fromstring(bare).iter(f"{SVG}text")] == texts(chart)


def test_every_part_of_a_chart_that_is_recoloured_in_the_dark_has_a_rule_for_it() -> None:
    """Its own colours are the light ones: a part without a rule stays dark on dark."""
    drawn = "".join(path.read_text() for path in (ROOT / "summaries/charts").glob("*.py"))
    rules = (ROOT / "static/nmt/pages.css").read_text()
    named = set(re.findall(r'"(c-[a-z]+)"', drawn))
    assert "c-range" in named
    assert sorted(name for name in named if f".{name} {{" not in rules) == []
