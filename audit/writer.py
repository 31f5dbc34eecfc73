"""The one way to write an audit event. Called last in the transaction of the act: if it fails, the act
fails."""

from __future__ import annotations

import hashlib
import hmac
import logging
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
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


def move(place: Place) -> None:
    """Move the head to the event that has just been written, and sign it."""
    signature = place_signature(place, settings.AUDIT_KEY)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT audit_head_moved(%s, %s, %s)", [*place, signature])
    else:
        Head.objects.filter(id=1).update(sequence=place[0], hash=place[1], signature=signature)


def tell(event: Event) -> None:
    """Send an event that concerns security to syslog: another machine sees it while there is time.

    Whoever acts is not held up where nobody listens: the audit log has it all the same.
    """
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
    """The register itself, in commands that nobody signed in for."""

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
    """Append one event. The lock on the head is held to the end of the caller's transaction, so call this
    last."""
    what = on if isinstance(on, Target) else target(on)
    sequence, previous = locked()
    event = Event(
        sequence=sequence + 1,
        at=(at or timezone.now()).astimezone(UTC),
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
        previous_hash=previous,
    )
    event.hash = event_hash(event, settings.AUDIT_KEY)
    event.save()
    move((event.sequence, event.hash))
    if settings.SECURITY_SYSLOG and event.action.startswith(settings.SECURITY_EVENTS):
        transaction.on_commit(lambda: tell(event), robust=True)
    return event
