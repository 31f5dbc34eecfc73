"""What `check_register` asks of deputies, and of row-level security: that everybody can read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.access import Access, acting_as
from accounts.models import User
from accounts.roles import MAY, May, Role
from accounts.row_level_security import functions, row_policies
from accounts.stored_policies import column
from agencies.models import Region
from agencies.stand_ins import against_the_rules

# Whoever reads as the web server's role, or, where this role is no member of it, under the same policies by
# the same words: policies ask who acts, and are for every role.
IS_THERE: Final = """SELECT pg_has_role(current_user, oid, 'MEMBER') FROM pg_roles
WHERE rolname = %s AND has_database_privilege(oid, current_database(), 'CONNECT')"""
CLOSED: Final = """SELECT relname FROM pg_class WHERE oid::regclass::text = ANY (%s)
AND NOT has_table_privilege(%s, oid, 'SELECT') ORDER BY relname"""


def _unread() -> Iterator[str]:
    """The first fault of a policy: the table, and whose reading failed. Nothing on SQLite, and nothing where
    only the owner asks, as in a back-up that is restored to be looked at."""
    application = column(IS_THERE, settings.APPLICATION_ROLE) if connection.vendor == "postgresql" else []
    if not application:
        return
    yield from column(CLOSED, sorted(row_policies()), settings.APPLICATION_ROLE)
    for access in _everybody():
        with _read_by(access, as_application=bool(application[0])):
            fault = _first_fault()
        if fault:
            yield f"{fault}, as {access.role_name} {' '.join(sorted(access.regions))}".strip()
            return


def _everybody() -> Iterator[Access]:
    """Yield everybody with a region, one of each other role, and one for each that nobody has today."""
    at, seen = timezone.now(), set[tuple[Role, str]]()
    for user in User.objects.working(*May).order_by("pk"):
        access = Access.of(user, at=at)
        kinds = set(product([access.role], access.regions or {""}))
        if access.regions or not kinds <= seen:
            yield access
        seen |= kinds
    regions = list(Region.objects.order_by("pk").values_list("pk", flat=True))
    for role in Role:
        there = regions if May.COORDINATE in MAY[role] else [""]
        for _role, region in sorted(set(product([role], there)) - seen):
            yield Access(User(pk=0, role=role), role, at, frozenset({region} - {""}))


@contextmanager
def _read_by(access: Access, *, as_application: bool) -> Iterator[None]:
    with transaction.atomic(), acting_as(access), connection.cursor() as cursor:
        if as_application:
            cursor.execute(f"SET LOCAL ROLE {settings.APPLICATION_ROLE}")
        yield
        if as_application:
            cursor.execute("RESET ROLE")


def _first_fault() -> str:
    """One row of every table, and what policies ask, in one statement; one by one where that fails."""
    asked = [*sorted(row_policies()), *(f"{function}()" for function in functions())]
    if not _fault_of(*asked):
        return ""
    faults = ((name, _fault_of(name)) for name in asked)
    return next((f"{name}: {fault}" for name, fault in faults if fault), "all of them at once")


def _fault_of(*tables: str) -> str:
    columns = ", ".join(f"(SELECT true FROM {table} LIMIT 1)" for table in tables)  # noqa: S608 - our names
    try:
        with transaction.atomic():
            column(f"SELECT {columns}")
    except DatabaseError as error:
        return str(error).partition("\n")[0]
    return ""


CHECKS: Final[dict[str, Callable[[], Iterator[str]]]] = {
    "deputy against the rules": against_the_rules,
    "guarded table that is not read": _unread,
}
