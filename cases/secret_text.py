"""The keyed index by which a reference is matched exactly, beside the encrypted text."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

from agencies.secrecy import encrypt, fernet
from agencies.secret_text import SecretTextField, Unreadable, decrypt

__all__ = ["SecretTextField", "Unreadable", "decrypt", "encrypt", "fernet", "index", "indexes"]


def indexes(text: str) -> list[str]:
    """Keyed digests of `text`, one for each key, the present key's first. Empty for an empty text."""
    folded = " ".join(text.split()).casefold()
    if not folded:
        return []
    return [
        hmac.new(b"index:" + key.encode(), folded.encode(), hashlib.sha256).hexdigest() for key in settings.NOTES_KEYS
    ]


def index(text: str) -> str:
    return next(iter(indexes(text)), "")
