"""A double click or a repeated POST does the work once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from cases.models import SentForm


class AlreadySent(Exception):
    """The form with this token has done its work."""


@contextmanager
def once(token: uuid.UUID | None) -> Iterator[None]:
    """A transaction that takes `token`; a form without one is not guarded. Raises AlreadySent before any
    work."""
    with transaction.atomic():
        if token is not None and not SentForm.objects.get_or_create(token=token)[1]:
            raise AlreadySent
        yield
