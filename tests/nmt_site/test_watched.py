"""The register as machines watch it: probes, metrics, the page of operations, lines of the log, and security
events in syslog. Nothing of it tells of a person."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.checks import run_checks
from django.core.management import CommandError, CommandParser
from django.db import OperationalError, connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

import manage
from accounts.models import UrgentLetter
from accounts.roles import Role
from accounts.row_level_security import Owner, making
from accounts.sessions import SessionStore
from audit import writer
from audit.models import Event
from audit.writer import System, record
from home.models import Reminder
from jobs.models import Heartbeat, Job
from jobs.worker import beat
from nmt_site import probes
from nmt_site.environment import SECRETS, ImproperlyConfigured, token
from nmt_site.logs import Lines
from nmt_site.operations import state
from nmt_site.timers import TIMERS, succeeded, timers
from tests.actors import user
from tests.audit.events import tamper
from tests.cases.pages import signed_in
from tests.nmt_site.numbers import migrated, read

pytestmark = pytest.mark.django_db
ELSEWHERE: Final = {"REMOTE_ADDR": "10.1.2.3"}
TOKEN: Final = "a-token-of-thirty-two-characters"
FACT: Final = "Sekretess"


# --- probes -----------------------------------------------------------------------------------
@pytest.mark.parametrize("address", ["/livez", "/readyz", "/healthz", "/metrics"])
def test_a_probe_is_answered_by_address_and_plain_http(address: str, client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["register.example"]
    assert client.get(address, headers={"host": "10.1.2.3:8000"}).status_code == 200
    assert client.get("/help/", headers={"host": "register.example"}).status_code == 301
    assert client.get("/help/", secure=True, headers={"host": "10.1.2.3"}).status_code == 400


def test_alive_asks_nothing_of_the_database(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert client.get("/livez").json() == {"status": "alive"}


def no_database(patch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("password authentication failed for user nmt")

    patch.setattr(probes, "missing_migrations", away)


def no_migration(_patch: pytest.MonkeyPatch) -> None:
    MigrationRecorder(connection).record_unapplied("audit", "0001_initial")


def full_disk(patch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    patch.setattr(settings, "DISK_FREE_MB", 10**12)


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        (no_database, {"database": False, "migrations": None, "disk": True}),  # null: it was not looked at
        (no_migration, {"database": True, "migrations": False, "disk": True}),
        (full_disk, {"database": True, "migrations": True, "disk": False}),
    ],
)
def test_a_node_that_cannot_serve_is_taken_out(
    gone: Callable[[pytest.MonkeyPatch], None],
    told: dict[str, bool | None],
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    beside = {"database_writes": None, "release": "0.1.0"}
    well = {"status": "ready", "database": True, "migrations": True, "disk": True, **beside}
    answer = client.get("/readyz")  # no worker was ever heard: people are served all the same
    assert (answer.status_code, answer.json()) == (200, well)
    gone(monkeypatch)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unready", **told, **beside}
    assert b"password" not in answer.content


def test_where_sessions_have_ended_nothing_is_kept_of_the_browser(client: Client) -> None:
    """What `clearsessions` asks for."""
    ada = user("Ada", Role.ANALYST)
    for key, ends in (("gone", -1), ("open", 1)):
        Session.objects.create(
            session_key=key, session_data="", expire_date=timezone.now() + timedelta(hours=ends)
        )
        UserSession.objects.create(user=ada, ip="10.1.2.3", session_key=key, user_agent="Mozilla")
    SessionStore.clear_expired()
    assert [session.session_key for session in UserSession.objects.all()] == ["open"]


# --- metrics ----------------------------------------------------------------------------------
def test_metrics_are_for_the_machine_itself_or_for_who_brings_the_token(
    client: Client, settings: Any
) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"x-forwarded-for": "127.0.0.1"}).status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer "}, **ELSEWHERE).status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert (
        client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}, **ELSEWHERE).status_code == 200
    )
    assert (
        client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}x"}, **ELSEWHERE).status_code == 404
    )
    assert client.get("/metrics", **ELSEWHERE).status_code == 404


def test_a_token_that_can_be_guessed_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS_TOKEN", "secret")
    with pytest.raises(ImproperlyConfigured, match="METRICS_TOKEN can be guessed"):
        token("METRICS_TOKEN")


def late_timers(metrics: dict[str, float]) -> list[str]:
    return [name for name in TIMERS if metrics[f'nmt_timer_late{{timer="{name}"}}']]


def test_metrics_of_a_register_that_nothing_has_run_in_say_so(client: Client) -> None:
    migrated(timedelta(days=30))
    metrics = read(client)
    assert metrics["nmt_database_up"] == 1
    assert metrics["nmt_worker_age_seconds"] == float("inf")
    assert metrics["nmt_trail_proof_age_seconds"] >= timedelta(days=30).total_seconds()
    assert late_timers(metrics) == [*TIMERS]


def test_metrics_tell_what_an_alert_needs(client: Client) -> None:
    migrated(timedelta(days=30))
    beat()
    for name in TIMERS:
        succeeded(name)
    hour = timedelta(hours=1)
    Job.objects.create(kind="audit", owner=user("Ada", Role.ANALYST), created_at=timezone.now() - hour)
    Heartbeat.objects.filter(name="timer clearsessions").update(at=timezone.now() - 4 * hour)
    metrics = read(client)
    assert metrics["nmt_worker_age_seconds"] < 60
    assert metrics['nmt_jobs{state="waiting"}'] == 1
    assert 3600 <= metrics["nmt_jobs_oldest_seconds"] < 3660
    assert late_timers(metrics) == ["clearsessions"]
    assert metrics["nmt_trail_proof_age_seconds"] < 60
    assert metrics["nmt_migrations_missing"] == 0
    assert metrics["nmt_disk_free_bytes"] > 0


def test_emails_of_both_kinds_are_among_those_that_wait_until_they_are_of_no_use(client: Client) -> None:
    now = timezone.now()
    vera = user("Vera", Role.COORDINATOR, region="V", at_once_from=now - timedelta(days=9))
    Reminder.objects.create(user=vera, day=now.date(), count=1)
    for about, at in (("call:a", now), ("call:b", now), ("call:old", now - timedelta(days=2))):
        UrgentLetter.objects.create(user=vera, about=about, at=at)
    assert read(client)["nmt_mail_waiting"] == 3
    UrgentLetter.objects.filter(about="call:a").update(sent_at=now)
    assert read(client)["nmt_mail_waiting"] == 2
    last = state().mail.age
    assert last is not None
    assert last < timedelta(minutes=5)


def test_without_the_database_metrics_say_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError

    monkeypatch.setattr(probes, "state", away)
    assert read(client) == {"nmt_database_up": 0, 'nmt_release_info{release="0.1.0"}': 1}


def test_the_web_servers_role_waits_for_nothing_for_ever(settings: Any) -> None:
    settings.APPLICATION_ROLE = "nmt_application"  # whatever the roles of other tests are called
    texts = [line for line in making(Owner("nmt", "nmt", superuser=False)) if "timeout" in line]
    assert [
        re.findall(r"ROLE (\S+) IN DATABASE nmt SET (\S+)_timeout = '(\d+)s'", line)[0] for line in texts
    ] == [
        ("nmt_application", "lock", "10"),
        ("nmt_application", "statement", "60"),
        ("nmt_application", "idle_in_transaction_session", "300"),
    ]


def test_a_key_that_make_key_made_is_long_enough_and_missing_pango_is_said(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.SECRET_KEY = "q8w7e6r5t4y3u2i1o0pQWERTYUIOPasdfghjklzxcvb="  # 44, as of make_key
    said = {
        check.id
        for check in run_checks(tags=["security"], include_deployment_checks=True)
        if not check.is_silenced()
    }
    assert not said & {"security.W009", "nmt_site.W001"}
    monkeypatch.setattr("ctypes.util.find_library", lambda name: None)
    said = {check.id for check in run_checks(tags=["security"], include_deployment_checks=True)}
    assert "nmt_site.W001" in said


# --- timers -----------------------------------------------------------------------------------
@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """manage.py itself, in this process."""

    def started(*words: str) -> None:
        monkeypatch.setattr(sys, "argv", ["manage.py", *words])
        manage.main()

    for name in SECRETS:  # the keys that `make_key` begins with are not those of the tests to come
        monkeypatch.setenv(name, os.environ[name])
    monkeypatch.setattr(os, "umask", lambda mask: mask)
    monkeypatch.setattr(CommandParser, "error", CommandParser.error)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(connections, "close_all", lambda: None)
    monkeypatch.setattr(manage, "speak_utf8", lambda: None)
    monkeypatch.setattr(manage, "compile_all", lambda: None)
    return started


def test_a_command_of_a_timer_is_remembered_where_it_has_succeeded(run: Callable[..., None]) -> None:
    run("verify_audit")
    run("make_key")  # of no timer
    assert [heartbeat.name for heartbeat in Heartbeat.objects.all()] == ["timer verify_audit"]


def test_one_that_failed_is_remembered_as_that(run: Callable[..., None]) -> None:
    record(System(), "demo.invent")
    tamper("UPDATE audit_event SET actor = 'nobody'")
    with pytest.raises((SystemExit, CommandError)):
        run("verify_audit")
    assert [heartbeat.name for heartbeat in Heartbeat.objects.all()] == ["failed verify_audit"]
    (timer,) = (one for one in timers(Heartbeat.objects.ages()) if one.name == "verify_audit")
    assert (timer.late, timer.failing) == (True, True)


def test_a_word_that_was_typed_wrongly_is_no_failure_of_the_timer(run: Callable[..., None]) -> None:
    with pytest.raises((SystemExit, CommandError)):
        run("verify_audit", "--hed", "1")
    assert not Heartbeat.objects.exists()


# --- lines of the log -------------------------------------------------------------------------
def test_a_line_says_when_how_grave_of_which_request_and_role_and_no_fact(log: io.StringIO) -> None:
    client = signed_in(user("Olle", Role.OPERATOR))
    answer = client.get(f"/cases/V-2018-0001/{FACT}/?q={FACT}")
    assert answer.status_code == 404
    (line,) = (json.loads(line) for line in log.getvalue().splitlines())
    assert line["level"] == "WARNING"
    assert line["role"] == "operator"
    assert line["request"] == answer.headers["X-Request-ID"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"])
    for fact in (FACT, "0001", "olle"):
        assert fact not in log.getvalue()


def test_the_proxys_identifier_is_taken_and_what_somebody_typed_is_not(client: Client) -> None:
    of_nginx = "0123456789abcdef" * 2
    for given, kept in ((of_nginx, True), (FACT, False), (f"{of_nginx}\n", False)):
        answer = client.get("/livez", headers={"x-request-id": given})
        assert (answer.headers["X-Request-ID"] == given) is kept


def test_a_traceback_is_one_line_for_machines_and_many_for_people(log: io.StringIO) -> None:
    try:
        raise OSError("no room")
    except OSError:
        logging.getLogger("any").exception("Failed")
    assert "no room" in json.loads(log.getvalue())["trace"]
    made = logging.getLogger().makeRecord("any", logging.ERROR, "", 0, "Failed", (), None)
    assert Lines().format(made).endswith(" ERROR any: Failed")


@pytest.mark.parametrize(
    ("cause", "has_trace"),
    [
        (psycopg.OperationalError("connection failed: Connection refused"), False),
        (psycopg.errors.AdminShutdown("terminating connection due to administrator command"), False),
        (psycopg.errors.QueryCanceled("canceling statement due to statement timeout"), True),
    ],
)
def test_a_database_that_is_away_leaves_short_lines_without_a_traceback(
    cause: psycopg.Error, has_trace: bool, client: Client, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    """Every request of an outage has the same. That one statement took too long is a fault with a place."""

    def away() -> None:
        raise OperationalError(str(cause)) from cause

    monkeypatch.setattr(probes, "missing_migrations", away)
    monkeypatch.setattr("accounts.sessions.SessionStore.load", lambda _store: away())
    client.cookies["sessionid"], client.raise_request_exception = "a" * 32, False
    assert {client.get(page).status_code for page in ("/readyz", "/cases/")} == {503}
    lines = log.getvalue().splitlines()
    assert len(lines) >= 3
    assert any("Traceback" in line for line in lines) is has_trace
    assert (max(map(len, lines)) < 400) is not has_trace


# --- security events --------------------------------------------------------------------------
@pytest.fixture
def syslog(tmp_path: Path, settings: Any) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "log"))
        listening.settimeout(0.2)
        settings.SECURITY_SYSLOG = str(tmp_path / "log")
        yield listening


def test_what_concerns_security_is_told_as_it_happens_by_a_mark_and_no_name(
    syslog: socket.socket, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    user("Olle", Role.OPERATOR)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/login/", {"login": "olle@example.org", "password": "wrong"})
    event = Event.objects.get(action="user.sign_in_refused")
    text = syslog.recv(1000).decode()
    assert text == f"<37>nmt: {writer.line_of(event)}"
    assert f"user.sign_in_refused event={event.sequence} " in text
    assert text.endswith(" role=none who=unknown")
    assert "olle" not in text


def test_what_is_only_read_is_not_told(
    syslog: socket.socket, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for action in ("case.read", "call.list", "refused"):
            record(System("olle@example.org"), action)
    assert " refused event=3 " in syslog.recv(1000).decode()
    with pytest.raises(TimeoutError):
        syslog.recv(1000)


def test_where_nobody_listens_the_act_goes_on_and_the_log_says_so(
    settings: Any, log: io.StringIO, django_capture_on_commit_callbacks: Any
) -> None:
    settings.SECURITY_SYSLOG = "/nowhere/log"
    with django_capture_on_commit_callbacks(execute=True):
        record(System(), "refused")
    assert "Event 1 could not be told to syslog" in log.getvalue()


def test_a_name_that_nobody_knows_is_asked_for_once_a_minute_and_no_page_fails_for_it(
    settings: Any, log: io.StringIO, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked = []

    def unknown(*words: Any, **_options: Any) -> None:
        asked.append(words)
        raise socket.gaierror("Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setattr(writer, "_unknown", {})
    settings.SECURITY_SYSLOG = "log.example:514"
    with django_capture_on_commit_callbacks(execute=True):
        for _number in range(3):
            record(System(), "refused")
    assert len(asked) == 1
    assert log.getvalue().count("could not be told to syslog") == 3


def test_a_name_that_is_none_is_told_and_no_page_fails_for_it(
    settings: Any, log: io.StringIO, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def none(*_words: Any, **_options: Any) -> None:
        raise UnicodeError("label empty or too long")

    monkeypatch.setattr(socket, "getaddrinfo", none)
    settings.SECURITY_SYSLOG = "log..example:514"
    with django_capture_on_commit_callbacks(execute=True):
        record(System(), "refused")
    assert "Event 1 could not be told to syslog" in log.getvalue()


def test_a_line_to_syslog_is_short_of_one_line_in_utc_whatever_an_actor_is_called(
    syslog: socket.socket, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        record(System("Ada\n<0>forged" + "å" * 300), "refused", reason="Anna")
    told = syslog.recv(5000)
    assert len(told) < 200
    when, what = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", rb"refused event=1 role=none who=[0-9a-f]{12}"
    assert re.fullmatch(rb"<37>nmt: nmt-security " + when + b" " + what, told)
