"""Prove that the stored trail is whole."""

from __future__ import annotations

import re

from django.conf import settings

from audit.chain import Break, first_break
from audit.models import Event, Head


class BrokenChain(Exception):
    """The trail does not hold; the message names the place."""


def verify(*, known: str | None = None) -> str:
    """The present head `N:HASH` when every event holds. `known` is a head seen earlier. Raises BrokenChain."""
    earlier = _parse(known) if known else None
    (sequence, last), broken = first_break(
        Event.objects.order_by("sequence").iterator(chunk_size=2000), settings.AUDIT_KEY
    )
    if broken is None:
        broken = _truncated(sequence, last) or (earlier and _unlike(earlier))
    if broken:
        raise BrokenChain(f"Event {broken.sequence} is {broken.what}: the chain is broken there.")
    return f"{sequence}:{last}"


def _parse(head: str) -> tuple[int, str]:
    match = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", head)
    if not match:
        raise BrokenChain("A head is written N:HASH, a number and 64 hexadecimal digits.")
    return int(match[1]), match[2]


def _truncated(sequence: int, last: str) -> Break | None:
    head = Head.objects.filter(id=1).first()
    stored = (head.sequence, head.hash) if head else (0, "0" * 64)
    if stored == (sequence, last):
        return None
    return Break(sequence + 1, "truncated") if stored[0] > sequence else Break(max(sequence, 1), "inserted")


def _unlike(earlier: tuple[int, str]) -> Break | None:
    sequence, digest = earlier
    if sequence == 0:
        return None
    found = Event.objects.filter(sequence=sequence).values_list("hash", flat=True).first()
    if found is None:
        return Break(sequence, "truncated")
    return None if found == digest else Break(sequence, "changed")
