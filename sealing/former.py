"""Tokens of before they were bound to a place (Fernet), until `manage.py rotate_keys` has brought them over.

They open wherever they stand: that is why they are no longer made, and why OLD_TEXTS=0 refuses them.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from sealing.secrecy import KeyMissing, Misplaced


@lru_cache(maxsize=8)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def is_former(token: bytes) -> bool:
    """Version and the first bytes of a time in this century, in base64."""
    return token.startswith(b"gAAAA")


def opened(token: bytes) -> bytes:
    """Raises KeyMissing, or Misplaced where none is to be opened any more."""
    if not settings.OLD_TEXTS:
        raise Misplaced
    try:
        return _fernet(tuple(settings.NOTES_KEYS)).decrypt(token)
    except InvalidToken:
        raise KeyMissing from None


def digests(text: bytes) -> Iterator[str]:
    """Of the index as it was: the same for all columns and owners."""
    for key in settings.NOTES_KEYS if settings.OLD_TEXTS else ():
        yield hmac.new(b"index:" + key.encode(), text, hashlib.sha256).hexdigest()
