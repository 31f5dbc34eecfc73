"""What is encrypted at rest, under keys outside the database: the first key encrypts, all of them decrypt."""

from __future__ import annotations

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.utils.translation import gettext as _

__all__ = ["InvalidToken", "KeyMissing", "decrypt", "encrypt", "fernet", "opened"]


class KeyMissing(InvalidToken, PermissionDenied):
    """None of the keys fits. A page answers with the sentence; nothing that is stored is touched."""


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise ImproperlyConfigured(
            "NOTES_KEY must be one or more keys made by 'manage.py make_key'."
        ) from None


def fernet() -> MultiFernet:
    return _fernet(tuple(settings.NOTES_KEYS))


def encrypt(text: str) -> str:
    return fernet().encrypt(text.encode()).decode("ascii")


def decrypt(token: str) -> str:
    """Raises KeyMissing when no key fits."""
    return opened(token.encode()).decode()


def opened(token: bytes) -> bytes:
    """Raises KeyMissing when no key fits."""
    try:
        return fernet().decrypt(token)
    except InvalidToken:
        raise KeyMissing(
            _("What is stored cannot be read: the key it was written under is missing. Contact operations.")
        ) from None
