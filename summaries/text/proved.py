"""What the shown cells of a year prove, before it is put into words.

First between which values each cell of a protected table must lie, then what that proves of purposes, and
at last all that is proved of a year. Whatever is said holds for every value that the hidden cells could
have, and nothing is said of a group so small, or so little hidden, that its hidden cells follow from the
shown ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product, takewhile
from math import inf
from typing import Final, NamedTuple

from libs.suppression.tables import TOGETHER, TOTAL, Cell, Dimension, Key, ProtectedTable, Status

ROUNDS: Final = 50  # each round tightens; a table of a year needs a handful


class Bounds(NamedTuple):
    """The least and the most; `most` is infinite where nothing limits it."""

    least: float
    most: float

    @property
    def exact(self) -> bool:
        return self.least == self.most

    def above(self, other: Bounds) -> bool:
        """Whether this is larger, whatever the two are."""
        return self.least > other.most


NOTHING_KNOWN: Final = Bounds(0, inf)
SOMEBODY: Final = Bounds(1, inf)


def bounds_of(table: ProtectedTable, *, hidden_is_somebody: bool = False) -> dict[Key, Bounds]:
    """Of every cell of a table over one or two dimensions, margins included."""
    hidden = SOMEBODY if hidden_is_somebody else NOTHING_KNOWN
    found = {cell.key: _first_bound(cell, hidden) for cell in table}
    equations = list(_equations(table))
    for _round in range(ROUNDS):
        before = dict(found)
        for total, parts in equations:
            _tighten(found, total, parts)
        if not table.additive:
            _under_the_total(found, table)
        if found == before:
            break
    return found


def summed(bounds: Iterable[Bounds]) -> Bounds:
    return Bounds(*(sum(one) for one in zip(Bounds(0, 0), *bounds, strict=True)))


def _first_bound(cell: Cell, hidden: Bounds) -> Bounds:
    if cell.value is not None:
        return Bounds(cell.value, cell.value)
    return hidden if cell.status is Status.HIDDEN else NOTHING_KNOWN


def _equations(table: ProtectedTable) -> Iterable[tuple[Key, list[Key]]]:
    """Each total with its parts. Categories of the first dimension that overlap are not added."""
    choices = [(*dimension.parts, TOTAL) for dimension in table.dimensions]
    added = list(enumerate(table.dimensions))[int(not table.additive) :]
    for key in product(*choices):
        for at, dimension in added:
            if key[at] == TOTAL:
                parts = [(*key[:at], category, *key[at + 1 :]) for category in dimension.parts]
                if table.by_key.keys() >= {key, *parts}:
                    yield key, parts


def _tighten(found: dict[Key, Bounds], total: Key, parts: Sequence[Key]) -> None:
    found[total] = _both(found[total], summed(found[part] for part in parts))
    for part in parts:
        rest = summed(found[other] for other in parts if other != part)
        least, most = found[total].least - rest.most, found[total].most - rest.least
        found[part] = _both(found[part], Bounds(max(0, least), max(0, most)))


def _under_the_total(found: dict[Key, Bounds], table: ProtectedTable) -> None:
    """Where categories overlap, none has more than there are persons."""
    for key in found:
        found[key] = _both(found[key], Bounds(0, found.get((TOTAL, *key[1:]), NOTHING_KNOWN).most))


def _both(one: Bounds, other: Bounds) -> Bounds:
    return Bounds(max(one.least, other.least), min(one.most, other.most))


MOST_NAMED: Final = 3
FEWEST: Final = 5  # of fewer persons than these nothing is said but their number
NO_PURPOSE: Final = ("unknown", "not_asked", "other_or_unknown")
THE_REST: Final = ("other", "other_purposes")  # several in one: never itself the most common one


class Named(NamedTuple):
    category: str
    number: int | None

    @property
    def size(self) -> int:
        return self.number or 0

    def has_number(self) -> bool:
        return self.number is not None


Some = tuple[Named, ...]


def numbered(named: Iterable[Named]) -> tuple[Some, Some]:
    """Those with a number, the largest first, and those without, so that no sentence has both."""
    found = tuple(named)
    known = sorted((one for one in found if Named.has_number(one)), key=lambda one: -one.size)
    return tuple(known), tuple(one for one in found if not Named.has_number(one))


def ranked(first: Sequence[Named]) -> tuple[Some, Some]:
    """Return the most common ones with their numbers, and those that come next. None has a number where the
    first has none."""
    known = tuple(takewhile(Named.has_number, first))
    return (known, _bare(first[len(known) :])) if known else (_bare(first), ())


def _bare(named: Iterable[Named]) -> Some:
    return tuple(Named(one.category, None) for one in named)


class Read(NamedTuple):
    table: ProtectedTable
    bounds: Mapping[Key, Bounds]

    def at(self, category: str, column: str) -> Bounds:
        return self.bounds.get((category, column)[: len(self.table.dimensions)], NOTHING_KNOWN)

    def shown(self, category: str, column: str) -> int | None:
        return self.table.value(*(category, column)[: len(self.table.dimensions)])

    def together(self, category: str, columns: Iterable[str]) -> Bounds:
        return summed(self.at(category, column) for column in columns)

    def possible(self, category: str, columns: Iterable[str]) -> list[str]:
        """Return the columns in which somebody may be."""
        return [column for column in columns if self.at(category, column).most != 0]

    @property
    def purposes(self) -> list[str]:
        return [category for category in self.table.dimensions[0].categories if category not in NO_PURPOSE]

    def has(self, column: str) -> bool:
        """Return whether the table has the column; one of totals alone has one of everybody."""
        return column in (self.table.dimensions[1].categories if self.table.dimensions[1:] else (TOTAL,))

    def may_be_published(self, column: str) -> bool:
        """Whether the column has somebody to speak of, and its hidden cells are uncertain."""
        categories = (*self.table.dimensions[0].categories, TOTAL)
        exact = [one for one in categories if self.at(one, column).exact]
        all_shown = None not in [self.shown(one, column) for one in exact]
        return self.has(column) and self.at(TOTAL, column).least >= FEWEST and all_shown


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
        return self.number == self.of is not None


@dataclass(frozen=True, slots=True)
class Purposes:
    """`first`: the most common ones, each above all that come after it; or `tied`, alike and above all
    others.

    `also`: further ones that somebody has. `unsaid`: those whose number is hidden and may be as large as the
    largest that is shown, said of everybody alone. `complete`: nobody has any other. `main`: as main
    purposes, else counting each person at every purpose.
    """

    first: tuple[Named, ...]
    also: tuple[Named, ...]
    main: bool
    tied: bool = False
    complete: bool = False
    unsaid: tuple[Named, ...] = ()

    @property
    def named(self) -> Some:
        return (*self.first, *self.also)

    @property
    def rank(self) -> tuple[bool, bool]:
        return bool(self.first) or self.complete, self.main


def majority(main: Read, columns: Sequence[str]) -> Majority | None:
    """Return the main purpose of more than half of these columns, None where none is proved."""
    if not main.table.additive:
        return None
    columns = [column for column in columns if main.has(column)]  # the headline has the others
    everybody = main.together(TOTAL, columns)
    if everybody.least < FEWEST or not all(
        main.may_be_published(one) for one in main.possible(TOTAL, columns)
    ):
        return None
    for purpose in main.purposes:
        if purpose not in THE_REST and 2 * main.together(purpose, columns).least > everybody.most:
            return _majority_of(main, purpose, columns)
    return None


def _majority_of(main: Read, purpose: str, columns: Sequence[str]) -> Majority:
    alone = _single(main.possible(TOTAL, columns))
    only = "" if alone else _single(main.possible(purpose, columns))
    return Majority(purpose, _added(main, purpose, columns), _added(main, TOTAL, columns), only, alone)


def _single(columns: Sequence[str]) -> str:
    return columns[0] if len(columns) == 1 else ""


def best(main: Read, any_purpose: Read, column: str) -> Purposes | None:
    """By the main purpose or by any, whichever proves more; by the main one where both do."""
    both = (of_column(main, column, main=True), of_column(any_purpose, column, main=False))
    return max((one for one in both if one), key=lambda one: one.rank, default=None)


def of_column(read: Read, column: str, *, main: bool) -> Purposes | None:
    if not read.may_be_published(column):
        return None
    first, tied = _first(read, column)
    somebody = [purpose for purpose in read.purposes if read.at(purpose, column).least > 0]
    complete = main and _nobody_is_in_others(read, column, {*first, *somebody})
    left_out = first if complete else (*first, *THE_REST)
    further = [purpose for purpose in somebody if purpose not in left_out]
    unsaid = [purpose for purpose in further if column == TOTAL and _may_be_large(read, purpose)]
    also = [purpose for purpose in further if purpose not in unsaid]
    named, others, large = (_named(read, column, found) for found in (first, also, unsaid))
    found = Purposes(named, others, main, tied, complete and not unsaid, large)
    return found if found.named or unsaid else None


def _may_be_large(read: Read, purpose: str) -> bool:
    """Return whether a hidden purpose may be as large as the largest one that is shown."""
    if read.shown(purpose, TOTAL) is not None:
        return False
    shown = [read.shown(other, TOTAL) or 0 for other in read.purposes]
    return read.at(purpose, TOTAL).most >= max(*shown, FEWEST)


def _named(read: Read, column: str, purposes: Iterable[str]) -> Some:
    return tuple(Named(purpose, read.shown(purpose, column)) for purpose in purposes)


def _mostly_known(read: Read, column: str) -> bool:
    """Whether less than half of the column may be without a purpose."""
    rows = set(NO_PURPOSE).intersection(read.table.dimensions[0].categories)
    return 2 * summed(read.at(row, column) for row in rows).most < read.at(TOTAL, column).least


def _nobody_is_in_others(read: Read, column: str, rows: set[str]) -> bool:
    possible = {row for row in read.table.dimensions[0].categories if read.at(row, column).most != 0}
    return read.table.additive and possible == rows


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
        if set(chosen) <= set(shown) and all(last.above(one) for one in below):
            return tuple(Named(category, shown[category]) for category in chosen)
    return ()


def _first(read: Read, column: str) -> tuple[tuple[str, ...], bool]:
    """Return the most common purposes, and whether they are tied."""
    if not _mostly_known(read, column):
        return (), False
    bounds = {purpose: read.at(purpose, column) for purpose in read.purposes}
    ordered = sorted(bounds, key=lambda purpose: -bounds[purpose].least)
    leading = tuple(_leading(ordered, bounds))
    if leading:
        return leading, False
    tie = _tied(ordered, bounds)
    return tie, bool(tie)


def _leading(ordered: Sequence[str], bounds: Mapping[str, Bounds]) -> Iterable[str]:
    for at, purpose in enumerate(ordered[:MOST_NAMED]):
        if not _ahead(purpose, ordered[at + 1 :], bounds):
            return
        yield purpose


def _tied(ordered: Sequence[str], bounds: Mapping[str, Bounds]) -> tuple[str, ...]:
    """Return the purposes that are alike and above all others, unless they are too many to name."""
    tie = [purpose for purpose in ordered if bounds[purpose].exact and bounds[purpose] == bounds[ordered[0]]]
    ahead = all(_ahead(purpose, set(ordered) - set(tie), bounds) for purpose in tie)
    return tuple(tie) if ahead and 1 < len(tie) <= MOST_NAMED else ()


def _ahead(purpose: str, others: Iterable[str], bounds: Mapping[str, Bounds]) -> bool:
    if purpose in THE_REST or bounds[purpose].least == 0:
        return False
    return all(bounds[purpose].above(bounds[other]) for other in others)


def _added(read: Read, category: str, columns: Sequence[str]) -> int | None:
    numbers = [read.shown(category, column) for column in columns]
    return None if None in numbers else sum(number for number in numbers if number)


GROUPS: Final = ("women", "men", "girls", "boys", "other", "unknown")
COLUMNS: Final = (TOTAL, *GROUPS[:4], "children")  # those that the text speaks of, whichever the table has
ADULTS: Final = ("women", "men")
CHILDREN: Final = ("girls", "boys")
NO_COUNTRY: Final = ("XS", "ZZ", "not_asked")
HELP: Final = ("shelter", "return")
ABSENT: Final = ProtectedTable("", "", (Dimension("", ()),), ())  # in place of a table that is left out


@dataclass(frozen=True, slots=True)
class Children:
    """Girls and boys, and in the year before. `everybody`: nobody else may be a child in either.

    Nobody where it is not shown how many they are."""

    number: int = 0
    before: int | None = None
    everybody: bool = False


@dataclass(frozen=True)
class Proved:
    """`groups` holds shown numbers only, as does `helped`: measure → persons, None where there are some,
    unsaid how many. `before`: the total of the year before. `so_far`: the day to which a year is counted that
    is not over. `left_out`: persons of whom `groups` alone tell. `alone`: too few for more than the total."""

    year: int
    total: int | None
    groups: Mapping[str, int]
    before: int | None = None
    children: Children = Children()
    broken: bool = False
    adults_most: Majority | None = None
    children_most: Majority | None = None
    purposes: Mapping[str, Purposes] = field(default_factory=dict)
    countries: tuple[Named, ...] = ()
    helped: Mapping[str, int | None] = field(default_factory=dict)
    so_far: date | None = None
    left_out: int = 0
    alone: bool = False

    @property
    def only_the_four_groups(self) -> bool:
        """Whether everybody is a woman, a man, a girl or a boy."""
        return _only_the_four(self.groups)

    @property
    def groups_of_somebody(self) -> dict[str, int]:
        return {group: n for group, n in self.groups.items() if n}

    @property
    def all_are_children(self) -> bool:
        """In both years, so that a sentence on the children would say the same once more."""
        return (self.children.number, self.children.before) == (self.total, self.before)

    @property
    def compares(self) -> bool:
        """Whether a number of the year before stands beside one of this year."""
        return (self.before, self.children.before) != (None, None)


def gather(
    year: int,
    tables: Sequence[ProtectedTable],
    before: Sequence[ProtectedTable] = (),
    *,
    broken: bool = False,
    hidden_is_somebody: bool = False,
    so_far: date | None = None,
) -> Proved:
    """`before` are the protected tables of the year before; `broken` says that the series broke in between.
    Of a year that is not over, but counted `so_far`, nothing is gathered from them: no other year is
    compared.

    `hidden_is_somebody`: zeros are always shown, so that a hidden cell holds a person at least. True of all
    that is protected with no earlier version of the year beside it.
    """
    years = (tables, () if so_far else before)
    named, then = ({table.name: table for table in of_year} for of_year in years)
    groups, groups_then = _shown(named.get("groups", ABSENT)), _shown(then.get("groups", ABSENT))
    main = _read(named.get("main_purpose", ABSENT), hidden_is_somebody)
    any_purpose = _read(named.get("any_purpose", ABSENT), hidden_is_somebody)
    return Proved(
        year=year,
        total=groups.get(TOTAL),
        groups={group: groups[group] for group in (*GROUPS, TOGETHER) if group in groups},
        before=groups_then.get(TOTAL),
        children=_children(groups, groups_then),
        broken=broken,
        adults_most=majority(main, ADULTS),
        children_most=majority(main, CHILDREN) or majority(main, ("children",)),
        purposes={column: found for column in COLUMNS if (found := best(main, any_purpose, column))},
        countries=_countries(named.get("citizenship", ABSENT)),
        helped=_helped(named.get("measures", ABSENT), hidden_is_somebody),
        so_far=so_far,
        left_out=max((table.left_out for table in tables), default=0),
        alone="groups" in named and not named["groups"].dimensions[0].categories,
    )


def _read(table: ProtectedTable, hidden_is_somebody: bool) -> Read:
    return Read(table, bounds_of(table, hidden_is_somebody=hidden_is_somebody))


def _shown(table: ProtectedTable) -> dict[str, int]:
    """Shown values of the first dimension, all else totals."""
    categories = (*table.dimensions[0].categories, TOTAL)
    return {category: n for category in categories if (n := table.value(category)) is not None}


def _only_the_four(groups: Mapping[str, int]) -> bool:
    return groups.get("other") == 0 == groups.get("unknown")


def _children(groups: Mapping[str, int], then: Mapping[str, int]) -> Children:
    if not set(CHILDREN) <= set(groups):
        return Children()
    before = then["girls"] + then["boys"] if set(CHILDREN) <= set(then) else None
    everybody = _only_the_four(groups) and (before is None or _only_the_four(then))
    return Children(groups["girls"] + groups["boys"], before, everybody)


def _countries(table: ProtectedTable) -> tuple[Named, ...]:
    """Each person is counted at one country. Where the list is not all there are, what it leaves no room for
    bounds those that are hidden or left out."""
    shown = _shown(table)
    if TOTAL not in shown:
        return ()
    read = _read(table, hidden_is_somebody=False)
    bounds = {row: read.at(row, TOTAL) for row in table.dimensions[0].categories if row not in NO_COUNTRY}
    if table.additive:
        return most_common(bounds, shown, Bounds(0, 0))
    # For those that are hidden, and those that the list leaves out: the total stands among the shown ones.
    limit = Bounds(0, max(0, 2 * shown[TOTAL] - sum(shown.values())))
    return most_common({row: one if one.exact else limit for row, one in bounds.items()}, shown, limit)


def _helped(table: ProtectedTable, hidden_is_somebody: bool) -> dict[str, int | None]:
    read, shown = _read(table, hidden_is_somebody), _shown(table)
    few = read.at(TOTAL, TOTAL).least < FEWEST
    somebody = {kind: bounds for kind in HELP if (bounds := read.at(kind, TOTAL)).least > 0}
    return {
        kind: shown.get(kind) for kind, one in somebody.items() if kind in shown or not (few or one.exact)
    }
