"""What stands between a table and whoever asks PostgreSQL for its rows: one `Wall` a table, which its app
hands in.

It is the second line behind the door (`visible_to`), against a filter that somebody forgot. It is none
against foreign SQL: whoever may send any statement may also say that they are somebody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.apps import apps

from accounts.handed_in import handed_in
from accounts.roles import May, Role, roles_with

# Who asks, in the policies. A scalar subselect is reckoned once a statement, not once a row.
ME: Final = "(SELECT nmt_person())"
ROLE: Final = "(SELECT nmt_role())"
REGIONS: Final = "(SELECT nmt_regions())::text[]"
AT: Final = "(SELECT nmt_at())"
NOBODY: Final = "false"
EVERYTHING: Final = frozenset({"*"})
# The database's own functions, whose answers a policy builds upon; and who has no person to act for.
WALL, WORKER = "wall", "worker"


def whose_role_may(*wanted: May) -> str:
    """The condition that the role of whoever asks has any of `wanted`."""
    roles = ", ".join(f"'{role.value}'" for role in roles_with(*wanted))
    return f"{ROLE} IN ({roles})"


@dataclass(frozen=True, slots=True)
class Wall:
    """Conditions in SQL over the columns of one table. `owns`: which rows may be changed, where not all that
    are seen; `adds`: which may be new."""

    sees: str
    owns: str = ""
    adds: str = ""

    @property
    def changed(self) -> str:
        return self.owns or self.sees

    @property
    def added(self) -> str:
        return self.adds or self.changed


@dataclass(frozen=True, slots=True)
class Function:
    """A query that policies ask beyond the walls, as a function of the database. No policy of a table that it
    reads may ask it, or the table could not be read at all."""

    query: str
    returns: str = "SETOF bigint"


@dataclass(frozen=True, slots=True)
class Errand:
    """Why something looks beyond the wall, and at which tables; what hangs on their rows is opened with them.
    `may`: only for roles that have any of these rights. `worker`: only for the worker's role in the database
    and the owner's; `owner`: only for the owner's, which means within the functions that policies ask. Which
    role of the database asks is no setting: nobody can say that they are another."""

    why: str
    reads: frozenset[str]
    writes: frozenset[str] = frozenset()
    may: tuple[May, ...] = ()
    worker: bool = False
    owner: bool = False

    def opens(self, table: str, *, to_write: bool) -> bool:
        tables = self.writes if to_write else self.reads | self.writes
        return table in tables or bool(tables & EVERYTHING)

    @property
    def roles(self) -> list[Role] | None:
        return roles_with(*self.may) if self.may else None


OWN: Final = {
    WALL: Errand("the functions that policies ask", EVERYTHING, owner=True),
    WORKER: Errand(
        "commands on the server, and what the worker does of its own accord",
        EVERYTHING,
        EVERYTHING,
        worker=True,
    ),
}


@cache
def walls() -> Mapping[str, Wall]:
    """By table, as each app says in its `walls.py`."""
    return handed_in("walls", "WALLS")


@cache
def errands() -> Mapping[str, Errand]:
    """By name: what may look beyond. There is no other way past a wall."""
    return OWN | handed_in("walls", "BEYOND")


@cache
def functions() -> Mapping[str, Function]:
    """By name, what policies ask beyond the walls."""
    return handed_in("walls", "FUNCTIONS")


@cache
def never_deleted() -> frozenset[str]:
    """Tables of which no page removes a row: those that apps hand in, and all that hold former states. What
    is due goes by the worker."""
    past = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if {"history_id", "m2m_history_id"} & {field.name for field in model._meta.local_fields}
    }
    return frozenset(past | handed_in("walls", "NEVER_DELETED").keys())


@cache
def left_open() -> Mapping[str, str]:
    """Tables that lead to a region and have no wall, with the reason why not."""
    return handed_in("walls", "OPEN")


NEVER_DELETED: Final[dict[str, str]] = {
    "accounts_user": "an account ends",
    "accounts_approval": "who asked and who answered is kept",
    "accounts_opening": "who was told the code is kept",
    "accounts_accountreview": "a review is kept",
    "accounts_termsaccepted": "who accepted which terms is kept",
}
