"""In every act that is a transaction the event is written last: the head is locked for a short time, and
nothing is done that the event does not know of."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ours import APPS

ROOT = Path(__file__).resolve().parents[2]

READ_ONLY = ("/views", "/admin", "/management/")  # what they do after the event is to answer


@pytest.fixture(scope="module")
def acts() -> dict[str, ast.FunctionDef]:
    """Return the functions under transaction.atomic that write an event themselves."""
    files = [file for app in APPS for file in (ROOT / app).rglob("*.py")]
    return {
        f"{file.relative_to(ROOT)}:{function.name}": function
        for file in files
        if not any(part in str(file) for part in READ_ONLY)
        for function in _acts_in(file.read_text())
    }


def _acts_in(text: str) -> Iterator[ast.FunctionDef]:
    if "record(" not in text or "atomic" not in text:  # to look through all the others takes seconds
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and _atomic(node) and any(map(_records, node.body)):
            yield node


def _atomic(function: ast.FunctionDef) -> bool:
    return any("atomic" in ast.unparse(decorator) for decorator in function.decorator_list)


def _records(node: ast.AST) -> bool:
    calls = (part.func for part in ast.walk(node) if isinstance(part, ast.Call))
    return any(isinstance(call, ast.Name) and call.id == "record" for call in calls)


def after_the_event(function: ast.FunctionDef) -> list[str]:
    """Statements after the last that writes an event, but for going back with what is there already."""
    last = max(number for number, part in enumerate(function.body) if _records(part))
    return [ast.unparse(part) for part in function.body[last + 1 :] if not _harmless(part)]


def _harmless(part: ast.stmt) -> bool:
    calls = [call.func for call in ast.walk(part) if isinstance(call, ast.Call)]
    return isinstance(part, ast.Return) and all(
        isinstance(call, ast.Name) and call.id == "len" for call in calls
    )


def test_nothing_is_done_after_the_event(acts: dict[str, ast.FunctionDef]) -> None:
    late = {name: after_the_event(function) for name, function in acts.items()}
    assert {name: statements for name, statements in late.items() if statements} == {}


def test_the_inspection_meets_the_acts(acts: dict[str, ast.FunctionDef]) -> None:
    assert len(acts) > 20
