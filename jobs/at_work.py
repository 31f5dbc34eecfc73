"""Which run the worker is at, for the lines of its log: its code, which stands in the address of its page,
and the role of whoever asked for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_present: ContextVar[tuple[str, str]] = ContextVar("present", default=("", ""))


def present() -> tuple[str, str]:
    """Code and role; empty where none is under way."""
    return _present.get()


@contextmanager
def at_work(code: str, role: str) -> Iterator[None]:
    mark = _present.set((code, role))
    try:
        yield
    finally:
        _present.reset(mark)
