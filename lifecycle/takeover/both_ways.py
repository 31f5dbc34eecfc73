"""A register and a spreadsheet of the same persons, kept side by side for a while: what each counts, which
counts differ, and by which rows. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

ALL: Final = "total"
FACTS: Final = ("group", "main_purpose", "citizenship", "county", "organisation", "month")
NOT_TOLD: Final = "unknown"
IN_A_ROW: Final = 3  # months that agree, and the spreadsheet may be left
_MOST: Final = 2  # facts in which two rows of one day differ and are one person all the same
_NEAR: Final = 31  # days


@dataclass(frozen=True)
class One:
    """A person on one side. `place`: where it stands there; `on`: the day; `keys`: by which the other side
    may know it, the surest first, "" where there is none; `facts`: by name of FACTS."""

    place: str
    on: str
    keys: tuple[str, ...]
    facts: Mapping[str, str]


class Row(NamedTuple):
    """Persons that the sides tell differently. Either place is "" where that side has nobody; `differ`: the
    facts."""

    sheet: str
    register: str
    differ: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """`rows`: places among the rows of what is compared, of those by whom the counts differ."""

    table: str
    category: str
    register: int
    sheet: int
    rows: tuple[int, ...]

    @property
    def equal(self) -> bool:
        return self.register == self.sheet


@dataclass(frozen=True)
class BothWays:
    """`left_out`: facts that the spreadsheet has no column for."""

    cells: tuple[Cell, ...]
    rows: tuple[Row, ...]
    left_out: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Two faults that cancel in every count are two all the same."""
        return not self.rows

    def as_json(self) -> dict[str, Any]:
        return {
            "cells": [
                [one.table, one.category, one.register, one.sheet, list(one.rows)] for one in self.cells
            ],
            "rows": [[row.sheet, row.register, list(row.differ)] for row in self.rows],
            "left_out": list(self.left_out),
        }


def of_json(told: Mapping[str, Any]) -> BothWays:
    cells = tuple(Cell(table, of, there, here, tuple(rows)) for table, of, there, here, rows in told["cells"])
    rows = tuple(Row(sheet, register, tuple(differ)) for sheet, register, differ in told["rows"])
    return BothWays(cells, rows, tuple(told["left_out"]))


def both_ways(register: Sequence[One], sheet: Sequence[One]) -> BothWays:
    """Persons are known again by their keys, else by day and facts; who is left stands on one side alone."""
    told = tuple(name for name in FACTS if not sheet or any(one.facts.get(name) for one in sheet))
    pairs, only_sheet, only_register = _matched(register, sheet, told)
    moved = [(one, other) for one, other in pairs if _differ(one, other, told)]
    rows = [Row(two.place, one.place, _differ(one, two, told)) for one, two in moved]
    sides: list[tuple[One | None, One | None]] = [*moved]
    for two in only_sheet:
        rows.append(Row(two.place, "", ()))
        sides.append((None, two))
    for one in only_register:
        rows.append(Row("", one.place, ()))
        sides.append((one, None))
    cells = [cell for table in (ALL, *told) for cell in _cells(table, register, sheet, sides)]
    return BothWays(tuple(cells), tuple(rows), tuple(name for name in FACTS if name not in told))


def category_of(one: One, table: str) -> str:
    return ALL if table == ALL else one.facts.get(table) or NOT_TOLD


def _differ(one: One, other: One, told: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in told if category_of(one, name) != category_of(other, name))


def _cells(
    table: str, register: Sequence[One], sheet: Sequence[One], sides: Sequence[tuple[One | None, One | None]]
) -> list[Cell]:
    there, here = (
        Counter(category_of(one, table) for one in register),
        Counter(category_of(one, table) for one in sheet),
    )
    by: dict[str, list[int]] = defaultdict(list)
    for number, (one, two) in enumerate(sides):
        categories = [category_of(side, table) for side in (one, two) if side is not None]
        if len(set(categories)) == 2 or len(categories) == 1:
            for category in categories:
                by[category].append(number)
    return [
        Cell(table, category, there[category], here[category], tuple(by[category]))
        for category in sorted({*there, *here})
    ]


# --- who is who ------------------------------------------------------------------------------------------
Pairs = list[tuple[One, One]]


def _matched(
    register: Sequence[One], sheet: Sequence[One], told: Sequence[str]
) -> tuple[Pairs, list[One], list[One]]:
    pairs: Pairs = []
    here, there = list(sheet), list(register)
    for level in range(max((len(one.keys) for one in (*here, *there)), default=0)):
        _by_key(level, pairs, there, here, told)
    _nearest(pairs, there, here, lambda one, two: _same_day(one, two, told), by=lambda one: one.on)
    if len(told) > _MOST:
        _nearest(pairs, there, here, _days, by=lambda one: _but_month(one, told))
    return pairs, here, there


def _by_key(level: int, pairs: Pairs, there: list[One], here: list[One], told: Sequence[str]) -> None:
    """Of several with one key, those that are most alike first."""

    def apart(one: One, two: One) -> int | None:
        mine, others = _key(one, level), _key(two, level)
        return len(_differ(one, two, told)) + (one.on != two.on) if mine and mine == others else None

    _nearest(pairs, there, here, apart, by=lambda one: _key(one, level))


def _key(one: One, level: int) -> str:
    return one.keys[level] if level < len(one.keys) else ""


def _same_day(one: One, two: One, told: Sequence[str]) -> int | None:
    apart = len(_differ(one, two, told))
    return apart if apart <= min(_MOST, max(len(told) - 2, 0)) else None


def _but_month(one: One, told: Sequence[str]) -> str:
    return "|".join(category_of(one, name) for name in told if name != "month")


def _days(one: One, two: One) -> int | None:
    """Alike in all but the day."""
    days = abs((_day(one.on) - _day(two.on)).days)
    return days if days <= _NEAR else None


def _day(on: str) -> date:
    return date.fromisoformat(f"{on}-01-01"[:10])


def _nearest(
    pairs: Pairs,
    there: list[One],
    here: list[One],
    apart: Callable[[One, One], int | None],
    by: Callable[[One], str],
) -> None:
    """Takes pairs out of both sides, those that are least apart first, each person once. `by`: what they
    must have in common."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(there):
        if by(one):
            found[by(one)].append(number)
    near = [
        (distance, n, m)
        for m, two in enumerate(here)
        for n in found.get(by(two), ())
        if (distance := apart(there[n], two)) is not None
    ]
    gone_there: set[int] = set()
    gone_here: set[int] = set()
    for _distance, n, m in sorted(near):
        if n not in gone_there and m not in gone_here:
            gone_there.add(n)
            gone_here.add(m)
            pairs.append((there[n], here[m]))
    there[:] = [one for n, one in enumerate(there) if n not in gone_there]
    here[:] = [one for m, one in enumerate(here) if m not in gone_here]


# --- month after month -----------------------------------------------------------------------------------
class Month(NamedTuple):
    year: int
    month: int

    @property
    def after(self) -> Month:
        return Month(self.year + self.month // 12, self.month % 12 + 1)


def agreed_in_a_row(months: Mapping[Month, bool]) -> int:
    """How many months, back from the newest that was compared, agree one after the other. `months`: whether
    the last comparison of each agreed."""
    count, expected = 0, None
    for month in sorted(months, reverse=True):
        if not months[month] or (expected is not None and month.after != expected):
            break
        count, expected = count + 1, month
    return count
