"""How the register fares as a machine: asked by the page of operations, by `/readyz` and by `/metrics`.
Nothing of it is about a person."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import UrgentLetter, open_accounts
from audit.models import Head
from desk.at_once import unsent
from desk.models import Reminder
from jobs.models import Heartbeat, Job
from jobs.worker import DEAD_AFTER
from nmt_site.timers import PROOF, Timer, timers
from trail.proof import last_verified

MEGABYTE: Final = 1_000_000
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Disk:
    """Of a folder that the register writes to; a database on a server has a disk of its own."""

    folder: str
    free: int
    whole: int

    @property
    def short(self) -> bool:
        return self.free < settings.DISK_FREE_MB * MEGABYTE


@dataclass(frozen=True, slots=True)
class Queue:
    """Of the background runs: how many wait and run, for how long the oldest has waited, and how many of the
    last day have failed."""

    waiting: int
    running: int
    failed: int
    oldest: timedelta


@dataclass(frozen=True, slots=True)
class Mail:
    """Whether there is a server to take it, how many letters wait, and when one was last taken."""

    set_up: bool
    waiting: int
    age: timedelta | None


@dataclass(frozen=True, slots=True)
class State:
    worker: timedelta | None
    queue: Queue
    timers: list[Timer]
    proof: timedelta | None  # of the trail, by the timer or by somebody who asked for it
    events: int
    mail: Mail
    disk: Disk
    missing: int  # migrations that the code knows and the database has not

    @property
    def worker_silent(self) -> bool:
        return self.worker is None or self.worker > DEAD_AFTER

    @property
    def proof_late(self) -> bool:
        return self.proof is None or Timer(PROOF, self.proof).late

    @property
    def well(self) -> bool:
        late = any(timer.late for timer in self.timers)
        return not (self.worker_silent or late or self.proof_late or self.disk.short or self.missing)


def state() -> State:
    head = Head.objects.filter(id=1).first()
    worker = Heartbeat.objects.of(Heartbeat.WORKER)
    return State(
        worker=worker.age if worker else None,
        queue=queue(),
        timers=(all_timers := timers()),
        proof=_proof(all_timers),
        events=head.sequence if head else 0,
        mail=_mail(),
        disk=disk(),
        missing=len(missing_migrations()),
    )


def queue() -> Queue:
    waiting, running = Q(state=Job.State.QUEUED), Q(state=Job.State.RUNNING)
    found = Job.objects.order_by().aggregate(
        waiting=Count("pk", filter=waiting),
        running=Count("pk", filter=running),
        failed=Count("pk", filter=Q(state=Job.State.FAILED, ended_at__gte=Now() - DAY)),
    )
    first = Job.objects.filter(waiting).order_by("created_at")
    oldest = first.annotate(age=_since("created_at")).values_list("age", flat=True).first()
    return Queue(found["waiting"], found["running"], found["failed"], oldest or timedelta())


def disk() -> Disk:
    folder = Path(settings.STATE_DIR)
    if connection.vendor == "sqlite":
        folder = Path(str(connection.settings_dict["NAME"])).parent
    while not folder.is_dir():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return Disk(str(folder), usage.free, usage.total)


def missing_migrations() -> set[tuple[str, str]]:
    return _known_migrations() - set(MigrationRecorder(connection).applied_migrations())


@cache
def _known_migrations() -> set[tuple[str, str]]:
    return set(MigrationLoader(None).disk_migrations)


def _proof(known: list[Timer]) -> timedelta | None:
    """Of the last that found the trail whole: the timer's, or that of somebody who asked for it."""
    timer = next(timer.age for timer in known if timer.name == PROOF)
    asked = last_verified()
    if asked is None or not asked.whole:
        return timer
    since = timezone.now() - asked.at
    return since if timer is None else min(timer, since)


def _mail() -> Mail:
    """Of both kinds, the letter of the day and the one at once."""
    waiting = Reminder.objects.filter(open_accounts("user__"), sent_at__isnull=True).count()
    waiting += unsent(at=timezone.now()).count()
    ages: list[timedelta] = []
    for model in (Reminder, UrgentLetter):
        last = model._default_manager.filter(sent_at__isnull=False).order_by("-sent_at")
        ages += last.annotate(age=_since("sent_at")).values_list("age", flat=True)[:1]
    return Mail(bool(settings.EMAIL_HOST), waiting, min(ages, default=None))


def _since(column: str) -> ExpressionWrapper[Any]:
    """By the clock of the database: those of several machines differ."""
    return ExpressionWrapper(Now() - F(column), output_field=DurationField())
