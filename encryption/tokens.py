"""What is encrypted at rest, bound to its place: a token opens only in the row and column that it was made
for.

AES-256-GCM under a key of the purpose, with the place as associated data. Keys are derived for each purpose
from the secrets of NOTES_KEY, which themselves encrypt nothing: whoever learns a key has that purpose alone,
and cannot reckon back to the secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# One purpose, one key. The words are part of the derivation: changed, nothing opens any more.
TEXTS: Final = "texts"
FILES: Final = "files"
FACTORS: Final = "second factors"
INDEX: Final = "index"
_MARK: Final = "mark"
MARK_LENGTH: Final = 4


@lru_cache(maxsize=64)
def derived(secret: str, purpose: str) -> bytes:
    """32 bytes that are good for one purpose."""
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"nmt register 1 {purpose}".encode())
    return kdf.derive(base64.urlsafe_b64decode(secret))


def mark(secret: str) -> bytes:
    """By what a token says under which secret it was encrypted, and nothing else of it."""
    return derived(secret, _MARK)[:MARK_LENGTH]


def first() -> str:
    """The secret that encrypts; the others of the list only decrypt."""
    return str(settings.NOTES_KEYS[0])


def digests(column: str, owner: str, text: bytes) -> Iterator[str]:
    """Keyed digests of `text`, one for each secret, the present one's first: of another column or another
    owner they differ, so that nobody sees in the database who shares what with whom."""
    message = b"".join(
        len(part).to_bytes(4, "big") + part for part in (column.encode(), owner.encode(), text)
    )
    for secret in settings.NOTES_KEYS:
        yield hmac.new(derived(secret, INDEX), message, hashlib.sha256).hexdigest()


VERSION: Final = b"s1:"
_NONCE: Final = 12
_HEAD: Final = len(VERSION) + MARK_LENGTH


class NotDecrypted(PermissionDenied):
    """`sentence` is what a page answers, `text` stands where the text would, and `for_operations` is what a
    command says. What is stored stays."""

    text: str | Promise = ""
    for_operations: str = ""
    sentence: str | Promise = ""

    def __init__(self) -> None:
        super().__init__(str(self.sentence))

    def to_keep(self) -> NotDecrypted:
        """The same without where it was raised: kept on a row, that would hold the cursor that read it open,
        until it is closed in the midst of somebody else's transaction."""
        return type(self)()


class KeyMissing(NotDecrypted):
    for_operations = "whose key is not in NOTES_KEY: that key is another"
    text = _("The text cannot be read: its key is missing. Contact operations.")
    sentence = _(
        "What is stored cannot be read: the key it was written under is missing. Contact operations."
    )


class Misplaced(NotDecrypted):
    """The key is there, but the token was made for another place, or has been changed since."""

    for_operations = "which was moved or changed"
    text = _("The text cannot be read: it was moved here, or changed. Contact operations.")
    sentence = _("What is stored cannot be read: it was moved here, or changed. Contact operations.")


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Where a token belongs: `row` is what tells its row from all others."""

    purpose: str
    table: str
    column: str
    row: tuple[str, ...]

    @property
    def data(self) -> bytes:
        parts = (self.table, self.column, *self.row)
        return VERSION + b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)


def encrypt(data: bytes, place: TokenPlace) -> bytes:
    """The token, under the first key."""
    nonce, secret = os.urandom(_NONCE), first()
    ciphertext = AESGCM(derived(secret, place.purpose)).encrypt(nonce, data, place.data)
    return VERSION + mark(secret) + nonce + ciphertext


def decrypt(token: bytes, place: TokenPlace) -> bytes:
    """Raises KeyMissing, or Misplaced where the token was made for another place."""
    if not token.startswith(VERSION):
        raise Misplaced
    marked = token[len(VERSION) : _HEAD]
    secret = next((secret for secret in settings.NOTES_KEYS if mark(secret) == marked), None)
    if secret is None:
        raise KeyMissing
    nonce, ciphertext = token[_HEAD : _HEAD + _NONCE], token[_HEAD + _NONCE :]
    try:
        return AESGCM(derived(secret, place.purpose)).decrypt(nonce, ciphertext, place.data)
    except (InvalidTag, ValueError):
        raise Misplaced from None


def is_current(token: bytes) -> bool:
    """Whether it was encrypted under the first key."""
    return token[:_HEAD] == VERSION + mark(first())
