"""When a row is due: whole years after a day, and never before what it hangs together with. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

When = TypeVar("When")


def years_before(day: date, years: int) -> date:
    """The last day whose rows are due on `day` after so many years. Of 29 February rows are due on 1 March:
    what is kept a day longer is no wrong."""
    if day.year - years < date.min.year:
        return date.min
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def years_after(day: date, years: int) -> date:
    """The first day on which a row of `day` is due."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def together(due: Mapping[int, When], ties: Iterable[tuple[int, int]]) -> dict[int, When]:
    """Of those that are `due`, by key, those that are tied to none that is not: whoever is registered twice
    goes at once, or the count of what stays would change."""
    beside: dict[int, set[int]] = defaultdict(set)
    for one, other in ties:
        beside[one].add(other)
        beside[other].add(one)
    stays = beside.keys() - due.keys()
    reached = list(stays)
    while reached:
        fresh = beside[reached.pop()] - stays
        stays |= fresh
        reached += fresh
    return {key: due[key] for key in due.keys() - stays}
