"""How the register fares as a machine: asked by the page of operations, by `/readyz` and by `/metrics`.
Nothing of it is about a person."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
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
from audit_pages.proof import last_verified
from home.models import Reminder
from home.notifications import unsent
from jobs.alerts import Certificate, certificate
from jobs.models import Heartbeat, Job
from nmt_site.timers import PROOF, Timer, timers

MEGABYTE: Final = 1_000_000
DAY: Final = timedelta(days=1)
MAX_WAIT: Final = timedelta(minutes=10)  # how long a run may wait
MAX_LATE: Final = timedelta(hours=1)  # and an e-mail that is sent at once: the worker tries each minute


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
    """The background runs: how many wait and run, have failed within a day, and how long the oldest waits."""

    waiting: int
    running: int
    failed: int
    oldest: timedelta

    @property
    def stands_still(self) -> bool:
        return self.oldest > MAX_WAIT


@dataclass(frozen=True, slots=True)
class Mail:
    """Whether there is a server, how many e-mails wait, how many of them too long, and when one was taken."""

    set_up: bool
    waiting: int
    late: int
    age: timedelta | None


@dataclass(frozen=True, slots=True)
class State:
    worker: timedelta | None
    queue: Queue
    timers: list[Timer]
    proof: timedelta | None  # of the audit log, by the timer or by somebody who asked for it
    broken: int | None  # the event at which somebody who asked has found it broken, and nobody whole since
    events: int
    mail: Mail
    disk: Disk
    missing: int  # migrations that the code knows and the database has not
    ahead: timedelta  # this machine's clock, of the database's
    migrated: timedelta  # since the last migration
    certificate: Certificate | None  # of the proxy; None where nobody has said where it is

    @property
    def unproven(self) -> timedelta:
        """For how long the audit log has been without a proof; a new register, since it was made."""
        return self.migrated if self.proof is None else self.proof


def state() -> State:
    head = Head.objects.filter(id=1).first()
    worker = Heartbeat.objects.of(Heartbeat.WORKER)
    now = _database_now()
    ahead = timezone.now() - now  # before the rest is asked, which takes its time
    applied = MigrationRecorder(connection).applied_migrations()
    migrated = now - max((row.applied for row in applied.values()), default=now)
    all_timers = timers(migrated)
    proof, broken = _proof(all_timers, now)
    return State(
        worker=worker.age if worker else None,
        queue=queue(),
        timers=all_timers,
        proof=proof,
        broken=broken,
        events=head.sequence if head else 0,
        mail=_mail(now),
        disk=disk(),
        missing=len(_known_migrations() - set(applied)),
        ahead=ahead,
        migrated=migrated,
        certificate=certificate(),
    )


def queue() -> Queue:
    """By the index of states: those that are done are most of all, and are not looked at."""
    waiting, running = Q(state=Job.State.QUEUED), Q(state=Job.State.RUNNING)
    failed = Q(state=Job.State.FAILED, ended_at__gte=Now() - DAY)
    numbers = (
        Job.objects.order_by()
        .filter(waiting | running | failed)
        .aggregate(
            waiting=Count("pk", filter=waiting),
            running=Count("pk", filter=running),
            failed=Count("pk", filter=failed),
        )
    )
    first = Job.objects.filter(waiting).order_by("created_at")
    oldest = first.annotate(age=_since("created_at")).values_list("age", flat=True).first()
    return Queue(**numbers, oldest=oldest or timedelta())


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


def _database_now() -> datetime:
    """Of this moment, not of the beginning of a transaction. SQLite's clock is the machine's own."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def _proof(known: list[Timer], now: datetime) -> tuple[timedelta | None, int | None]:
    """How long ago the audit log was last found whole, by the timer or by somebody who asked; and the event
    at which it was found broken since."""
    timer = next(timer.age for timer in known if timer.name == PROOF)
    asked = last_verified()
    if asked is None or (timer is not None and timer <= now - asked.at):
        return timer, None
    return (now - asked.at, None) if asked.whole else (timer, asked.number)


def _mail(now: datetime) -> Mail:
    """Of both kinds, the e-mail of the day and the one at once.

    The newest that was taken is about the last: moments are in no index.
    """
    of_the_day = Reminder.objects.filter(open_accounts("user__"), sent_at__isnull=True)
    before = Q(day__lt=timezone.localdate(now))
    days = of_the_day.aggregate(waiting=Count("pk"), late=Count("pk", filter=before))
    urgent = unsent(at=now).aggregate(waiting=Count("pk"), late=Count("pk", filter=Q(at__lt=now - MAX_LATE)))
    ages: list[timedelta] = []
    for model in (Reminder, UrgentLetter):
        last = model._default_manager.filter(sent_at__isnull=False).order_by("-pk")
        ages += last.annotate(age=_since("sent_at")).values_list("age", flat=True)[:1]
    waiting, late = days["waiting"] + urgent["waiting"], days["late"] + urgent["late"]
    return Mail(bool(settings.EMAIL_HOST), waiting, late, min(ages, default=None))


def _since(column: str) -> ExpressionWrapper[Any]:
    """By the clock of the database: those of several machines differ."""
    return ExpressionWrapper(Now() - F(column), output_field=DurationField())
