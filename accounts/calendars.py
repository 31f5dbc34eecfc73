"""The secret address of somebody's calendar: made, renewed, ended, and whose it is. Nobody signs in by it: it
is good for one file, which another app makes."""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction

from accounts.access import Access
from accounts.models import CalendarAddress, User, open_accounts
from audit.writer import record


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
