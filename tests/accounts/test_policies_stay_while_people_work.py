"""A release is put in while people read and write: no policy is away at any moment, and none is made anew
that is as it should be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.sql import emit_pre_migrate_signal
from django.db import InternalError, connection, models, transaction
from django.db.migrations import Migration
from django.test import Client

from accounts import stored_policies
from accounts.roles import Role
from accounts.row_level_security import policies_in_sql, row_policies
from accounts.stored_policies import build
from summaries.models import YearCount
from tests.actors import access, user
from tests.at_once import at_once
from tests.database_roles import only_postgresql
from tests.makers import new_case, new_person
from tests.weights import mostly_long

pytestmark = [pytest.mark.django_db(transaction=True), only_postgresql]
READERS = 4
POLICIES = """SELECT polrelid::regclass::text, polname, pg_get_expr(polqual, polrelid),
pg_get_expr(polwithcheck, polrelid) FROM pg_policy"""


def rows(query: str) -> set[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return set(cursor.fetchall())


@pytest.fixture
def policies() -> Iterator[set[tuple[Any, ...]]]:
    """Those of the register as it stands. They are so again after the test."""
    yield rows(POLICIES)
    build(connection)


def numbered_policies(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """From now on the code says each policy in another text of the same meaning."""
    usual = {table: policies_in_sql(table) for table in row_policies()}

    def numbered(table: str) -> list[str]:
        told = f"IS NOT NULL AND {number} = {number} AND"
        return [statement.replace("IS NOT NULL AND", told, 1) for statement in usual[table]]

    monkeypatch.setattr(stored_policies, "policies_in_sql", numbered)


@pytest.mark.parametrize("releases", mostly_long([1, 10], usual=[1]))
def test_people_read_and_write_on_while_every_policy_is_made_anew(
    policies: set[tuple[Any, ...]], releases: int
) -> None:
    vera = user("Vera", Role.COORDINATOR, region="V")
    case = new_case(new_person(), by=access(vera))
    answers: list[int] = []
    left = [releases]

    def work(thread: int) -> None:
        if thread < READERS:
            client = Client()
            client.force_login(vera)
            while left:
                answers.append(client.get(case.get_absolute_url()).status_code)
            return
        with pytest.MonkeyPatch.context() as monkeypatch:
            for release in range(releases):
                numbered_policies(monkeypatch, release)
                build(connection)
        left.clear()

    at_once(work, READERS + 1)
    assert len(rows(POLICIES)) == len(policies)
    assert len(answers) > READERS
    assert set(answers) == {200}


def test_a_release_that_changes_no_policy_makes_none_anew(policies: set[tuple[Any, ...]]) -> None:
    made = "SELECT oid FROM pg_policy UNION SELECT oid FROM pg_trigger WHERE NOT tgisinternal"
    before = rows(made)
    call_command("migrate", verbosity=0)
    call_command("make_database_roles", verbosity=0)
    assert rows(made) == before


def test_a_migration_begins_and_fails_without_taking_a_policy_away(policies: set[tuple[Any, ...]]) -> None:
    emit_pre_migrate_signal(
        verbosity=0, interactive=False, db="default", plan=[(Migration("9999_fails", "cases"), False)]
    )
    assert rows(POLICIES) == policies


@pytest.mark.parametrize(
    "harm", ["DROP POLICY nmt_adds ON cases_call", "ALTER POLICY nmt_sees ON cases_call USING (true)"]
)
def test_a_policy_that_somebody_has_changed_is_as_the_code_says_after_the_next_release(
    policies: set[tuple[Any, ...]], harm: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(harm)
    assert rows(POLICIES) != policies
    build(connection)
    assert rows(POLICIES) == policies


def test_a_trigger_that_somebody_has_removed_is_there_after_the_next_release() -> None:
    triggers = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
    before = rows(triggers)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER accounts_user_by_two_update ON accounts_user")
    build(connection)
    assert rows(triggers) == before


def longer(length: int) -> models.CharField[str, str]:
    field: models.CharField[str, str] = models.CharField(max_length=length)
    field.set_attributes_from_name("region")
    return field


def test_a_column_that_a_policy_asks_gets_another_type_and_the_policy_is_there(
    policies: set[tuple[Any, ...]],
) -> None:
    region = YearCount._meta.get_field("region")
    with connection.schema_editor() as editor:
        editor.alter_field(YearCount, region, longer(99))
    try:
        told = {(table, name) for table, name, *_text in policies}
        assert {(table, name) for table, name, *_text in rows(POLICIES)} == told
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(YearCount, longer(99), region)


def test_a_column_that_a_policy_asks_is_not_dropped_with_the_policy(policies: set[tuple[Any, ...]]) -> None:
    region = YearCount._meta.get_field("region")
    refused = pytest.raises(InternalError, match="policy")
    with refused, transaction.atomic(), connection.schema_editor(atomic=False) as editor:
        editor.remove_field(YearCount, region)
    assert rows(POLICIES) == policies
