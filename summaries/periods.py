"""Periods of whole months, and the same period a year before. Pure: no clock or settings."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

PRESETS: Final = ("year", "quarter", "half", "twelve", "last_year")
MONTHS: Final = 12
QUARTER: Final = 3
HALF: Final = 6


@dataclass(frozen=True)
class Period:
    """From `first` to `last`, the last day that is counted. `end`: the last day when the period is over."""

    first: date
    last: date
    end: date

    @property
    def is_running(self) -> bool:
        return self.last < self.end

    @property
    def year_before(self) -> Period:
        """The same days a year before: a part of a period is compared with the same part."""
        return Period(_year_before(self.first), _year_before(self.last), _year_before(self.end))


def _year_before(day: date) -> date:
    """Return the day a year before; the last day of February for the last day of February."""
    last = monthrange(day.year - 1, day.month)[1]
    is_last = day.day == monthrange(day.year, day.month)[1]
    return date(day.year - 1, day.month, last if is_last else min(day.day, last))


def of_months(first: date, last: date, today: date) -> Period:
    """Return the period from the month of `first` to that of `last`, counted to `today` where it goes on."""
    end = date(last.year, last.month, monthrange(last.year, last.month)[1])
    return Period(first.replace(day=1), min(end, today), end)


def preset(name: str, today: date) -> Period:
    """Return a period by its name: this year so far, the last whole quarter, half-year, twelve months or
    year. KeyError for another name."""
    lengths = {"quarter": QUARTER, "half": HALF, "twelve": 1}
    if name == "year":
        return of_months(date(today.year, 1, 1), date(today.year, 12, 1), today)
    if name == "last_year":
        return of_months(date(today.year - 1, 1, 1), date(today.year - 1, 12, 1), today)
    length = lengths[name]
    begun = date(today.year, (today.month - 1) // length * length + 1, 1)  # of the part that goes on
    last = begun - timedelta(days=1)
    months = MONTHS if name == "twelve" else length
    return of_months(_back(begun, months), last, today)


def _back(month: date, months: int) -> date:
    """Return the first day of the month so many months before."""
    number = month.year * MONTHS + month.month - 1 - months
    return date(number // MONTHS, number % MONTHS + 1, 1)
