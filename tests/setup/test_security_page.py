"""Every test that docs/security.md names is there."""

from __future__ import annotations

import re

import pytest

from tests.setup.test_repository import ROOT

NAMED = sorted(set(re.findall(r"`(tests/[\w/.]+\.py)(?:::(\w+))?`", (ROOT / "docs/security.md").read_text())))


def test_it_names_many() -> None:
    assert len(NAMED) > 25


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_named_proof_exists(file: str, name: str) -> None:
    assert re.search(rf"^\s*(def|class) {name or 'test_'}", (ROOT / file).read_text(), re.MULTILINE)
