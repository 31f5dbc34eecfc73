"""Triggers: the database itself refuses to change the audit log, and says so on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from audit import guard
from audit.models import Event
from tests.audit.events import write
from tests.audit.triggers import missing

POSTGRESQL = "UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event"
SQLITE = (
    "UPDATE audit_event SET actor = 'x'",
    "UPDATE OR REPLACE audit_event SET sequence = 2 WHERE sequence = 1",
    "DELETE FROM audit_event",
    "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event",
)


@pytest.mark.django_db
def test_the_triggers_are_there_after_all_migrations() -> None:
    assert missing() == set()


@pytest.mark.django_db
def test_update_delete_and_truncate_are_refused() -> None:
    write(2)
    before = list(Event.objects.values())
    for statement in POSTGRESQL if connection.vendor == "postgresql" else SQLITE:
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert list(Event.objects.values()) == before


@pytest.mark.django_db
def test_a_disposal_that_fails_leaves_the_triggers_in_place() -> None:
    write(1)
    with pytest.raises(ZeroDivisionError):
        fail_without_triggers()
    assert missing() == set()


@pytest.mark.django_db
def test_emptying_all_tables_is_refused() -> None:
    before = [event.pk for event in write(2)]
    with pytest.raises(CommandError, match="couldn't be flushed"), transaction.atomic():
        call_command("flush", interactive=False, verbosity=0)
    assert list(Event.objects.order_by("pk").values_list("pk", flat=True)) == before


@pytest.mark.django_db
def test_a_dropped_trigger_is_noticed() -> None:
    with transaction.atomic():
        guard.remove()
        assert missing() == set(guard.NAMES[connection.vendor])
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_an_event_of_any_time_is_written_in_utc() -> None:
    event = write(1, at=datetime(2019, 3, 1, 12, tzinfo=UTC))[0]
    assert Event.objects.get(pk=event.pk).at == datetime(2019, 3, 1, 12, tzinfo=UTC)


def fail_without_triggers() -> None:
    with guard.lifted():
        assert missing()
        raise ZeroDivisionError
