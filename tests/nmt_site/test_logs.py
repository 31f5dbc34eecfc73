"""No log holds what a person could be known by: rows that a database quotes, keys of links, queries,
numbers."""

from __future__ import annotations

import io
import logging
import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, DataError, IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path
from gunicorn.config import Config
from gunicorn.glogging import Logger

from accounts.access import Access
from accounts.invitations import invite
from accounts.models import User
from accounts.roles import May, Role
from cases.models import Person
from jobs import worker
from jobs.kinds import KINDS, JobKind, Run, enqueue
from manage import sentence
from nmt_site import logs
from nmt_site.logs import log_uncaught, shown
from nmt_site.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401 - of the site below
from tests.actors import access, user
from tests.makers import new_case

ROOT = Path(__file__).resolve().parents[2]
# By name, since a traceback shows the lines of this file.
ADDRESS, LAND, NUMBER = "anna@example.org", "QZ", "V-2018-0001"
SECRETS = (ADDRESS, LAND, NUMBER, "Failing row", "DETAIL")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a handler of anybody's writes, by Python's own formatter, of everything."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


# --- what the database quotes ----------------------------------------------------------------
def twice() -> None:
    """Breaks a unique constraint: the database names the e-mail address."""
    with transaction.atomic():
        User.objects.create_user(ADDRESS, "x", name="Anna", role=Role.ANALYST)


def out_of_its_list() -> None:
    """Breaks a CHECK: the database quotes the row."""
    with transaction.atomic():
        Person.objects.update(age_class="0-6", citizenship=LAND)


def wrapped() -> None:
    """Quotes in words of its own what it was led to."""
    try:
        out_of_its_list()
    except IntegrityError as error:
        raise RuntimeError(f"Not stored: {error}") from error


def by_django() -> None:
    raise IntegrityError(f"The row in table 'x' with primary key '7' contains a value '{ADDRESS}'")


BROKEN = {
    "unique": (twice, "IntegrityError: ", "accounts_user"),
    "check": (out_of_its_list, "IntegrityError: ", "cases_person"),
    "wrapped": (wrapped, "RuntimeError: Not stored: ", "cases_person"),
    "django": (by_django, "IntegrityError", ""),
}


def broken_page(request: HttpRequest, what: str) -> HttpResponse:
    BROKEN[what][0]()
    raise AssertionError("nothing was broken")


urlpatterns = [*urlpatterns, path("broken/<str:what>/", login_not_required(broken_page))]


@pytest.fixture
def vera() -> Access:
    """Who sees the rows that are broken."""
    made = access(user("Vera", Role.COORDINATOR, region="V"))
    new_case(by=made)
    return made


@pytest.fixture
def anna(settings: Any, vera: Access) -> Access:
    settings.ROOT_URLCONF = __name__
    return access(user("Anna", Role.ANALYST))


def is_discreet(text: str, kind: str, constraint: str) -> None:
    assert "Traceback (most recent call last)" in text
    assert kind in text
    assert constraint in text
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.django_db
@pytest.mark.parametrize("what", BROKEN)
def test_a_page_that_breaks_a_constraint_logs_its_name_and_no_value(
    what: str, anna: Access, vera: Access, log: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(vera.user)
    assert client.get(f"/broken/{what}/").status_code == 500
    for text in (log.getvalue(), caplog.text):
        is_discreet(text, *BROKEN[what][1:])


@pytest.mark.django_db
@pytest.mark.parametrize("what", BROKEN)
def test_a_job_that_breaks_a_constraint_logs_its_name_and_no_value(
    what: str, anna: Access, vera: Access, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(_run: Run) -> dict[str, Any]:
        BROKEN[what][0]()
        return {}

    monkeypatch.setitem(KINDS, "broken", JobKind("broken", "broken", May.VIEW_CASE, run))
    job = enqueue("broken", by=vera)
    worker.work(once=True)
    job.refresh_from_db()
    assert job.state == "failed"
    is_discreet(log.getvalue(), *BROKEN[what][1:])


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["%s", "It failed"])
def test_an_error_told_in_a_sentence_is_told_without_its_rows(
    said: str, anna: Access, log: io.StringIO
) -> None:
    try:
        out_of_its_list()
    except IntegrityError as error:
        logging.getLogger("any").warning(said, *([error] if "%" in said else []))
        logging.getLogger("any").warning(f"{said}: {error}")
        logging.getLogger("any").error(error)
    assert [secret for secret in SECRETS if secret in log.getvalue()] == []


@pytest.mark.django_db
def test_no_statement_is_logged_with_its_values(log: io.StringIO, caplog: pytest.LogCaptureFixture) -> None:
    """Not even where all of Django is asked to say all it knows."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "django")
    with CaptureQueriesContext(connection) as statements:
        User.objects.filter(email=ADDRESS).exists()
    assert ADDRESS in statements.captured_queries[0]["sql"]
    assert "SELECT" not in log.getvalue()


def test_what_nobody_caught_is_told_without_its_rows(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError) as uncaught:
        raise RuntimeError("x") from IntegrityError(f"Key (e)=({ADDRESS})")
    log_uncaught(uncaught.type, uncaught.value, uncaught.tb)
    text = capsys.readouterr().err
    assert "RuntimeError: x" in text
    assert "django.db.utils.IntegrityError\n" in text
    assert ADDRESS not in text


@pytest.mark.long(instead="tests/nmt_site/test_logs.py::test_what_nobody_caught_is_told_without_its_rows")
@pytest.mark.django_db
def test_what_ends_a_command_is_told_without_its_rows() -> None:
    """By the process itself, with a traceback: nobody has caught it."""
    code = f"from django.db import IntegrityError\nraise RuntimeError('x') from IntegrityError('Key (e)=({ADDRESS})')"  # noqa: E501
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    environment = {**os.environ, "DEMO": "1"}  # elsewhere there is no shell
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "RuntimeError: x" in done.stderr
    assert "django.db.utils.IntegrityError\n" in done.stderr
    assert ADDRESS not in done.stderr


@pytest.mark.django_db
def test_a_command_says_what_the_database_refused_without_the_row(anna: Access) -> None:
    with pytest.raises(IntegrityError) as refused:
        out_of_its_list()
    text = sentence(refused.value)
    assert text.startswith("The database cannot be used: ")
    assert "cases_person" in text
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.django_db
def test_what_the_server_says_of_itself_stays() -> None:
    """An operator needs it, and it quotes no row."""
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM no_such_table")
    assert "no_such_table" in logs.description(refused.value)


def test_an_error_of_data_is_its_class_alone() -> None:
    assert logs.description(DataError("invalid input: 'Anna'")) == "django.db.utils.DataError"
    refused = smtplib.SMTPRecipientsRefused({ADDRESS: (550, b"no such user")})
    assert logs.description(refused) == "smtplib.SMTPRecipientsRefused"
    assert logs.description(smtplib.SMTPDataError(554, b"<anna@example.org>")) == "smtplib.SMTPDataError: 554"


def test_errors_that_led_to_each_other_in_a_ring_are_told_once() -> None:
    first, second = ValueError("first"), DataError("Anna")
    first.__cause__, second.__cause__ = second, first
    text = logs.trace(ExceptionGroup("both", [first, second]))
    assert text.count("ValueError: first") == 1
    assert "Anna" not in text


# --- what stands in an address ---------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("ask", ["get", "post", "gone"])
def test_the_key_of_an_invitation_is_in_no_log(ask: str, log: io.StringIO) -> None:
    nina = User(email="nina@example.org", name="Nina", role=Role.OFFICER)
    address = invite(user=nina, by=access(user("Adam", Role.ADMINISTRATOR)), site="")
    key = address.rstrip("/").rpartition("/")[2]
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    if ask == "gone":
        assert client.get(f"/more{address}").status_code == 404
    else:
        getattr(client, "post" if ask == "post" else "get")(address, {"next": "x"}, follow=ask != "post")
    assert key not in log.getvalue()
    assert key.partition("-")[2] not in log.getvalue()
    if ask in {"post", "gone"}:
        assert "/accounts/password/reset/key/…/" in log.getvalue()


@pytest.mark.django_db
def test_the_server_logs_a_request_by_our_own_words_alone(log: io.StringIO) -> None:
    config = Config()
    config.set("accesslog", "-")
    config.set("errorlog", "-")
    server = Logger(config)
    for one in (server.access_log, server.error_log):
        one.handlers[:] = [logging.StreamHandler(log)]
    server.access(Answered(), Requested(), Requested.environ, timedelta(seconds=1))
    config.set("access_log_format", "%(s)s of %({x-request-id}o)s")
    server.access(Answered(), Requested(), Requested.environ, timedelta(seconds=1))
    assert log.getvalue().endswith("200 of -\n")
    server.error("Error handling request %s", Requested.environ["RAW_URI"])
    assert log.getvalue().count("/accounts/password/reset/key/…/") == 3
    for secret in ("c1-abc123", "V-2018-0001-P1"):
        assert secret not in log.getvalue()


class Requested:
    headers: tuple[Any, ...] = ()
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": "/accounts/password/reset/key/c1-abc123/?q=V-2018-0001-P1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": "https://register.example/accounts/password/reset/key/c1-abc123/",
        "HTTP_USER_AGENT": "Mozilla/5.0 (X11)",
    }


class Answered:
    status, sent, headers = "200 OK", 9, ()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/healthz", "/healthz"),
        ("/summaries/2018/", "/summaries/2018/"),
        ("/cases/?q=19800101-1234", "/cases/"),
        ("/cases/Anna Andersson/edit/", "/cases/…/edit/"),
        ("/cases/persons/7c0e9c52-6f5f-4e0c-9f2e-0d7c6c8b7a11/", "/cases/persons/…/"),
        ("/admin/accounts/user/17/change/", "/admin/accounts/user/…/change/"),
        ("/1980/0101/1234/", "/1980/…/…/"),
        ("//evil.example/anna", "/…"),
        ("/", "/"),
    ],
)
def test_an_address_is_shown_by_our_own_words(address: str, told: str) -> None:
    assert shown(address) == told


@pytest.mark.parametrize(
    "said", ["Case V-2018-0012-P1 is open", "Case ö-2018-0012 is open", "Of anna@example.org"]
)
def test_no_number_and_no_e_mail_address_is_logged(said: str, log: io.StringIO) -> None:
    logging.getLogger("any").warning(said)
    logging.getLogger("any").warning("%s", said)
    assert log.getvalue().count("…") == 2
    assert "0012" not in log.getvalue()
    assert "anna" not in log.getvalue()
