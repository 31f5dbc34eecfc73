"""How the register fares as a machine: asked by the page of operations, by `/readyz` and by `/metrics`.
Nothing of it is about a person.

The page has a row for each thing that is watched, in words, and what to do if it is not well.
"""

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
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from accounts.models import UrgentLetter, open_accounts
from accounts.stored_policies import column
from audit.models import Head
from audit_pages.proof import last_verified
from home.models import Reminder
from home.notifications import unsent
from jobs.alerts import Certificate, certificate
from jobs.database_disk import is_written
from jobs.models import Heartbeat, Job
from jobs.worker import DEAD_AFTER
from nmt_site.faults import faults_of_the_last_hour
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
    written: bool | None  # whether the database can write to its disk; None where no worker has asked
    faults: int  # of this machine within an hour

    @property
    def unproven(self) -> timedelta:
        """For how long the audit log has been without a proof; a new register, since it was made."""
        return self.migrated if self.proof is None else self.proof


def state() -> State:
    ages = Heartbeat.objects.ages()
    now = _database_now()
    ahead = timezone.now() - now  # before the rest is asked, which takes its time
    applied = MigrationRecorder(connection).applied_migrations()
    migrated = now - max((one.applied for one in applied.values()), default=now)
    all_timers = timers(ages, migrated)
    proof, broken = _proof(all_timers, now)
    return State(
        worker=ages.get(Heartbeat.WORKER),
        queue=queue(),
        timers=all_timers,
        proof=proof,
        broken=broken,
        events=Head.now().sequence,
        mail=mail(now),
        disk=disk(),
        missing=len(_known_migrations() - set(applied)),
        ahead=ahead,
        migrated=migrated,
        certificate=certificate(),
        written=database_is_written(ages),
        faults=faults_of_the_last_hour(),
    )


def database_is_written(ages: dict[str, timedelta]) -> bool | None:
    worker = ages.get(Heartbeat.WORKER)
    return is_written(ages, worker_silent=worker is None or worker > DEAD_AFTER)


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
    now: datetime = column("SELECT clock_timestamp()")[0]
    return now


def _proof(known: list[Timer], now: datetime) -> tuple[timedelta | None, int | None]:
    """How long ago the audit log was last found whole, by the timer or by somebody who asked; and the event
    at which it was found broken since."""
    timer = next(timer.age for timer in known if timer.name == PROOF)
    asked = last_verified()
    if asked is None or (timer is not None and timer <= now - asked.at):
        return timer, None
    return (now - asked.at, None) if asked.whole else (timer, asked.number)


def mail(now: datetime) -> Mail:
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


MAX_FAULTS: Final = 20  # within an hour: more than somebody's bad luck
MAX_SKEW: Final = timedelta(seconds=5)  # how far two clocks may go apart: codes to sign in need them alike
# Timers of a unit of their own; the others are runs of one.
UNITS: Final = {"backup": "nmt-backup", "restore_drill": "nmt-restore-drill"}


@dataclass(frozen=True, slots=True)
class WatchedRow:
    """`name`: of a command. `remedy` and `commands`: what to do where it is not `well`."""

    what: str
    now: str
    well: bool
    name: str = ""
    remedy: str = ""
    commands: tuple[str, ...] = ()


def rows(state: State) -> list[WatchedRow]:
    found = [_worker(state.worker), _runs(state.queue), *(_timer(timer) for timer in state.timers)]
    found += [_audit_log(state), _mail(state.mail), _disk(state), _database_disk(state.written)]
    found += [_faults(state.faults), _migrations(state.missing), _clock(state)]
    return found + ([_certificate(state.certificate)] if state.certificate else [])


def _worker(age: timedelta | None) -> WatchedRow:
    return WatchedRow(
        _("Worker"),
        _("Never heard.") if age is None else _("Last sign of life: %(time)s ago.") % _ago(age),
        age is not None and age <= DEAD_AFTER,
        remedy=_("Nothing is imported or published. Start it, then read why it ended."),
        commands=("systemctl restart nmt-worker", "journalctl -u nmt-worker -n 50"),
    )


def _runs(queue: Queue) -> WatchedRow:
    numbers = {"waiting": queue.waiting, "running": queue.running, "failed": queue.failed}
    message = _("%(waiting)d waiting, %(running)d running, %(failed)d failed within a day.") % numbers
    if queue.waiting:
        message += " " + _("The oldest has waited %(time)s.") % _ago(queue.oldest)
    remedy = _("The log says why a run failed, by the code in the address of its page.")
    if queue.stands_still:
        remedy = _("A run has waited for ten minutes: see whether the worker is busy with a long one.")
    return WatchedRow(
        _("Background runs"),
        message,
        not (queue.failed or queue.stands_still),
        remedy=remedy,
        commands=("journalctl -u nmt-worker --since -1d",),
    )


def _timer(timer: Timer) -> WatchedRow:
    unit = UNITS.get(timer.name, f"nmt-run@{timer.name}")
    run, read = f"systemctl start {unit}", f"journalctl -u {unit} -n 20"
    text = _("Has not run yet.") if timer.failed is None else _("Has not succeeded yet.")
    if timer.age is not None:
        text = _("Last succeeded %(time)s ago.") % _ago(timer.age)
    remedy, commands = _("Run it now, and read what it says."), (run, read)
    if timer.failing and timer.failed is not None:
        text = f"{_('Failed %(time)s ago.') % _ago(timer.failed)} {text}"
        remedy, commands = _("Read what it said, and then run it again."), (read, run)
    return WatchedRow(_("Timer"), text, not (timer.late or timer.failing), timer.name, remedy, commands)


def _audit_log(state: State) -> WatchedRow:
    if state.broken is not None:
        return WatchedRow(
            _("Audit log"),
            _("The chain was found broken at event %(n)d.") % {"n": state.broken},
            False,
            remedy=_("Change nothing, keep a copy of the database and inform the data protection officer."),
            commands=("systemctl stop nmt-worker", "systemctl start nmt-backup"),
        )
    proven = _("The audit log has not been checked yet.")
    if state.proof is not None:
        proven = _("Last checked, and whole, %(time)s ago.") % _ago(state.proof)
    return WatchedRow(
        _("Audit log"),
        f"{_('%(n)d events.') % {'n': state.events}} {proven}",
        not Timer(PROOF, state.unproven).late,
        remedy=_("Have it proven now."),
        commands=(f"systemctl start nmt-run@{PROOF}", f"journalctl -u nmt-run@{PROOF} -n 20"),
    )


def _mail(mail: Mail) -> WatchedRow:
    if not mail.set_up:
        return WatchedRow(
            _("Mail"),
            _("No mail server is set: e-mails are not sent."),
            False,
            remedy=_("Set EMAIL_HOST, and start the services again."),
            commands=("editor /etc/nmt/nmt.env", "systemctl restart nmt-web nmt-worker"),
        )
    waiting = (
        _("%(n)d e-mails wait, %(late)d of them for too long.") if mail.late else _("%(n)d e-mails wait.")
    )
    facts = waiting % {"n": mail.waiting, "late": mail.late}
    if mail.age is not None:
        facts += " " + _("One was last taken %(time)s ago.") % _ago(mail.age)
    return WatchedRow(
        _("Mail"),
        facts,
        not mail.late,
        remedy=_("The mail server does not accept them. Read what it answers, then try again."),
        commands=("journalctl -u nmt-run@send_reminders -n 20", "systemctl start nmt-run@send_reminders"),
    )


def _disk(state: State) -> WatchedRow:
    free, whole = filesizeformat(state.disk.free), filesizeformat(state.disk.whole)
    return WatchedRow(
        _("Disk"),
        _("%(free)s of %(whole)s free") % {"free": free, "whole": whole},
        not state.disk.short,
        remedy=_("Make room before it is full, since nothing can be saved then. See what takes the space."),
        commands=(f"du -xsh {state.disk.folder} /var/backups/nmt /var/log", "journalctl --vacuum-time=30d"),
    )


def _database_disk(written: bool | None) -> WatchedRow:
    text = _("The database writes to it.")
    if written is None:
        text = _("The worker has not asked the database yet.")
    elif not written:
        text = _("It is full: nothing can be saved.")
    return WatchedRow(
        _("The database's disk"),
        text,
        written is not False,
        remedy=_("Make room on the machine of the database. See what takes the space."),
        commands=("df -h /var/lib/postgresql", "du -xsh /var/lib/postgresql/* /var/log/postgresql"),
    )


def _faults(faults: int) -> WatchedRow:
    return WatchedRow(
        _("Faults"),
        _("%(n)d within an hour.") % {"n": faults},
        faults <= MAX_FAULTS,
        remedy=_("Each reader was shown a number that stands in the log."),
        commands=("journalctl -u nmt-web --since -1h | grep Fault",),
    )


def _migrations(missing: int) -> WatchedRow:
    message = _("%(n)d are missing: run migrate.") % {"n": missing}
    return WatchedRow(
        _("Migrations"),
        message if missing else _("All are applied."),
        not missing,
        remedy=_("Make a back-up first."),
        commands=("systemctl start nmt-backup", "NMT_ROLE=owner nmt migrate"),
    )


def _clock(state: State) -> WatchedRow:
    seconds, alike = round(state.ahead.total_seconds()), abs(state.ahead) <= MAX_SKEW
    apart = _("%(n)d s ahead of the database's.") if seconds > 0 else _("%(n)d s behind the database's.")
    return WatchedRow(
        _("Clock"),
        _("The same as the database's.") if alike else apart % {"n": abs(seconds)},
        alike,
        remedy=_("Sign-in codes need the right time. Synchronise the clock of each machine."),
        commands=("timedatectl set-ntp true", "timedatectl timesync-status"),
    )


def _certificate(certificate: Certificate) -> WatchedRow:
    message = _("It is good for %(n)d days.") % {"n": certificate.days}
    if certificate.fault:
        message = _("It cannot be read: %(fault)s.") % {"fault": certificate.fault}
    return WatchedRow(
        _("Certificate of the proxy"),
        message,
        certificate.lasts,
        remedy=_(
            "Replace it with a new one that the user nmt can read, before it expires and nobody can sign in."
        ),
        commands=(f"openssl x509 -noout -enddate -in {certificate.file}", "systemctl reload nginx"),
    )


def _ago(age: timedelta) -> dict[str, str]:
    """Return how long `age` is in words, to be filled in as `time`."""
    now = timezone.now()
    return {"time": timesince(now - max(age, timedelta()), now)}
