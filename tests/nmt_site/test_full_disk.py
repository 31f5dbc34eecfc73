"""A register that cannot write says that its disk is full, or that the database is away, and nothing else of
what went wrong."""

from __future__ import annotations

import errno
import sqlite3
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from accounts.roles import Role
from jobs.disk import is_full
from jobs.models import Job
from summaries.publishing import decisions
from tests.actors import user


def no_room() -> OperationalError:
    cause = sqlite3.OperationalError("database or disk is full")
    cause.sqlite_errorcode = sqlite3.SQLITE_FULL
    error = OperationalError("database or disk is full")
    error.__cause__ = cause
    return error


def of_postgresql(state: str) -> OperationalError:
    cause, error = Exception(), OperationalError("the server said no")
    cause.sqlstate = state
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (no_room(), True),
        (of_postgresql("53100"), True),  # disk_full
        (of_postgresql("53300"), False),  # too_many_connections
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        (OperationalError("database is locked"), False),
        (ValueError("full"), False),
        (None, False),
    ],
)
def test_a_full_disk_is_told_from_other_errors(error: BaseException | None, full: bool) -> None:
    assert is_full(error) is full


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (no_room(), 500, "disk är full"),
        (OperationalError("locked"), 503, "Databasen svarar inte"),
        (ValueError("of ours"), 500, "Felet är vårt"),
    ],
)
def test_the_page_of_a_fault_says_whether_to_wait_or_to_tell_operations(
    monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, told: str
) -> None:
    def fail(*_args: Any, **_options: Any) -> None:
        raise error

    monkeypatch.setattr(decisions, "enqueue", fail)
    client = Client(raise_request_exception=False)
    client.force_login(user("Anna", Role.ANALYST))
    answer = client.post("/summaries/publications/2018/protect/")
    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == ("30" if status == 503 else None)
    assert told in answer.content.decode()
    assert "database or disk" not in answer.content.decode()
    assert not Job.objects.exists()
