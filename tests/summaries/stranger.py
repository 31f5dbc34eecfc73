"""An attack by somebody who has nothing but `tables.json` as it is printed, and what everybody knows.

Unknown are the persons themselves: so many of this purpose, group, offence and status, and likewise of each
other fact. A printed cell is a sum of them. What a cell can be at least and at most are two linear programmes
over all printed tables at once. Nothing of the program is used, so that a relation it does not know of is not
missing here too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import highspy
import numpy as np
from scipy.sparse import csc_matrix

from tests.summaries import stranger_knowledge as known

Json = dict[str, Any]
Place = tuple[str, tuple[str, ...]]  # table, key
TOTAL: Final = "*"
NEAR: Final = 1e-6
FACT_OF: Final = {  # table → what its persons are told apart by
    "groups": "offence", "main_purpose": "purpose", "country_group": "citizen", "citizenship": "citizen",
    "region": "region", "organisation": "agency", "offence": "offence", "sector": "sector", "ages": "age",
    "measures": "measure", "sdg": "purpose", "eu_form": "purpose", "eu_organisation": "agency",
    "eu_age_sex": "offence", "eu_citizenship": "citizen", "eu_status": "offence",
}  # fmt: skip
SHARED: Final = ("group", "counted", "eu_status")  # what every fact is told beside
REPORTED: Final = ("purpose", "citizen", "agency")  # the facts that are printed by offence and status too


@dataclass(frozen=True)
class Row:
    """least <= sum of sign * column <= most."""

    terms: tuple[tuple[int, int], ...]
    least: float
    most: float


class Stranger:
    """`hide_all`: as if every figure had been hidden that may be: what is learned then nobody could have
    kept."""

    def __init__(self, printed: Json, *, hide_all: bool = False) -> None:
        self.k, self.year = printed["k"], printed["year"]
        self.tables = {table["name"]: table for table in printed["tables"] if table["name"] in FACT_OF}
        self.columns: list[known.Facts] = []
        self.blocks: dict[str, range] = {}
        self.rows: list[Row] = []
        self.sums: dict[Place, tuple[int, ...]] = {}
        self.status: dict[Place, tuple[str, int | None]] = {}
        self._imagine()
        for table in self.tables.values():
            self._read(table, hide_all=hide_all and not table.get("exempt"))
        self._agree()
        self._naming()

    @property
    def hidden(self) -> list[Place]:
        return [place for place, (status, _value) in self.status.items() if status == "hidden"]

    def _imagine(self) -> None:
        """All persons there could be, as columns."""
        named = self._named()
        facts: dict[str, Iterable[known.Facts]] = {
            "offence": known.offences(), "purpose": known.purposes(), "agency": known.agencies(),
            "citizen": known.citizens(named, self.year), "region": known.regions(), "sector": known.sectors(),
            "age": known.ages(), "measure": ({"measure": code} for code in known.codes("measure")),
        }  # fmt: skip
        for fact, ways in facts.items():
            start = len(self.columns)
            self.columns += [
                way | other for way in ways for other in self._others(fact) if _can_be(way | other)
            ]
            self.blocks[fact] = range(start, len(self.columns))

    def _named(self) -> tuple[str, ...]:
        table = self.tables.get("citizenship")
        return tuple(table["dimensions"][0]["categories"]) if table else ()

    @staticmethod
    def _others(fact: str) -> Iterator[known.Facts]:
        counted = ("",) if fact == "offence" else (*known.COUNTED, "outside")
        statuses = ("identified", "presumed")
        reported = fact in REPORTED or fact == "offence"
        for group, act, status in product(
            known.GROUPS, counted if reported else ("",), statuses if reported else ("",)
        ):
            told = {"counted": act, "eu_status": status}
            yield {"group": group, "section": known.SECTION[group], **{k: v for k, v in told.items() if v}}

    def _read(self, table: Json, *, hide_all: bool) -> None:
        names = [dimension["name"] for dimension in table["dimensions"]]
        for cell in table["cells"]:
            place = (table["name"], tuple(cell["key"]))
            if cell["status"] == "missing":
                continue
            self.sums[place] = columns = tuple(self._columns(table["name"], names, place[1]))
            hidden = cell["status"] == "hidden" or (hide_all and cell["value"] > 0)
            self.status[place] = ("hidden", None) if hidden else ("shown", cell["value"])
            least, most = (1, math.inf) if hidden else (cell["value"], cell["value"])
            self.rows.append(Row(tuple((column, 1) for column in columns), least, most))

    def _columns(self, table: str, names: list[str], key: tuple[str, ...]) -> Iterator[int]:
        fact = FACT_OF[table]
        if fact == "measure" and key[0] == TOTAL:
            fact = "offence"  # measures overlap: their total is everybody
        for column in self.blocks[fact]:
            if all(_is_in(self.columns[column], *pair) for pair in zip(names, key, strict=True)):
                yield column

    def _agree(self) -> None:
        """Each fact is told of the same persons; sectors of those in labour; a measure at most of all of
        them."""
        for fact in REPORTED:
            self._same(fact, SHARED)
        for fact in ("region", "age"):
            self._same(fact, ("group",))
        for group in known.GROUPS:
            everybody, labour = (
                self._at("offence", group=group),
                self._at("purpose", group=group, main_purpose="labour"),
            )
            self._row(self._at("sector", group=group), labour)
            for measure in known.codes("measure"):
                few = self._at("measure", group=group, measure=measure)
                terms = [(column, 1) for column in everybody] + [(column, -1) for column in few]
                self.rows.append(Row(tuple(terms), 0, math.inf))

    def _same(self, fact: str, shared: tuple[str, ...]) -> None:
        for values in dict.fromkeys(
            tuple(self.columns[c][name] for name in shared) for c in self.blocks["offence"]
        ):
            where = dict(zip(shared, values, strict=True))
            self._row(self._at(fact, **where), self._at("offence", **where))

    def _row(self, one: list[int], other: list[int]) -> None:
        self.rows.append(Row(tuple([(c, 1) for c in one] + [(c, -1) for c in other]), 0, 0))

    def _at(self, fact: str, **where: str) -> list[int]:
        return [
            c
            for c in self.blocks[fact]
            if all(self.columns[c][name] == value for name, value in where.items())
        ]

    def _naming(self) -> None:
        """Countries are named from k persons on, Sweden always where it is."""
        named = self._named()
        if not named:
            return
        for country in named:
            if country != known.SWEDEN:
                self._bound(self._at("citizen", citizenship=country), self.k, math.inf)
        for group in known.mapped("eu19a", "country_group"):
            number = known.countries_in(group, self.year)
            unnamed = number - sum(group in known.groups_of(country, self.year) for country in named)
            if number:
                self._bound(
                    self._at("citizen", citizenship="", country_group=group), 0, unnamed * (self.k - 1)
                )

    def _bound(self, columns: list[int], least: float, most: float) -> None:
        self.rows.append(Row(tuple((column, 1) for column in columns), least, most))


def _can_be(facts: known.Facts) -> bool:
    """No child is of full age, and nobody of age a child."""
    if "age_span" not in facts or facts["age_span"] == "unknown_age":
        return True
    return known.SPANS.get(facts["group"], facts["age_span"]) == facts["age_span"]


def _is_in(facts: known.Facts, dimension: str, category: str) -> bool:
    if category == TOTAL:
        return True
    if dimension in ("scope", "scope_status"):
        scope, _plus, status = category.partition("+")
        acts = ("trafficking",) if scope == "trafficking" else known.COUNTED
        return facts["counted"] in acts and status in ("", facts["eu_status"])
    if (dimension, category) == ("group", "other_unknown"):
        return facts["section"] == category
    return facts[dimension] == category


class Beliefs:
    """All the persons that a stranger may believe in, and the sums of them met so far."""

    def __init__(self, stranger: Stranger) -> None:
        self.stranger = stranger
        self.matrix = _matrix([row.terms for row in stranger.rows], len(stranger.columns))
        self.least = np.array([row.least for row in stranger.rows], dtype=float)
        self.most = np.array([row.most for row in stranger.rows], dtype=float)
        self.places = list(stranger.sums)
        terms = [tuple((column, 1) for column in stranger.sums[place]) for place in self.places]
        self.sums = _matrix(terms, len(stranger.columns))
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
                    if (self.met(place)[0] > 1 if sign > 0 else self.met(place)[1] < self.stranger.k)
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
    """`low` to `high` is what the stranger knows; `least` to `most` what nobody could have kept from him."""

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


def attack(printed: Json, truth: Mapping[Place, int]) -> Attack:
    """A small figure must be possible as 1 and as k, or in an interval as wide where that cannot be had."""
    stranger = Stranger(printed)
    now, best = Beliefs(stranger), None
    found, k = Attack([], [], [], len(stranger.hidden)), stranger.k
    now.wander(stranger.hidden)
    for place in stranger.hidden:
        value = truth[place]
        if _safe(value, k, *now.met(place)):
            continue
        low, high = now.range(place)
        if _safe(value, k, low, high):
            continue
        best = best or Beliefs(Stranger(printed, hide_all=True))
        least, most = best.range(place)
        learned = Learned(place, value, low, high, least, most)
        if low == high and least < most:
            found.recovered.append(learned)
        if value < k and (low > max(least, 1) or high < min(most, max(k, least + k - 1))):
            found.under.append(learned)
        elif low == high and value < k:
            found.told.append(learned)
    return found


def _safe(value: int, k: int, low: int, high: int) -> bool:
    return (low <= 1 and high >= k) if value < k else low < high
