"""What the register counts beside what sheets say and what was published, and what of each difference is not
explained yet. Pure.

Two bridges carry a year. Each region's goes from the register to what its sheets come to; the country's from
there to what was published. So each difference is explained once, by who knows it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Final

from legacy_import.sheets.comparison import (
    TOTAL,
    DifferenceReason,
    Of,
    Stated,
    later_ones,
    reasons_of,
    region_of,
    totals_of,
    why_of,
)
from legacy_import.sheets.reader import Reading, SheetPerson
from libs.groups import grouped

# What a reading knows of a difference, by what an answer calls it.
OFFERED: Final = {
    **{kind: kind for kind in ("not_victim", "twice", "two_years", "accompanying", "year")},
    "two_sheets": "two_regions",
}
KnownDifference = tuple[Of, int]  # by how many persons the other total is higher than the nearer one


@dataclass(frozen=True)
class SheetTotal:
    """Of a region in a year. `told`: persons whom its rows tell of, whoever counts; `said`: its own total,
    None where it has none; `reasons`: what may explain that the register counts others."""

    of: Of
    sheet: str
    told: int
    said: int | None
    reasons: tuple[DifferenceReason, ...] = ()


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


def sheet_totals(
    reading: Reading, said: Iterable[Stated], regions: Mapping[str, str], own: Iterable[str], named: str = ""
) -> list[SheetTotal]:
    """What each sheet says of own regions. A total that names no region is the one region's of its sheet, or
    that of the region which the file is `named` after, where most of its persons are of it."""
    persons_of, undated = _by_sheet(reading, regions)
    placed = [
        replace(one, of=of)
        for one in said
        if one.of.group == TOTAL and (of := _placed(one, persons_of, named))
    ]
    totals = totals_of(placed)
    later, mine = later_ones(reading.persons), set(own)
    found = []
    for of, sheet in sorted({*persons_of, *totals}):
        if of.region in mine:
            persons = persons_of.get((of, sheet), [])
            why = _reasons([*persons, *undated.get((of.region, sheet), [])], later)
            found.append(SheetTotal(of, sheet, len(persons), totals.get((of, sheet)), why))
    return found


def _by_sheet(
    reading: Reading, regions: Mapping[str, str]
) -> tuple[dict[tuple[Of, str], list[SheetPerson]], dict[tuple[str, str], list[SheetPerson]]]:
    """Persons by year, region and sheet; and those of no year by region and sheet."""
    persons_of: dict[tuple[Of, str], list[SheetPerson]] = defaultdict(list)
    undated: dict[tuple[str, str], list[SheetPerson]] = defaultdict(list)
    for person in reading.persons:
        region = region_of(person, regions)
        if person.year is None:
            undated[region, person.sheet].append(person)
        else:
            persons_of[Of(person.year, region), person.sheet].append(person)
    return persons_of, undated


def _placed(one: Stated, told: Mapping[tuple[Of, str], list[SheetPerson]], named: str) -> Of | None:
    if one.of.region != TOTAL:
        return one.of
    here = (one.sheet, one.of.year)
    found = {of: len(some) for (of, sheet), some in told.items() if (sheet, of.year) == here}
    most = Of(one.of.year, named)
    if 2 * found.get(most, 0) > sum(found.values()):
        return most
    return next(iter(found)) if len(found) == 1 else None


def _reasons(persons: Iterable[SheetPerson], later: Mapping[int, str]) -> tuple[DifferenceReason, ...]:
    kinds: dict[str, list[SheetPerson]] = defaultdict(list)
    for person in persons:
        if (kind := why_of(person, later)) not in {"", "doubt"}:
            kinds[OFFERED.get(kind, "other")].append(person)
    return reasons_of(kinds)


def balances(
    register: Mapping[Of, int],
    sheets: Iterable[SheetTotal],
    published: Mapping[Of, int],
    answers: Iterable[KnownDifference],
) -> list[Balance]:
    """For each year that sheets or answers are of: the country first, then its regions in order."""
    facts, explained = _come_to(sheets), Counter[Of]()
    for of, persons in answers:
        explained[of._replace(group=TOTAL)] += persons
    places = sorted({*facts, *explained, *register})
    own = [of for of in places if of.group == TOTAL != of.region]
    found = []
    for year in sorted({one.year for one in facts.keys() | explained.keys()}):
        regions = [_of_region(of, register, facts, explained) for of in own if of.year == year]
        found += [_of_country(year, regions, published, explained), *regions]
    return found


def of_groups(
    year: int, register: Mapping[Of, int], published: Mapping[Of, int], answers: Iterable[KnownDifference]
) -> list[Balance]:
    """The country's groups, of which something was published. Answers that name a group explain it, whatever
    region they are of."""
    found = []
    for of in sorted(one for one in published if one.year == year and one.group != TOTAL):
        counted = _of_group(register.items(), of)
        explained = _of_group(answers, of)
        left = published[of] - counted - explained
        found.append(Balance(of, counted, None, published[of], explained, left))
    return found


def _of_group(numbers: Iterable[tuple[Of, int]], wanted: Of) -> int:
    return sum(n for of, n in numbers if (of.year, of.group) == (wanted.year, wanted.group))


def _come_to(sheets: Iterable[SheetTotal]) -> dict[Of, int]:
    """A table of totals is of all that other sheets of the region list; without one these are added up, each
    by its own total or else by its rows."""
    by_place = grouped(sheets, attrgetter("of"))
    found = {}
    for of, some in by_place.items():
        sums = [total.said for total in some if not total.told and total.said is not None]
        together = sum(one.told if one.said is None else one.said for one in some)
        found[of] = max(sums, default=together)
    return found


def _of_region(of: Of, register: Mapping[Of, int], said: Mapping[Of, int], explained: Counter[Of]) -> Balance:
    counted, sheets = register.get(of, 0), said.get(of)
    left = 0 if sheets is None else sheets - counted - explained[of]
    return Balance(of, counted, sheets, None, explained[of], left)


def _of_country(
    year: int, regions: list[Balance], published: Mapping[Of, int], explained: Counter[Of]
) -> Balance:
    """Where a region's sheets say nothing, its bridge ends at what the register counts and what explains."""
    of = Of(year)
    sheets = sum(one.register + one.explained if one.sheets is None else one.sheets for one in regions)
    persons_of = published.get(of)
    left = 0 if persons_of is None else persons_of - sheets - explained[of]
    counted = sum(region.register for region in regions)
    return Balance(of, counted, sheets, persons_of, explained[of], left)


def unexplained(rows: Iterable[Balance], year: int) -> int:
    """All that is left of a year, on every bridge: two that cancel are two."""
    return sum(abs(row.unexplained) for row in rows if row.of.year == year)
