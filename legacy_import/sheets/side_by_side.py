"""The register beside what sheets say and what was published, and beside a region's sheet of a month. Pure.

A year is carried by two bridges. Each region's goes from the register to what its sheets come to; the
country's from there to what was published. So each difference is explained once, by who knows it. A register
and a spreadsheet of the same persons are compared person by person: which counts differ, and by which rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from legacy_import.sheets.comparison import (
    TOTAL,
    DifferenceReason,
    Of,
    Stated,
    later_ones,
    region_of,
    rows_of_persons,
    why_of,
)
from legacy_import.sheets.reader import Reading, SheetPerson

OFFERED: Final = {  # what a reading knows of a difference, by what an answer calls it
    "not_victim": "not_victim",
    "twice": "twice",
    "two_sheets": "two_regions",
    "two_years": "two_years",
    "accompanying": "accompanying",
    "year": "year",
}


@dataclass(frozen=True)
class SheetSays:
    """Of a region in a year. `told`: persons whom its rows tell of, whoever counts; `said`: its own total,
    None where it has none; `reasons`: what may explain that the register counts others."""

    of: Of
    sheet: str
    told: int
    said: int | None
    reasons: tuple[DifferenceReason, ...] = ()


@dataclass(frozen=True)
class KnownDifference:
    """By how many persons the other total is higher than the nearer one; fewer than none where it is
    lower."""

    of: Of
    persons: int


@dataclass(frozen=True)
class Balance:
    """Of a region, or of the country. `sheets`: what the sheets come to, `published`: what was, each None
    where nothing is said. `explained`: persons, of this bridge alone. `unexplained`: what is left."""

    of: Of
    register: int
    sheets: int | None
    published: int | None
    explained: int
    unexplained: int

    @property
    def done(self) -> bool:
        return self.unexplained == 0


def sheet_says(
    reading: Reading,
    said: Iterable[Stated],
    regions: Mapping[str, str],
    own: Iterable[str],
    named: str = "",
) -> list[SheetSays]:
    """What each sheet says of own regions. A total that names no region is the one region's of its sheet, or
    that of the region which the file is `named` after, where most of its persons are of it."""
    told, undated = _by_sheet(reading, regions)
    totals: dict[tuple[Of, str], dict[str, int]] = defaultdict(dict)
    for one in said:
        if one.of.group == TOTAL and (of := _placed(one, told, named)) is not None:
            known = totals[of, one.sheet]
            # A table of counties adds up to their region; a sum that is written twice is one.
            known[one.part] = max(one.value, known.get(one.part, 0))
    later, mine = later_ones(reading.persons), set(own)
    found = []
    for of, sheet in sorted({*told, *totals}):
        if of.region in mine:
            persons = told.get((of, sheet), [])
            why = _reasons([*persons, *undated.get((of.region, sheet), [])], later)
            found.append(SheetSays(of, sheet, len(persons), _sum(totals.get((of, sheet))), why))
    return found


def _by_sheet(
    reading: Reading, regions: Mapping[str, str]
) -> tuple[dict[tuple[Of, str], list[SheetPerson]], dict[tuple[str, str], list[SheetPerson]]]:
    """Persons by year, region and sheet; and those of no year by region and sheet."""
    told: dict[tuple[Of, str], list[SheetPerson]] = defaultdict(list)
    undated: dict[tuple[str, str], list[SheetPerson]] = defaultdict(list)
    for person in reading.persons:
        region = region_of(person, regions)
        if person.year is None:
            undated[region, person.sheet].append(person)
        else:
            told[Of(person.year, region), person.sheet].append(person)
    return told, undated


def _placed(one: Stated, told: Mapping[tuple[Of, str], list[SheetPerson]], named: str) -> Of | None:
    if one.of.region != TOTAL:
        return one.of
    found = {of: len(some) for (of, sheet), some in told.items()
             if sheet == one.sheet and of.year == one.of.year}  # fmt: skip
    most = Of(one.of.year, named)
    if 2 * found.get(most, 0) > sum(found.values()):
        return most
    return next(iter(found)) if len(found) == 1 else None


def _sum(parts: Mapping[str, int] | None) -> int | None:
    if not parts:
        return None
    return parts.get("") or sum(parts.values())


def _reasons(persons: Sequence[SheetPerson], later: Mapping[int, str]) -> tuple[DifferenceReason, ...]:
    kinds: dict[str, list[SheetPerson]] = defaultdict(list)
    for person in persons:
        if (kind := why_of(person, later)) and kind != "doubt":
            kinds[OFFERED.get(kind, "other")].append(person)
    return tuple(
        DifferenceReason(kind, len(some), rows_of_persons(some)) for kind, some in sorted(kinds.items())
    )


def balances(
    register: Mapping[Of, int],
    sheets: Iterable[SheetSays],
    published: Mapping[Of, int],
    answers: Iterable[KnownDifference],
) -> list[Balance]:
    """For each year that sheets or answers are of: the country first, then its regions in order."""
    said, explained = _come_to(sheets), _explained(answers)
    years = sorted({of.year for of in (*said, *explained)})
    found = []
    for year in years:
        places = {of for of in (*said, *explained, *register) if of.year == year and of.group == TOTAL}
        regions = [_of_region(of, register, said, explained) for of in sorted(places) if of.region != TOTAL]
        found += [_of_country(year, regions, published, explained), *regions]
    return found


def of_groups(
    year: int, register: Mapping[Of, int], published: Mapping[Of, int], answers: Iterable[tuple[Of, int]]
) -> list[Balance]:
    """The country's groups, of which something was published. Answers that name a group explain it, whatever
    region they are of."""
    found = []
    for of in sorted(one for one in published if one.year == year and one.group != TOTAL):
        counted = _of_group(register.items(), year, of.group)
        explained = _of_group(answers, year, of.group)
        left = published[of] - counted - explained
        found.append(Balance(of, counted, None, published[of], explained, left))
    return found


def _of_group(numbers: Iterable[tuple[Of, int]], year: int, group: str) -> int:
    return sum(n for of, n in numbers if of.year == year and of.group == group)


def _come_to(sheets: Iterable[SheetSays]) -> dict[Of, int]:
    """A table of totals is of all that other sheets of the region list; without one these are added up, each
    by its own total or else by its rows."""
    by_place: dict[Of, list[SheetSays]] = defaultdict(list)
    for one in sheets:
        by_place[one.of].append(one)
    found = {}
    for of, some in by_place.items():
        sums = [one.said for one in some if not one.told and one.said is not None]
        found[of] = max(sums) if sums else sum(one.told if one.said is None else one.said for one in some)
    return found


def _explained(answers: Iterable[KnownDifference]) -> dict[Of, int]:
    found: dict[Of, int] = defaultdict(int)
    for one in answers:
        found[Of(one.of.year, one.of.region)] += one.persons
    return found


def _of_region(
    of: Of, register: Mapping[Of, int], said: Mapping[Of, int], explained: Mapping[Of, int]
) -> Balance:
    counted, sheets, known = register.get(of, 0), said.get(of), explained.get(of, 0)
    left = 0 if sheets is None else sheets - counted - known
    return Balance(of, counted, sheets, None, known, left)


def _of_country(
    year: int, regions: list[Balance], published: Mapping[Of, int], explained: Mapping[Of, int]
) -> Balance:
    """Where a region's sheets say nothing, its bridge ends at what the register counts and what explains."""
    of = Of(year)
    sheets = sum(one.register + one.explained if one.sheets is None else one.sheets for one in regions)
    known, told = explained.get(of, 0), published.get(of)
    left = 0 if told is None else told - sheets - known
    return Balance(of, sum(one.register for one in regions), sheets, told, known, left)


def unexplained(rows: Iterable[Balance], year: int) -> int:
    """All that is left of a year, on every bridge: two that cancel are two."""
    return sum(abs(one.unexplained) for one in rows if one.of.year == year)


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


class DifferingPerson(NamedTuple):
    """Persons that the sides tell differently. Either place is "" where that side has nobody; `differ`: the
    facts."""

    sheet: str
    register: str
    differ: tuple[str, ...]


@dataclass(frozen=True)
class ComparedCount:
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

    cells: tuple[ComparedCount, ...]
    rows: tuple[DifferingPerson, ...]
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
    cells = tuple(
        ComparedCount(table, of, there, here, tuple(rows)) for table, of, there, here, rows in told["cells"]
    )
    rows = tuple(DifferingPerson(sheet, register, tuple(differ)) for sheet, register, differ in told["rows"])
    return BothWays(cells, rows, tuple(told["left_out"]))


def both_ways(register: Sequence[One], sheet: Sequence[One]) -> BothWays:
    """Persons are known again by their keys, else by day and facts; who is left stands on one side alone."""
    left_out = _without_column(sheet)
    told = [name for name in FACTS if name not in left_out]
    pairs, only_sheet, only_register = _matched(register, sheet, told)
    sides: list[tuple[One | None, One | None]] = [pair for pair in pairs if _differ(*pair, told)]
    sides += [(None, two) for two in only_sheet]
    sides += [(one, None) for one in only_register]
    rows = tuple(_differing_person(one, two, told) for one, two in sides)
    cells = [cell for table in (ALL, *told) for cell in _cells(table, register, sheet, sides)]
    return BothWays(tuple(cells), rows, left_out)


def _without_column(sheet: Sequence[One]) -> tuple[str, ...]:
    """Return the facts that nobody of a spreadsheet has; none where it has nobody."""
    return tuple(name for name in FACTS if sheet and not any(one.facts.get(name) for one in sheet))


def _differing_person(one: One | None, two: One | None, told: Iterable[str]) -> DifferingPerson:
    differ = _differ(one, two, told) if one and two else ()
    return DifferingPerson(two.place if two else "", one.place if one else "", differ)


def category_of(one: One, table: str) -> str:
    return ALL if table == ALL else one.facts.get(table) or NOT_TOLD


def _differ(one: One, other: One, told: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in told if category_of(one, name) != category_of(other, name))


def _cells(
    table: str, register: Sequence[One], sheet: Sequence[One], sides: Sequence[tuple[One | None, One | None]]
) -> list[ComparedCount]:
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
        ComparedCount(table, category, there[category], here[category], tuple(by[category]))
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
    gone_there: set[int] = set()
    gone_here: set[int] = set()
    for _distance, n, m in sorted(_near(there, here, apart, by)):
        if n not in gone_there and m not in gone_here:
            gone_there.add(n)
            gone_here.add(m)
            pairs.append((there[n], here[m]))
    there[:] = [one for n, one in enumerate(there) if n not in gone_there]
    here[:] = [one for m, one in enumerate(here) if m not in gone_here]


def _near(
    there: Sequence[One],
    here: Sequence[One],
    apart: Callable[[One, One], int | None],
    by: Callable[[One], str],
) -> Iterable[tuple[int, int, int]]:
    """How far two are apart that may be one person, and the number of each on its side."""
    alike: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(there):
        if by(one):
            alike[by(one)].append(number)
    for m, two in enumerate(here):
        for n in alike.get(by(two), ()):
            if (distance := apart(there[n], two)) is not None:
                yield distance, n, m


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
