"""The capture-history table: how many persons are on exactly which lists; how it is read from a file; and
which lists a person counts as being on, when one organisation was sent to the person by another.

A list says something of who is on none only if it finds persons by itself. Who is found by the police
because the support line passed the case on is on both lists for one reason, and the lists look as if
together they held nearly everybody. So an identification that follows a referral to its organisation is
left out, unless it is the first: somebody did find the person then.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray


# Beyond this a count is a typing error, and doubles would no longer hold it exactly.
MAX_PERSONS: Final = 10**12
COUNT = "count"
# R writes a million as 1e+06, so a whole number may be written that way.
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?", re.ASCII)


class CaptureTableError(ValueError):
    """A table that cannot be read; the message is one sentence for the person who sent it."""


def read_csv(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    """The names of the lists, and (mask, persons) for each row. Raises CaptureTableError.

    Strict about numbers, easy about delimiters, quotes and blank lines.
    """
    rows = _rows(text)
    _refuse(("The table is empty.", not rows))
    names, place = _columns(rows[0][1])
    return names, [_history(line, cells, len(names), place) for line, cells in rows[1:]]


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """(line number, cells) of every row that is not blank, cells without surrounding space."""
    lines = text.removeprefix("\ufeff").splitlines()
    header = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        rows = [(reader.line_num, _trimmed(cells)) for cells in reader]
    except csv.Error as error:
        raise CaptureTableError(f"Line {reader.line_num} is not a row of a CSV file ({error}).") from None
    return [row for row in rows if row[1]]


def _trimmed(cells: list[str]) -> list[str]:
    """Without surrounding space and without empty cells at the end of the row."""
    cells = [cell.strip() for cell in cells]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _columns(header: list[str]) -> tuple[list[str], int]:
    """The names of the lists, and the place of the column `count`."""
    lowered = [one.lower() for one in header]
    _refuse(("The table needs exactly one column named count, as its last.", lowered.count(COUNT) != 1))
    place = lowered.index(COUNT)
    names = header[:place] + header[place + 1 :]
    _refuse(
        ("The table has no column for a list.", not names),
        ("A column of the table has no name.", "" in names),
        ("Two columns of the table have the same name.", len(set(names)) != len(names)),
    )
    return names, place


def _refuse(*faults: tuple[str, bool]) -> None:
    """Raise CaptureTableError with the sentence of the first fault that holds, if one does."""
    for sentence, holds in faults:
        if holds:
            raise CaptureTableError(sentence)


def _history(line: int, cells: list[str], lists: int, place: int) -> tuple[int, int]:
    columns = len(cells)
    _refuse((f"Line {line} has {columns} columns, and the header {lists + 1}.", columns != lists + 1))
    persons = _count(line, cells[place])
    marks = cells[:place] + cells[place + 1 :]
    on_none = {*marks} == {"0"}
    _refuse(
        (f"Line {line}: a list column holds something else than 0 or 1.", not {*marks} <= {"0", "1"}),
        (
            f"Line {line} counts persons on no list, which is what is to be estimated.",
            on_none and persons > 0,
        ),
    )
    return int("".join(reversed(marks)), base=2), persons


def _count(line: int, cell: str) -> int:
    _refuse((f"Line {line}: the count is not a number.", not _NUMBER.fullmatch(cell)))
    number = Decimal(cell)
    _refuse(
        (f"Line {line}: the count is negative.", number < 0),
        (f"Line {line}: the count is more than {MAX_PERSONS:,}.", number > MAX_PERSONS),
        (f"Line {line}: the count is not a whole number.", number != number.to_integral_value()),
    )
    return int(number)


@dataclass(frozen=True)
class CaptureTable:
    """`lists` in the order given; `histories` as sorted (mask, persons), bit i of the mask standing for
    `lists[i]`.

    Histories that nobody has are left out. The history on no list at all is what is estimated, and never
    here.
    """

    lists: tuple[str, ...]
    histories: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        _refuse(
            ("Two lists have the same name.", len(set(self.lists)) != len(self.lists)),
            (f"The counts add up to more than {MAX_PERSONS:,} persons.", self.observed > MAX_PERSONS),
        )

    @classmethod
    def from_counts(cls, lists: Sequence[str], counts: Iterable[tuple[int, int]]) -> CaptureTable:
        """From (mask, persons) in any order; equal masks are added up, zeros and the mask 0 are left out."""
        total: Counter[int] = Counter()
        for mask, persons in counts:
            total[mask] += persons
        del total[0]
        return cls(tuple(lists), tuple(sorted((+total).items())))

    @classmethod
    def from_persons(cls, persons: Iterable[tuple[Hashable, Iterable[str]]]) -> CaptureTable:
        """From (person, names of lists); a person given twice is on the lists of both."""
        of_person: dict[Hashable, set[str]] = {}
        for person, names in persons:
            of_person.setdefault(person, set()).update(names)
        order = sorted(set().union(*of_person.values()))
        place = {name: 1 << i for i, name in enumerate(order)}
        return cls.from_counts(
            order, ((sum(place[name] for name in names), 1) for names in of_person.values())
        )

    @classmethod
    def from_csv(cls, text: str) -> CaptureTable:
        """A row a history: a column of 0/1 a list, and the column `count`. Raises CaptureTableError."""
        return cls.from_counts(*read_csv(text))

    @cached_property
    def observed(self) -> int:
        """Persons on at least one list."""
        return sum(history[1] for history in self.histories)

    @cached_property
    def overlap(self) -> int:
        """Persons on at least two lists."""
        return self.observed - self.on_exactly(1)

    def place(self, name: str) -> int:
        _refuse((f"There is no list called {name}.", name not in self.lists))
        return self.lists.index(name)

    def names(self, mask: int) -> list[str]:
        """The lists of a history."""
        return [name for i, name in enumerate(self.lists) if mask >> i & 1]

    def size(self, name: str) -> int:
        """Persons on the list."""
        return self.shared(name)

    def shared(self, *names: str) -> int:
        """Persons on all the lists named, whatever other lists they are on."""
        bits = sum(1 << self.place(name) for name in names)
        return sum(persons for mask, persons in self.histories if mask & bits == bits)

    def on_exactly(self, number: int) -> int:
        """Persons on exactly so many lists."""
        return sum(persons for mask, persons in self.histories if mask.bit_count() == number)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every pair of lists, in the order (1,2), (1,3), …"""
        return combinations(self.lists, 2)

    def moved(self, lists: Sequence[str], places: Sequence[int]) -> CaptureTable:
        """List i becomes list `places[i]` of the new table; -1 drops it, and who was on no other."""
        bits = [(1 << i, 1 << place) for i, place in enumerate(places) if place >= 0]
        moved = ((_moved(mask, bits), persons) for mask, persons in self.histories)
        return CaptureTable.from_counts(lists, moved)

    def ordered(self, lists: Sequence[str]) -> CaptureTable:
        """The same table with its columns in this order; a list not named is dropped."""
        return self.moved(lists, [lists.index(name) if name in lists else -1 for name in self.lists])

    def without(self, name: str) -> CaptureTable:
        """The list left out, and with it the persons that no other list holds."""
        place = self.place(name)
        return self.ordered(self.lists[:place] + self.lists[place + 1 :])

    def without_empty(self) -> CaptureTable:
        return self.ordered([one for one in self.lists if self.size(one)])

    def merged(self, names: Iterable[str], into: str) -> CaptureTable:
        """The lists named become one, at the place of the first of them."""
        joined = {self.lists[self.place(name)]: into for name in names}
        _refuse((f"There is a list called {into} already.", into in set(self.lists) - joined.keys()))
        renamed = [joined.get(name, name) for name in self.lists]
        lists = list(dict.fromkeys(renamed))
        return self.moved(lists, [lists.index(one) for one in renamed])

    def held_by(self, name: str) -> CaptureTable:
        """The persons on that list, seen from the other lists; those on no other list are left out."""
        bit = 1 << self.place(name)
        remaining = tuple((mask, persons) for mask, persons in self.histories if mask & bit)
        return CaptureTable(self.lists, remaining).without(name)

    def digest(self) -> str:
        """SHA-256 of the lists, their order and the counts: the key of a cached result."""
        return hashlib.sha256(json.dumps([self.lists, self.histories]).encode()).hexdigest()

    def vector(self) -> NDArray[float64]:
        """Persons for each of the 2^t - 1 histories, the history with mask w at place w - 1."""
        import numpy as np

        counts = np.zeros(2 ** len(self.lists) - 1)
        for mask, persons in self.histories:
            counts[mask - 1] = persons
        return counts


def _moved(mask: int, bits: Sequence[tuple[int, int]]) -> int:
    """Return a history whose lists have got other bits; a list without one is dropped."""
    return sum({new for old, new in bits if mask & old})


@dataclass(frozen=True)
class Sighting:
    """One identification: its day, its organisation, and the list that the organisation is on."""

    on: date
    agency: str
    list: str


@dataclass(frozen=True)
class Sent:
    on: date
    to: str


def by_themselves(sightings: Iterable[Sighting], sent: Iterable[Sent]) -> list[Sighting]:
    """Those that followed no referral, and the first of all; earliest first.

    Of the same day, one that followed a referral comes after one that did not.
    """
    sent = list(sent)
    ordered = sorted(((one.on, _followed(one, sent), one) for one in sightings), key=lambda row: row[:2])
    later = (one for one in ordered[1:] if not one[1])
    return [sighting for _on, _followed, sighting in (*ordered[:1], *later)]


def _followed(one: Sighting, sent: list[Sent]) -> bool:
    return any(referral.to == one.agency and referral.on <= one.on for referral in sent)
