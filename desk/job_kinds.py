"""What the worker does for *My page* of its own accord."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from accounts.letters import NoAddress, address
from desk import at_once
from jobs.kinds import minutely


@minutely
def send_letters_at_once(at: datetime) -> None:
    """Where there is a mail server, and the register knows where it is itself."""
    if not settings.EMAIL_HOST:
        return
    try:
        site = address()
    except NoAddress:
        return
    at_once.write_down(at=at)
    at_once.send_unsent(at=at, site=site)
