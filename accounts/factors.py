"""Second factors at rest: all that belongs to one is encrypted, bound to its user and its kind.

Moved to another user, or written by hand into the database, a factor does not open and signs nobody in. That
holds for keys and passkeys too, whose public half is no secret: whose it is, must be proven. Instances hold
the data in the clear; the last three functions are for commands, and ask the database past them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from allauth.mfa.models import Authenticator
from django.db.models.signals import post_init, post_save, pre_save
from django.dispatch import receiver

from encryption.fields import CURRENT, ROTATED, UNREADABLE
from encryption.tokens import FACTORS, Misplaced, NotDecrypted, TokenPlace, decrypt, encrypt, is_current

ENCRYPTED: Final = "sealed"


class Shut(dict[str, Any]):
    """The data of a factor that does not open: whoever looks in is refused. `stored`: as it came."""

    def __init__(self, stored: object, why: NotDecrypted) -> None:
        super().__init__()
        self.stored, self.why = stored, why.to_keep()

    def _refuse(self, *_args: Any) -> NoReturn:
        raise self.why.to_keep()

    __getitem__ = get = __setitem__ = __contains__ = _refuse


def place(user: object, kind: str) -> TokenPlace:
    return TokenPlace(FACTORS, "mfa_authenticator", "data", (str(user), kind))


def encrypted(data: dict[str, Any], user: object, kind: str) -> dict[str, str]:
    """As the database holds it."""
    return {ENCRYPTED: encrypt(json.dumps(data).encode(), place(user, kind)).hex()}


def opened(stored: object, user: object, kind: str) -> dict[str, Any]:
    """Raises NotDecrypted; Misplaced where it was not encrypted at all."""
    if not is_encrypted(stored):
        raise Misplaced
    found: dict[str, Any] = json.loads(decrypt(_token(stored), place(user, kind)))
    return found


def is_encrypted(stored: object) -> bool:
    return isinstance(stored, dict) and set(stored) == {ENCRYPTED} and isinstance(stored[ENCRYPTED], str)


@receiver(post_init, sender=Authenticator)
def _loaded(sender: object, instance: Authenticator, **_kwargs: Any) -> None:
    if instance.pk is None or "data" not in instance.__dict__:
        return
    stored = instance.data
    try:
        instance.data = opened(stored, instance.user_id, instance.type)
    except NotDecrypted as why:
        instance.data = Shut(stored, why)


@receiver(pre_save, sender=Authenticator)
def _saving(
    sender: object, instance: Authenticator, update_fields: frozenset[str] | None, **_kwargs: Any
) -> None:
    if update_fields is not None and "data" not in update_fields:
        return
    data = instance._plain = instance.data
    if isinstance(data, Shut):
        instance.data = data.stored
    elif not is_encrypted(data):
        instance.data = encrypted(data, instance.user_id, instance.type)


@receiver(post_save, sender=Authenticator)
def _saved(sender: object, instance: Authenticator, **_kwargs: Any) -> None:
    if "_plain" in instance.__dict__:
        instance.data = instance.__dict__.pop("_plain")


def anew(key: int) -> str:
    """Encrypt one factor under the first key. Locks its row."""
    rows = Authenticator.objects.filter(pk=key)
    row = rows.select_for_update().first()
    if row is None:
        return ""
    if isinstance(row.data, Shut):
        return UNREADABLE
    stored = rows.values_list("data", flat=True).get()
    if is_current(_token(stored)):
        return CURRENT
    rows.update(data=encrypted(row.data, row.user_id, row.type))
    return ROTATED


def every_factor() -> Iterator[tuple[Authenticator, NotDecrypted | None]]:
    """Yield each factor with why it does not open; None where it does."""
    for row in Authenticator.objects.order_by("pk").iterator(chunk_size=500):
        yield row, row.data.why if isinstance(row.data, Shut) else None


def unreadable() -> Iterator[str]:
    """Yield table, column and key of each factor that does not open, and why."""
    for row, fault in every_factor():
        if fault is not None:
            yield f"mfa_authenticator.data {row.pk}, {fault.for_operations}"


def _token(stored: Any) -> bytes:
    try:
        return bytes.fromhex(stored[ENCRYPTED])
    except ValueError:
        return b""
