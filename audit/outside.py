"""The head of the audit log, sent every hour to a place that is not the database's: whoever rules the
database cannot say later that there was less.

A line is the same in a file and in syslog, wherever that writes it: `read` takes it from either.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from logging.handlers import SysLogHandler
from pathlib import Path
from typing import Final
from urllib.request import Request, urlopen

from django.conf import settings

from audit.chain import GENESIS, Place, outside_signature, place_signature, signed
from audit.models import Head

LINE: Final = re.compile(r"nmt-audit-head (\S+) (\d{1,18}):([0-9a-f]{64}) ([0-9a-f]{64})")
STAMP: Final = "nmt-audit-stamp"
TIMEOUT: Final = 20  # seconds for who stamps
# RFC 3161: what stands before a SHA-256 digest in a question for a stamp, and after it (with a certificate).
BEFORE: Final = bytes.fromhex("3039 020101 3031 300d 0609608648016503040201 0500 0420")
AFTER: Final = bytes.fromhex("0101ff")
GRANTED: Final = {b"\x02\x01\x00", b"\x02\x01\x01"}


class NotSent(Exception):
    """One sentence: why the head was not told outside."""


class NotSigned(Exception):
    """One sentence: which line of the heads outside the register did not write, or why none can be read."""


def tell(at: datetime) -> str:
    """Send the head outside and return the line; empty where there is no such place, or no event yet.

    Raises NotSent.
    """
    head = Head.now()
    if head.hash == GENESIS or not (settings.AUDIT_HEAD_FILE or settings.AUDIT_HEAD_SYSLOG):
        return ""
    place = (head.sequence, head.hash)
    if not signed(head.signature, place_signature(place, settings.AUDIT_KEY)):
        raise NotSent("The head of the trail is not signed: it was set by somebody else. Run verify_audit.")
    line = line_of(place, at)
    if settings.AUDIT_HEAD_SYSLOG:
        _to_syslog(line)
    if settings.AUDIT_HEAD_FILE:
        _to_file(line)
        if settings.AUDIT_STAMP_URL:
            _to_file(f"{STAMP} {place[0]}:{place[1]} {base64.b64encode(_stamped(line)).decode()}")
    return line


def line_of(place: Place, at: datetime) -> str:
    moment = at.astimezone(UTC).isoformat(timespec="seconds")
    signature = outside_signature(place, moment, settings.AUDIT_KEY)
    return f"nmt-audit-head {moment} {place[0]}:{place[1]} {signature}"


def read(lines: Iterable[str]) -> Iterator[Place]:
    """Return the heads that were sent. Lines of others are passed over. Raises NotSigned."""
    for number, line in enumerate(lines, start=1):
        if found := LINE.search(line):
            place = (int(found[2]), found[3])
            if not signed(found[4], outside_signature(place, found[1], settings.AUDIT_KEY)):
                raise NotSigned(f"Line {number} of the heads outside is not signed by the register.")
            yield place


def heads_in(file: str) -> list[Place]:
    """Return the heads that were sent to a file; none where no file is named. Raises NotSigned."""
    if not file:
        return []
    try:
        with Path(file).open(encoding="utf-8", errors="replace") as lines:
            return list(read(lines))
    except OSError as error:
        raise NotSigned(f"The heads outside cannot be read: {file}: {error.strerror}.") from None


def _to_file(line: str) -> None:
    """Appended: the file may be one that its writer can neither read nor cut."""
    with Path(settings.AUDIT_HEAD_FILE).open("a", encoding="ascii") as file:
        file.write(f"{line}\n")


def _to_syslog(line: str) -> None:
    """To a socket of this machine, or HOST:PORT by UDP."""
    where = settings.AUDIT_HEAD_SYSLOG
    host, _colon, port = where.rpartition(":")
    handler = SysLogHandler(where if where.startswith("/") else (host, int(port)), SysLogHandler.LOG_AUTH)
    handler.ident = "nmt: "
    try:
        handler.emit(logging.LogRecord("audit", logging.INFO, "", 0, line, None, None))
    finally:
        handler.close()


def _stamped(line: str) -> bytes:
    """The answer of the authority that stamps: `openssl ts -verify -in` reads it. Raises NotSent."""
    digest = hashlib.sha256(line.encode()).digest()
    headers = {"Content-Type": "application/timestamp-query"}
    asked = Request(settings.AUDIT_STAMP_URL, BEFORE + digest + AFTER, headers)  # noqa: S310 - https by the settings
    with urlopen(asked, timeout=TIMEOUT) as answer:  # noqa: S310
        stamp: bytes = answer.read(100_000)
    if not any(state in stamp[:16] for state in GRANTED) or digest not in stamp:
        raise NotSent("The authority of time stamps has refused to stamp the head.")
    return stamp
