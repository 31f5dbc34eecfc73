"""Attempts to sign in are counted in a table that all processes share."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.cache.backends.db import DatabaseCache

from accounts.transactions import again_if_undone


class Attempts(DatabaseCache):
    """What is counted stays counted when the request is taken back: nobody guesses for nothing."""

    def set(self, *args: Any, **options: Any) -> None:
        super().set(*args, **options)
        again_if_undone(partial(super().set, *args, **options))
