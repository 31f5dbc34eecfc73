"""One app for one question: upper apps import lower ones, know of them by name, and no two modules import
each other.

import-linter holds the layers of imports. Here stands what it does not see: circles among modules, those
inside functions too, and strings by which a lower app would know an upper one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, Final

import pytest

from tests.ours import APPS, CODE, LIBRARIES, ROOT

# Names by which addresses of an app are asked for, where they are not the app's own.
NAMESPACES: Final = {"calls": "cases", "drafts": "cases", "public": "summaries"}
# A foreign key is named where its table lies above, since rows of one refer to rows of the other.
MEANT: Final = {
    ("accounts/models.py", "agencies.Agency"): "a user works at an agency",
    ("summaries/site/feeds.py", "home"): "the start page of the site, as a feed calls it",
}


def modules() -> dict[str, Path]:
    """Every module of the register by its dotted name, without migrations."""
    files = (file for app in CODE for file in (ROOT / app).rglob("*.py") if "migrations" not in file.parts)
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
    }


@cache
def tree(file: Path) -> list[Any]:
    return list(ast.walk(ast.parse(file.read_text())))


def imports(file: Path, known: dict[str, Path]) -> Iterator[str]:
    """What a module imports of ours, at its top, in functions and under TYPE_CHECKING."""
    for node in tree(file):
        if isinstance(node, ast.Import):
            yield from known.keys() & {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            wholes = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (whole if whole in known else str(node.module) for whole in wholes)


def test_no_two_modules_import_each_other() -> None:
    known = modules()
    graph = {name: {other for other in imports(file, known) if other != name} for name, file in known.items()}
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def spoken(file: Path) -> Iterator[str]:
    """Every string of the code that is not a docstring."""
    docstrings = {
        id(node.body[0].value)
        for node in tree(file)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in tree(file):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def known_above(app: str) -> set[str]:
    """Names of the apps above one, and of their addresses. The frame knows all, and nobody asks for it by
    name."""
    above = set(APPS[APPS.index(app) + 1 :]) - {"nmt_site"}
    if app == "encryption":
        above.discard("audit")
    return above | {name for name, owner in NAMESPACES.items() if owner in above}


def upper_ones_named(file: Path, upper: set[str]) -> Iterator[str]:
    for text in spoken(file):
        if text in upper - NAMESPACES.keys() or upper & set(re.findall(r"^(\w+)[.:]\w", text)):
            yield text


def test_no_room_knows_an_upper_one_by_name() -> None:
    """Such as "cases.person", "summaries:year" or the name alone: upper apps hand their words in."""
    found = {
        (str(file.relative_to(ROOT)), text)
        for file in modules().values()
        if (app := file.relative_to(ROOT).parts[0]) not in {"nmt_site", LIBRARIES}
        for text in upper_ones_named(file, known_above(app))
    }
    assert found - MEANT.keys() == set()
