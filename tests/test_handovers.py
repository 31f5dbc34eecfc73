"""Each handover between two people has a test for every way that it may go: `docs/handovers.md` has no empty
cell, and names tests that exist."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROWS = (TESTS.parent / "docs" / "handovers.md").read_text().splitlines()
WAYS = ["handover", "sent", "seen", "answered", "refused", "absent", "twice"]


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


@cache
def names_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text()) if file.is_file() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def shown(cell: str) -> bool:
    """Whether every test that is named exists; or a dash with a reason of some words."""
    if cell.startswith("–"):
        return len(cell.split()) > 3
    named = [part.strip().partition("::") for part in cell.split(",")]
    return all(name.startswith("test_") and name in names_in(TESTS / file) for file, _colons, name in named)


@pytest.fixture(scope="module")
def table() -> list[list[str]]:
    rows = [cells(row) for row in ROWS if row.startswith("|") and not row.startswith("|-")]
    assert rows[0] == WAYS
    assert len(rows) > 5
    return rows[1:]


def test_every_handover_has_a_test_for_every_way_that_it_may_go(table: list[list[str]]) -> None:
    assert [row[0] for row in table if len(row) != len(WAYS) or not all(row)] == []


def test_every_test_of_a_handover_exists(table: list[list[str]]) -> None:
    assert [(row[0], cell) for row in table for cell in row[1:] if not shown(cell)] == []
