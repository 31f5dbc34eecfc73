"""What somebody is told on *Min sida*, for as long as it may matter: nobody has to press anything, and no
letter tells of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils.functional import Promise

from accounts.access import Access
from accounts.models import Notice, User

DAYS: Final = 30
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


def told(access: Access) -> QuerySet[Notice]:
    """What somebody is told now, the newest first."""
    return Notice.objects.filter(user=access.user, at__gt=access.at - timedelta(days=DAYS))
