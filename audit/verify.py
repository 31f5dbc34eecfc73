"""Prove that the stored trail is whole, while others write.

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
    ChainBreak,
    Place,
    disposal_signature,
    first_break,
    head_signature,
    place_signature,
    signed,
)
from audit.models import Event, Head, Segment

Told = Callable[[int], None]
PART: Final = 2000  # events read at once


class BrokenChain(Exception):
    """The trail does not hold; the message names the place, `sequence` is the event (0 where there is
    none)."""

    def __init__(self, message: str, sequence: int = 0, what: str = "") -> None:
        super().__init__(message)
        self.sequence, self.what = sequence, what

    @classmethod
    def at(cls, broken: ChainBreak) -> BrokenChain:
        message = f"Event {broken.sequence} is {broken.what}: the chain is broken there."
        return cls(message, broken.sequence, broken.what)


def verify(*, known: str | None = None, told: Told | None = None, outside: Iterable[Place] = ()) -> str:
    """The present head `N:HASH` when every event holds. Raises BrokenChain.

    `known` is a head seen earlier, which the trail must still hold, and `outside` are those that were told;
    `told` hears now and then how far the walk is."""
    earlier = None if known is None else _parse(known)
    place, broken = _proof(told)
    broken = broken or (_unlike(earlier) if earlier else None) or _unlike_any(outside)
    if broken:
        raise BrokenChain.at(broken)
    return f"{place[0]}:{place[1]}"


def walk_segment(segment: Segment, place: Place, told: Told | None = None) -> tuple[Place, ChainBreak | None]:
    """From the end of the year before to the end of this one: by its events, or by its signed head alone."""
    key = settings.AUDIT_KEY
    if not signed(segment.signature, head_signature(segment, key)):
        return place, ChainBreak(segment.first, "changed")
    if (segment.first - 1, segment.start_hash) != place:
        return place, ChainBreak(place[0] + 1, "removed")
    rows = Event.objects.filter(sequence__range=(segment.first, segment.last))
    if segment.disposed_at is not None:
        return _walk_disposed(segment, place)
    end, broken = _walk_rows(rows, place, told)
    if broken is None and end != (segment.last, segment.hash):
        broken = ChainBreak(end[0] + 1, "removed")
    return end, broken


def _proof(told: Told | None) -> tuple[Place, ChainBreak | None]:
    """The head, and the first break, if any. A year disposed of meanwhile is none: then all is walked
    anew."""
    while True:
        years, (head, signature) = list(Segment.objects.order_by("first")), _head()
        broken = _walk(years, head, told) or _beyond() or _unsigned(head, signature)
        if broken is None or _states(years) == _states(Segment.objects.all()):
            return head, broken


def _states(years: Iterable[Segment]) -> set[tuple[int, datetime | None]]:
    return {(year.year, year.disposed_at) for year in years}


def _head() -> tuple[Place, str]:
    """With its signature."""
    head = Head.objects.filter(id=1).first()
    return ((head.sequence, head.hash), head.signature) if head else ((0, GENESIS), "")


def _unsigned(head: Place, signature: str) -> ChainBreak | None:
    """All that is there holds, but somebody without the key has said that there is no more."""
    if head == (0, GENESIS) or signed(signature, place_signature(head, settings.AUDIT_KEY)):
        return None
    return ChainBreak(head[0] + 1, "truncated")


def _walk(years: Iterable[Segment], head: Place, told: Told | None) -> ChainBreak | None:
    place: Place = (0, GENESIS)
    for year in years:
        place, broken = walk_segment(year, place, told)
        if broken:
            return broken
    if stray := _stray():
        return stray
    rest = Event.objects.filter(sequence__gt=place[0], sequence__lte=head[0])
    place, broken = _walk_rows(rest, place, told)
    return broken or _unequal(place, head)


def _walk_disposed(segment: Segment, place: Place) -> tuple[Place, ChainBreak | None]:
    if not signed(segment.disposal_signature, disposal_signature(segment, settings.AUDIT_KEY)):
        return place, ChainBreak(segment.first, "removed")
    left = Event.objects.filter(sequence__range=(segment.first, segment.last)).order_by("sequence").first()
    if left is not None:
        return place, ChainBreak(left.sequence, "inserted")
    return (segment.last, segment.hash), None


def _walk_rows(rows: QuerySet[Event], place: Place, told: Told | None) -> tuple[Place, ChainBreak | None]:
    events = _telling(_in_parts(rows, place[0]), told)
    place, broken = first_break(events, settings.AUDIT_KEY, start=place)
    if broken and broken.what == "changed" and _inserted(broken.sequence, place[1]):
        return place, ChainBreak(broken.sequence, "inserted")
    return place, broken


def _in_parts(rows: QuerySet[Event], after: int) -> Iterator[Event]:
    while part := list(rows.filter(sequence__gt=after).order_by("sequence")[:PART]):
        yield from part
        after = part[-1].sequence


def _telling(events: Iterable[Event], told: Told | None) -> Iterator[Event]:
    for event in events:
        if told is not None and event.sequence % PART == 0:
            told(event.sequence)
        yield event


def _inserted(sequence: int, previous: str) -> bool:
    """Whether a later event follows upon the sound one, or the register never came as far as this one."""
    head = Head.objects.filter(id=1).first()
    follower = Event.objects.filter(sequence__gt=sequence, previous_hash=previous)
    return (head is not None and sequence > head.sequence) or follower.exists()


def _stray() -> ChainBreak | None:
    """An event before the first, which no walk meets."""
    found = Event.objects.filter(sequence__lte=0).order_by("sequence").first()
    return ChainBreak(found.sequence, "inserted") if found else None


def _unequal(place: Place, head: Place) -> ChainBreak | None:
    """The head knows how far the trail has come."""
    if place == head:
        return None
    if place[0] < head[0]:
        return ChainBreak(place[0] + 1, "truncated")
    return ChainBreak(place[0], "changed" if place[0] == head[0] else "inserted")


def _beyond() -> ChainBreak | None:
    """An event after the head. One statement: it sees the head as it stands with the events that it sees."""
    head = Head.objects.filter(id=1).values("sequence")[:1]
    later = Event.objects.filter(sequence__gt=Coalesce(Subquery(head), 0)).order_by("sequence").first()
    return ChainBreak(later.sequence, "inserted") if later else None


def _parse(head: str) -> Place:
    match = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", head)
    if not match:
        raise BrokenChain("A head is written N:HASH, a number and 64 hexadecimal digits.")
    return int(match[1]), match[2]


def _unlike(earlier: Place) -> ChainBreak | None:
    sequence, digest = earlier
    if sequence == 0:
        return None if digest == GENESIS else ChainBreak(0, "changed")
    segment = Segment.objects.filter(
        first__lte=sequence, last__gte=sequence, disposed_at__isnull=False
    ).first()
    if segment is not None and sequence != segment.last:
        raise BrokenChain(
            (
                f"Event {sequence} was disposed of with the year {segment.year}: give a head from "
                f"{segment.last} on."
            ),
            0,
        )
    found = segment.hash if segment else _hash_of(sequence)
    if found is None:
        return ChainBreak(sequence, "truncated")
    return None if found == digest else ChainBreak(sequence, "changed")


def _unlike_any(heads: Iterable[Place]) -> ChainBreak | None:
    """The earliest event that is not what was told outside. Of a year disposed of only its end is known."""
    gone = [(one.first, one.last) for one in Segment.objects.filter(disposed_at__isnull=False)]
    left = sorted(head for head in set(heads) if not any(first <= head[0] < last for first, last in gone))
    for start in range(0, len(left), PART):
        part = left[start : start + PART]
        held = Event.objects.filter(sequence__in=[sequence for sequence, _digest in part])
        hashes = dict(held.values_list("sequence", "hash"))
        for place in part:
            if hashes.get(place[0]) != place[1] and (broken := _unlike(place)):
                return broken
    return None


def _hash_of(sequence: int) -> str | None:
    return Event.objects.filter(sequence=sequence).values_list("hash", flat=True).first()
