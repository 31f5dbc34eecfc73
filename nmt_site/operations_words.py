"""The page of operations in words: a row for each thing that is watched, and what to do if it is not well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from jobs.alerts import Certificate
from jobs.worker import DEAD_AFTER
from nmt_site.operations import Mail, Queue, State
from nmt_site.timers import PROOF, Timer

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
    found = [_worker(state.worker), _runs(state.queue), *map(_timer, state.timers)]
    found += [_audit_log(state), _mail(state.mail), _disk(state), _migrations(state.missing), _clock(state)]
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
    message = _("%(waiting)d wait, %(running)d run, %(failed)d failed within a day.") % numbers
    if queue.waiting:
        message += " " + _("The oldest has waited %(time)s.") % _ago(queue.oldest)
    remedy = _("The log says why a run failed, by the code in the address of its page.")
    if queue.stands_still:
        remedy = _("A run has waited for ten minutes: see whether the worker does one that is long.")
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
    text = _("Has not succeeded yet.")
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
            remedy=_("Change nothing, keep a copy of the database and tell the data protection officer."),
            commands=("systemctl stop nmt-worker", "systemctl start nmt-backup"),
        )
    proven = _("The audit log has not been checked yet.")
    if state.proof is not None:
        proven = _("Last proven whole %(time)s ago.") % _ago(state.proof)
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
    message = _("%(n)d are missing: run migrate.") % {"n": missing}
    return WatchedRow(
        _("Migrations"),
        message if missing else _("All are carried out."),
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
        remedy=_("Codes to sign in need the right time. Set the clock of each machine by the network."),
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
            "Put a new one in its place, which the user nmt can read, before nobody is let in any more."
        ),
        commands=(f"openssl x509 -noout -enddate -in {certificate.file}", "systemctl reload nginx"),
    )


def _ago(age: timedelta) -> dict[str, str]:
    """Return how long `age` is in words, to be filled in as `time`."""
    now = timezone.now()
    return {"time": timesince(now - max(age, timedelta()), now)}
