"""What is encrypted at rest, bound to its place: a token opens in the row and column where it was sealed.

AES-256-GCM under a key of the purpose, with the place as associated data. Whoever copies the token to another
row has something that nobody can open there.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sealing.keys import MARK_LENGTH, derived, first, mark, secret_of

VERSION: Final = b"s1:"
_NONCE: Final = 12
_HEAD: Final = len(VERSION) + MARK_LENGTH


class NotOpened(PermissionDenied):
    """A page answers with the sentence; nothing that is stored is touched. `text` stands where the text
    would."""

    text: str | Promise = ""
    sentence: str | Promise = ""

    def __init__(self) -> None:
        super().__init__(str(self.sentence))

    def to_keep(self) -> NotOpened:
        """The same without where it was raised: kept on a row, that would hold the cursor that read it open,
        until it is closed in the midst of somebody else's transaction."""
        return type(self)()


class KeyMissing(NotOpened):
    """None of the keys fits."""

    text = _("The text cannot be read: its key is missing. Contact operations.")
    sentence = _(
        "What is stored cannot be read: the key it was written under is missing. Contact operations."
    )


class Misplaced(NotOpened):
    """The key is there, and what was sealed with it was sealed elsewhere, or has been changed since."""

    text = _("The text cannot be read: it was moved here, or changed. Contact operations.")
    sentence = _("What is stored cannot be read: it was moved here, or changed. Contact operations.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is sealed: `row` is what tells its row from all others."""

    purpose: str
    table: str
    column: str
    row: tuple[str, ...]

    @property
    def data(self) -> bytes:
        parts = (self.table, self.column, *self.row)
        return VERSION + b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)


def seal(data: bytes, place: Place) -> bytes:
    """The token, under the first key."""
    nonce, secret = os.urandom(_NONCE), first()
    sealed = AESGCM(derived(secret, place.purpose)).encrypt(nonce, data, place.data)
    return VERSION + mark(secret) + nonce + sealed


def unseal(token: bytes, place: Place) -> bytes:
    """Raises KeyMissing, or Misplaced where it was sealed for another place."""
    if not token.startswith(VERSION):
        raise Misplaced
    secret = secret_of(token[len(VERSION) : _HEAD])
    if secret is None:
        raise KeyMissing
    nonce, sealed = token[_HEAD : _HEAD + _NONCE], token[_HEAD + _NONCE :]
    try:
        return AESGCM(derived(secret, place.purpose)).decrypt(nonce, sealed, place.data)
    except (InvalidTag, ValueError):
        raise Misplaced from None


def is_current(token: bytes) -> bool:
    """Whether the first key sealed it."""
    return token[:_HEAD] == VERSION + mark(first())
