"""The stylesheet holds the values of docs/tokens.json, and those are readable."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from summaries.charts.series import BY_NAME
from summaries.charts.tiles import SHADES

TOKENS = json.loads((settings.BASE_DIR / "docs" / "tokens.json").read_text())
CSS = (settings.BASE_DIR / "static" / "nmt" / "tokens.css").read_text()
STYLES = sorted((settings.BASE_DIR / "static" / "nmt").glob("*.css"))
PLAIN = dict(re.findall(r"--nmt-([\w-]+): (#[0-9a-f]{6});", CSS))
BOTH = {name: (light, dark) for name, light, dark in re.findall(r"--nmt-([\w-]+): light-dark\((\S+), (\S+)\);", CSS)}
EXPECTED = {
    **{name: (TOKENS["colour"]["light"][name], TOKENS["colour"]["dark"][name]) for name in TOKENS["colour"]["light"]},
    **{f"s-{name}": (series["light"], series["dark"]) for name, series in TOKENS["series"].items()},
    **{
        f"seq-{at}": pair
        for at, pair in enumerate(zip(TOKENS["sequential"]["light"], TOKENS["sequential"]["dark"], strict=True), 1)
    },
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_colour_is_the_same_in_stylesheet_and_tokens(name: str) -> None:
    light, dark = EXPECTED[name]
    assert PLAIN[name] == light
    assert BOTH.get(name, (PLAIN[name], PLAIN[name])) == (light, dark)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("pair", TOKENS["contrast"], ids=lambda pair: f"{pair['foreground']}-{pair['background']}")
def test_a_pair_of_colours_can_be_told_apart(pair: dict[str, str | float], scheme: str) -> None:
    colours = TOKENS["colour"][scheme]
    high, low = sorted((luminance(colours[str(pair[side])]) for side in ("foreground", "background")), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= float(pair["required"])


def test_charts_carry_the_light_colours_of_the_tokens() -> None:
    assert {name: series["light"] for name, series in TOKENS["series"].items()} == {
        name: look.colour for name, look in BY_NAME.items()
    }
    assert list(SHADES) == TOKENS["sequential"]["light"]


@pytest.mark.parametrize(
    "file", sorted((settings.BASE_DIR / "static" / "nmt").glob("*.css")), ids=lambda file: file.name
)
def test_no_stylesheet_fetches_from_elsewhere(file: Path) -> None:
    text = file.read_text()
    assert not re.search(r"url\(\s*['\"]?(https?:|//|data:)|@import\s+(?!url)", text)
    brought_in = ["../css/bootstrap.min.css"] if file.name == "policy.css" else []  # all others stand in the page
    assert re.findall(r'@import url\("([^"]*)"\)', text) == brought_in
