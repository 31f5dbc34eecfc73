"""The count by who kept a book, beside what was read of it: no guess of the reader gets past it.

Whoever kept the book says of each sheet how many persons are in it, before anything that was read is shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from exchange.sheets import WorkbookSheet
from legacy_import.sheets.reader import SheetPerson

PERSONS: Final = "persons"
GROUPS: Final = ("women", "men", "girls", "boys")
COUNTED: Final = (PERSONS, *GROUPS)
YEARS: Final = "years"
OF_YEARS: Final = re.compile(r"((?:19|20)\d\d)(?:\s*[-–]\s*((?:19|20)\d\d))?")
ROW: Final = "row"  # the kind of the answer that a row is left out
LEFT: Final = "leave"
NOT_COUNTED: Final = ("twice", "accompanying")
MOST_ROWS: Final = 400  # rows of a sheet that are shown beside their count
SheetCount = Mapping[str, Any]  # persons and groups → number, years → text; empty: it is not known
Control = Mapping[str, SheetCount]  # by sheet


@dataclass(frozen=True)
class SheetControl:
    """One sheet: what its keeper has counted, and what was read of it. `first`: how many persons the keeper
    said before the file was read."""

    sheet: str
    said: SheetCount
    read: SheetCount
    first: int | None = None

    @property
    def is_known(self) -> bool:
        return self.said.get(PERSONS) is not None

    @property
    def lines(self) -> list[tuple[str, int, int]]:
        """Return the name, the keeper's number and the one that was read, where the keeper gave one."""
        named = [name for name in COUNTED if self.said.get(name) is not None]
        return [(name, self.said[name], self.read.get(name, 0)) for name in named]

    @property
    def other_years(self) -> list[int]:
        """Return the years that were read and that the keeper does not name."""
        span = years_of(self.said.get(YEARS, ""))
        return [year for year in self.read.get(YEARS, ()) if span and not span[0] <= year <= span[1]]

    @property
    def differs(self) -> bool:
        return bool(self.other_years) or any(said != read for _name, said, read in self.lines)


def years_of(text: str) -> tuple[int, int] | None:
    """Return the first and last of "2017" or "2015–2018"; None where nothing is said."""
    found = OF_YEARS.fullmatch(text.strip())
    return (int(found[1]), int(found[2] or found[1])) if found else None


def counts_of(persons: Iterable[SheetPerson]) -> dict[str, dict[str, Any]]:
    """Return what was read of each sheet: presumed victims, each once, by group, and their years."""
    found: dict[str, Counter[str]] = {}
    years: dict[str, set[int]] = {}
    for person in persons:
        numbers = found.setdefault(person.sheet, Counter())
        if is_counted(person):
            numbers.update([PERSONS, person.group])
            years.setdefault(person.sheet, set()).update([person.year] if person.year else [])
    return {
        sheet: {**{name: numbers[name] for name in COUNTED}, YEARS: sorted(years.get(sheet, ()))}
        for sheet, numbers in found.items()
    }


def is_counted(person: SheetPerson) -> bool:
    return person.left not in NOT_COUNTED and person.facts.get("status") != "not_victim"


def by_line(persons: Iterable[SheetPerson]) -> dict[str, list[list[int]]]:
    """Return by sheet the line of each row with persons, and how many are counted there first."""
    found: dict[str, Counter[int]] = {}
    for person in persons:
        found.setdefault(person.sheet, Counter())[person.lines[0]] += is_counted(person)
    return {sheet: [[line, numbers[line]] for line in sorted(numbers)] for sheet, numbers in found.items()}


def but_left(persons: Iterable[SheetPerson], answers: Mapping[str, str]) -> list[SheetPerson]:
    """Return the persons without those whose rows were left out by hand."""
    left = {key for key, answer in answers.items() if answer == LEFT}
    return [person for person in persons if not {row_key(*place) for place in person.places} <= left]


def row_key(sheet: str, line: int) -> str:
    """Return the key by which it is answered that a row is left out."""
    return f"{ROW}|{sheet}|{line}"


def rows_left(answers: Mapping[str, str]) -> int:
    return sum(answer == LEFT for answer in answers.values())


@dataclass(frozen=True)
class RowShown:
    """A row of the file as it stands there, without what identifies, and how many persons were read of it."""

    line: int
    text: str
    persons: int
    key: str
    is_left: bool


def rows_of(
    page: WorkbookSheet, numbers: Sequence[Sequence[int]], answers: Mapping[str, str]
) -> list[RowShown]:
    """Return the rows of a sheet beside what was counted in each."""
    counted = {line: n for line, n in numbers}
    shown = []
    for row in page.lines[:MOST_ROWS]:
        text = " · ".join(cell for cell in row.cells if cell.strip())
        key = row_key(page.name, row.number)
        if text:
            is_left = answers.get(key) == LEFT
            shown.append(RowShown(row.number, text, counted.get(row.number, 0), key, is_left))
    return shown
