"""A register that cannot write says that its disk is full, or that the database is away, and nothing else of
what went wrong."""

from __future__ import annotations

import errno
import re
import sqlite3
from html import unescape
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from accounts.roles import Role
from jobs.models import Job
from jobs.retry import is_full
from summaries.release import views
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

    monkeypatch.setattr(views, "enqueue", fail)
    client = Client(raise_request_exception=False)
    client.force_login(user("Anna", Role.ANALYST))
    answer = client.post("/summaries/publications/2018/protect/")
    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == ("30" if status == 503 else None)
    assert told in answer.content.decode()
    assert "database or disk" not in answer.content.decode()
    assert not Job.objects.exists()


# --- what was sent while it could not be saved ------------------------------------------------
ADDRESS = "/summaries/publications/2018/protect/"
WRITTEN = {"note": 'Vit bil\n<b>"hon"</b>', "county": ["14", "13"], "form_token": "t-1"}


def answered(monkeypatch: pytest.MonkeyPatch, state: str, sent: Any, **headers: str) -> Any:
    def fail(*_args: Any, **_options: Any) -> None:
        raise of_postgresql(state)

    monkeypatch.setattr(views, "enqueue", fail)
    client = Client(raise_request_exception=False)
    client.force_login(user("Anna", Role.ANALYST, language="en"))
    return client.post(ADDRESS, sent, headers={"accept-language": "en", **headers})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "again", "told"),
    [
        ("57P01", "30", "The database does not answer."),  # it is shut down
        ("55P03", "5", "Somebody else was saving in the same place"),  # a lock that was waited for
        ("40P01", "5", "Somebody else was saving in the same place"),  # a deadlock
        ("40001", "5", "Somebody else was saving in the same place"),
        ("57014", "60", "It took longer than a minute"),  # the time of one statement
    ],
)
def test_a_form_that_could_not_be_saved_is_told_why_and_is_sent_again_from_the_page_as_it_was(
    state: str, again: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = answered(monkeypatch, state, WRITTEN)
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, again)
    assert "no-store" in answer.headers["Cache-Control"]
    assert told in page
    assert f'<form method="post" action="{ADDRESS}">' in page
    fields = re.findall(r'<input type="hidden" name="(.*?)" value="(.*?)">', page, re.DOTALL)
    assert [(name, unescape(value)) for name, value in fields] == [
        ("note", WRITTEN["note"]),
        ("county", "14"),
        ("county", "13"),
        ("form_token", "t-1"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "headers"),
    [
        (WRITTEN | {"new_password": "a secret of mine"}, {}),
        (WRITTEN | {"code": "123456"}, {}),
        (WRITTEN, {"hx-request": "true"}),  # the form still stands there, and says so itself
        (WRITTEN, {"x-background": "1"}),  # a draft is sent again by itself
    ],
)
def test_no_secret_is_written_into_the_page_and_no_page_for_what_has_one_of_its_own(
    sent: dict[str, Any], headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = answered(monkeypatch, "57P01", sent, **headers)
    assert answer.status_code == 503
    assert b"Vit bil" not in answer.content
    assert b"Go back in the browser" in answer.content
