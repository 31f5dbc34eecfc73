"""What the line leaves to the next, in the demonstration."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.access import Access
from accounts.models import User
from desk.line_notes import write_note


def leave_note(operator: User, today: date) -> None:
    at = timezone.make_aware(datetime.combine(today - timedelta(days=1), time(16, 30)))
    text = "Påhittat: koordinatorn i Öst är borta, hänvisa till ersättaren."
    write_note(text=text, until=today + timedelta(days=7), by=Access.of(operator, at=at))
