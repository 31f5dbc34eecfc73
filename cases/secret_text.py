"""The keyed index by which a whole reference is found, beside the encrypted text."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

from cases.rules.references import folded
from sealing.secrecy import encrypt, fernet
from sealing.secret_text import SecretTextField, Unreadable, decrypt

__all__ = ["SecretTextField", "Unreadable", "decrypt", "encrypt", "fernet", "index", "indexes"]


def indexes(text: str) -> list[str]:
    """Keyed digests of `text`, one for each key, the present key's first; those of another spelling of the
    same reference are equal. Empty for an empty text."""
    same = folded(text).encode()
    if not same:
        return []
    return [
        hmac.new(b"index:" + key.encode(), same, hashlib.sha256).hexdigest() for key in settings.NOTES_KEYS
    ]


def index(text: str) -> str:
    return next(iter(indexes(text)), "")
