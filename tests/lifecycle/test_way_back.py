"""An earlier state of the database is gone to only where nothing is lost: else the back-up is the way
back."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.db.migrations import AddField, CreateModel, Migration

from accounts.roles import Role
from audit.writer import System, record
from lifecycle.way_back import losses
from tests.actors import user

pytestmark = pytest.mark.django_db


def step(*operations: Any, app: str = "accounts") -> Migration:
    made = Migration("0099_later", app)
    made.operations = list(operations)
    return made


def lost(*operations: Any) -> list[str]:
    return [what for _name, what in losses([(step(*operations), True)], connection)]


def test_the_trail_is_not_dropped_by_a_number_that_somebody_typed() -> None:
    record(System(), "demo.invent")
    with pytest.raises(CommandError, match=r"before audit \w+ would lose what .* audit_.*back-up"):
        call_command("migrate", "audit", "zero", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_event")
        assert cursor.fetchone()[0] == 1
        if connection.vendor == "postgresql":  # refused before the walls were taken down
            cursor.execute("SELECT count(*) > 0 FROM pg_policies")
            assert cursor.fetchone()[0]


def test_a_table_is_missed_where_it_has_rows_and_a_column_where_it_says_something() -> None:
    table = CreateModel("User", [], {"db_table": "accounts_user"})
    language = AddField("user", "language", models.CharField(max_length=5, blank=True, default="xx"))
    active = AddField("user", "is_active", models.BooleanField(default=True))
    last = AddField("user", "last_login", models.DateTimeField(null=True))
    assert lost(table, language, active, last) == []
    ada = user("Ada", Role.ANALYST, language="xx")
    assert lost(table) == ["accounts_user"]
    assert lost(language, active, last) == []  # as they were made
    ada.language, ada.is_active = "en", False
    ada.save()
    assert lost(language, active) == ["accounts_user.language", "accounts_user.is_active"]


def test_what_goes_forward_and_what_is_not_there_loses_nothing() -> None:
    user("Ada", Role.ANALYST)
    there = step(CreateModel("User", [], {"db_table": "accounts_user"}))
    assert list(losses([(there, False)], connection)) == []
    assert lost(CreateModel("Nothing", [], {"db_table": "accounts_nothing"})) == []
