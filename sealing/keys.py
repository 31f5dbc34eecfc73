"""The keys in use: derived for each purpose from the secrets of NOTES_KEY, which themselves encrypt nothing.

Whoever learns one of them has that purpose alone, and cannot reckon back to the secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

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
    """By what a token says under which secret it was sealed, and nothing else of it."""
    return derived(secret, _MARK)[:MARK_LENGTH]


def first() -> str:
    """The secret that seals; the others of the list only open."""
    return str(settings.NOTES_KEYS[0])


def secret_of(marked: bytes) -> str | None:
    return next((secret for secret in settings.NOTES_KEYS if mark(secret) == marked), None)


def digests(column: str, owner: str, text: bytes) -> Iterator[str]:
    """Keyed digests of `text`, one for each secret, the present one's first: of another column or another
    owner they differ, so that nobody sees in the database who shares what with whom."""
    message = b"".join(
        len(part).to_bytes(4, "big") + part for part in (column.encode(), owner.encode(), text)
    )
    for secret in settings.NOTES_KEYS:
        yield hmac.new(derived(secret, INDEX), message, hashlib.sha256).hexdigest()
