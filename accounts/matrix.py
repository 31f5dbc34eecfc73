"""The role table as a page of the documentation."""

from __future__ import annotations

from typing import Final

from accounts.permissions import Verbs, table
from accounts.roles import MAY, May, Role

HEAD: Final = """# Who may do what

Made from `accounts/roles.py` and each app's `admin_rights.py` by `python manage.py access_matrix`; a test
fails when it is stale. A right says *what*; *which rows* is said by the door, `visible_to(access)`
(`cases/scope.py`), and `tests/addresses.py` says for every address who gets what.
"""
SCOPE: Final = {
    Role.OPERATOR: ("all calls", "cases opened by oneself"),
    Role.COORDINATOR: (
        "calls referred to own regions",
        "persons of own regions, and what another region has granted",
    ),
    Role.OFFICER: ("none", "none; own notifications by their state"),
    Role.ANALYST: ("totals", "totals"),
    Role.MANAGER: ("totals", "totals"),
    Role.ADMINISTRATOR: ("none", "none"),
    Role.DPO: ("none", "the extract of one case by its number"),
}


def matrix() -> str:
    """Markdown: scope, rights and the admin, by role."""
    return "\n".join([HEAD, *_scope(), "", *_rights(), "", *_admin(), ""])


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def _scope() -> list[str]:
    rows = [[role.value, *SCOPE[role]] for role in Role]
    return ["## Scope", "", *_table(["role", "calls", "cases and persons"], rows)]


def _rights() -> list[str]:
    rows = [[right.value, *("x" if right in MAY[role] else "" for role in Role)] for right in May]
    return ["## Rights", "", *_table(["may", *(role.value for role in Role)], rows)]


def _admin() -> list[str]:
    rows = [[f"`{model}`", *(_verbs(verbs, role) for role in Role)] for model, verbs in table().items()]
    return ["## Django's admin", "", *_table(["model", *(role.value for role in Role)], rows)]


def _verbs(verbs: Verbs, role: Role) -> str:
    names = ("view", "change", "add", "load", "export", "delete")
    return ", ".join(name for name in names if MAY[role] & getattr(verbs, name))
