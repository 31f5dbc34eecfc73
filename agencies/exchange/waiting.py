"""Whose upload is being kept or fetched: django-import-export's storages are not told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from agencies.access import Access

_owner: ContextVar[Access] = ContextVar("owner of the upload")


class Expired(Exception):
    """The file is not there any more, or never was this user's."""


@contextmanager
def owned_by(access: Access) -> Iterator[None]:
    token = _owner.set(access)
    try:
        yield
    finally:
        _owner.reset(token)


def owner() -> Access:
    """Raises LookupError outside `owned_by`: no upload is kept without an owner."""
    return _owner.get()
