"""A full disk of the database is known within some minutes, whatever disk the register's own files are on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg.errors
import pytest
from django.core import mail
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from jobs import database_disk
from jobs.alerts import tell_failure
from jobs.database_disk import DatabaseDisk, is_written
from jobs.models import Heartbeat
from jobs.worker import beat, work
from nmt_site.timers import succeeded
from tests.actors import user

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def mail_server(settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example"


def full() -> None:
    """As PostgreSQL answers with its file system at 100 %."""
    raise OperationalError from psycopg.errors.DiskFull("No space left on device")


def test_the_worker_asks_and_the_register_is_ready(client: Client) -> None:
    work(once=True)
    assert client.get("/readyz").json()["database_writes"] is True


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no disk of a server")
def test_the_sort_is_done_on_the_disk_of_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64kB'")
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF) {database_disk.SORT}")
        plan = " ".join(row[0] for row in cursor.fetchall())
    assert "external merge  Disk:" in plan


def test_a_full_disk_takes_the_node_out_and_administrators_get_one_email(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    user("Anna", Role.ADMINISTRATOR, language="en")
    user("Ada", Role.ANALYST)
    work(once=True)
    monkeypatch.setattr(database_disk, "_sort", full)
    disk, now = DatabaseDisk(), timezone.now()
    for minute in range(10):
        disk.ask(now + minute * MINUTE)
    assert [letter.subject for letter in mail.outbox] == ["The NMT register: the database's disk is full"]
    Heartbeat.objects.filter(name=database_disk.WRITTEN).update(at=now - 4 * MINUTE)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database_writes"]) == (503, False)
    disk.ask(now + 21 * HOUR)
    assert len(mail.outbox) == 2, "it is full still, a day later"


def test_a_worker_that_is_silent_says_nothing_about_the_disk() -> None:
    beat()
    assert is_written({database_disk.WRITTEN: HOUR}, worker_silent=True) is None
    assert is_written({database_disk.WRITTEN: HOUR}, worker_silent=False) is False
    assert is_written({}, worker_silent=False) is None


def test_another_fault_of_the_database_is_not_called_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(database_disk, "_sort", away)
    with pytest.raises(OperationalError):
        DatabaseDisk().ask(timezone.now())
    assert mail.outbox == []


def test_what_a_timer_was_said_to_have_done_goes_when_it_succeeds(settings: Any) -> None:
    anna: User = user("Anna", Role.ADMINISTRATOR)
    assert tell_failure("check_certificate", at=timezone.now()) == 1
    assert anna.notices.count() == 1
    succeeded("check_certificate")
    assert anna.notices.count() == 0
    assert tell_failure("check_certificate", at=timezone.now()) == 1, "a fault after that is a new one"


def test_a_fault_that_was_told_without_a_mail_server_is_sent_when_there_is_one(settings: Any) -> None:
    user("Anna", Role.ADMINISTRATOR)
    settings.EMAIL_HOST = ""
    assert tell_failure("backup", at=timezone.now()) == 0
    settings.EMAIL_HOST = "mail.example"
    assert tell_failure("backup", at=timezone.now()) == 1
    assert tell_failure("backup", at=timezone.now()) == 0
