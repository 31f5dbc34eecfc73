"""`manage.py access_matrix > docs/access-matrix.md`: who may do what, from the role table."""

from __future__ import annotations

from typing import Any, Final

from django.core.management.base import BaseCommand

from accounts.permissions import Verbs, handed_in, table
from accounts.roles import MAY, May, Role
from nmt_site.management import markdown_rows

HEAD: Final = """# Who may do what

Made from `accounts/roles.py`, `cases/scope.py` and each app's `apps.py` by
`python manage.py access_matrix`; a test fails when it is stale. A right says *what*; *which rows* is said by
row access, `visible_to(access)`, and `tests/addresses.py` says for every address who gets what.

Whoever reads cases of own regions reads there what another region has granted, too. Totals, and the extract
of one case by its number, are rights.
"""


class Command(BaseCommand):
    help = "Prints the table of roles and rights that docs/access-matrix.md holds."

    def handle(self, *args: Any, **options: Any) -> None:
        roles = Role.values
        ways = handed_in("scope", "IN_WORDS")  # by role, how the rows of each app are found
        scope = [[role.value, *ways[role].values()] for role in Role]
        rights = [[right.value, *("x" if right in MAY[role] else "" for role in Role)] for right in May]
        lists = [[f"`{model}`", *(_verbs(verbs, role) for role in Role)] for model, verbs in table().items()]
        matrix = [
            HEAD,
            *_section("Scope", ["role", *next(iter(ways.values()))], scope),
            *_section("Rights", ["may", *roles], rights),
            *_section("Django's admin", ["model", *roles], lists),
        ]
        self.stdout.write("\n".join(matrix), ending="")


def _section(title: str, head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"## {title}", "", *markdown_rows(head, rows), ""]


def _verbs(verbs: Verbs, role: Role) -> str:
    names = ("view", "change", "add", "load", "export", "delete")
    return ", ".join(name for name in names if MAY[role] & getattr(verbs, name))
