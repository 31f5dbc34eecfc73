"""Prove that the stored audit log is whole, while others write.

The head is read first and walked to: what came meanwhile is no fault, as long as the head has come with it.
Events are read in parts, each a statement of its own: no snapshot is held for the length of a walk, and
whoever listens may write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import QuerySet, Subquery
from django.db.models.functions import Coalesce

from audit.chain import (
    GENESIS,
    Place,
    disposal_signature,
    first_break,
    head_signature,
    place_signature,
    signed,
)
from audit.models import Event, Head, Segment

Report = Callable[[int], object]
PART: Final = 2000  # events read at once


class BrokenChain(Exception):
    """The audit log does not hold; the message names the place, `sequence` is the event (0 where there is
    none)."""

    def __init__(self, message: str, sequence: int = 0, what: str = "") -> None:
        super().__init__(message)
        self.sequence, self.what = sequence, what

    @classmethod
    def at(cls, sequence: int, what: str) -> BrokenChain:
        return cls(f"Event {sequence} is {what}: the chain is broken there.", sequence, what)


def verify(
    *, known: str | None = None, report: Report = lambda sequence: None, outside: Iterable[Place] = ()
) -> str:
    """Return the present head `N:HASH` when every event holds. Raises BrokenChain.

    `known` is a head seen earlier, which the audit log must still hold, and `outside` are those that were
    sent out; `report` hears now and then how far the walk is."""
    earlier = None if known is None else _parse(known)
    sequence, digest = _proof(report)
    if earlier:
        _check_earlier(earlier)
    _check_outside(outside)
    return f"{sequence}:{digest}"


def walk_segment(segment: Segment, place: Place, report: Report = lambda sequence: None) -> Place:
    """From the end of the year before to the end of this one: by its events, or by its signed head alone.

    Raises BrokenChain.
    """
    if not signed(segment.signature, head_signature(segment, settings.AUDIT_KEY)):
        raise BrokenChain.at(segment.first, "changed")
    if (segment.first - 1, segment.start_hash) != place:
        raise BrokenChain.at(place[0] + 1, "removed")
    end = (segment.last, segment.hash)
    rows = Event.objects.filter(sequence__range=(segment.first, segment.last))
    if segment.disposed_at is not None:
        _check_disposed(segment, rows)
    elif (reached := _walk_rows(rows, place, report)) != end:
        raise BrokenChain.at(reached[0] + 1, "removed")
    return end


def _proof(report: Report) -> Place:
    """Return the head. A year disposed of meanwhile is no break: then all is walked anew."""
    while True:
        years, head = list(Segment.objects.order_by("first")), Head.now()
        place = (head.sequence, head.hash)
        try:
            _walk(years, place, report)
            _check_end(place, head.signature)
        except BrokenChain:
            if _states(years) == _states(Segment.objects.all()):
                raise
        else:
            return place


def _states(years: Iterable[Segment]) -> set[tuple[int, datetime | None]]:
    return {(year.year, year.disposed_at) for year in years}


def _walk(years: Iterable[Segment], head: Place, report: Report) -> None:
    place: Place = (0, GENESIS)
    for year in years:
        place = walk_segment(year, place, report)
    _check_none(Event.objects.filter(sequence__lte=0))  # before the first, which no walk meets
    rest = Event.objects.filter(sequence__gt=place[0], sequence__lte=head[0])
    place = _walk_rows(rest, place, report)
    if place[0] < head[0]:
        raise BrokenChain.at(place[0] + 1, "truncated")
    if place != head:
        raise BrokenChain.at(place[0], "changed" if place[0] == head[0] else "inserted")


def _check_end(head: Place, signature: str) -> None:
    """Raises BrokenChain where an event comes after the head, or somebody without the key has set the head.

    One statement: it sees the head as it stands with the events that it sees.
    """
    now = Head.objects.filter(id=1).values("sequence")[:1]
    _check_none(Event.objects.filter(sequence__gt=Coalesce(Subquery(now), 0)))
    if head != (0, GENESIS) and not signed(signature, place_signature(head, settings.AUDIT_KEY)):
        raise BrokenChain.at(head[0] + 1, "truncated")


def _check_disposed(segment: Segment, rows: QuerySet[Event]) -> None:
    if not signed(segment.disposal_signature, disposal_signature(segment, settings.AUDIT_KEY)):
        raise BrokenChain.at(segment.first, "removed")
    _check_none(rows)


def _check_none(rows: QuerySet[Event]) -> None:
    """Raises BrokenChain at the first of events that should not be there."""
    if first := rows.order_by("sequence").first():
        raise BrokenChain.at(first.sequence, "inserted")


def _walk_rows(rows: QuerySet[Event], place: Place, report: Report) -> Place:
    """Return the last event of `rows`. Raises BrokenChain."""
    place, broken = first_break(_in_parts(rows, place[0], report), settings.AUDIT_KEY, start=place)
    if broken is None:
        return place
    sequence, what = broken
    if what == "changed" and _inserted(sequence, place[1]):
        what = "inserted"
    raise BrokenChain.at(sequence, what)


def _in_parts(rows: QuerySet[Event], after: int, report: Report) -> Iterator[Event]:
    while part := list(rows.filter(sequence__gt=after).order_by("sequence")[:PART]):
        for event in part:
            if event.sequence % PART == 0:
                report(event.sequence)
            yield event
        after = part[-1].sequence


def _inserted(sequence: int, previous: str) -> bool:
    """Whether a later event follows upon the sound one, or the register never came as far as this one."""
    follower = Event.objects.filter(sequence__gt=sequence, previous_hash=previous)
    return sequence > Head.now().sequence or follower.exists()


def _parse(head: str) -> Place:
    match = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", head)
    if not match:
        raise BrokenChain("A head is written N:HASH, a number and 64 hexadecimal digits.")
    return int(match[1]), match[2]


def _check_earlier(head: Place) -> None:
    """Raises BrokenChain where the audit log does not hold an earlier head."""
    sequence, digest = head
    held: str | None = GENESIS
    if sequence > 0:
        disposed = Segment.objects.filter(disposed_at__isnull=False)
        year = disposed.filter(first__lte=sequence, last__gte=sequence).first()
        if year is not None and sequence != year.last:
            raise BrokenChain(
                f"Event {sequence} was disposed of with the year {year.year}: "
                f"give a head from {year.last} on."
            )
        event = Event.objects.filter(sequence=sequence).values_list("hash", flat=True)
        held = year.hash if year else event.first()
    if held != digest:
        raise BrokenChain.at(sequence, "changed" if held else "truncated")


def _check_outside(heads: Iterable[Place]) -> None:
    """Raises BrokenChain at the earliest event that is not what was sent out.

    Of a year disposed of only its end is known.
    """
    gone = list(Segment.objects.filter(disposed_at__isnull=False).values_list("first", "last"))
    left = sorted(head for head in set(heads) if not any(first <= head[0] < last for first, last in gone))
    for start in range(0, len(left), PART):
        part = left[start : start + PART]
        hashes = dict(Event.objects.filter(sequence__in=dict(part)).values_list("sequence", "hash"))
        for place in sorted(set(part) - hashes.items()):
            _check_earlier(place)


def with_another_key(fault: Exception) -> str:
    """Return the sentence of the fault. Where nothing at all is as this AUDIT_KEY has it, the key is likelier
    to be another than the log: that is said too."""
    head = Head.now()
    first = Event.objects.order_by("sequence").values_list("sequence", flat=True).first()
    if not head.signature or getattr(fault, "sequence", 0) != first:
        return str(fault)
    if signed(head.signature, place_signature((head.sequence, head.hash), settings.AUDIT_KEY)):
        return str(fault)
    return f"{str(fault).rstrip('.')}, or AUDIT_KEY is another than the one that the trail was written with."
