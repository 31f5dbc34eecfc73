"""What somebody is told on *Min sida*, for as long as it may matter: nobody has to press anything, and no
e-mail tells of it. Where the register's e-mails lead to, and who runs the register: that is read from the
settings, so that another authority changes no code.

The secret address of somebody's calendar is made, renewed and ended here. Nobody signs in by it: it is good
for one file, which another app makes.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import get_language

from accounts.access import Access
from accounts.models import CalendarAddress, Notice, User, open_accounts
from audit.writer import record

DAYS: Final = 30
NO_BREAK: Final = "\u00a0"
_words: Final[dict[str, str | Promise]] = {}


def notice(kind: str, words: str | Promise) -> str:
    """A kind of notice, and what it says; returns the kind."""
    _words[kind] = words
    return kind


def words(row: Notice) -> str:
    return str(_words.get(row.kind, row.kind))


def tell(users: Iterable[User], kind: str, *, label: str, at: datetime, link: str = "") -> None:
    """Each of `users` once. In the transaction of what they are told of."""
    rows = {user.pk: Notice(user=user, kind=kind, label=label[:120], link=link, at=at) for user in users}
    Notice.objects.bulk_create(rows.values())


def notices_of(access: Access) -> QuerySet[Notice]:
    """What somebody is told now, the newest first."""
    return Notice.objects.filter(user=access.user, at__gt=access.at - timedelta(days=DAYS))


LOCAL: Final = "http://127.0.0.1:8000"  # of a demonstration that nobody has told otherwise


class NoAddress(Exception):
    """Nobody has said where the register is; the message is one sentence."""


class Nowhere(BaseEmailBackend):
    """Where there is no mail server. Unlike Django's for such cases it does not say that it has sent
    anything."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return 0


def address(said: str = "") -> str:
    """Where e-mails lead to that nobody's browser asked for: `said`, or as configured. Raises NoAddress."""
    if found := said or settings.SITE_ADDRESS or (LOCAL if settings.DEMO else ""):
        return found.rstrip("/")
    raise NoAddress(
        "SITE_ADDRESS is not set, so no link can be made: set it to the register's address, such as "
        "https://register.example, or say --site."
    )


def address_for(request: HttpRequest) -> str:
    """The same in an answer to somebody, who has reached the register by an address."""
    return settings.SITE_ADDRESS or request.build_absolute_uri("/").rstrip("/")


@register(deploy=True)
def links_of_emails_lead_somewhere(**_options: Any) -> list[CheckMessage]:
    """What `check --deploy` says before the first timer does. A register without mail is none of its
    business."""
    if not settings.EMAIL_HOST or settings.SITE_ADDRESS:
        return []
    return [Warning("EMAIL_HOST is set and SITE_ADDRESS is not: reminders are refused.", id="accounts.W001")]


def page_language() -> str:
    """Return the language of what is being shown or written."""
    return get_language() or settings.LANGUAGE_CODE


def organisation(language: str = "") -> str:
    """Its name, in the language of the page where none is named; Swedish where it has none in that."""
    names: dict[str, str] = settings.ORGANISATION
    return names.get((language or page_language())[:2]) or names["sv"]


def support_line() -> str:
    """The number of the support line, which no line of a page breaks."""
    return settings.SUPPORT_LINE.replace(" ", NO_BREAK)


def support_line_link() -> str:
    """The address by which a telephone rings it, from abroad too: a number without its country is Swedish."""
    digits = re.sub(r"[^\d+]", "", settings.SUPPORT_LINE)
    return f"tel:{digits}" if digits.startswith("+") else f"tel:+46{digits.removeprefix('0')}"


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic
def renew_address(*, by: Access) -> str:
    """A new key, which is stored nowhere; the one before is good for nothing any more."""
    key = secrets.token_urlsafe(32)
    CalendarAddress.objects.update_or_create(
        user=by.user, defaults={"hashed": hash_of(key), "made_at": by.at}
    )
    record(by, "user.calendar", by.user)
    return key


@transaction.atomic
def end_address(*, by: Access) -> None:
    """Doing it twice is doing it once."""
    if CalendarAddress.objects.filter(user=by.user).delete()[0]:
        record(by, "user.calendar_end", by.user)


def reader_of(key: str) -> User | None:
    """Whose it is; nobody's when the account has ended."""
    return User.objects.filter(open_accounts(), calendar_address__hashed=hash_of(key)).first()
