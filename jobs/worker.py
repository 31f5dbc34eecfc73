"""The process that runs the jobs: it takes the oldest, runs it, says how it ended, and marks dead ones."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import Error, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_noop

from accounts.access import Access, acting_as
from jobs.at_work import at_work
from jobs.database_disk import DatabaseDisk
from jobs.kinds import HOURLY, KINDS, MINUTELY, JobRefused, Run, RunCancelled, Tidying
from jobs.models import Heartbeat, Job
from jobs.retry import NO_RETRY, Retry, Sleep, is_away, leave

log = logging.getLogger(__name__)
BEAT = 2  # seconds between signs of life of a job
PULSE = 10  # and of the worker
DEAD_AFTER = timedelta(seconds=60)
HOUR = 3600
MINUTE = 60
STOPPED = gettext_noop("The run was stopped before it had finished. Nothing of it was kept: start it again.")
FAILED = gettext_noop("The run failed. Nothing of it was kept. Operations can read why in the log.")
NOT_ALLOWED = gettext_noop("Your role may not run this.")


def work(
    *,
    once: bool = False,
    pause: float = 0.5,
    stop: Callable[[], bool] = lambda: False,
    sleep: Sleep = time.sleep,
) -> int:
    """Run jobs until told to stop, or until none is left with `once`. Returns how many were run.

    A database that is away is waited for, except with `once`.
    """
    retry = Retry(stop, sleep, waits=0 if once else None)
    each_minute = [*MINUTELY, DatabaseDisk().ask]
    beside = (
        Every(PULSE, beat),
        Every(HOUR, lambda: _do_each(HOURLY, "Tidying failed")),
        Every(MINUTE, lambda: _do_each(each_minute, "What is done each minute failed")),
        bury_the_dead,
    )
    done = 0
    while not stop():
        job = retry.ask(lambda: _next(beside))
        if job is not None:
            run(job, retry)
            done += 1
        elif once:
            break
        elif not stop():
            sleep(pause)
    return done


def _next(beside: Sequence[Callable[[], object]]) -> Job | None:
    """The job that is now to be run, after what is done beside."""
    for act in beside:
        act()
    return take()


class Every:
    """Does something at the first call, and again when so many seconds have passed since it was done."""

    def __init__(self, seconds: float, act: Callable[[], object]) -> None:
        self.seconds, self.act, self.due = seconds, act, 0.0

    def __call__(self) -> None:
        if time.monotonic() >= self.due:
            self.act()
            self.due = time.monotonic() + self.seconds


def beat() -> None:
    Heartbeat.objects.beat(Heartbeat.WORKER)


def silence(last: Heartbeat | None) -> str:
    """A sentence where no worker shows a sign of life; empty where one does."""
    if last is None:
        return _("No worker has been heard yet.")
    since = date_format(timezone.localtime(last.at), "SHORT_DATETIME_FORMAT")
    return _("No worker has been heard since %(time)s.") % {"time": since} if last.age > DEAD_AFTER else ""


def _do_each(works: Sequence[Tidying], said: str) -> None:
    """One that fails does not stop the rest."""
    for work in works:
        try:
            work(timezone.now())
        except Exception as error:
            if _lost(error):
                raise  # so would the rest fail
            log.exception(said)


@transaction.atomic
def take() -> Job | None:
    """The oldest job that waits, now marked as running. Two workers never take the same."""
    waiting = Job.objects.filter(state=Job.State.QUEUED).order_by("created_at", "pk")
    skip = connection.features.has_select_for_update_skip_locked
    job = waiting.select_for_update(skip_locked=skip).first()
    if job is None:
        return None
    job.state, job.started_at = Job.State.RUNNING, timezone.now()
    Job.objects.filter(pk=job.pk).update(state=job.state, started_at=job.started_at, alive_at=Now())
    return job


def run(job: Job, retry: Retry = NO_RETRY) -> None:
    """Whatever happens, the job ends with a state and, unless it is done, a sentence for its owner."""
    access = retry.ask(lambda: _begun(job))
    if access is None:
        return
    going = Run(job, access)
    in_words = translation.override(job.owner.reading_language)
    with in_words, at_work(str(job.code), access.role_name), _signs_of_life(going):
        state, facts = _outcome(going)
    retry.ask(lambda: _ended(job, state, facts))


def bury_the_dead() -> int:
    """Jobs whose process shows no sign of life any more are marked as failed. Returns how many."""
    dead = Job.objects.filter(state=Job.State.RUNNING, alive_at__lt=Now() - DEAD_AFTER)
    return dead.update(state=Job.State.FAILED, error=STOPPED, ended_at=Now())


def _begun(job: Job) -> Access | None:
    """The owner's at the start of the run; None where the job was found dead before it began."""
    going = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(alive_at=Now())
    return Access.of(job.owner) if going else None


def _ended(job: Job, state: str, facts: dict[str, Any]) -> None:
    """A job that was taken for dead meanwhile, but is done, is done; else it stays as its owner was told."""
    rows = Job.objects.filter(pk=job.pk)
    if state != Job.State.DONE:
        rows = rows.filter(state=Job.State.RUNNING)
    rows.update(state=state, ended_at=Now(), **{"error": "", **facts})


def _outcome(going: Run) -> tuple[str, dict[str, Any]]:
    job, kind = going.job, KINDS.get(going.job.kind)
    if kind is None or not going.access.may(*kind.rights):
        return Job.State.FAILED, {"error": NOT_ALLOWED}
    try:
        with acting_as(going.access):
            return Job.State.DONE, {"result": kind.work(going)}
    except RunCancelled:
        return Job.State.CANCELLED, {}
    except JobRefused as refusal:
        return Job.State.FAILED, {"error": str(refusal)[:300]}
    except Exception as error:
        log.exception("Job %s (%s) failed", job.code, job.kind)
        return Job.State.FAILED, {"error": STOPPED if _lost(error) else FAILED}


def _lost(error: Exception) -> bool:
    return is_away(error) and not connection.is_usable()


@contextmanager
def _signs_of_life(going: Run) -> Iterator[None]:
    """By a thread with its own connection, since the work may be long in one statement or transaction."""
    ended = threading.Event()

    pulse = Every(PULSE, beat)

    def show() -> None:
        while not ended.wait(BEAT):
            steps = dict(zip(("step", "steps"), going.told, strict=False))
            try:
                Job.objects.filter(pk=going.job.pk).update(alive_at=Now(), **steps)
                if not ended.is_set():  # the work may have ended while that waited for its turn
                    pulse()
            except Error:  # busy or gone, which is no reason to stop the work
                leave()
        connection.close()

    thread = threading.Thread(target=show, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=BEAT)
