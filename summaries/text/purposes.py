"""What is proved of the purposes of one group: which are the most common, which others there are, and if that
is all.

Whatever is said holds for every value that the hidden cells could have, and nothing is said of a group so
small, or so little hidden, that its hidden cells follow from the shown ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final, NamedTuple

from summaries.tables import TOTAL, Key, ProtectedTable, Status
from summaries.text.bounds import NOTHING_KNOWN, Bounds, summed

MOST_NAMED: Final = 3
LONG: Final = (
    3  # so many purposes without numbers are listed as purposes, not as what somebody was exploited for
)
FEWEST: Final = 5  # of fewer persons than these nothing is said but their number
NO_PURPOSE: Final = ("unknown", "not_asked", "other_or_unknown")
THE_REST: Final = ("other", "other_purposes")  # several in one: never itself the most common one


class Named(NamedTuple):
    """A category, with its number where that is shown."""

    category: str
    number: int | None


Some = tuple[Named, ...]


def numbered(named: Iterable[Named]) -> tuple[Some, Some]:
    """Those with a number, the largest first, and those without, so that no sentence has both."""
    found = tuple(named)
    known = sorted((one for one in found if one.number is not None), key=lambda one: -(one.number or 0))
    return tuple(known), tuple(one for one in found if one.number is None)


def ranked(first: Sequence[Named]) -> tuple[Some, Some]:
    """The most common ones: those that are told with their numbers, and those that come next. None has a
    number where the first has none."""
    known = tuple(takewhile(lambda one: one.number is not None, first))
    return (known or _bare(first)), _bare(first[len(known) :] if known else ())


def _bare(named: Iterable[Named]) -> Some:
    return tuple(Named(one.category, None) for one in named)


class Read(NamedTuple):
    table: ProtectedTable
    bounds: Mapping[Key, Bounds]

    def at(self, category: str, column: str) -> Bounds:
        return self.bounds.get((category, column), NOTHING_KNOWN)

    def shown(self, category: str, column: str) -> int | None:
        cell = self.table.by_key.get((category, column))
        return cell.value if cell and cell.status is Status.SHOWN else None

    @property
    def purposes(self) -> list[str]:
        return [category for category in self.table.dimensions[0].categories if category not in NO_PURPOSE]

    def has(self, column: str) -> bool:
        return len(self.table.dimensions) == 2 and column in self.table.dimensions[1].categories

    def may_be_told(self, column: str) -> bool:
        """Whether the column has somebody to speak of, and its hidden cells are uncertain."""
        categories = (*self.table.dimensions[0].categories, TOTAL)
        certain = [
            one for one in categories if self.shown(one, column) is None and self.at(one, column).exact
        ]
        return self.has(column) and self.at(TOTAL, column).least >= FEWEST and not certain


@dataclass(frozen=True, slots=True)
class Majority:
    """More than half have `purpose` as their main one: `number` of `of`, where both are shown.

    `only` is the group they all are of, where that is proved; `alone` the group that everybody is of.
    """

    purpose: str
    number: int | None = None
    of: int | None = None
    only: str = ""
    alone: str = ""

    @property
    def all(self) -> bool:
        return self.number is not None and self.number == self.of


@dataclass(frozen=True, slots=True)
class Purposes:
    """`first`: the most common ones, each above all that come after it; or `tied`, alike and above all
    others.

    `also`: further ones that somebody has. `complete`: nobody has any other. `main`: as main purposes, else
    counting each person at every purpose.
    """

    first: tuple[Named, ...]
    also: tuple[Named, ...]
    main: bool
    tied: bool = False
    complete: bool = False

    @property
    def rank(self) -> tuple[bool, bool]:
        return bool(self.first) or self.complete, self.main


def majority(main: Read | None, columns: Sequence[str]) -> Majority | None:
    if main is None or not main.table.additive:
        return None
    columns = [column for column in columns if main.has(column)]  # the others are told of in the headline
    everybody = summed(main.at(TOTAL, column) for column in columns)
    there = [column for column in columns if main.at(TOTAL, column).most != 0]
    if not everybody.most or everybody.least < FEWEST or not all(map(main.may_be_told, there)):
        return None
    for purpose in main.purposes:
        cells = {column: main.at(purpose, column) for column in columns}
        if purpose not in THE_REST and 2 * summed(cells.values()).least > everybody.most:
            held = [column for column, bounds in cells.items() if bounds.most != 0]
            only, alone = (some[0] if len(some) == 1 else "" for some in (held, there))
            numbers = _added(main, purpose, columns), _added(main, TOTAL, columns)
            return Majority(purpose, *numbers, "" if alone else only, alone)
    return None


def best(main: Read | None, any_purpose: Read | None, column: str) -> Purposes | None:
    """By the main purpose or by any, whichever proves more; by the main one where both do."""
    found = [
        one for read in (main, any_purpose) if read and (one := of_column(read, column, main=read is main))
    ]
    return max(found, key=lambda one: one.rank, default=None)


def of_column(read: Read, column: str, *, main: bool) -> Purposes | None:
    if not read.may_be_told(column):
        return None
    bounds = {purpose: read.at(purpose, column) for purpose in read.purposes}
    first, tied = _first(bounds) if _mostly_known(read, column) else ((), False)
    also = [purpose for purpose in bounds if bounds[purpose].least > 0 and purpose not in first]
    complete = main and read.table.additive and _possible(read, column) == {*first, *also}
    if not complete:
        also = [purpose for purpose in also if purpose not in THE_REST]
    if not first and not also:
        return None
    named = {purpose: Named(purpose, read.shown(purpose, column)) for purpose in (*first, *also)}
    return Purposes(
        tuple(named[purpose] for purpose in first),
        tuple(named[purpose] for purpose in also),
        main,
        tied,
        complete,
    )


def _mostly_known(read: Read, column: str) -> bool:
    """Whether less than half of the column may be without a purpose."""
    rows = [row for row in NO_PURPOSE if row in read.table.dimensions[0].categories]
    unknown = summed(read.at(row, column) for row in rows)
    return unknown.most is not None and 2 * unknown.most < read.at(TOTAL, column).least


def _possible(read: Read, column: str) -> set[str]:
    """Return the rows that somebody may be in."""
    return {row for row in read.table.dimensions[0].categories if read.at(row, column).most != 0}


def most_common(
    bounds: Mapping[str, Bounds], shown: Mapping[str, int], left_out: Bounds
) -> tuple[Named, ...]:
    """The largest set of at most three shown ones that are each above every other, whatever the hidden values
    are, and above any that is `left_out`."""
    ordered = sorted(bounds, key=lambda category: (-bounds[category].least, category))
    for size in range(min(MOST_NAMED, len(ordered)), 0, -1):
        chosen, others = ordered[:size], ordered[size:]
        last = bounds[chosen[-1]]
        below = (left_out, *(bounds[other] for other in others))
        if set(chosen) <= set(shown) and all(map(last.above, below)):
            return tuple(Named(category, shown[category]) for category in chosen)
    return ()


def _first(bounds: Mapping[str, Bounds]) -> tuple[tuple[str, ...], bool]:
    ordered = sorted(bounds, key=lambda purpose: -bounds[purpose].least)
    chain: list[str] = []
    for at, purpose in enumerate(ordered[:MOST_NAMED]):
        if not _ahead(purpose, ordered[at + 1 :], bounds):
            break
        chain.append(purpose)
    if chain:
        return tuple(chain), False
    tie = [purpose for purpose in ordered if bounds[purpose].exact and bounds[purpose] == bounds[ordered[0]]]
    others = [purpose for purpose in ordered if purpose not in tie]
    alone = 1 < len(tie) <= MOST_NAMED and all(_ahead(purpose, others, bounds) for purpose in tie)
    return (tuple(tie), True) if alone else ((), False)


def _ahead(purpose: str, others: Sequence[str], bounds: Mapping[str, Bounds]) -> bool:
    if purpose in THE_REST or bounds[purpose].least == 0:
        return False
    return all(bounds[purpose].above(bounds[other]) for other in others)


def _added(read: Read, category: str, columns: Sequence[str]) -> int | None:
    found = [read.shown(category, column) for column in columns]
    known = [n for n in found if n is not None]
    return sum(known) if len(known) == len(found) else None
