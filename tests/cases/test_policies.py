"""The policies in PostgreSQL say what row access says: whoever asks by raw SQL as the application's role
reads, changes and removes what is theirs, in every table, and nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import DatabaseError, ProgrammingError, connection, models, transaction

from accounts.access import Access, acting_as, bypass_policies
from accounts.models import User
from accounts.permissions import handed_in
from accounts.row_level_security import bypasses, row_policies
from agencies.models import Region
from audit.models import Event
from audit.writer import System, record
from cases.models import Call, Case, Person
from exchange.models import ImportRun
from tests.cases.test_scope_oracle import Network, changes_case, expected, network, regions_of, sees_person
from tests.database_roles import (
    as_application,
    as_worker,
    asked,
    only_postgresql,
    touched,
    under_policies_of,
)
from tests.weights import mostly_long

pytestmark = [pytest.mark.django_db, only_postgresql]
NETWORKS: Final = 8
TABLES: Final = {
    "case": "cases_case", "person": "cases_person", "call": "cases_call", "transfer": "cases_transfer",
    "grant": "cases_accessgrant", "Identification": "cases_identification",
    "Exploitation": "cases_exploitation", "Measure": "cases_measure",
}  # fmt: skip


def own(net: Network, user: User, at: datetime, on: Any) -> dict[str, int]:
    """How many rows somebody may change: cases of their region, else what they see without a grant."""
    regions = regions_of(net, user, on)
    grants, net.grants = net.grants, []
    persons = {p.pk for p in net.persons if sees_person(net, user, at, regions, p)}
    cases = {c.pk for c in net.cases if changes_case(user, regions, c)}
    net.grants = grants
    parts = {model.__name__: [part.person_id for part in parts] for model, parts in net.parts.items()}
    return {"case": len(cases), "person": len(persons)} | {
        name: len([owner for owner in owners if owner in persons]) for name, owners in parts.items()
    }


@pytest.mark.parametrize("seed", mostly_long(range(NETWORKS), usual=range(3)))
def test_a_raw_question_of_the_application_is_answered_as_the_door_answers(seed: int) -> None:
    net = network(seed)
    for user in net.users:
        for at in (net.moment(), net.moment()):
            access = Access.of(user, at=at)
            there, mine = expected(net, user, at, access.today), own(net, user, at, access.today)
            with under_policies_of(access):
                seen = {name: asked(f"SELECT id FROM {table}") for name, table in TABLES.items()}
                changed = {name: touched(f"UPDATE {TABLES[name]} SET id = id") for name in mine}
                removed = {name: touched(f"DELETE FROM {TABLES[name]}") for name in mine}
            assert seen == {name: there[name] for name in TABLES}, (user.role, at)
            assert changed == removed == mine, (user.role, at)


def leading_to_a_region() -> set[str]:
    """Tables from which one comes to a region by foreign keys."""
    targets = {
        model._meta.db_table: {
            field.remote_field.model._meta.db_table
            for field in model._meta.local_fields
            if isinstance(field, models.ForeignKey)
        }
        for model in apps.get_models(include_auto_created=True)
    }
    found = {Region._meta.db_table}
    while more := {table for table, ends in targets.items() if ends & found} - found:
        found |= more
    return found - {Region._meta.db_table}


def test_every_table_that_leads_to_a_region_has_a_policy_or_a_reason() -> None:
    left_open = set(handed_in("apps", "OPEN") | handed_in("policies", "OPEN"))
    bare = leading_to_a_region() - set(row_policies()) - left_open
    assert bare == set(), "hand in a policy in policies.py of the app, or say in its OPEN why there is none"
    assert left_open <= leading_to_a_region()


def test_every_policy_stands_in_the_database() -> None:
    built = asked(
        "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND "
        "(SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid) = 4"
    )
    assert built == set(row_policies())


def test_whoever_has_not_said_who_asks_is_told_so_and_not_that_there_is_nothing() -> None:
    network(0)
    for table in TABLES.values():
        refused = pytest.raises(ProgrammingError, match="nobody has said")
        with as_application(), refused, transaction.atomic():
            asked(f"SELECT id FROM {table}")


def test_no_table_of_another_region_is_reached_by_any_statement() -> None:
    """A coordinator of a region that has nothing, in a register that has something in every table."""
    net = network(3)
    nobody = User.objects.create(email="nobody@example.org", name="N", role="coordinator")
    for table in sorted(row_policies()):
        with under_policies_of(Access.of(nobody, at=net.moment())):
            assert asked(f"SELECT count(*) FROM {table}") == {0}, table
            column = asked("SELECT column_name FROM information_schema.columns WHERE table_name = %s "
                           "ORDER BY ordinal_position LIMIT 1", table).pop()  # fmt: skip
            assert touched(f"UPDATE {table} SET {column} = {column}") == 0, table
            assert touched(f"DELETE FROM {table}") == 0, table


def test_a_view_that_forgets_its_filter_shows_nothing_of_another_region() -> None:
    net = network(5)
    for user in net.users:
        at = net.moment()
        access = Access.of(user, at=at)
        there = expected(net, user, at, access.today)
        with under_policies_of(access):
            assert set(Case.objects.values_list("pk", flat=True)) == there["case"]
            assert set(Person.objects.values_list("pk", flat=True)) == there["person"]
            assert set(Call.objects.values_list("pk", flat=True)) == there["call"]


def test_a_purpose_opens_its_own_tables_only_and_closes_them_again() -> None:
    net = network(1)
    reader = User.objects.create(email="reader@example.org", name="R", role="coordinator")
    with under_policies_of(Access.of(reader)):
        with bypass_policies("numbers"):
            assert len(asked("SELECT id FROM cases_person")) == len(net.persons)
            assert asked("SELECT id FROM cases_call") == set()
            assert touched("DELETE FROM cases_person") == 0
        assert asked("SELECT id FROM cases_person") == set()


def test_totals_are_for_those_who_may_read_them() -> None:
    net = network(1)
    for role, seen in (("analyst", len(net.persons)), ("coordinator", 0)):
        reader = User.objects.create(email=f"{role}@example.org", name="R", role=role)
        with under_policies_of(Access.of(reader)), bypass_policies("totals"):
            assert len(asked("SELECT id FROM cases_person")) == seen


def test_a_name_that_nobody_has_handed_in_opens_nothing() -> None:
    with pytest.raises(LookupError, match="handed in"), bypass_policies("curiosity"):
        pass
    assert all(reason.why for reason in bypasses().values())


@pytest.mark.parametrize(
    "table",
    mostly_long(
        ["cases_case", "cases_person", "cases_call", "exchange_importrun"],
        usual=["cases_person", "exchange_importrun"],
    ),
)
def test_disposal_is_open_to_the_role_of_the_worker_and_never_to_that_of_the_web_server(table: str) -> None:
    """By the bypass reason that is named for it: which role of the database asks is no setting."""
    net = network(1)
    ImportRun.objects.create(
        importer="persons", by=net.users[0], at=net.moment(), new=1, changed=0, unchanged=0, failed=0
    )
    there = asked(f"SELECT id FROM {table}")
    assert there
    for role, reached in (("administrator", len(there)), ("manager", 0), ("coordinator", 0)):
        who = Access.of(User.objects.create(email=f"{role}@example.org", name="N", role=role))
        with acting_as(who), bypass_policies("disposal"):
            with as_application():
                assert asked(f"SELECT id FROM {table}") == set()
                assert touched(f"DELETE FROM {table}") == touched(f"UPDATE {table} SET id = id") == 0
            with as_worker():
                assert touched(f"DELETE FROM {table}") == reached
        with acting_as(who), as_worker():
            assert touched(f"DELETE FROM {table}") == 0  # the bypass reason has to be named


@pytest.mark.django_db(transaction=True)
def test_nobody_inherits_from_whoever_had_the_connection_before() -> None:
    """In transactions of their own, and outside of one, as behind a pooler."""
    one, other = (User.objects.create(email=f"{n}@example.org", name="N", role="analyst") for n in (1, 2))
    for user in (one, other):
        with acting_as(Access.of(user)):
            assert asked("SELECT nmt_person()") == {user.pk}
            with transaction.atomic():
                assert asked("SELECT nmt_person()") == {user.pk}
        assert asked("SELECT nmt_person()") == {None}


def test_the_application_neither_changes_nor_cuts_the_audit_log_nor_its_head() -> None:
    for statement in (
        "UPDATE audit_event SET actor = ''",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_event_no_change ON audit_event",
        "UPDATE audit_head SET sequence = 0",
        "DELETE FROM audit_head",
        "INSERT INTO audit_segment DEFAULT VALUES",
        "CREATE TABLE mine (id int)",
        "ALTER TABLE cases_case DISABLE ROW LEVEL SECURITY",
        "SELECT audit_head_moved(0, '', '')",
    ):
        with as_application(), pytest.raises(Exception, match=r"denied|must be owner|moves one"):  # noqa: SIM117
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_the_head_of_the_audit_log_passes_over_no_event() -> None:
    """An event of a number further on that names the last as the one before it moves no head."""
    last = record(System(), "case.read")
    facts = {field.name: getattr(last, field.name) for field in Event._meta.concrete_fields}
    event = Event(**facts | {"sequence": last.sequence + 2, "previous_hash": last.hash, "hash": "f" * 64})

    with as_application(), transaction.atomic(), connection.cursor() as cursor:
        event.save()
        with pytest.raises(DatabaseError, match="moves one event"):
            cursor.execute("SELECT audit_head_moved(%s, %s, '')", [event.sequence, event.hash])
        transaction.set_rollback(True)
