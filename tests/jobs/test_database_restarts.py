"""`manage.py work` beside a PostgreSQL that is down at its start, restarted, and stopped in the middle of a
job."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.database import installed_cluster
from tests.installed import DATABASE, WORKER
from tests.postgres import Cluster, PostgresMissing, programs

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 60  # seconds, on a busy machine
# As it is used: else what was committed in the moment before a server is stopped at once may be gone.
OPTION = "synchronous_commit=on"
# Somebody who owns jobs.
PREPARE = """
import django
django.setup()
from accounts.models import User
User.objects.create_user("anna@example.org", "x", name="Anna", role="analyst")
"""
# A job that asks the database until it is told that it has done enough, and says when it has begun.
WORK = """
import sys, time, django
seconds = {seconds}
django.setup()
from django.core.management import call_command
from accounts.models import User
from accounts.roles import May
from jobs import kinds, retry
retry.FIRST = (seconds,) * bool(seconds) or retry.FIRST
kinds.HOURLY.clear()
def long(run):
    User.objects.count()
    print("begun", file=sys.stderr, flush=True)
    while True:
        User.objects.count()
        time.sleep(0.05)
kinds.KINDS["long"] = kinds.JobKind("long", "long", May.VIEW_TOTALS, long)
kinds.KINDS["short"] = kinds.JobKind("short", "short", May.VIEW_TOTALS, lambda run: {})
call_command("work")
print("ended", file=sys.stderr, flush=True)
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    try:
        programs()
    except PostgresMissing as missing:
        pytest.skip(str(missing))
    with installed_cluster(OPTION) as made:
        subprocess.run([sys.executable, "-c", PREPARE], cwd=ROOT, env=environment(made.cluster), check=True)
        yield made.cluster


def environment(cluster: Cluster) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": cluster.url_of(WORKER, DATABASE), "DEMO": "0"}


class Worker:
    """The command in a process of its own, and what it says. Where the database is away it waits for so many
    `seconds` before it asks again, or as it is used."""

    def __init__(self, cluster: Cluster, seconds: int | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORK.replace("{seconds}", str(seconds))],
            cwd=ROOT,
            env=environment(cluster),
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        self.said.extend(iter(self.process.stderr.readline, ""))

    def says(self, words: str, times: int = 1) -> None:
        until(lambda: self.count(words) >= times, f"{words!r} in {self.said}")
        assert self.process.poll() is None

    def count(self, words: str) -> int:
        return sum(words in line for line in list(self.said))

    def end(self) -> None:
        self.process.kill()
        self.process.wait(timeout=TIMEOUT)
        self.listener.join(timeout=TIMEOUT)
        assert self.process.stderr is not None
        self.process.stderr.close()


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + TIMEOUT
    while not true():
        assert time.monotonic() < end, f"not within {TIMEOUT} s: {what}"
        time.sleep(0.05)


@contextmanager
def begun_without(cluster: Cluster) -> Iterator[Worker]:
    """Begun while the database is down, which comes then."""
    cluster.stop("fast")
    made = Worker(cluster)
    try:
        made.says("The database does not answer")
        cluster.start(OPTION)
        made.says("The database answers again")
        yield made
    finally:
        made.end()
        if asked(cluster, "SELECT 1") is None:
            cluster.start(OPTION)


@pytest.fixture(scope="module")
def worker(cluster: Cluster) -> Iterator[Worker]:
    with begun_without(cluster) as made:
        yield made


def asked(cluster: Cluster, statement: str, *values: object) -> object:
    """The first value; None where the server is down."""
    try:
        with psycopg.connect(host=str(cluster.folder), user=WORKER, dbname=DATABASE) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchone()[0] if cursor.description else ""
    except psycopg.OperationalError:
        return None


def enqueue(cluster: Cluster, kind: str) -> uuid.UUID:
    code = uuid.uuid4()
    asked(
        cluster,
        "INSERT INTO jobs_job (code, kind, owner_id, params, state, step, steps, result, error, cancel_asked,"
        " created_at) SELECT %s, %s, id, '{}', 'queued', 0, 0, '{}', '', false, now() FROM accounts_user "
        "LIMIT 1",
        code,
        kind,
    )
    return code


def state(cluster: Cluster, code: uuid.UUID) -> object:
    return asked(cluster, "SELECT state FROM jobs_job WHERE code = %s", code)


def is_done(cluster: Cluster, code: uuid.UUID) -> None:
    until(lambda: state(cluster, code) == "done", "done")


def test_it_outlives_an_outage_at_its_start_and_a_restart(cluster: Cluster, worker: Worker) -> None:
    is_done(cluster, enqueue(cluster, "short"))
    before = worker.count("The database answers again")
    cluster.stop("fast")  # "terminating connection due to administrator command"
    worker.says("The database does not answer", times=before + 1)
    time.sleep(2)  # it asks again and again
    cluster.start(OPTION)
    worker.says("The database answers again", times=before + 1)
    is_done(cluster, enqueue(cluster, "short"))
    assert (
        worker.count("The database does not answer")
        == worker.count("The database answers again")
        == before + 1
    )


def test_it_outlives_its_connections_being_ended(cluster: Cluster, worker: Worker) -> None:
    for _time in range(3):
        ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        cluster.says(DATABASE, f"{ended} AND backend_type = 'client backend'")
        is_done(cluster, enqueue(cluster, "short"))


def test_a_job_under_way_is_marked_and_the_next_one_is_run(cluster: Cluster, worker: Worker) -> None:
    stopped = enqueue(cluster, "long")
    worker.says("begun")
    cluster.stop("immediate")
    cluster.start(OPTION)
    until(lambda: state(cluster, stopped) == "failed", "failed")
    error = asked(cluster, "SELECT error FROM jobs_job WHERE code = %s", stopped)
    assert str(error).startswith("The run was stopped before it had finished. Nothing of it was kept")
    is_done(cluster, enqueue(cluster, "short"))


def test_it_shows_a_sign_of_life(cluster: Cluster, worker: Worker) -> None:
    is_done(cluster, enqueue(cluster, "short"))
    assert (
        asked(cluster, "SELECT now() - at < interval '1 minute' FROM jobs_heartbeat WHERE name = 'worker'")
        is True
    )


def test_it_ends_at_once_while_it_waits(cluster: Cluster) -> None:
    cluster.stop("fast")
    worker = Worker(cluster, seconds=10 * TIMEOUT)
    try:
        worker.says("The database does not answer")
        worker.process.send_signal(signal.SIGTERM)
        assert worker.process.wait(timeout=TIMEOUT) == 0
        worker.listener.join(timeout=TIMEOUT)
        assert worker.count("ended") == 1
    finally:
        worker.end()
        cluster.start(OPTION)
