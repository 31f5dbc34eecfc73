"""The one way to write an audit event. It is part of the transaction of the act: if it fails, the act fails.

All who act wait for the lock on the head. Where a transaction says so (`events_last`), its events are
written together right before COMMIT; elsewhere `record` is called last.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from logging.handlers import SysLogHandler
from typing import Any, Final, Protocol

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from audit.chain import Place, event_hash, place_signature
from audit.models import Event, Head

log = logging.getLogger(__name__)
PRIORITY: Final = SysLogHandler.LOG_AUTH << 3 | SysLogHandler.LOG_NOTICE
TIMEOUT: Final = 1  # seconds for a socket that is full
# Seconds until a name that nobody knows is asked for again: that may take many, of each page.
AGAIN: Final = 60
_unknown: dict[str, float] = {}
# By one event at a time, in this order.
MOVED: Final = (
    "SELECT audit_head_moved(at, digest, signed) "
    "FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS moves (at, digest, signed)"
)
_waits: ContextVar[bool] = ContextVar("events wait for the end of their transaction", default=False)


def locked() -> Place:
    """Return where the audit log ends. To the end of the transaction nobody else moves it.

    On PostgreSQL the head is locked and moved by functions of the owner's, since the application may not
    change the row itself.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT at, with_hash FROM audit_head_locked()")
            at, digest = cursor.fetchone()
            return at, digest
    head, _made = Head.objects.select_for_update().get_or_create(id=1)
    return head.sequence, head.hash


def move(places: Sequence[Place]) -> None:
    """Move the head to the events that have just been written, one after the other, and sign it at each."""
    moves = [(*place, place_signature(place, settings.AUDIT_KEY)) for place in places]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(MOVED, [list(one) for one in zip(*moves, strict=True)])
    else:
        sequence, digest, signature = moves[-1]
        Head.objects.filter(id=1).update(sequence=sequence, hash=digest, signature=signature)


def tell(event: Event) -> None:
    """Send an event to syslog if it concerns security: another machine sees it while there is time.

    Whoever acts is not held up where nobody listens: the audit log has it all the same.
    """
    if not settings.SECURITY_SYSLOG or not event.action.startswith(settings.SECURITY_EVENTS):
        return
    try:
        _send(f"<{PRIORITY}>nmt: {line_of(event)}".encode())
    except (OSError, ValueError) as error:  # of a name that is none
        log.error("Event %s could not be told to syslog: %s", event.sequence, error)


def line_of(event: Event) -> str:
    """Return what was done, by which role and when, and the number by which those who may read the audit log
    find the rest.

    Who it was is a mark that is the same for the same person, keyed, so that nobody computes it back: enough
    to see forty failed attempts of one, and no person is in a log.
    """
    moment = event.at.isoformat(timespec="seconds")
    role = event.role or "none"
    digest = hmac.new(settings.AUDIT_KEY.encode(), f"security {event.actor}".encode(), hashlib.sha256)
    who = digest.hexdigest()[:12] if event.actor else "unknown"  # what was typed may be a password
    return f"nmt-security {moment} {event.action} event={event.sequence} role={role} who={who}"


def _send(message: bytes) -> None:
    """To a socket of this machine, or HOST:PORT by UDP."""
    where = settings.SECURITY_SYSLOG
    family, address = (socket.AF_UNIX, where) if where.startswith("/") else _resolved(where)
    with socket.socket(family, socket.SOCK_DGRAM) as to:
        to.settimeout(TIMEOUT)
        to.sendto(message, address)


def _resolved(where: str) -> tuple[int, Any]:
    if time.monotonic() < _unknown.get(where, 0):
        raise OSError("its name was not found a moment ago")
    host, _colon, port = where.rpartition(":")
    try:
        family, _kind, _protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    except OSError:
        _unknown[where] = time.monotonic() + AGAIN
        raise
    return family, address


class Actor(Protocol):
    """Who acts, as text: the audit log outlives users and roles."""

    @property
    def actor(self) -> str: ...

    @property
    def role_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class System:
    actor: str = "system"
    role_name: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    kind: str = ""
    ident: str = ""
    label: str = ""


def target(row: models.Model | None) -> Target:
    """A row as a target: its public identifier where it has one, and its number or name as label."""
    if row is None:
        return Target()
    ident = str(getattr(row, "code", None) or row.pk)
    return Target(row._meta.label_lower, ident, str(row)[:100])


@contextmanager
def events_last() -> Iterator[None]:
    """Inside a transaction, to its end: what is recorded is written when this, or what it is within, ends.

    Until then an event is kept where Django keeps what is done after COMMIT: a savepoint that is rolled back
    takes its events along.
    """
    if _waits.get():
        yield
        return
    mark = _waits.set(True)
    try:
        yield
        acts = (one[1] for one in connection.run_on_commit)
        recorded = (act.args[0] for act in acts if isinstance(act, partial) and act.func is tell)
        _append([event for event in recorded if event._state.adding])
    finally:
        _waits.reset(mark)


@transaction.atomic(savepoint=False)  # two statements fewer, and no caller goes on without its event
def record(
    by: Actor,
    action: str,
    on: models.Model | Target | None = None,
    *,
    fields: Iterable[str] = (),
    rows: int | None = None,
    digest: str = "",
    search_kind: str = "",
    reason: str = "",
    at: datetime | None = None,
) -> Event:
    """Append one event and return it. The lock on the head is held to the end of the caller's transaction, so
    call this last where no `events_last` does it."""
    what = on if isinstance(on, Target) else target(on)
    event = Event(
        at=at,  # type: ignore[misc]  # None: when it is written
        actor=by.actor[:254],
        role=by.role_name,
        action=action,
        target_kind=what.kind,
        target_id=what.ident,
        target_label=what.label,
        fields=sorted(fields),
        rows=rows,
        digest=digest,
        search_kind=search_kind,
        reason=reason[:500],
    )
    transaction.on_commit(partial(tell, event), robust=True)
    if not _waits.get():
        _append([event])
    return event


def _append(events: Sequence[Event]) -> None:
    """Lock the head, write the events and move it: three statements, whatever their number."""
    if not events:
        return
    place = locked()
    for event in events:
        event.at = (event.at or timezone.now()).astimezone(UTC)
        event.sequence, event.previous_hash = place[0] + 1, place[1]
        event.hash = event_hash(event, settings.AUDIT_KEY)
        place = event.sequence, event.hash
    Event.objects.bulk_create(events)
    move([(event.sequence, event.hash) for event in events])
