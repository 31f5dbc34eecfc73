"""Proving the chain of the trail, and how that went the last time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.roles import May
from audit.models import Event, Head
from audit.verify import BrokenChain, verify
from audit.writer import Target, locked, record
from audit_pages.wrong_answers import BROKEN, EXPLAINED, VERIFIED, wrong_answers


@dataclass(frozen=True, slots=True)
class Verified:
    """How the last trial of the chain went; `number` is of events, or of the first broken one."""

    at: datetime
    number: int
    whole: bool


def last_verified() -> Verified | None:
    event = Event.objects.filter(action=VERIFIED).order_by("-sequence").first()
    return Verified(event.at, event.rows or 0, event.search_kind == "whole") if event else None


def verify_trail(access: Access, *, told: Callable[[int, int], Any]) -> bool:
    """Proves the chain and records how that went; a whole one explains earlier answers that were wrong.

    `told` hears how many events of how many are proven."""
    access.require(May.VIEW_TRAIL)
    head = Head.objects.filter(id=1).first()
    steps = head.sequence if head else 0
    try:
        whole = verify(told=lambda sequence: told(min(sequence, steps), steps))
    except BrokenChain as fault:
        place = Target("audit.event", str(fault.sequence), str(fault.sequence))
        record(access, VERIFIED, place, rows=fault.sequence, search_kind=f"{BROKEN},{fault.what}")
        return False
    number, _colon, digest = whole.partition(":")
    _answer_whole(access, int(number), digest)
    return True


@transaction.atomic
def _answer_whole(access: Access, number: int, digest: str) -> None:
    """The lock on the head comes first: of two proofs at once one explains, and the other finds that done."""
    locked()
    for answer in wrong_answers(number):
        what = Target("audit.event", str(answer.sequence), f"{answer.sequence} {answer.rows}")
        record(access, EXPLAINED, what, rows=number, digest=digest, search_kind="while_written")
    record(access, VERIFIED, rows=number, search_kind="whole")


def chain_words(state: Verified) -> str:
    if state.whole:
        return _("The chain is whole: {n} events.").format(n=state.number)
    return _("The chain is broken at event {id}. Change nothing and contact operations.").format(
        id=state.number
    )
