"""Values by their key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar

K = TypeVar("K")
T = TypeVar("T")
V = TypeVar("V")


def grouped(rows: Iterable[T], key: Callable[[T], K]) -> defaultdict[K, list[T]]:
    """Return the rows of each key, in their order; of a key that no row has, none."""
    return by_key((key(row), row) for row in rows)


def by_key(pairs: Iterable[tuple[K, V]]) -> defaultdict[K, list[V]]:
    """Return the second of each pair by the first, in their order."""
    found: defaultdict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found
