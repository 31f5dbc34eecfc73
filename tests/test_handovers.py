"""Each handover between two people has a test for every way that it may go: `docs/handovers.md` has no empty
cell, and names tests that exist."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

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


def test_every_handover_has_a_test_for_every_way_that_it_may_go() -> None:
    table = [cells(row) for row in ROWS if row.startswith("|") and not row.startswith("|-")]
    assert table[0] == WAYS
    assert len(table) > 5
    short = [row[0] for row in table[1:] if len(row) != len(WAYS)]
    empty = [(row[0], way) for row in table[1:] for way, cell in zip(WAYS, row, strict=False) if not cell]
    lies = [(row[0], way, cell) for row in table[1:]
            for way, cell in zip(WAYS[1:], row[1:], strict=False) if not shown(cell)]  # fmt: skip
    assert (short, empty, lies) == ([], [], [])
