"""How long persons waited for each measure.

Measures are kept to the month, so the days are known only between a least and a most. The median of the least
and that of the most enclose the median of the true days, whatever these are.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.access import Access
from summaries.counting.counts import Waited, waits


@dataclass(frozen=True, slots=True)
class Wait:
    """Medians over `persons`: calendar months from identification, and days, at least and at most. None: no
    persons.

    0 months is the month of identification itself, where the measure is taken not to have come before;
    negative is support that came in an earlier month.
    """

    measure: str
    persons: int
    months: float | None
    least: float | None
    most: float | None


def medians(access: Access, year: int, kinds: Sequence[str]) -> tuple[Wait, ...]:
    """One query; every kind in order, those that nobody accepted too."""
    rows = waits(access, year)
    return tuple(_wait(kind, [row for row in rows if row.measure == kind]) for kind in kinds)


def _wait(kind: str, rows: Sequence[Waited]) -> Wait:
    months, least, most = Counter[int](), Counter[int](), Counter[int]()
    for row in rows:
        low, high = days(row)
        months[
            (row.month.year - row.identified_on.year) * 12 + row.month.month - row.identified_on.month
        ] += row.n
        least[low] += row.n
        most[high] += row.n
    return Wait(kind, months.total(), *(median(found.items()) for found in (months, least, most)))


def days(row: Waited) -> tuple[int, int]:
    """The fewest and the most days there can be between the identification and some day of the month."""
    first = (row.month - row.identified_on).days
    last = first + monthrange(row.month.year, row.month.month)[1] - 1
    return (0 if first <= 0 <= last else first), last


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
