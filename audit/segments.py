"""Years of the audit log: closed with a signed head, and disposed of by a named decision of two persons."""

from __future__ import annotations

from datetime import MINYEAR, datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from audit.chain import GENESIS, disposal_signature, head_signature
from audit.guard import lifted
from audit.models import Event, Segment
from audit.verify import walk_segment
from audit.writer import Actor, Target, locked, record


class NotPossible(Exception):
    """One sentence: why a year cannot be closed or disposed of."""


@transaction.atomic
def close_year(year: int, *, by: Actor, at: datetime) -> Segment:
    """Close all events from the end of the last closed year up to the first of a later year.

    Raises NotPossible, and BrokenChain where the events do not hold.
    """
    if timezone.localdate(at).year <= year:
        raise NotPossible(f"The year {year} is not over.")
    if Segment.objects.filter(year__gte=year).exists():
        raise NotPossible(f"The year {year} or a later one is closed already.")
    end = Segment.objects.order_by("-last").first()
    place = (end.last, end.hash) if end else (0, GENESIS)
    last = _last_of(year, place[0]) if year >= MINYEAR else None
    if last is None:
        raise NotPossible(f"There is no event of the year {year} or before that is not in a closed year.")
    segment = Segment(
        year=year, first=place[0] + 1, last=last.sequence, start_hash=place[1], hash=last.hash, closed_at=at
    )
    segment.signature = head_signature(segment, settings.AUDIT_KEY)
    walk_segment(segment, place)  # what does not hold is not signed
    segment.save(force_insert=True)
    record(by, "audit.close", _target(segment), rows=segment.last - segment.first + 1, at=at)
    return segment


@transaction.atomic
def dispose_year(year: int, *, decision: str, by: Actor, approved_by: Actor, at: datetime) -> Segment:
    """Remove the events of a closed year; its signed head and one event stay.

    Raises NotPossible, and BrokenChain where the events do not hold. The caller has asked whether both may.
    """
    locked()  # writers queue here; with the table locked first they would deadlock
    segment = Segment.objects.select_for_update().filter(year=year).first()
    if segment is None or segment.disposed_at is not None:
        raise NotPossible(f"The year {year} is {'disposed of already' if segment else 'not closed'}.")
    if by.actor == approved_by.actor or not decision.strip():
        raise NotPossible("Disposal needs a named decision and two different persons.")
    walk_segment(segment, (segment.first - 1, segment.start_hash))
    rows = _delete(segment)
    segment.disposed_at, segment.decision = at, decision.strip()
    segment.disposed_by, segment.approved_by = by.actor, approved_by.actor
    segment.disposal_signature = disposal_signature(segment, settings.AUDIT_KEY)
    segment.save()
    text = f"{segment.decision} ({approved_by.actor})"
    record(by, "audit.dispose", _target(segment), rows=rows, reason=text, at=at)
    return segment


def _last_of(year: int, after: int) -> Event | None:
    """By sequence, since a clock may have been set back: nothing of a later year is in the segment."""
    rest = Event.objects.filter(sequence__gt=after)
    turn = timezone.make_aware(datetime(year + 1, 1, 1), timezone.get_default_timezone())
    later = rest.filter(at__gte=turn).order_by("sequence").first()
    if later is not None:
        rest = rest.filter(sequence__lt=later.sequence)
    return rest.order_by("-sequence").first()


def _delete(segment: Segment) -> int:
    with lifted(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM audit_event WHERE sequence BETWEEN %s AND %s", [segment.first, segment.last]
        )
        return cursor.rowcount


def _target(segment: Segment) -> Target:
    return Target("audit.segment", str(segment.year), str(segment)[:100])
