"""The calendar of coming releases, as the public pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from summaries.publishing.release_models import Announcement


@dataclass(frozen=True)
class Coming:
    """A year of which a version comes out `at` a day and hour, and whom to ask."""

    year: int
    at: datetime
    contact: str


def coming(now: datetime) -> list[Coming]:
    """Every release that is announced and whose hour has not come, the next first. One query."""
    rows = Announcement.objects.coming(now).values_list("year", "at", "contact")
    return [Coming(*row) for row in rows]
