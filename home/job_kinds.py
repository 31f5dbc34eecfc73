"""What the worker does for *My page* of its own accord."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from accounts.notices import NoAddress, address
from home import notifications
from jobs.kinds import minutely


@minutely
def send_immediate_notices(at: datetime) -> None:
    """Where there is a mail server, and the register knows where it is itself."""
    if not settings.EMAIL_HOST:
        return
    try:
        site = address()
    except NoAddress:
        return
    notifications.write_down(at=at)
    notifications.send_unsent(at=at, site=site)
