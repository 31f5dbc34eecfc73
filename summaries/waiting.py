"""How long persons waited for each measure. Measures are kept to the month, so the unit is calendar months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agencies.access import Access
from summaries.counts import waits


@dataclass(frozen=True, slots=True)
class Wait:
    """`months`: the median number of calendar months from identification, over `persons`; None where there are none.

    0 is the month of identification itself; negative where the support came first.
    """

    measure: str
    months: float | None
    persons: int


def medians(access: Access, year: int, kinds: Sequence[str]) -> tuple[Wait, ...]:
    """One query; every kind in order, those that nobody accepted too."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for row in waits(access, year, year):
        found[row.measure][row.months] = row.n
    return tuple(Wait(kind, median(found[kind].items()), sum(found[kind].values())) for kind in kinds)


def median(weighted: Iterable[tuple[int, int]]) -> float | None:
    """The median of (value, how often), the middle of the two middle values where their number is even.

    >>> median([(0, 2), (3, 2)])
    1.5
    """
    ordered = sorted(weighted)
    total = sum(n for _value, n in ordered)
    if not total:
        return None
    return (_at(ordered, (total - 1) // 2) + _at(ordered, total // 2)) / 2


def _at(ordered: Iterable[tuple[int, int]], place: int) -> int:
    for value, n in ordered:
        if place < n:
            return value
        place -= n
    raise IndexError(place)
