"""Proving the chain of the audit log, and how that went the last time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.roles import May
from audit.models import Event, Head
from audit.verify import BrokenChain, verify
from audit.writer import Target, record

VERIFIED: Final = "audit.verify"
BROKEN: Final = "broken"  # with what is broken, after a comma


@dataclass(frozen=True, slots=True)
class Verified:
    """How the last trial of the chain went; `number` is of events, or of the first broken one."""

    at: datetime
    number: int
    whole: bool


def last_verified() -> Verified | None:
    event = Event.objects.filter(action=VERIFIED).order_by("-sequence").first()
    return Verified(event.at, event.rows or 0, event.search_kind == "whole") if event else None


def verify_audit_log(access: Access, *, report: Callable[[int, int], Any]) -> bool:
    """Prove the chain, record how that went, and return whether it is whole.

    `report` hears how many events of how many are proven.
    """
    access.require(May.VIEW_AUDIT_LOG)
    steps = Head.now().sequence
    try:
        whole = verify(report=lambda sequence: report(min(sequence, steps), steps))
    except BrokenChain as fault:
        place = Target("audit.event", str(fault.sequence), str(fault.sequence))
        record(access, VERIFIED, place, rows=fault.sequence, search_kind=f"{BROKEN},{fault.what}")
        return False
    number, _colon, _digest = whole.partition(":")
    record(access, VERIFIED, rows=int(number), search_kind="whole")
    return True


def earlier_break() -> Event | None:
    """Return the latest answer that the chain was broken; one that is whole now was changed back.

    Its `rows` is the place where it was broken.
    """
    broken = Event.objects.filter(action=VERIFIED, search_kind__startswith=BROKEN)
    return broken.order_by("-sequence").first()


def chain_words(state: Verified) -> str:
    if state.whole:
        return _("The chain is whole: {n} events.").format(n=state.number)
    return _("The chain is broken at event {id}. Change nothing and contact operations.").format(
        id=state.number
    )
