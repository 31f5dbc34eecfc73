"""Every test that docs/security.md and docs/asvs.md name is there."""

from __future__ import annotations

import re

from accounts.walls import errands, functions
from tests.setup.test_repository import ROOT

SECURITY = (ROOT / "docs" / "security.md").read_text()
PAGES = "".join((ROOT / "docs" / name).read_text() for name in ("security.md", "asvs.md"))
NAMED = sorted(set(re.findall(r"`(tests/[\w/.]+\.py)(?:::(\w+))?`", PAGES)))


def test_it_names_many() -> None:
    assert len(NAMED) > 25


def is_there(file: str, name: str) -> bool:
    """Whether the file is there and has that test, or any where none is named."""
    text = (ROOT / file).read_text() if (ROOT / file).exists() else ""
    return bool(re.search(rf"^\s*(def|class) {name or 'test_'}", text, re.MULTILINE))


def test_whatever_looks_beyond_the_walls_is_listed() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", SECURITY, re.MULTILINE)) == set(errands())
    assert [name for name in functions() if f"`{name}`" not in SECURITY] == []


def test_every_named_proof_exists() -> None:
    assert [(file, name) for file, name in NAMED if not is_there(file, name)] == []


def test_a_proof_that_is_not_there_is_found_out() -> None:
    here = "tests/setup/test_security_page.py"
    assert is_there(here, "test_it_names_many")
    assert not is_there(here, "test_it_" + "names_few")
    assert not is_there("tests/nowhere.py", "")
