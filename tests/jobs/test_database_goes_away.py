"""The worker outlives the database's absence: it waits, says so once, and goes on; what it was at is found
dead."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client
from django.utils import timezone

from accounts.access import Access
from accounts.roles import May, Role
from jobs import worker
from jobs.kinds import KINDS, JobKind, Run, enqueue
from jobs.models import Heartbeat, Job
from jobs.retry import GLANCE, MAX_PAUSE, Retry, _pauses, is_away
from tests.actors import user

AWAY = OperationalError("server closed the connection unexpectedly")
Failing = Callable[..., None]


class Nights:
    """Sleep that takes no time, and a wish to stop after so many."""

    def __init__(self, stop_after: int = 10_000) -> None:
        self.slept: list[float] = []
        self.stop_after = stop_after

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def stop(self) -> bool:
        return len(self.slept) >= self.stop_after


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> Job:
    def done(_run: Run) -> dict[str, Any]:
        return {"url": "/help/"}

    monkeypatch.setitem(KINDS, "short", JobKind("short", "short", May.VIEW_TOTALS, done))
    monkeypatch.setattr(worker, "HOURLY", [])
    return enqueue("short", by=Access.of(user("Anna", Role.ANALYST)))


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Failing:
    def failing(name: str, times: int, error: Exception) -> None:
        """The function of the worker called so fails so many times, then does what it does."""
        real, errors = getattr(worker, name), iter([error] * times)

        def function(*given: Any) -> Any:
            for error in errors:
                raise error
            return real(*given)

        monkeypatch.setattr(worker, name, function)

    return failing


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "jobs.retry"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [AWAY, InterfaceError("connection already closed")])
@pytest.mark.parametrize("place", ["beat", "bury_the_dead", "take", "_begun", "_ended"])
def test_it_waits_says_so_once_and_runs_what_waits(
    place: str, error: Exception, job: Job, failing: Failing, caplog: pytest.LogCaptureFixture
) -> None:
    failing(place, 7, error)
    nights = Nights()
    done = Job.objects.filter(pk=job.pk, state="done")
    assert worker.work(stop=lambda: nights.stop() or done.all().exists(), sleep=nights.sleep) == 1
    assert sum(nights.slept) == 1 + 2 + 4 + 8 + 16 + 30 + 30
    assert len(logged(caplog)) == 2
    assert logged(caplog)[0].startswith("The database does not answer")
    assert logged(caplog)[1].startswith("The database answers again")
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")


@pytest.mark.django_db(transaction=True)
def test_the_connection_that_failed_is_not_used_again(failing: Failing) -> None:
    connection.ensure_connection()
    former = connection.connection
    failing("take", 1, AWAY)
    assert Retry(sleep=Nights().sleep).ask(lambda: worker.take()) is None
    assert connection.connection not in {None, former}


def test_the_pauses_grow_and_are_bounded() -> None:
    pauses = list(islice(_pauses(None), 50))
    assert pauses[:5] == [1, 2, 4, 8, 16]
    assert set(pauses[5:]) == {MAX_PAUSE}


@pytest.mark.django_db(transaction=True)
def test_told_to_stop_it_ends_at_the_next_glance(job: Job, failing: Failing) -> None:
    """In the middle of half a minute too."""
    failing("take", 1000, AWAY)
    nights = Nights(stop_after=100)
    assert worker.work(stop=nights.stop, sleep=nights.sleep) == 0
    assert nights.slept == [GLANCE] * 100


@pytest.mark.django_db(transaction=True)
def test_run_once_it_does_not_wait(job: Job, failing: Failing) -> None:
    failing("take", 1, AWAY)
    with pytest.raises(OperationalError):
        worker.work(once=True, sleep=_never)


def _never(_seconds: float) -> None:
    raise AssertionError("it waited")


# --- what is no absence ----------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [ProgrammingError("syntax"), TypeError("ours"), KeyError("ours")])
def test_a_fault_of_ours_is_not_waited_out(error: Exception, job: Job, failing: Failing) -> None:
    failing("take", 1, error)
    with pytest.raises(type(error)):
        worker.work(sleep=_never)


@pytest.mark.django_db(transaction=True)
def test_a_table_that_is_not_there_is_not_waited_for(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite calls it by the same name as a file that is locked."""

    def take() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM no_such_table")

    monkeypatch.setattr(worker, "take", take)
    with pytest.raises((OperationalError, ProgrammingError)):
        worker.work(sleep=_never)


@pytest.mark.parametrize(
    ("code", "away"),
    [
        (sqlite3.SQLITE_BUSY, True),
        (sqlite3.SQLITE_FULL, True),
        (sqlite3.SQLITE_CANTOPEN, True),
        (sqlite3.SQLITE_IOERR | (10 << 8), True),
        (sqlite3.SQLITE_ERROR, False),
        (sqlite3.SQLITE_ERROR | (1 << 8), False),
    ],
)
def test_what_sqlite_answers_is_told_apart_by_its_code(code: int, away: bool) -> None:
    error, cause = OperationalError(), sqlite3.OperationalError()
    cause.sqlite_errorcode = code
    error.__cause__ = cause
    assert is_away(error) is away


# --- a job that was under way ----------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_what_was_done_before_the_database_went_is_called_done(job: Job, failing: Failing) -> None:
    """Even where somebody took it for dead meanwhile: its work was kept."""
    taken = worker.take()
    assert taken is not None
    failing("_ended", 3, AWAY)

    def sleep(_seconds: float) -> None:
        Job.objects.update(alive_at=timezone.now() - 2 * worker.DEAD_AFTER)
        worker.bury_the_dead()

    worker.run(taken, Retry(sleep=sleep))
    job.refresh_from_db()
    assert (job.state, job.error, job.result) == ("done", "", {"url": "/help/"})


@pytest.mark.django_db(transaction=True)
def test_one_found_dead_before_it_began_is_not_run(job: Job) -> None:
    taken = worker.take()
    assert taken is not None
    Job.objects.update(state="failed")
    worker.run(taken)
    job.refresh_from_db()
    assert job.state == "failed"


@pytest.mark.django_db(transaction=True)
def test_a_clock_that_is_wrong_buries_nobody(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of the database decides."""
    worker.take()
    ahead = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: ahead)
    assert worker.bury_the_dead() == 0


# --- a sign of life --------------------------------------------------------------------------
def unheard(minutes: int) -> None:
    """And a second: SQLite's clock has milliseconds, and could be behind ours by less than one."""
    at = timezone.now() - timedelta(minutes=minutes, seconds=1)
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": at})


@pytest.mark.django_db
def test_the_health_tells_the_age_of_the_worker(client: Client) -> None:
    assert client.get("/healthz").json()["worker_age"] is None
    worker.work(once=True)
    assert client.get("/healthz").json()["worker_age"] in range(30)
    unheard(10)
    health = client.get("/healthz")
    assert (health.status_code, health.json()["status"]) == (200, "ok")
    assert health.json()["worker_age"] in range(600, 660)


@pytest.mark.django_db(transaction=True)
def test_the_worker_is_heard_while_a_job_goes_on(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def long(_run: Run) -> dict[str, Any]:
        Heartbeat.objects.all().delete()
        for _try in range(200):
            if Heartbeat.objects.exists():
                return {}
            worker.time.sleep(0.05)
        raise AssertionError("nothing was heard")

    monkeypatch.setattr(worker, "BEAT", 0.05)
    monkeypatch.setitem(KINDS, "short", JobKind("short", "short", May.VIEW_TOTALS, long))
    worker.work(once=True)
    job.refresh_from_db()
    assert job.state == "done"


@pytest.mark.django_db
def test_the_page_of_a_run_that_waits_says_that_nobody_is_there(job: Job, client: Client) -> None:
    client.force_login(job.owner)
    assert "Processen för körningar har inte hörts av än." in page(client, job)
    worker.beat()
    assert "hörts av" not in page(client, job)
    unheard(3)
    assert "Processen för körningar har inte hörts av sedan 20" in page(client, job)


def page(client: Client, job: Job) -> str:
    return client.get(job.get_absolute_url()).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.MANAGER])
def test_those_who_can_act_are_told_that_the_worker_has_fallen_silent(role: Role, client: Client) -> None:
    client.force_login(user("Adam", role, language="en"))
    assert boxes_about_runs(client) == []  # where it was never begun, the page of a run says so
    unheard(3)
    (box,) = boxes_about_runs(client)
    assert (box.count, len(box.rows)) == (1, 1)
    assert box.rows[0].label.startswith("No worker has been heard since ")
    worker.beat()
    assert boxes_about_runs(client) == []


def boxes_about_runs(client: Client) -> list[Any]:
    return [
        box for box in client.get("/").context["boxes"] if str(box.title) == "Background runs do not start"
    ]
