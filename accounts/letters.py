"""Where the register's letters lead to, and whether anybody takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import HttpRequest

LOCAL: Final = "http://127.0.0.1:8000"  # of a demonstration that nobody has told otherwise
NO_ADDRESS: Final = (
    "SITE_ADDRESS is not set, so no link can be made: set it to the register's address, such as "
    "https://register.example, or say --site."
)


class NoAddress(Exception):
    """Nobody has said where the register is; the message is one sentence."""


class Nowhere(BaseEmailBackend):
    """Where there is no mail server. Unlike Django's for such cases it does not say that it has sent
    anything."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return 0


def address(said: str = "") -> str:
    """Where letters lead to that nobody's browser asked for: `said`, or as configured. Raises NoAddress."""
    found = said or settings.SITE_ADDRESS or (LOCAL if settings.DEMO else "")
    if not found:
        raise NoAddress(NO_ADDRESS)
    return found.rstrip("/")


def address_for(request: HttpRequest) -> str:
    """The same in an answer to somebody, who has reached the register by an address."""
    return settings.SITE_ADDRESS or request.build_absolute_uri("/").rstrip("/")


@register(deploy=True)
def letters_lead_somewhere(**_options: Any) -> list[CheckMessage]:
    """What `check --deploy` says before the first timer does. A register without mail is none of its
    business."""
    if not settings.EMAIL_HOST or settings.SITE_ADDRESS:
        return []
    return [Warning("EMAIL_HOST is set and SITE_ADDRESS is not: reminders are refused.", id="accounts.W001")]
