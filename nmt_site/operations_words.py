"""The page of operations in words: a row of each thing that is watched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from nmt_site.operations import Mail, State


@dataclass(frozen=True, slots=True)
class Row:
    """`name` is a command's, as it is typed; `well` says whether anybody has to look into it."""

    what: str
    now: str
    well: bool
    name: str = ""


def rows(state: State) -> list[Row]:
    return list(_rows(state))


def _rows(state: State) -> Iterator[Row]:
    yield Row(_("Worker"), _heard(state.worker), not state.worker_silent)
    yield Row(_("Background runs"), _queue(state), not state.queue.failed)
    for timer in state.timers:
        yield Row(_("Timer"), _succeeded(timer.age), not timer.late, timer.name)
    yield Row(_("Audit trail"), _proven(state), not state.proof_late)
    yield Row(_("Mail"), _mail(state.mail), state.mail.set_up)
    free, whole = filesizeformat(state.disk.free), filesizeformat(state.disk.whole)
    yield Row(
        _("Disk"), _("%(free)s of %(whole)s free") % {"free": free, "whole": whole}, not state.disk.short
    )
    missing = _("%(n)d are missing: run migrate.") % {"n": state.missing}
    yield Row(_("Migrations"), missing if state.missing else _("All are carried out."), not state.missing)


def _heard(age: timedelta | None) -> str:
    return _("Never heard.") if age is None else _("Last heard %(time)s ago.") % {"time": _ago(age)}


def _succeeded(age: timedelta | None) -> str:
    if age is None:
        return _("Has not succeeded yet.")
    return _("Last succeeded %(time)s ago.") % {"time": _ago(age)}


def _queue(state: State) -> str:
    queue = state.queue
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
    if not mail.set_up:
        return _("No mail server is set: letters are not sent.")
    said = _("%(n)d letters wait.") % {"n": mail.waiting}
    return (
        said
        if mail.age is None
        else f"{said} {_('One was last taken %(time)s ago.') % {'time': _ago(mail.age)}}"
    )


def _ago(age: timedelta) -> str:
    now = timezone.now()
    return timesince(now - max(age, timedelta()), now)
