"""Each app begins with an introduction: what it is for, its nouns, and where a change begins."""

from __future__ import annotations

import re

import pytest

from tests.ours import APPS, ROOT


def introduction(app: str) -> str:
    return (ROOT / app / "__init__.py").read_text("utf-8").split('"""')[1]


def places(text: str) -> list[str]:
    """The lower-case names of the paragraph that says where a change begins."""
    begins = text[text.index("A change begins in") :]
    return re.findall(r"`([a-z_/.]+)`", begins)


def stands(app: str, place: str) -> bool:
    module = place.split(".")[0] + ".py"
    return any(path.exists() for path in (ROOT / app / module, ROOT / app / place, ROOT / place))


@pytest.mark.parametrize("app", APPS)
def test_an_app_says_what_it_is_for_its_nouns_and_where_a_change_begins(app: str) -> None:
    lines = introduction(app).strip().split("\n\n")
    assert len(lines) == 3
    assert lines[1].startswith("Its nouns: ")
    assert len(introduction(app).splitlines()) <= 12


@pytest.mark.parametrize("app", APPS)
def test_each_place_that_an_introduction_names_is_there(app: str) -> None:
    named = places(introduction(app))
    away = [place for place in named if place != "request.access" and not stands(app, place)]
    assert named
    assert away == []
