"""The stylesheet holds the values of docs/tokens.json, and those are readable."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.conf import settings

from summaries.charts.chart import BY_NAME
from summaries.charts.tiles import SHADES

TOKENS = json.loads((settings.BASE_DIR / "docs" / "tokens.json").read_text())
CSS = (settings.BASE_DIR / "static" / "nmt" / "tokens.css").read_text()
STYLES = sorted((settings.BASE_DIR / "static" / "nmt").glob("*.css"))
PLAIN = dict(re.findall(r"--nmt-([\w-]+): (#[0-9a-f]{6});", CSS))
BOTH = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--nmt-([\w-]+): light-dark\((\S+), (\S+)\);", CSS)
}
EXPECTED = {
    **{
        name: (TOKENS["colour"]["light"][name], TOKENS["colour"]["dark"][name])
        for name in TOKENS["colour"]["light"]
    },
    **{f"s-{name}": (series["light"], series["dark"]) for name, series in TOKENS["series"].items()},
    **{
        f"seq-{at}": pair
        for at, pair in enumerate(
            zip(TOKENS["sequential"]["light"], TOKENS["sequential"]["dark"], strict=True), 1
        )
    },
}


def test_a_colour_is_the_same_in_stylesheet_and_tokens() -> None:
    assert {name: PLAIN.get(name) for name in EXPECTED} == {
        name: light for name, (light, _dark) in EXPECTED.items()
    }
    assert {name: BOTH.get(name, (PLAIN[name], PLAIN[name])) for name in EXPECTED} == EXPECTED


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(pair: dict[str, Any], scheme: str) -> float:
    colours = TOKENS["colour"][scheme]
    high, low = sorted(
        (luminance(colours[pair[side]]) for side in ("foreground", "background")), reverse=True
    )
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_of_colours_can_be_told_apart(scheme: str) -> None:
    reached = {
        (pair["foreground"], pair["background"]): contrast(pair, scheme) for pair in TOKENS["contrast"]
    }
    assert len(reached) == len(TOKENS["contrast"]) > 20
    required = {(pair["foreground"], pair["background"]): pair["required"] for pair in TOKENS["contrast"]}
    assert {names: ratio for names, ratio in reached.items() if ratio < required[names]} == {}


def test_charts_carry_the_light_colours_of_the_tokens() -> None:
    assert {name: series["light"] for name, series in TOKENS["series"].items()} == {
        name: look.colour for name, look in BY_NAME.items()
    }
    assert list(SHADES) == TOKENS["sequential"]["light"]


def test_no_stylesheet_fetches_from_elsewhere() -> None:
    texts = {file.name: file.read_text() for file in STYLES}
    elsewhere = re.compile(r"url\(\s*['\"]?(https?:|//|data:)|@import\s+(?!url)")
    assert [name for name, text in texts.items() if elsewhere.search(text)] == []
    brought_in = {
        name: found
        for name, text in texts.items()
        if (found := re.findall(r'@import url\("([^"]*)"\)', text))
    }
    assert brought_in == {"policy.css": ["../css/bootstrap.min.css"]}  # all others stand in the page
