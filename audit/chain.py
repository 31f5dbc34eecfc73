"""The keyed hash chain over events: what is hashed, and the first place where a chain is broken."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64
HASHED = (
    "sequence", "actor", "role", "action", "target_kind", "target_id", "target_label", "fields", "rows", "digest",
    "search_kind", "reason", "previous_hash",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Break:
    """The first event at which the chain does not hold."""

    sequence: int
    what: str  # changed, removed, inserted, truncated


def event_hash(event: Any, key: str) -> str:
    """HMAC-SHA256 over the event's canonical JSON, which holds the hash of the event before it."""
    facts = {name: getattr(event, name) for name in HASHED}
    facts["at"] = event.at.isoformat()
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def first_break(
    events: Iterable[Any], key: str, *, start: tuple[int, str] = (0, GENESIS)
) -> tuple[tuple[int, str], Break | None]:
    """Walk `events` by sequence from `start`. Returns the last sound (sequence, hash) and the break, if any."""
    sequence, previous = start
    for event in events:
        if event.sequence != sequence + 1:
            what = "inserted" if event.sequence <= sequence else "removed"
            return (sequence, previous), Break(sequence + 1, what)
        if event.previous_hash != previous or not hmac.compare_digest(event_hash(event, key), event.hash):
            return (sequence, previous), Break(event.sequence, "changed")
        sequence, previous = event.sequence, event.hash
    return (sequence, previous), None
