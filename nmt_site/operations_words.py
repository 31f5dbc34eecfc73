"""The page of operations in words: a row of each thing that is watched, and what to do where it is not
well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from jobs.alerts import Certificate
from nmt_site.operations import Mail, Queue, State
from nmt_site.timers import PROOF, Timer

WORKER_LOG: Final = "journalctl -u nmt-worker -n 50"
# Timers of a unit of their own; the others are runs of one.
UNITS: Final = {"backup": "nmt-backup", "restore_drill": "nmt-restore-drill"}


@dataclass(frozen=True, slots=True)
class WatchedRow:
    """`name` is a command's, as it is typed. `remedy` says what to do and `commands` how, where it is not
    `well`."""

    what: str
    now: str
    well: bool
    name: str = ""
    remedy: str = ""
    commands: tuple[str, ...] = ()


def rows(state: State) -> list[WatchedRow]:
    return [_worker(state), _runs(state.queue), *map(_timer, state.timers), *_rest(state)]


def _rest(state: State) -> Iterator[WatchedRow]:
    yield _trail(state)
    yield _letters(state.mail)
    yield _disk(state)
    yield _migrations(state.missing)
    yield _clock(state)
    if state.certificate is not None:
        yield _certificate(state.certificate)


def _worker(state: State) -> WatchedRow:
    return WatchedRow(
        _("Worker"),
        _heard(state.worker),
        not state.worker_silent,
        remedy=_("Nothing is imported or published. Start it, then read why it ended."),
        commands=("systemctl restart nmt-worker", WORKER_LOG),
    )


def _runs(queue: Queue) -> WatchedRow:
    remedy = _("The log says why a run failed, by the code in the address of its page.")
    if queue.stands_still:
        remedy = _("A run has waited for ten minutes: see whether the worker does one that is long.")
    return WatchedRow(
        _("Background runs"),
        _queue(queue),
        not (queue.failed or queue.stands_still),
        remedy=remedy,
        commands=("journalctl -u nmt-worker --since -1d",),
    )


def _timer(timer: Timer) -> WatchedRow:
    unit = UNITS.get(timer.name, f"nmt-run@{timer.name}")
    remedy = _("Run it now, and read what it says.")
    if timer.failing:
        remedy = _("Read what it said, and then run it again.")
    commands = (f"systemctl start {unit}", f"journalctl -u {unit} -n 20")
    return WatchedRow(
        _("Timer"),
        _ran(timer),
        not (timer.late or timer.failing),
        timer.name,
        remedy,
        commands[::-1] if timer.failing else commands,
    )


def _trail(state: State) -> WatchedRow:
    if state.broken is not None:
        return WatchedRow(
            _("Audit trail"),
            _("The chain was found broken at event %(n)d.") % {"n": state.broken},
            False,
            remedy=_("Change nothing, keep a copy of the database and tell the data protection officer."),
            commands=("systemctl stop nmt-worker", "systemctl start nmt-backup"),
        )
    return WatchedRow(
        _("Audit trail"),
        _proven(state),
        not state.proof_late,
        remedy=_("Have it proven now."),
        commands=(f"systemctl start nmt-run@{PROOF}", f"journalctl -u nmt-run@{PROOF} -n 20"),
    )


def _letters(mail: Mail) -> WatchedRow:
    if not mail.set_up:
        return WatchedRow(
            _("Mail"),
            _("No mail server is set: letters are not sent."),
            False,
            remedy=_("Set EMAIL_HOST, and start the services again."),
            commands=("editor /etc/nmt/nmt.env", "systemctl restart nmt-web nmt-worker"),
        )
    return WatchedRow(
        _("Mail"),
        _mail(mail),
        mail.well,
        remedy=_("The mail server does not take them. Read what it answers, then try again."),
        commands=("journalctl -u nmt-run@send_reminders -n 20", "systemctl start nmt-run@send_reminders"),
    )


def _disk(state: State) -> WatchedRow:
    free, whole = filesizeformat(state.disk.free), filesizeformat(state.disk.whole)
    return WatchedRow(
        _("Disk"),
        _("%(free)s of %(whole)s free") % {"free": free, "whole": whole},
        not state.disk.short,
        remedy=_("Make room before it is full: then nothing can be saved. See what takes it."),
        commands=(f"du -xsh {state.disk.folder} /var/backups/nmt /var/log", "journalctl --vacuum-time=30d"),
    )


def _migrations(missing: int) -> WatchedRow:
    said = _("%(n)d are missing: run migrate.") % {"n": missing}
    return WatchedRow(
        _("Migrations"),
        said if missing else _("All are carried out."),
        not missing,
        remedy=_("Make a back-up first."),
        commands=("systemctl start nmt-backup", "NMT_ROLE=owner nmt migrate"),
    )


def _clock(state: State) -> WatchedRow:
    seconds = round(state.ahead.total_seconds())
    said = _("The same as the database's.")
    if state.clocks_apart:
        early, late = _("%(n)d s ahead of the database's."), _("%(n)d s behind the database's.")
        said = (early if seconds > 0 else late) % {"n": abs(seconds)}
    return WatchedRow(
        _("Clock"),
        said,
        not state.clocks_apart,
        remedy=_("Codes to sign in need the right time. Set the clock of each machine by the network."),
        commands=("timedatectl set-ntp true", "timedatectl timesync-status"),
    )


def _certificate(found: Certificate) -> WatchedRow:
    said = _("It is good for %(n)d days.") % {"n": found.days}
    if found.fault:
        said = _("It cannot be read: %(fault)s.") % {"fault": found.fault}
    return WatchedRow(
        _("Certificate of the proxy"),
        said,
        found.lasts,
        remedy=_(
            "Put a new one in its place, which the user nmt can read, before nobody is let in any more."
        ),
        commands=(f"openssl x509 -noout -enddate -in {found.file}", "systemctl reload nginx"),
    )


def _heard(age: timedelta | None) -> str:
    return _("Never heard.") if age is None else _("Last heard %(time)s ago.") % {"time": _ago(age)}


def _ran(timer: Timer) -> str:
    said = _("Has not succeeded yet.")
    if timer.age is not None:
        said = _("Last succeeded %(time)s ago.") % {"time": _ago(timer.age)}
    if timer.failing and timer.failed is not None:
        return f"{_('Failed %(time)s ago.') % {'time': _ago(timer.failed)}} {said}"
    return said


def _queue(queue: Queue) -> str:
    numbers = {"waiting": queue.waiting, "running": queue.running, "failed": queue.failed}
    said = _("%(waiting)d wait, %(running)d run, %(failed)d failed within a day.") % numbers
    if not queue.waiting:
        return said
    return f"{said} {_('The oldest has waited %(time)s.') % {'time': _ago(queue.oldest)}}"


def _proven(state: State) -> str:
    said = _("%(n)d events.") % {"n": state.events}
    if state.proof is None:
        return f"{said} {_('The chain has not been proven yet.')}"
    return f"{said} {_('Last proven whole %(time)s ago.') % {'time': _ago(state.proof)}}"


def _mail(mail: Mail) -> str:
    numbers = {"n": mail.waiting, "late": mail.late}
    said = _("%(n)d letters wait.") % numbers
    if mail.late:
        said = _("%(n)d letters wait, %(late)d of them for too long.") % numbers
    return (
        said
        if mail.age is None
        else f"{said} {_('One was last taken %(time)s ago.') % {'time': _ago(mail.age)}}"
    )


def _ago(age: timedelta) -> str:
    now = timezone.now()
    return timesince(now - max(age, timedelta()), now)
