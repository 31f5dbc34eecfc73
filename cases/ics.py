"""A calendar of whole days as a file (RFC 5545). Pure: what a day is about nobody tells it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final

END: Final = "\r\n"
LONGEST: Final = 75  # octets of a line


def calendar(days: Iterable[date], *, words: str, link: str, secret: str, at: datetime) -> str:
    """An event a day, which says `words` and leads to `link`. `secret` makes the events' identifiers the same
    each time, and nobody else's."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//NMT//NMT register//EN", "METHOD:PUBLISH"]
    for day in sorted(set(days)):
        mark = hashlib.sha256(f"{secret}:{day:%Y%m%d}".encode()).hexdigest()[:32]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{mark}@nmt-register",
            f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(words)}",
            f"DESCRIPTION:{_text(link)}",
            f"URL:{link}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}{END}" for line in lines)


def _text(words: str) -> str:
    for sign in "\\;,":
        words = words.replace(sign, f"\\{sign}")
    return words.replace("\n", "\\n")


def _folded(line: str) -> str:
    """In pieces of at most 75 octets, none of which parts a letter."""
    pieces: list[str] = []
    piece = ""
    for letter in line:
        if len((piece + letter).encode()) > LONGEST - bool(pieces):
            pieces.append(piece)
            piece = ""
        piece += letter
    return f"{END} ".join([*pieces, piece])
