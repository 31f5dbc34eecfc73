"""The keyed hash chain over events: what is hashed, and the first place where a chain is broken."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC
from operator import attrgetter
from typing import Any

GENESIS = "0" * 64
HASHED = (
    "sequence",
    "actor",
    "role",
    "action",
    "target_kind",
    "target_id",
    "target_label",
    "fields",
    "rows",
    "digest",
    "search_kind",
    "reason",
    "previous_hash",
)
HEAD = ("year", "first", "last", "start_hash", "hash")
DISPOSAL = ("year", "last", "hash", "decision", "disposed_by", "approved_by")

Place = tuple[int, str]  # the sequence and hash of an event
Break = tuple[int, str]  # the first event at which the chain does not hold, and what it is: changed, …


def event_hash(event: Any, key: str) -> str:
    """HMAC-SHA256 over the event's canonical JSON, which holds the hash of the event before it."""
    return _keyed(_facts(event, HASHED) | {"at": event.at.isoformat()}, key)


def head_signature(segment: Any, key: str) -> str:
    """Signs where the events of a year begin and end."""
    return _keyed(_facts(segment, HEAD) | {"signs": "head"}, key)


def disposal_signature(segment: Any, key: str) -> str:
    """Signs that the events of a year were disposed of, on whose decision: nobody else may say so."""
    at = segment.disposed_at.astimezone(UTC).isoformat()
    return _keyed(_facts(segment, DISPOSAL) | {"at": at, "signs": "disposal"}, key)


def _facts(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    return dict(zip(names, attrgetter(*names)(row), strict=True))


def place_signature(place: Place, key: str) -> str:
    """Signs how far the audit log has come: nobody without the key says that it ends earlier."""
    return _keyed({"sequence": place[0], "hash": place[1], "signs": "place"}, key)


def outside_signature(place: Place, at: str, key: str) -> str:
    """Signs how far the audit log had come at an hour, for a place outside."""
    return _keyed({"sequence": place[0], "hash": place[1], "at": at, "signs": "outside"}, key)


def signed(given: str, expected: str) -> bool:
    return hmac.compare_digest(given, expected)


def first_break(events: Iterable[Any], key: str, *, start: Place) -> tuple[Place, Break | None]:
    """Walk `events` by sequence from `start`. Return the last sound place and the break, if any."""
    sequence, previous = start
    for event in events:
        if event.sequence != sequence + 1:
            what = "inserted" if event.sequence <= sequence else "removed"
            return (sequence, previous), (min(event.sequence, sequence + 1), what)
        if event.previous_hash != previous or not signed(event.hash, event_hash(event, key)):
            return (sequence, previous), (event.sequence, "changed")
        sequence, previous = event.sequence, event.hash
    return (sequence, previous), None


def _keyed(facts: dict[str, Any], key: str) -> str:
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
