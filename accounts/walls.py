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
class Errand:
    """Why something looks beyond the wall, and at which tables; what hangs on their rows is opened with them.
    `may`: only for roles that have the right. `worker`: never for the web server's role in the database,
    whoever it says that it is."""

    why: str
    reads: frozenset[str]
    writes: frozenset[str] = frozenset()
    may: May | None = None
    worker: bool = False

    def opens(self, table: str, *, to_write: bool) -> bool:
        tables = self.writes if to_write else self.reads | self.writes
        return table in tables or bool(tables & EVERYTHING)

    @property
    def roles(self) -> list[Role] | None:
        return None if self.may is None else roles_with(self.may)


OWN: Final = {
    WALL: Errand("the functions that policies ask", EVERYTHING),
    WORKER: Errand(
        "commands on the server, and what the worker does of its own accord", EVERYTHING, EVERYTHING
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
def functions() -> Mapping[str, str]:
    """By name, the SQL query that a policy asks beyond the walls; it returns keys."""
    return handed_in("walls", "FUNCTIONS")


@cache
def left_open() -> Mapping[str, str]:
    """Tables that lead to a region and have no wall, with the reason why not."""
    return handed_in("walls", "OPEN")
