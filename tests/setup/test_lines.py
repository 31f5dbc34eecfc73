"""A line does one thing, so that a difference shows what changed."""

from __future__ import annotations

from tests.ours import ROOT

CODE, TEMPLATE = 110, 160  # characters


def test_no_line_of_a_template_is_too_long_to_read() -> None:
    long = [
        f"{file.relative_to(ROOT)}:{number}: {len(line)}"
        for file in sorted((ROOT / "templates").rglob("*.html"))
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if len(line) > TEMPLATE
    ]
    assert long == []


def test_the_linter_holds_the_length_of_a_line_of_code() -> None:
    assert f"line-length = {CODE}" in (ROOT / "pyproject.toml").read_text()
