"""Whose transactions begin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from accounts import transactions
from accounts.access import Access
from exchange import downloads


def begun_from_now(patch: pytest.MonkeyPatch) -> list[Access | None]:
    """Filled by every request and stream that begins one; None: of nobody signed in."""
    real, begun = transactions.transaction_of, list[Access | None]()

    @contextmanager
    def told(access: Access | None, *, writes: bool = True) -> Iterator[None]:
        if writes or connection.vendor != "sqlite":
            begun.append(access)
        with real(access, writes=writes):
            yield

    for module in (transactions, downloads):
        patch.setattr(module, "transaction_of", told)
    return begun
