"""An attack by somebody who has nothing but `tables.json` as it is printed, and docs/open-data.md.

Unknown are the persons themselves: so many with these base codes of the facts that some tables tell of
together. A printed cell is a sum of them, by what the file says that its categories are made of. What a
cell can be at least and at most are two linear programmes over all printed tables at once. Nothing of the
program is used, so that a relation it does not know of is not missing here too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import chain, combinations
from typing import Any, Final

import highspy
import numpy as np
from scipy.sparse import csc_matrix

Json = dict[str, Any]
Place = tuple[str, tuple[str, ...]]  # table, key
Made = dict[str, frozenset[str]]  # fact → base codes
Kind = Mapping[str, frozenset[str]]  # fact → base codes that no table tells apart
TOTAL: Final = "*"
NEAR: Final = 1e-6


@dataclass(frozen=True)
class Row:
    """least <= sum of sign * column <= most."""

    terms: tuple[tuple[int, int], ...]
    least: float
    most: float


@dataclass(frozen=True)
class Printed:
    """One cell: what it says, and whom it is of. `several`: of facts of which they may have more codes."""

    place: Place
    value: int | None
    made: Made
    several: Made


class Intruder:
    """`hide_all`: as if every figure had been hidden that may be: what is learned then nobody could have
    kept."""

    def __init__(self, printed: Json, *, hide_all: bool = False) -> None:
        self.k, self.first = printed["k"], printed["version"] == 1
        self.facts: Mapping[str, list[str]] = printed["facts"]
        self.never = [_made(one) for one in printed["never"]]
        self.tables = {t["name"]: t for t in printed["tables"] if not t["name"].startswith("calls_")}
        self.cells = [cell for table in self.tables.values() for cell in _cells(table)]
        self.columns: list[Kind] = []
        self.blocks: dict[frozenset[str], range] = {}
        self.rows: list[Row] = []
        self.sums: dict[Place, tuple[int, ...]] = {}
        self.status: dict[Place, tuple[str, int | None]] = {}
        self.some: dict[tuple[str, tuple[frozenset[str], ...], tuple[frozenset[str], ...]], int] = {}
        self.kinds = self._told_apart()
        self._imagine()
        self.left = max(table["left_out"] for table in self.tables.values())
        self._read_all(hide_all=hide_all)
        self._agree()
        self._naming()

    def _read_all(self, *, hide_all: bool) -> None:
        for cell in self.cells:
            table = self.tables[cell.place[0]]
            if self.left and not table["left_out"]:
                self._read_of_everybody(cell)
            else:
                self._read(cell, hide=hide_all and not table.get("exempt"))

    @property
    def hidden(self) -> list[Place]:
        return [place for place, (status, _value) in self.status.items() if status == "hidden"]

    def _told_apart(self) -> dict[str, list[frozenset[str]]]:
        """Fact → its base codes in groups that no table tells apart."""
        facts: dict[str, set[frozenset[str]]] = {}
        for made in (*(cell.made for cell in self.cells), *self.never):
            for fact, codes in made.items():
                facts.setdefault(fact, set()).add(codes)
        found = {}
        for fact, sets in facts.items():
            groups: dict[tuple[bool, ...], set[str]] = {}
            for code in self.facts[fact]:
                groups.setdefault(tuple(code in one for one in sets), set()).add(code)
            found[fact] = list(map(frozenset, groups.values()))
        return found

    def _imagine(self) -> None:
        """All persons there could be, as columns: for each set of facts of which any two are told of
        together."""
        none = [cell.made for cell in self.cells if cell.value == 0 and not cell.several]
        for facts in _circles(
            [frozenset(cell.made) for cell in self.cells] + [frozenset(n) for n in self.never]
        ):
            start = len(self.columns)
            self.columns += self._ways(
                sorted(facts), [one for one in (*none, *self.never) if one.keys() <= facts]
            )
            self.blocks[facts] = range(start, len(self.columns))

    def _ways(self, facts: Sequence[str], none: Sequence[Made]) -> Iterator[Kind]:
        ways: list[dict[str, frozenset[str]]] = [{}]
        for at, fact in enumerate(facts):
            settled = [one for one in none if one.keys() <= set(facts[: at + 1]) and fact in one]
            ways = [
                way
                for before in ways
                for kind in self.kinds[fact]
                if not any(_is_in(way, one) for way in ({**before, fact: kind},) for one in settled)
                for way in ({**before, fact: kind},)
            ]
        yield from ways

    def _read(self, cell: Printed, *, hide: bool) -> None:
        facts = frozenset(cell.made)
        hidden = cell.value is None or (hide and cell.value > 0)
        self.status[cell.place] = ("hidden", None) if hidden else ("shown", cell.value)
        columns = tuple(self._some(cell) if cell.several else self._inside(cell.made, facts))
        self.sums[cell.place] = columns
        least = 1 if self.first else 0
        bounds = (least, math.inf) if cell.value is None or hidden else (cell.value, cell.value)
        self.rows.append(Row(tuple((column, 1) for column in columns), *bounds))

    def _read_of_everybody(self, cell: Printed) -> None:
        """Those of whom the other tables tell are the same but for those left out: of some sections nobody,
        of all others everybody."""
        if cell.value is None or len(cell.made) > 1:
            return
        columns = list(self._inside(cell.made, frozenset(cell.made)))
        if not cell.made:
            self._bound(columns, cell.value - self.left, cell.value - self.left)
            return
        (own,) = set(cell.made.values())
        told = list(chain(*(_told_of(table, cell.made.keys()) for table in self.tables.values())))
        if any(own.isdisjoint(codes) for codes in told):
            self._bound(columns, 0, 0)
        else:
            whole = told and all(own <= codes for codes in told)
            self._bound(columns, cell.value if whole else 0, cell.value)

    def _some(self, cell: Printed) -> Iterator[int]:
        """Those who have one of these codes, of each kind of persons that the rest of the table tells apart:
        some of all of that kind."""
        name, _key = cell.place
        facts = frozenset().union(*(one.made for one in self.cells if one.place[0] == name))
        kinds: dict[tuple[frozenset[str], ...], list[int]] = {}
        for column in self._inside(cell.made, facts):
            kind = self.columns[column]
            kinds.setdefault(tuple(kind[fact] for fact in sorted(facts)), []).append(column)
        codes = tuple(cell.several[fact] for fact in sorted(cell.several))
        for kind_of, whole in kinds.items():
            where = name, codes, kind_of
            if where not in self.some:
                self.columns.append({})
                self.some[where] = len(self.columns) - 1
                terms = (*((column, 1) for column in whole), (self.some[where], -1))
                self.rows.append(Row(terms, 0, math.inf))
            yield self.some[where]

    def _inside(self, made: Made, facts: frozenset[str]) -> Iterator[int]:
        block = min((of for of in self.blocks if facts <= of), key=lambda of: len(self.blocks[of]))
        return (column for column in self.blocks[block] if _is_in(self.columns[column], made))

    def _agree(self) -> None:
        """What two blocks share is told of the same persons."""
        for one, other in combinations(self.blocks, 2):
            shared = sorted(one & other)
            found: dict[tuple[frozenset[str], ...], list[tuple[int, int]]] = {}
            for block, sign in ((one, 1), (other, -1)):
                for column in self.blocks[block]:
                    key = tuple(self.columns[column][fact] for fact in shared)
                    found.setdefault(key, []).append((column, sign))
            self.rows += (Row(tuple(terms), 0, 0) for terms in found.values())

    def _naming(self) -> None:
        """Rows stand there from so many persons on, or always; in a later version also where one before had
        them."""
        for table in self.tables.values():
            rules, dimension = table["rules"], table["dimensions"][0]
            if rules["named_from"] is None or rules["several"] or table["of"]:
                continue
            rows = {category: _made(made) for category, made in dimension["made_of"].items()}
            counted = rows.keys() - rules["always"] if self.first else set()
            for made in (rows[category] for category in rows if category in counted):
                self._bound(list(self._inside(made, frozenset(made))), rules["named_from"], math.inf)
            (fact,) = set(chain(*rows.values()))
            self._of_no_row(fact, frozenset(chain(*(made[fact] for made in rows.values()))), rules)

    def _of_no_row(self, fact: str, named: frozenset[str], rules: Json) -> None:
        """There are fewer than that of each country that is not named."""
        for kind in self.kinds[fact]:
            countries = {code.partition("+")[0] for code in kind - named}
            if kind.isdisjoint({*named, *rules["unnamed"]}):
                few = len(countries) * (rules["named_from"] - 1)
                self._bound(list(self._inside({fact: kind}, frozenset({fact}))), 0, few)

    def _bound(self, columns: list[int], least: float, most: float) -> None:
        self.rows.append(Row(tuple((column, 1) for column in columns), least, most))


def _made(data: Mapping[str, Iterable[str]]) -> Made:
    return {fact: frozenset(codes) for fact, codes in data.items()}


def _told_of(table: Json, facts: Iterable[str]) -> list[frozenset[str]]:
    """Of a table that leaves somebody out: the codes of each dimension that is of these facts alone."""
    made = [list(one["made_of"].values()) for one in table["dimensions"]] if table["left_out"] else []
    alike = [some for some in made if all(one.keys() == facts for one in some)]
    return [frozenset(code for one in some for codes in one.values() for code in codes) for some in alike]


def _cells(table: Json) -> Iterator[Printed]:
    """What is marked as missing is not there at all."""
    several = set(table["rules"]["several"])
    for cell in table["cells"]:
        if cell["status"] == "missing":
            continue
        made = _made(table["of"])
        for dimension, category in zip(table["dimensions"], cell["key"], strict=True):
            for fact, codes in dimension["made_of"][category].items() if category != TOTAL else ():
                made[fact] = made.get(fact, frozenset(codes)) & frozenset(codes)
        value = cell["value"] if cell["status"] == "shown" else None
        of = {fact: made.pop(fact) for fact in several & made.keys()}
        yield Printed((table["name"], tuple(cell["key"])), value, made, of)


def _is_in(kind: Kind, made: Made) -> bool:
    return all(kind[fact] <= codes for fact, codes in made.items())


def _circles(told: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """The largest sets of facts of which any two are told of together (Bron and Kerbosch)."""
    near: dict[str, set[str]] = {}
    for facts in told:
        for fact in facts:
            near.setdefault(fact, set()).update(facts - {fact})
    found: list[frozenset[str]] = []

    def grow(chosen: set[str], left: set[str], done: set[str]) -> None:
        if not left and not done:
            found.append(frozenset(chosen))
        for fact in sorted(left):
            grow(chosen | {fact}, left & near[fact], done & near[fact])
            left, done = left - {fact}, done | {fact}

    grow(set(), set(near), set())
    return found


class Beliefs:
    """All the persons that an intruder may believe in, and the sums of them met so far."""

    def __init__(self, intruder: Intruder) -> None:
        self.intruder = intruder
        self.matrix = _matrix([row.terms for row in intruder.rows], len(intruder.columns))
        self.least = np.array([row.least for row in intruder.rows], dtype=float)
        self.most = np.array([row.most for row in intruder.rows], dtype=float)
        self.places = list(intruder.sums)
        terms = [tuple((column, 1) for column in intruder.sums[place]) for place in self.places]
        self.sums = _matrix(terms, len(intruder.columns))
        self.row_of = {place: number for number, place in enumerate(self.places)}
        self.lowest, self.highest = np.full(len(self.places), np.inf), np.full(len(self.places), -np.inf)
        self.solver = highspy._Highs()  # the class around it prints a banner
        self.solver.setOptionValue("output_flag", False)
        self.solver.setOptionValue("threads", 1)
        self.solver.passModel(self._programme())

    def _programme(self) -> Any:
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = self.matrix.shape
        lp.col_cost_, lp.col_lower_ = np.zeros(lp.num_col_), np.zeros(lp.num_col_)
        lp.col_upper_ = np.full(lp.num_col_, np.inf)
        lp.row_lower_, lp.row_upper_ = self.least, self.most
        lp.a_matrix_.start_, lp.a_matrix_.index_ = self.matrix.indptr, self.matrix.indices
        lp.a_matrix_.value_ = self.matrix.data
        return lp

    def range(self, place: Place) -> tuple[int, int]:
        """The least and the most whole number."""
        row = self.sums[self.row_of[place]].toarray()[0]
        for sign in (1, -1):
            self._look(sign * row)
        return self.met(place)

    def met(self, place: Place) -> tuple[int, int]:
        number = self.row_of[place]
        return math.ceil(self.lowest[number] - NEAR), math.floor(self.highest[number] + NEAR)

    def wander(self, places: list[Place], times: int = 3) -> None:
        """Look for persons that make many sums small at once, or large: most need no programme of their own
        then."""
        for sign in (1, -1):
            left = places
            for _time in range(times):
                rows = [self.row_of[place] for place in left]
                self._look(sign * np.asarray(self.sums[rows].sum(axis=0)).ravel())
                left = [
                    place
                    for place in left
                    if (self.met(place)[0] > 1 if sign > 0 else self.met(place)[1] < self.intruder.k)
                ]
                if not left:
                    break

    def _look(self, costs: np.ndarray) -> None:
        """Persons of whom the costs are least, checked by hand and remembered."""
        self.solver.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)
        self.solver.run()
        assert self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal, self.solver.getModelStatus()
        found = np.array(self.solver.getSolution().col_value)
        added = self.matrix @ found
        assert ((added >= self.least - 1e-5) & (added <= self.most + 1e-5)).all()
        sums = self.sums @ found
        self.lowest, self.highest = np.minimum(self.lowest, sums), np.maximum(self.highest, sums)


def _matrix(rows: list[tuple[tuple[int, int], ...]], width: int) -> Any:
    cells = [(number, column, sign) for number, row in enumerate(rows) for column, sign in row]
    places, columns, signs = np.array(cells, dtype=int).reshape(-1, 3).T
    return csc_matrix((signs.astype(float), (places, columns)), shape=(len(rows), width))


@dataclass(frozen=True, slots=True)
class Learned:
    """`low` to `high` is what the intruder knows; `least` to `most` what nobody could have kept from him."""

    place: Place
    value: int
    low: int
    high: int
    least: int
    most: int


@dataclass
class Attack:
    """Of the hidden cells: those worked out, the small ones known too well, and those that zeros and
    headlines tell."""

    recovered: list[Learned]
    under: list[Learned]
    told: list[Learned]
    hidden: int

    def add(self, learned: Learned, k: int) -> None:
        value, low, high, least, most = astuple(learned)[1:]
        if low == high and least < most:
            self.recovered.append(learned)
        if value < k and (low > max(least, 1) or high < min(most, max(k, least + k - 1))):
            self.under.append(learned)
        elif low == high and value < k:
            self.told.append(learned)


def attack(printed: Json, truth: Mapping[Place, int]) -> Attack:
    """A small figure must be possible as 1 and as k, or in an interval as wide where that cannot be had."""
    intruder = Intruder(printed)
    now, best = Beliefs(intruder), None
    found, k = Attack([], [], [], len(intruder.hidden)), intruder.k
    now.wander(intruder.hidden)
    for place in intruder.hidden:
        value = truth[place]
        if _safe(value, k, *now.met(place)):
            continue
        low, high = now.range(place)
        if _safe(value, k, low, high):
            continue
        best = best or Beliefs(Intruder(printed, hide_all=True))
        least, most = best.range(place)
        found.add(Learned(place, value, low, high, least, most), k)
    return found


def _safe(value: int, k: int, low: int, high: int) -> bool:
    return (low <= 1 and high >= k) if value < k else low < high
