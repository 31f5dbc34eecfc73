"""Events that concern security, told to syslog as they happen: another machine sees them while there is time.

A line holds what was done, by which role and when, and the number of the event, by which those who may read
the trail find the rest. Who it was is a mark that is the same for the same person (keyed, so that nobody
reckons it back): enough to see forty failed attempts of one, and no person is in a log.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import socket
import time
from logging.handlers import SysLogHandler
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

if TYPE_CHECKING:
    from audit.models import Event

log = logging.getLogger(__name__)
PRIORITY: Final = SysLogHandler.LOG_AUTH << 3 | SysLogHandler.LOG_NOTICE
PATIENCE: Final = 1  # seconds for a socket that is full
AGAIN: Final = (
    60  # seconds until a name that nobody knows is asked for again: that may take many, of each page
)
_unknown: dict[str, float] = {}


def tell(event: Event) -> None:
    """Whoever acts is not held up where nobody listens: the trail has it all the same."""
    try:
        _send(f"<{PRIORITY}>nmt: {line_of(event)}".encode())
    except (OSError, ValueError) as error:  # of a name that is none
        log.error("Event %s could not be told to syslog: %s", event.sequence, error)


def line_of(event: Event) -> str:
    moment = event.at.isoformat(timespec="seconds")
    role = event.role or "none"
    who = mark(event.actor) if event.actor else "unknown"  # what was typed may be a password
    return f"nmt-security {moment} {event.action} event={event.sequence} role={role} who={who}"


def mark(actor: str) -> str:
    digest = hmac.new(settings.AUDIT_KEY.encode(), f"security {actor}".encode(), hashlib.sha256)
    return digest.hexdigest()[:12]


def _send(message: bytes) -> None:
    """To a socket of this machine, or HOST:PORT by UDP."""
    where = settings.SECURITY_SYSLOG
    family: int = socket.AF_UNIX
    address: Any = where
    if not where.startswith("/"):
        family, address = _resolved(where)
    with socket.socket(family, socket.SOCK_DGRAM) as to:
        to.settimeout(PATIENCE)
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
