"""The calendar of coming releases, as the public pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from summaries.publishing.release_models import Announcement


@dataclass(frozen=True)
class Coming:
    """A year of which a version comes out `at` a day and hour, and whom to ask; `cancelled`: why it does not,
    in the reader's language."""

    year: int
    at: datetime
    contact: str
    cancelled: str = ""


def coming(now: datetime) -> list[Coming]:
    """Every release that is announced and whose hour has not come, and those that are cancelled, the next
    first. One query."""
    rows = Announcement.objects.told(now)
    return [Coming(row.year, row.at, row.contact, row.cancelled_because) for row in rows]
