"""PostgreSQL's walls round the rows, met as the application meets them: by a role of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created

from accounts.access import Access
from accounts.acting import acting_as
from accounts.wall_building import Owner, build, making
from tests.database import MADE

only_postgresql = pytest.mark.skipif(
    "sqlite" in settings.DATABASES["default"]["ENGINE"], reason="SQLite has no roles and no walls"
)


def make_roles() -> None:
    """For this database alone: roles belong to the server, and other processes of the run make theirs. Copies
    of the database have them too."""
    if os.environ.get("TEST_AS_APPLICATION") and connection.settings_dict["NAME"] != MADE:
        return
    name = connection.settings_dict["NAME"]
    settings.APPLICATION_ROLE, settings.WORKER_ROLE = f"{name}_application", f"{name}_worker"
    with connection.cursor() as cursor:
        for statement in making(Owner.on(connection)):
            cursor.execute(statement)
    build(connection)


@contextmanager
def as_application() -> Iterator[None]:
    """Statements are those of the application's role, which owns nothing, to the end of this block."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {settings.APPLICATION_ROLE}")
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("RESET ROLE")


@contextmanager
def behind_the_walls(access: Access) -> Iterator[None]:
    with acting_as(access), as_application():
        yield


def asked(sql: str, *values: Any) -> set[Any]:
    """The first column of a raw statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {row[0] for row in cursor.fetchall()}


def touched(sql: str) -> int:
    """How many rows a raw statement has reached. It is taken back."""
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT touched")
        cursor.execute(sql)
        rows: int = cursor.rowcount
        cursor.execute("ROLLBACK TO touched")
        return rows


@contextmanager
def everything_as_the_application() -> Iterator[None]:
    """Every test of the run, with TEST_AS_APPLICATION=1 on PostgreSQL. A request is behind the walls; what a
    test itself makes and looks at is as the worker's."""
    if connection.vendor != "postgresql":
        yield
        return
    settings.APPLICATION_ROLE, settings.WORKER_ROLE = f"{MADE}_application", f"{MADE}_worker"
    connection.close()
    options = connection.settings_dict["OPTIONS"]
    options["options"] = f"{options.get('options', '')} -c nmt.role=nobody -c nmt.beyond=worker"

    def become(connection: Any, **_kwargs: Any) -> None:
        if connection.settings_dict["NAME"] == name:
            with connection.connection.cursor() as cursor:
                cursor.execute(f"SET ROLE {settings.APPLICATION_ROLE}")

    name = connection.settings_dict["NAME"]
    connection_created.connect(become, weak=False, dispatch_uid="tests.walls")
    try:
        yield
    finally:
        connection_created.disconnect(dispatch_uid="tests.walls")
