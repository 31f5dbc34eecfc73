"""The year that is not over. What is counted of it is counted so far, and is compared with no other year.

Pure: the day is handed in. It is that of the count: today for what is read, that of its figures for a
version.
"""

from __future__ import annotations

from datetime import date


def so_far(year: int, day: date) -> date | None:
    """`day` where the year is not over then, its last day too; None of a year that is over.

    A part of a year beside a whole one looks like a fall, and may be none. So every difference, every figure
    of the year before and every rate of a year asks here first.

    >>> so_far(2026, date(2026, 12, 31))
    datetime.date(2026, 12, 31)
    >>> so_far(2026, date(2027, 1, 1)) is None
    True
    """
    return day if year >= day.year else None
