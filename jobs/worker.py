"""The process that runs the jobs: takes the oldest, runs it, says how it ended; marks those of a dead process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from agencies.access import Access
from jobs.kinds import HOURLY, KINDS, Cancelled, Refused, Run
from jobs.models import Job

log = logging.getLogger(__name__)
BEAT = 2  # seconds between signs of life
DEAD_AFTER = timedelta(seconds=60)
HOUR = 3600
STOPPED = gettext_noop("The run was stopped before it had finished. Nothing of it was kept: start it again.")
FAILED = gettext_noop("The run failed. Nothing of it was kept. Operations can read why in the log.")
NOT_ALLOWED = gettext_noop("Your role may not run this.")


def work(*, once: bool = False, pause: float = 0.5, stop: Callable[[], bool] = lambda: False) -> int:
    """Run jobs until told to stop, or until none is left with `once`. Returns how many were run."""
    done, due = 0, 0.0
    while not stop():
        if time.monotonic() >= due:
            tidy()
            due = time.monotonic() + HOUR
        bury_the_dead()
        job = take()
        if job is not None:
            run(job)
            done += 1
        elif once:
            break
        else:
            time.sleep(pause)
    return done


def tidy() -> None:
    """What is kept for a time only goes, whether or not anybody comes by. One that fails does not stop the rest."""
    for work in HOURLY:
        try:
            work(timezone.now())
        except Exception:
            log.exception("Tidying failed")


@transaction.atomic
def take() -> Job | None:
    """The oldest job that waits, now marked as running. Two workers never take the same."""
    waiting = Job.objects.filter(state=Job.State.QUEUED).order_by("created_at", "pk")
    skip = connection.features.has_select_for_update_skip_locked
    job = waiting.select_for_update(skip_locked=skip).first()
    if job is None:
        return None
    job.state, job.started_at, job.alive_at = Job.State.RUNNING, timezone.now(), timezone.now()
    job.save(update_fields=["state", "started_at", "alive_at"])
    return job


def run(job: Job) -> None:
    """Whatever happens, the job ends with a state and, unless it is done, a sentence for its owner."""
    going = Run(job, Access.of(job.owner))
    with translation.override(job.owner.language or settings.LANGUAGE_CODE), _signs_of_life(going):
        state, facts = _outcome(going)
    Job.objects.filter(pk=job.pk).update(state=state, ended_at=timezone.now(), **facts)


def bury_the_dead() -> int:
    """Jobs whose process shows no sign of life any more are marked as failed. Returns how many."""
    dead = Job.objects.filter(state=Job.State.RUNNING, alive_at__lt=timezone.now() - DEAD_AFTER)
    return dead.update(state=Job.State.FAILED, error=STOPPED, ended_at=timezone.now())


def _outcome(going: Run) -> tuple[str, dict[str, Any]]:
    job, kind = going.job, KINDS.get(going.job.kind)
    if kind is None or not going.access.may(*kind.rights):
        return Job.State.FAILED, {"error": NOT_ALLOWED}
    try:
        return Job.State.DONE, {"result": kind.work(going)}
    except Cancelled:
        return Job.State.CANCELLED, {}
    except Refused as refusal:
        return Job.State.FAILED, {"error": str(refusal)[:300]}
    except Exception:
        log.exception("Job %s (%s) failed", job.code, job.kind)
        return Job.State.FAILED, {"error": FAILED}


@contextmanager
def _signs_of_life(going: Run) -> Iterator[None]:
    """A thread with a connection of its own, since the work may be long in one statement or one transaction."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT):
            steps = dict(zip(("step", "steps"), going.told, strict=False))
            with suppress(DatabaseError):  # a busy database is no reason to stop the work
                Job.objects.filter(pk=going.job.pk).update(alive_at=timezone.now(), **steps)
        connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=BEAT)
