"""What the register asks the e-ID service itself: small JSON answers over https, soon or not at all.

A question has one deadline, from its first packet to the last byte of the answer, however the service spends
it. A process asks two at once: a service that is slow, or means harm, holds two of its threads for seconds.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from http.client import HTTPException, HTTPMessage, HTTPResponse, HTTPSConnection
from typing import IO, Any, Final
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from accounts.eid.refusals import Refused

DEADLINE: Final = 10  # seconds for the whole question
CONNECTING: Final = 5  # of them for one network address: the next may answer
AT_ONCE: Final = 2  # questions of this process
LARGEST: Final = 200_000  # bytes of an answer
_turns = threading.BoundedSemaphore(AT_ONCE)


class _TimedSocket(ssl.SSLSocket):
    """A socket on which each read waits only for what is left until `ends`."""

    ends = 0.0

    def recv_into(self, *into: Any) -> int:
        self.settimeout(_left(self.ends))
        return super().recv_into(*into)


class _TimedConnection(HTTPSConnection):
    """A connection that has `timeout` seconds for everything: connecting, TLS, headers and body."""

    def __init__(self, host: str, *, timeout: float, context: ssl.SSLContext) -> None:
        super().__init__(host, timeout=timeout, context=context)
        self.ends = time.monotonic() + timeout
        self._create_connection = self._connected

    def connect(self) -> None:
        super().connect()
        if isinstance(self.sock, _TimedSocket):  # as `_context` makes them
            self.sock.ends = self.ends

    def _connected(self, address: tuple[str, int], *_how: Any) -> socket.socket:
        """Return a connection to the first network address of the host that takes one in time."""
        for family, kind, protocol, _name, place in socket.getaddrinfo(*address, type=socket.SOCK_STREAM):
            made = socket.socket(family, kind, protocol)
            try:
                made.settimeout(min(CONNECTING, _left(self.ends)))
                made.connect(place)
                made.settimeout(_left(self.ends))  # for TLS
            except OSError:
                made.close()
            else:
                return made
        raise OSError(address)


def _left(ends: float) -> float:
    """Return the seconds until `ends`; raise TimeoutError after it."""
    seconds = ends - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


class _Timed(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_TimedConnection, req, context=_context)  # type: ignore[arg-type]


class _Nowhere(HTTPRedirectHandler):
    """The service is where it said that it is: nobody is followed elsewhere."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


_context: Final = ssl.create_default_context()
_context.sslsocket_class = _TimedSocket
_OPENER: Final = build_opener(_Nowhere, _Timed)


def ask(
    address: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the answer, to what is sent as a form where one is. Raise Refused, at once where others ask."""
    if not is_https(address):
        raise Refused("away")
    if not _turns.acquire(blocking=False):
        raise Refused("busy")
    try:
        return _asked(address, form, headers or {})
    finally:
        _turns.release()


def _asked(address: str, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> dict[str, Any]:
    data = urlencode(form).encode() if form is not None else None
    asked = Request(address, data, {"Accept": "application/json", **headers})  # noqa: S310
    try:
        with _OPENER.open(asked, timeout=DEADLINE) as answer:
            found = json.loads(answer.read(LARGEST))
    except (URLError, HTTPException, OSError, ValueError, RecursionError) as error:
        refused_by_service = getattr(error, "code", 0) in {400, 401, 403} and form is not None
        raise Refused("denied" if refused_by_service else "away") from None
    if not isinstance(found, dict):
        raise Refused("away")
    return found


def is_https(address: object) -> bool:
    """Return whether it is an https address, in the characters of addresses: no blank, no line break."""
    if not isinstance(address, str) or not address.isascii() or not address.isprintable() or " " in address:
        return False
    try:
        parts = urlsplit(address)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return parts.scheme == "https" and named and not parts.username
