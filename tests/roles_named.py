"""Where code and templates know a role by name, or are asked about one: read from the syntax, not by grep."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from accounts.roles import Role

NAMES: Final = frozenset(Role.__members__)
VALUES: Final = frozenset(Role.values)
OF_A_TEMPLATE: Final = re.compile(r"{%(?P<tag>.*?)%}|{{(?P<shown>.*?)}}", re.DOTALL)
QUOTED: Final = re.compile(rf"""(["'])({"|".join(sorted(VALUES))})\1""")
# What decides by a role: not what prints it, or asks whether there is one to print.
COMPARED: Final = re.compile(r"\.role(_name)?\s*(==|!=|in\b|not\b|is\b)|(==|!=|\bin)\s*[\w.]*\.role\b")


def in_code(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, what) of every member of `Role`, of every word that is a role's, and of every comparison of
    one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in NAMES and _is_role(node.value):
            yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Constant) and node.value in VALUES:
            yield node.lineno, repr(node.value)
        elif isinstance(node, ast.Compare) and _compares_a_role(node):
            yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.alias) and node.name == "Role" and node.asname:
            yield node.lineno, f"Role as {node.asname}"


def _is_role(node: ast.AST) -> bool:
    return getattr(node, "id", getattr(node, "attr", "")) == "Role"


def _compares_a_role(node: ast.Compare) -> bool:
    """With something else than another's role."""
    sides = [node.left, *node.comparators]
    roles = [side for side in sides if isinstance(side, ast.Attribute) and side.attr in {"role", "role_name"}]
    return bool(roles) and len(roles) < len(sides) and not any(_asks_for_it(side) for side in sides)


def _asks_for_it(node: ast.AST) -> bool:
    """`cleaned.get("role", …)`: the role that a form is given, beside the one that is stored."""
    return isinstance(node, ast.Call) and "'role'" in ast.unparse(node)


def in_template(text: str) -> Iterator[str]:
    """Every tag that decides by a role, or names one."""
    for found in OF_A_TEMPLATE.finditer(text):
        said = found["tag"] or found["shown"]
        named = QUOTED.search(said) and not re.match(r"\s*(block)?trans", said)
        if named or COMPARED.search(said):
            yield found[0]
