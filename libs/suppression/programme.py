"""The attacker's view as numbers: variables, what is known of each, how they hang together, what must stay
uncertain.

A variable is a figure with a value: a version of the ledger that gives the same value is the same variable,
one that gives another value is a variable of its own, tied to the package's by their difference.

The attacker knows how the figures of one publication hang together. Where parts add up: total = sum of the
parts, along every line of every table, margins included. Where they overlap (a person in several parts): each
part <= total; main <= any; and sum of parts >= total where that is true of the data all along the dimension
(everybody has a part). The last is more than the attacker may know: a relation that is true of the data can
only make the audit stricter, never blind.

Along a dimension of an overlapping table the parts still add up where a person has one value of it only
(group, county): a dimension that adds up in some other table, or is listed here, and does so in these
figures.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations, permutations
from typing import Final

from libs.suppression.figures import (
    GRAND_TOTAL,
    Figure,
    Figured,
    Words,
    dimension_names,
    figure_of,
    figures_of,
    name_of,
)
from libs.suppression.latent import Latent, latent
from libs.suppression.package import LedgerEntry, Package
from libs.suppression.tables import GROUP, TOTAL, Key, Status, Table, TableError, refuse_if

ONE_VALUE_EACH: Final = {
    "group", "sex", "child", "age", "ages", "age_class", "county", "region", "organisation", "channel",
    "source",
}  # fmt: skip
# A main purpose may be written as a class of its own, or below one.
MAIN: Final = ("purpose_field", "purpose_class", "main_purpose")
GRAND_TOTAL_COST: Final = 1e7
SPREAD: Final = 4  # by which the key may multiply what a figure costs
WHO: Final = (GROUP, "section")  # dimensions of groups of persons, which are columns
# The key draws so many rows of which figures from k to 2k - 2 are hidden as if they were small: whoever knows
# that a figure is hidden, and nothing else of it, cannot conclude that it is below k.
NEAR: Final = 1 / 6
Relation = tuple[frozenset[tuple[Figure, int]], bool]  # (figure, sign); whether their sum is 0, or at least 0
Row = tuple[tuple[tuple[int, int], ...], bool]  # the same, of variables


@dataclass(frozen=True, slots=True)
class SumLine:
    """One total and its parts. `absent`: some categories have no figure; `missing`: some are marked so."""

    total: Figure
    parts: tuple[Figure, ...]
    absent: bool
    missing: bool


Figures = Mapping[Figure, Figured]


def relations(tables: Iterable[Table], figures: Figures, additive: Set[str]) -> set[Relation]:
    """Raises TableError where a table that should add up does not."""
    found = _main_within_any(figures)
    for table in tables:
        for axis, name in enumerate(dimension_names(table)):
            lines = list(_lines(table, axis, figures))
            if table.additive or (name in additive and all(_may_add_up(line, figures) for line in lines)):
                found.update(_adding_up(line, figures, table) for line in lines if line.parts)
            else:
                found.update(_overlapping(lines, figures))
    return found


def _lines(table: Table, axis: int, figures: Figures) -> Iterator[SumLine]:
    name = dimension_names(table)[axis]
    missing = {cell.key for cell in table if cell.status is Status.MISSING}
    for rest in dict.fromkeys(_without(cell.key, axis) for cell in table):
        total = figure_of(table, _with(rest, axis, TOTAL))
        if total not in figures:
            continue
        categories = table.dimensions[axis].categories
        whole = [total | {(name, category)} for category in categories]
        parts = tuple(part for part in whole if part in figures)
        is_missing = not missing.isdisjoint(_with(rest, axis, category) for category in categories)
        yield SumLine(total, parts, absent=len(parts) < len(whole), missing=is_missing)


def _without(key: Key, axis: int) -> Key:
    return key[:axis] + key[axis + 1 :]


def _with(rest: Key, axis: int, category: str) -> Key:
    return (*rest[:axis], category, *rest[axis:])


def _balance(line: SumLine, figures: Figures) -> int | None:
    """Total minus parts; None where a value is not known here."""
    total = figures[line.total].value
    known = [value for figure in line.parts if (value := figures[figure].value) is not None]
    return None if total is None or len(known) < len(line.parts) else total - sum(known)


def _may_add_up(line: SumLine, figures: Figures) -> bool:
    """Whether parts, of which some may be absent, come to no more than their total; and to no less."""
    balance = _balance(line, figures) or 0
    return balance >= 0 if line.absent else balance == 0


def _adding_up(line: SumLine, figures: Figures, table: Table) -> Relation:
    balance = _balance(line, figures)
    if balance is not None and not _may_add_up(line, figures):
        total = figures[line.total].value or 0
        raise TableError(
            f"Table {table.name} does not add up: {name_of(line.total)} is {total}, its parts are "
            f"{total - balance}."
        )
    # Categories left out where the rest already adds up are zeros that anybody can guess.
    return _relation(line, equal=not line.absent or (balance == 0 and not line.missing))


def _relation(line: SumLine, *, equal: bool, sign: int = 1) -> Relation:
    return frozenset({(line.total, sign), *((part, -sign) for part in line.parts)}), equal


def _overlapping(lines: list[SumLine], figures: Figures) -> Iterator[Relation]:
    whole = [line for line in lines if line.parts and not line.absent]
    covers = all((balance := _balance(line, figures)) is not None and balance <= 0 for line in whole)
    for line in whole if covers else ():
        yield _relation(line, equal=False, sign=-1)
    for line in lines:
        for part in line.parts:
            _check_part(line.total, part, figures)
            yield frozenset({(line.total, 1), (part, -1)}), False


def _check_part(total: Figure, part: Figure, figures: Figures) -> None:
    if _exceeds(figures[part], figures[total]):
        raise TableError(
            f"{name_of(part)} is {figures[part].value}, which is more than {figures[total].value} for "
            f"{name_of(total)}."
        )


def _exceeds(part: Figured, total: Figured) -> bool:
    """Whether a part is larger than its total, so far as both are known."""
    return total.value is not None and (part.value or 0) > total.value


def _main_within_any(figures: Figures) -> set[Relation]:
    """main X <= any X, wherever both are published and it is so."""
    found: set[Relation] = set()
    for figure, main in figures.items():
        mains = {pair for pair in figure if pair[0] in MAIN}
        for _dimension, category in mains:
            wider = (figure - mains) | {("any_purpose", category)}
            if wider in figures and not _exceeds(main, figures[wider]):
                found.add((frozenset({(wider, 1), (figure, -1)}), False))
    return found


def completed(values: Sequence[int | None], rows: Sequence[Row], k: int) -> list[int]:
    """A figure sent as hidden, without its value, gets one that fits all the others: the smallest whole
    numbers from 1 that keep every relation. Raises TableError where there are none."""
    from libs.suppression.solvers import smallest

    unknown = [number for number, value in enumerate(values) if value is None]
    known = [value for value in values if value is not None]
    if not unknown:
        return known
    asked = list(_with_unknown(rows, values, unknown))
    found = smallest(asked, len(unknown), 1, sum(known) + k)
    if found is None:
        raise TableError("The sums around the hidden cells that have no value contradict one another.")
    filled = iter(found)
    return [next(filled) if value is None else value for value in values]


def _with_unknown(
    rows: Iterable[Row], values: Sequence[int | None], unknown: Iterable[int]
) -> Iterator[tuple[dict[int, float], float, float]]:
    """The rows in which an unknown value stands, as sums of these that must be from so much to so much."""
    column = {number: place for place, number in enumerate(unknown)}
    for terms, equal in rows:
        weights = {column[number]: float(sign) for number, sign in terms if number in column}
        right = float(-sum(sign * (values[number] or 0) for number, sign in terms))
        if weights:
            yield weights, right, right if equal else math.inf


class Fate(StrEnum):
    KNOWN = "known"  # zero, exempt or published: everybody has it
    KEPT = "kept"  # hidden already, by the ledger or the sender
    SMALL = "small"  # must be hidden: below the threshold, or a small step from a published value
    FREE = "free"  # may be hidden to protect another


@dataclass(frozen=True, slots=True)
class Variable:
    """`version`: of the ledger, None in the package. `secret_by_choice` is False where nobody could ever have
    hidden it: zeros and exempt figures. `drawn`: hidden although it need not be; it may be worked out."""

    figure: Figure
    value: int
    fate: Fate
    version: int | str | None
    exempt: bool
    published: bool
    guessed: bool
    cost: float
    unprinted: bool = False
    least: int = 0
    most: int | None = None
    drawn: bool = False

    @property
    def in_package(self) -> bool:
        return self.version is None

    @property
    def low(self) -> int:
        """The least an attacker can believe of it when hidden: zeros are always shown, but for what is
        unprinted, and some figures have their row for being no fewer than `least`."""
        return max(self.least, 0 if self.unprinted else min(1, self.value))

    @property
    def secret_by_choice(self) -> bool:
        return not self.exempt and (self.value > 0 or self.unprinted)

    def high(self, ceiling: int) -> int:
        """The most an attacker can believe of it."""
        return ceiling if self.most is None else min(ceiling, self.most)


@dataclass(frozen=True, slots=True)
class Goal:
    """What must stay uncertain: a small figure, or the small difference between two versions of one.

    `terms` are (variable, sign); their sum is `value`, from 1 to k - 1. A figure must be possible as 1 and as
    k. A difference must be possible as 1 or less, and as k or more one way or the other: not even that it is
    small may be known.
    """

    terms: tuple[tuple[int, int], ...]
    value: int

    @property
    def is_difference(self) -> bool:
        return len(self.terms) > 1


@dataclass(frozen=True)
class Model:
    """`ceiling`: the largest value the attacker allows for: k above every true one, room for every need."""

    k: int
    variables: tuple[Variable, ...]
    rows: tuple[Row, ...]
    targets: tuple[Goal, ...]
    of_package: Mapping[Figure, int]
    ceiling: int

    def goal(self, number: int) -> Goal:
        """That one variable stays uncertain."""
        return Goal(((number, 1),), self.variables[number].value)

    def is_primary(self, number: int) -> bool:
        """Whether the variable must be hidden for its own sake."""
        variable = self.variables[number]
        small = variable.fate is not Fate.KNOWN and 1 <= variable.value < self.k and not variable.guessed
        return variable.fate is Fate.SMALL or (small and not variable.exempt)


@dataclass(frozen=True, slots=True)
class _Seen:
    figured: Figured
    version: int | str | None
    shown: bool
    hidden: bool
    unprinted: bool
    least: int
    decoy: bool


_Key = tuple[Figure, object]  # of a variable


def build(package: Package) -> Model:
    """Raises TableError where the figures contradict one another."""
    seen: dict[_Key, _Seen] = {}
    raw_rows: set[tuple[frozenset[tuple[_Key, int]], bool]] = set()
    entries = [entry for entry in package.ledger if entry.population == package.population]
    sources: list[Package | LedgerEntry] = [package, *entries]
    adding = (one for source in sources for one in source.tables if one.additive)
    additive = ONE_VALUE_EACH.union(*(dimension_names(one) for one in adding))
    publications: list[tuple[Words | None, Mapping[Figure, _Key]]] = []
    later = _hidden_later(package, entries)
    for number, source in enumerate(sources):
        figures = figures_of(source.tables)
        keys = _keys(source, number, figures, seen, later[number])
        raw_rows.update(_raw_rows(source, figures, additive, keys))
        publications.append((source.words, keys))
    index = {key: number for number, key in enumerate(seen)}
    rows = [(tuple(sorted((index[key], sign) for key, sign in terms)), equal) for terms, equal in raw_rows]
    model = _assembled(package, list(seen.values()), tuple(sorted(rows)))
    for words, key_of in publications:
        model = _with_persons(model, words, {figure: index[key] for figure, key in key_of.items()})
    return model


def _hidden_later(package: Package, entries: Sequence[LedgerEntry]) -> list[frozenset[Figure]]:
    """Return, for the package and each entry, the figures that it hides though something earlier shows them.

    Whoever reads both cannot know that such a figure is what it was, even where it is.
    """
    shown: set[Figure] = set()
    found = []
    for entry in entries:
        figures = figures_of(entry.tables)
        hidden = {figure for figure, figured in figures.items() if figured.hidden}
        found.append(shown & hidden)
        shown |= figures.keys() - hidden - entry.unprinted
    return [package.decoys & shown, *(frozenset(one) for one in found)]


def _keys(
    source: Package | LedgerEntry, number: int, figures: Figures, seen: dict[_Key, _Seen], later: Set[Figure]
) -> dict[Figure, _Key]:
    """Return the variables of a publication's figures. Each of them is `seen` after this."""
    keys: dict[Figure, _Key] = {
        figure: (figure, ("later", number) if figure in later else _identity(figured, number))
        for figure, figured in figures.items()
    }
    for figure, key in keys.items():
        new = _seen_in(source, figures[figure])
        seen[key] = _joined(seen[key], new) if key in seen else new
    return keys


def _raw_rows(
    source: Package | LedgerEntry, figures: Figures, additive: Set[str], keys: Mapping[Figure, _Key]
) -> Iterator[tuple[frozenset[tuple[_Key, int]], bool]]:
    left = [table for table in source.tables if not _is_published(table, source.words)]
    for terms, equal in relations(left, figures, additive):
        yield frozenset((keys[figure], sign) for figure, sign in terms), equal


def _is_published(table: Table, words: Words | None) -> bool:
    """Whether all its figures are sums of persons by base codes: then nothing else is known of them."""
    if words is None or words.held is None:
        return False  # values that nobody sent are found by the tables
    return all(words.of(figure_of(table, cell.key)) is not None for cell in table)


def _with_persons(model: Model, words: Words | None, at: Mapping[Figure, int]) -> Model:
    """Add the persons behind the figures `at` of a publication, as variables that nobody prints."""
    if words is None:
        return model
    printed = {figure: model.variables[number] for figure, number in at.items()}
    zeros = [f for f, variable in printed.items() if variable.fate is Fate.KNOWN and not variable.value]
    figures = {figure: variable.value for figure, variable in printed.items()}
    return _extended(model, latent(words, figures, zeros), at)


def _extended(model: Model, found: Latent, at: Mapping[Figure, int]) -> Model:
    """Return the model with a variable for each cell and each bound. `at`: those of the figures."""
    variables = list(model.variables)
    first = len(variables)
    place: dict[Figure | int, int] = dict(at.items())
    place |= enumerate(range(first, first + len(found.values)))
    variables += [_imagined(first + number, value) for number, value in enumerate(found.values)]
    rows = [(tuple(sorted((place[one], sign) for one, sign in terms)), True) for terms in found.rows]
    for terms, most in found.bounds:
        inside = tuple((place[one], -1) for one, _sign in terms)
        rows.append((((len(variables), 1), *inside), True))
        value = sum(variables[number].value for number, _sign in inside)
        refuse_if(value > most, "A rule of the publication was not kept.")
        variables.append(replace(_imagined(len(variables), value), most=most))
    return replace(model, variables=tuple(variables), rows=(*model.rows, *rows))


def _imagined(number: int, value: int) -> Variable:
    """So many persons in a cell that stands in no table: anything may be believed of them."""
    return Variable(
        figure=frozenset({("persons", str(number))}),
        value=value,
        fate=Fate.KEPT,
        version="",
        exempt=False,
        published=False,
        guessed=True,
        cost=0,
        unprinted=True,
    )


def _identity(figured: Figured, publication: int) -> object:
    """Equal values are one variable; a value nobody sent is a variable of its publication."""
    return ("unknown", publication) if figured.value is None else figured.value


def _seen_in(source: Package | LedgerEntry, figured: Figured) -> _Seen:
    version = source.version if isinstance(source, LedgerEntry) else None
    unprinted = figured.figure in source.unprinted and figured.value is not None
    hidden = figured.hidden and not unprinted
    shown = version is not None and not (hidden or unprinted)
    least, decoy = source.least.get(figured.figure, 0), figured.figure in source.decoys
    return _Seen(figured, version, shown, hidden, unprinted, least, decoy)


def _joined(old: _Seen, new: _Seen) -> _Seen:
    return replace(
        old,
        figured=replace(old.figured, exempt=old.figured.exempt | new.figured.exempt),
        shown=old.shown | new.shown,
        hidden=old.hidden | new.hidden,
        unprinted=old.unprinted & new.unprinted,
        least=max(old.least, new.least),
        decoy=old.decoy & new.decoy,
    )


def _assembled(package: Package, seen: Sequence[_Seen], rows: tuple[Row, ...]) -> Model:
    values = completed([one.figured.value for one in seen], rows, package.k)
    exempt = {item.figured.figure for item in seen if item.figured.exempt}
    totals = _totals_of_groups(package)
    numbers = {item.figured.figure: n for item, n in zip(seen, values, strict=True) if item.version is None}
    near = {
        figure
        for figure, number in numbers.items()
        if _is_drawn_near(figure, number, package, totals, numbers)
    }
    drawn = near | package.decoys
    variables = [
        _variable(item, value, item.figured.figure in exempt, package, drawn)
        for item, value in zip(seen, values, strict=True)
    ]
    targets = tuple(_targets(variables, package.k))
    for number in set(_new_beside_published(targets, variables)):
        variables[number] = replace(variables[number], fate=Fate.SMALL)
    return Model(
        k=package.k,
        variables=tuple(variables),
        rows=rows,
        targets=targets,
        of_package={v.figure: number for number, v in enumerate(variables) if v.in_package},
        ceiling=max((variable.value for variable in variables), default=0) + package.k,
    )


def _totals_of_groups(package: Package) -> frozenset[Figure]:
    """Return the figures that add up groups of persons in a table that shows these."""
    by_group = [table for table in package.tables if not set(WHO).isdisjoint(table.levels)]
    counted = {figure_of(table, cell.key) for table in by_group for cell in table}
    return frozenset(figure for figure in counted if not any(level in WHO for level, _category in figure))


def _is_drawn_near(
    figure: Figure, value: int, package: Package, totals: Set[Figure], numbers: Mapping[Figure, int]
) -> bool:
    """Return whether a cell from k to 2k - 2 stands in a row that the key draws.

    All such cells of the row are hidden then, as those are that are small. Its total is not, since a reader
    loses more by it; nor is a cell that is all of its row, which would take the total with it.
    """
    row = frozenset(pair for pair in figure if pair[0] not in WHO) or figure
    is_total = figure in totals or figure in package.weights
    is_all_of_row = row != figure and numbers.get(row) == value
    is_near = package.k <= value < 2 * package.k - 1
    return is_near and not is_total and not is_all_of_row and draw(package.key, "near", row) >= 1 - NEAR


def _variable(seen: _Seen, value: int, exempt: bool, package: Package, drawn: Set[Figure]) -> Variable:
    figure = seen.figured.figure
    unprinted = not exempt and seen.unprinted
    is_drawn = figure in drawn if seen.version is None else seen.decoy
    return Variable(
        figure=figure,
        value=value,
        fate=Fate.KEPT if unprinted else _fate(seen, value, exempt, package.k, is_drawn=is_drawn),
        version=seen.version,
        exempt=exempt,
        published=seen.shown,
        guessed=seen.figured.value is None,
        cost=max(cost(seen.figured), package.weights.get(figure, 0))
        * SPREAD ** draw(package.key, "cost", figure),
        unprinted=unprinted,
        least=seen.least,
        drawn=is_drawn,
    )


def _fate(seen: _Seen, value: int, exempt: bool, k: int, *, is_drawn: bool) -> Fate:
    in_package = seen.version is None
    if seen.shown or (exempt and in_package):
        return Fate.KNOWN
    if seen.hidden or is_drawn:
        return Fate.KEPT
    if value == 0:
        return Fate.KNOWN
    return Fate.SMALL if value < k else Fate.FREE


def cost(figured: Figured) -> float:
    """Return what hiding a figure costs the reader: more for a total. No value is part of it, since a choice
    that depends on what it hides can be undone by whoever runs the program again."""
    return GRAND_TOTAL_COST if figured.figure == GRAND_TOTAL else float(5**figured.summed)


def draw(key: bytes, what: str, figure: Figure) -> float:
    """Return a number from 0 to 1 that only the key tells; 0 without a key."""
    if not key:
        return 0.0
    text = "\n".join([what, *(f"{dimension}={category}" for dimension, category in sorted(figure))])
    digest = hmac.digest(key, text.encode(), "sha256")
    return int.from_bytes(digest[:8], "big") / 2**64


def _targets(variables: Sequence[Variable], k: int) -> Iterator[Goal]:
    versions: dict[Figure, list[int]] = {}
    for number, variable in enumerate(variables):
        if variable.guessed or variable.exempt:
            continue
        versions.setdefault(variable.figure, []).append(number)
        if variable.fate is not Fate.KNOWN and 1 <= variable.value < k:
            yield Goal(((number, 1),), variable.value)
    for numbers in versions.values():
        yield from _steps(numbers, variables, k)


def _steps(numbers: Sequence[int], variables: Sequence[Variable], k: int) -> Iterator[Goal]:
    """The small differences between versions of a figure, unless both are published."""
    for one, other in combinations(numbers, 2):
        step = variables[one].value - variables[other].value
        if 1 <= abs(step) < k and not (variables[one].published and variables[other].published):
            sign = step // abs(step)
            yield Goal(((one, sign), (other, -sign)), abs(step))


def _new_beside_published(targets: Iterable[Goal], variables: Sequence[Variable]) -> Iterator[int]:
    """The package's side of a small step from a published value: it has to be hidden, whatever its size."""
    for target in (target for target in targets if target.is_difference):
        for (number, _), (other, _) in permutations(target.terms):
            if (variables[number].fate, variables[other].fate) == (Fate.FREE, Fate.KNOWN):
                yield number
