"""`manage.py access_matrix > docs/access-matrix.md`: who may do what, from the role table."""

from __future__ import annotations

from typing import Any, Final

from django.core.management.base import BaseCommand

from accounts.permissions import Verbs, handed_in, table
from accounts.roles import MAY, May, Role

HEAD: Final = """# Who may do what

Made from `accounts/roles.py`, `cases/scope.py` and each app's `apps.py` by
`python manage.py access_matrix`; a test fails when it is stale. A right says *what*; *which rows* is said by
the door, `visible_to(access)`, and `tests/addresses.py` says for every address who gets what.

Whoever reads cases of own regions reads there what another region has granted, too. Totals, and the extract
of one case by its number, are rights.
"""


class Command(BaseCommand):
    help = "Prints the table of roles and rights that docs/access-matrix.md holds."

    def handle(self, *args: Any, **options: Any) -> None:
        matrix = [HEAD, *_scope(), "", *_rights(), "", *_admin(), ""]
        self.stdout.write("\n".join(matrix), ending="")


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def _scope() -> list[str]:
    """Each app hands in, by role, how its rows are found."""
    ways = handed_in("scope", "IN_WORDS")
    rows = [[role.value, *ways[role].values()] for role in Role]
    return ["## Scope", "", *_table(["role", *ways[next(iter(Role))]], rows)]


def _rights() -> list[str]:
    rows = [[right.value, *("x" if right in MAY[role] else "" for role in Role)] for right in May]
    return ["## Rights", "", *_table(["may", *(role.value for role in Role)], rows)]


def _admin() -> list[str]:
    rows = [[f"`{model}`", *(_verbs(verbs, role) for role in Role)] for model, verbs in table().items()]
    return ["## Django's admin", "", *_table(["model", *(role.value for role in Role)], rows)]


def _verbs(verbs: Verbs, role: Role) -> str:
    names = ("view", "change", "add", "load", "export", "delete")
    return ", ".join(name for name in names if MAY[role] & getattr(verbs, name))
