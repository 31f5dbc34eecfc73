"""Registers of all kinds, protected and told: both languages say the same, and every claim is proved by shown
cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain, pairwise, product
from random import Random
from typing import Any, Final

import numpy as np
import pytest
from scipy.optimize import linprog

from libs.suppression.tables import TOTAL, Key, ProtectedTable, Status
from summaries.text import Language, gather, paragraphs
from tests.summaries.reader import COUNTRIES, Claim, claims
from tests.summaries.small_registers import GROUPS, Kind, people, tables_of
from tests.weights import mostly_long

ADULTS, CHILDREN, FOUR = ("women", "men"), ("girls", "boys"), GROUPS[:4]
BOTH: Final[tuple[Language, ...]] = ("sv", "en")
FEW_ALIKE: Final = {"slope": 2.0, "groups": ADULTS, "columns": "section"}
KINDS: Final = (
    *(Kind(n) for n in (0, 1, 2, 3, 4, 6, 9, 15, 30, 50, 90, 150)),
    *(Kind(n, FOUR, k=3) for n in (1, 2, 5, 8, 12, 20, 40, 70, 120)),
    *(Kind(n, k=10, columns="section") for n in (12, 30, 60, 120)),
    *(Kind(n, FOUR, slope=2, columns="section") for n in (6, 20, 60, 150)),
    *(Kind(n, CHILDREN, ("crime", "begging")) for n in (1, 3, 8, 20, 60)),
    *(Kind(n, ADULTS, slope=2) for n in (4, 9, 25, 80)),
    *(Kind(n, ("women",), ("sexual",)) for n in (2, 5, 40)),
    Kind(40, FOUR, ("unknown",)),
    Kind(40, FOUR, ("sexual", "unknown"), slope=0),
    Kind(30, ("boys",), ("crime",)),
    Kind(40, FOUR, ("sexual", "labour"), slope=0),
    Kind(40, FOUR, ("other", "organs", "military"), slope=0),
    Kind(60, FOUR, countries=("RO",), slope=0),
    Kind(60, FOUR, countries=("XS", "ZZ")),
    Kind(30, FOUR, slope=0, helped=0),
    Kind(60, ADULTS, helped=1),
    Kind(45, FOUR, slope=0, k=10),
    Kind(2000, FOUR),
    *(Kind(n, slope=1, columns="") for n in (4, 25, 70, 300)),
)
USUAL: Final = (0, 1, 11, 18, 22, 27, 39, 44, 51, 54)  # so few, and every kind of sentence


class Told:
    """A year as it was published, and who reads it."""

    def __init__(self, kind: Kind, seed: int) -> None:
        random = Random(seed)
        before = replace(kind, number=max(0, kind.number + random.choice((-4, -1, 0, 0, 1, 3))))
        self.now = {table.name: table for table in tables_of(kind, people(kind, random))}
        self.then = (
            {table.name: table for table in tables_of(before, people(before, random))} if seed % 4 else {}
        )
        facts = gather(2018, [*self.now.values()], [*self.then.values()], hidden_is_somebody=True)
        self.text = {one: "\n".join(paragraphs(facts, one, countries=COUNTRIES[one])) for one in BOTH}
        self.told: dict[str, set[str]] = {}
        self.last = ""

    def groups(self, year: Mapping[str, ProtectedTable]) -> dict[str, int]:
        """Always shown: the headline groups are exempt."""
        return {cell.key[0]: cell.value or 0 for cell in year["groups"]}

    def who(self, name: str) -> tuple[str, ...]:
        _rows, *columns = self.now["main_purpose"].dimensions
        if not columns or name == "persons":
            return (TOTAL,)
        if name in ("children", "girls and boys"):
            return CHILDREN if CHILDREN[0] in columns[0].categories else ("children",)
        return ADULTS if name == "adults" else (name,)


@cache
def told_of(seed: int) -> Told:
    return Told(KINDS[seed], seed)


def least(table: ProtectedTable, weights: Mapping[Key, float]) -> float:
    """The least that a weighted sum of cells can be, over all tables that agree with the shown ones; hidden
    is 1 at least. Along the last dimension persons have one value each; along the first only where the table
    adds up."""
    keys = [cell.key for cell in table]
    sums = list(_sums(table, {key: at for at, key in enumerate(keys)}))
    known = [(c.value, c.value) if c.status is Status.SHOWN else (1, None) for c in table]
    equal = _matrix([row for row, exact in sums if exact], len(keys))
    below = _matrix([row for row, exact in sums if not exact], len(keys))
    size = len(table.dimensions)
    weights = {key[:size]: weight for key, weight in weights.items()}
    objective = [weights.get(key, 0.0) for key in keys]
    found = linprog(
        objective, A_eq=equal, b_eq=np.zeros(len(equal)), A_ub=below, b_ub=np.zeros(len(below)),
        bounds=known, method="highs",
    )  # fmt: skip
    return float(found.fun) if found.status == 0 else -np.inf


def _sums(table: ProtectedTable, place: Mapping[Key, int]) -> Iterator[tuple[dict[int, int], bool]]:
    """For each total its parts less itself: exactly 0, or each part at most the total."""
    for (key, total), (at, dimension) in product(place.items(), enumerate(table.dimensions)):
        if key[at] == TOTAL:
            parts = [place[(*key[:at], category, *key[at + 1 :])] for category in dimension.categories]
            if at == 0 and not table.additive:
                yield from (({total: -1, part: 1}, False) for part in parts)
            else:
                yield {total: -1, **dict.fromkeys(parts, 1)}, True


def _matrix(rows: Sequence[Mapping[int, int]], width: int) -> np.ndarray:
    matrix = np.zeros((len(rows), width))
    for at, row in enumerate(rows):
        matrix[at, list(row)] = list(row.values())
    return matrix


def shown(table: ProtectedTable, purpose: str, groups: Iterable[str]) -> int | None:
    cells = [table[(purpose, group)[: len(table.dimensions)]] for group in groups]
    return (
        sum(cell.value or 0 for cell in cells) if all(cell.status is Status.SHOWN for cell in cells) else None
    )


def is_proved(told: Told, claim: Claim) -> bool:
    kind, parts = claim[0], dict(claim[1])
    if kind in OF_NUMBERS:
        return bool(OF_NUMBERS[kind](told, parts))
    spoken = Said(told, kind, parts)
    return spoken.numbers_are_shown() and spoken.is_true()


class Said:
    """A sentence about the purposes of some groups; those before it have said something of the same."""

    def __init__(self, told: Told, kind: str, parts: Mapping[str, Any]) -> None:
        self.told, self.kind, self.parts = told, kind, parts
        self.table = told.now["main_purpose"]
        self.purposes = self.table.dimensions[0].categories
        self.groups = told.who(parts["who"]) if "who" in parts else (told.last,)
        self.group = self.groups[0]
        self.names = [*parts.get("names", ()), *parts.get("rest", ())]
        self.order = [purpose for purpose, _n in self.names]

    def numbers_are_shown(self) -> bool:
        shares = {purpose: n for purpose, n in self.names if n is not None}
        return shares == {purpose: shown(self.table, purpose, self.groups) for purpose in shares}

    def is_true(self) -> bool:
        match self.kind:
            case "most":
                return self._most()
            case "all":
                return self._nobody_has(set(self.purposes) - {self.parts["purpose"]}, self.groups)
            case "first" | "tied" | "next":
                return self._in_order()
            case "others had" | "some had" | "also":
                self.told.told.setdefault(self.group, set()).update(self.order)
                self.told.last = self.group
                return all(map(self._some, self.order))
            case "not shown":
                return self._may_be_largest() and all(map(self._some, self.order))
            case _:
                return self._only()

    def _may_be_largest(self) -> bool:
        """Whether each of them may be as large as the largest that is shown."""
        largest = max(shown(self.table, purpose, [self.group]) or 0 for purpose in self.purposes)
        room = [-least(self.table, {(purpose, self.group): -1}) for purpose in self.order]
        return min(room) >= largest - 1e-6

    def _some(self, purpose: str) -> bool:
        return least(self.table, {(purpose, self.group): 1}) > 1e-6

    def _nobody_has(self, purposes: Iterable[str], groups: Iterable[str]) -> bool:
        places = product(purposes, groups)
        return all(least(self.table, {place: -1}) > -1e-6 for place in places)

    def _above(self, one: str, other: str) -> bool:
        return least(self.table, {(one, self.group): 1, (other, self.group): -1}) > 1e-6

    def _most(self) -> bool:
        purpose, only = self.parts["purpose"], self.parts.get("only")
        self.told.told = {group: {purpose} for group in (only, self.parts["who"]) if group}
        half = {(purpose, group): 1.0 for group in self.groups} | {
            (TOTAL, group): -0.5 for group in self.groups
        }
        others = [group for group in self.groups if only and group != only]
        return least(self.table, half) > 1e-6 and self._shares() and self._nobody_has([purpose], others)

    def _shares(self) -> bool:
        """Whether as many of as many as it says, if it says so."""
        found = [shown(self.table, purpose, self.groups) for purpose in (self.parts["purpose"], TOTAL)]
        return "n" not in self.parts or [self.parts["n"], self.parts["of"]] == found

    def _in_order(self) -> bool:
        facts = self.told.told
        before = facts[self.group] if self.kind == "next" else set()
        others = set(self.purposes) - {*self.order, *before, "unknown"}
        facts[self.group] = before | set(self.order)
        if self.kind == "next":
            return self._are_ahead(others)
        self.told.last = self.group
        return self._are_ahead(others) if self.kind == "first" else self._are_tied(others)

    def _are_ahead(self, others: Iterable[str]) -> bool:
        """Each of the next, and all of the others."""
        ahead = pairwise(self.order)
        return all(self._above(*pair) for pair in (*ahead, *product(self.order[-1:], others)))

    def _are_tied(self, others: Iterable[str]) -> bool:
        alike = {shown(self.table, purpose, self.groups) for purpose in self.order} == {self.parts["n"]}
        return alike and all(self._above(*pair) for pair in product(self.order, others))

    def _only(self) -> bool:
        known = set(self.order)
        if self.kind in ("others only", "rest"):
            known |= self.told.told[self.group]
        others = set(self.purposes) - known
        return all(map(self._some, self.order)) and self._nobody_has(others, [self.group])


def _total(told: Told, parts: Mapping[str, Any]) -> bool:
    return told.groups(told.now)[TOTAL] == parts.get("n", 0)


def _everybody(told: Told, parts: Mapping[str, Any]) -> bool:
    found = told.groups(told.now)
    return found[parts["who"]] == found[TOTAL]


def _groups(told: Told, parts: Mapping[str, Any]) -> bool:
    return dict(parts["groups"]) == {g: n for g, n in told.groups(told.now).items() if n and g != TOTAL}


def _no_children(told: Told, parts: Mapping[str, Any]) -> bool:
    return not any(told.groups(told.now)[group] for group in parts["whose"])


def _change(told: Told, parts: Mapping[str, Any]) -> bool:
    now, then = told.groups(told.now)[TOTAL], told.groups(told.then)[TOTAL]
    step = now - then
    stated = parts.get("n", 0) * (1 if parts.get("way") == "more" else -1)
    return step == stated and parts.get("then", then) == then


def _then(told: Told, parts: Mapping[str, Any]) -> bool:
    return told.groups(told.then)[TOTAL] == parts.get("then", 0)


def _children(told: Told, parts: Mapping[str, Any]) -> bool:
    compared = bool({"none", "same", "step"} & parts.keys())
    found = [told.groups(year) for year in (told.now, *([told.then] if compared else []))]
    numbers = [one["girls"] + one["boys"] for one in found]
    unclear = any(one["other"] or one["unknown"] for one in found)
    if parts["n"] != numbers[0] or (parts["who"] == "children" and unclear):
        return False
    return not compared or _is_step(parts, *numbers)


def _is_step(parts: Mapping[str, Any], now: int, then: int) -> bool:
    step = parts.get("step", 0) * (1 if parts.get("way") == "more" else -1)
    return then == 0 if "none" in parts else now - then == step


def _countries(told: Told, parts: Mapping[str, Any]) -> bool:
    """Each above all that are not named: shown ones, and those that are hidden or left out taken together."""
    cells = {cell.key[0]: cell.value for cell in told.now["citizenship"] if cell.status is Status.SHOWN}
    named = dict(parts["countries"])
    rest = {country: n for country, n in cells.items() if country not in (TOTAL, "XS", "ZZ", *named)}
    room = cells[TOTAL] - sum(n for country, n in cells.items() if country != TOTAL)
    return all(cells[c] == n for c, n in named.items()) and min(named.values()) > max((room, *rest.values()))


def _helped(told: Told, parts: Mapping[str, Any]) -> bool:
    return all(told.now["measures"].value(kind) == n for kind, n in parts["helped"])


def _support(told: Told, parts: Mapping[str, Any]) -> bool:
    """Somebody had it; and neither is anybody's number of it certain, nor are there too few to speak of."""
    table = told.now["measures"]
    ends = [(least(table, {(k, TOTAL): 1}), -least(table, {(k, TOTAL): -1})) for k in parts["support"]]
    return table.value(TOTAL) not in range(5) and all(low > 1e-6 and high - low > 1e-6 for low, high in ends)


OF_NUMBERS: Final = {
    "total": _total, "nobody": _total, "no children": _no_children, "everybody": _everybody,
    "groups": _groups, "as many": _change,
    "change": _change, "then": _then, "nor then": _then, "children": _children, "countries": _countries,
    "helped": _helped, "support": _support, "care": lambda told, parts: True,
}  # fmt: skip


@pytest.mark.parametrize("seed", mostly_long(range(len(KINDS)), usual=USUAL))
def test_both_languages_claim_the_same_and_shown_cells_prove_it(seed: int) -> None:
    figure = told_of(seed)
    swedish, english = (claims(figure.text[one], one) for one in BOTH)
    assert swedish == english
    for claim in swedish:
        assert is_proved(figure, claim), claim
        assert with_numbers_or_without(claim), claim


def with_numbers_or_without(claim: Claim) -> bool:
    """All purposes of a sentence or none; and the largest comes first."""
    parts = dict(claim[1])
    numbers = [n for _purpose, n in (*parts.get("names", ()), *parts.get("rest", ()))]
    known = [n for n in numbers if n is not None]
    return len(known) in (0, len(numbers)) and known == sorted(known, reverse=True)


def test_most_kinds_of_sentences_are_met() -> None:
    """So that the proofs above are about something."""
    met = {claim[0] for seed in USUAL for claim in claims(told_of(seed).text["en"], "en")}
    assert met >= {
        "total",
        "nobody",
        "everybody",
        "groups",
        "change",
        "as many",
        "children",
        "most",
        "all",
        "first",
        "some had",
        "also",
        "only",
        "others only",
        "countries",
        "helped",
        "support",
    }


@pytest.mark.parametrize("seed", mostly_long(range(len(KINDS)), usual=USUAL[::2]))
def test_every_number_of_the_text_is_a_shown_figure_a_sum_of_two_or_a_step_between_years(seed: int) -> None:
    figure = told_of(seed)
    known = _figures(figure)
    for language, text in figure.text.items():
        body = text.replace("2018", "").replace("2017", "")
        found = [
            int(re.sub(r"[,\u00a0]", "", one)) for one in re.findall(r"\d{1,3}(?:[,\u00a0]\d{3})+|\d+", body)
        ]
        assert [n for n in found if n not in known] == [], (language, text)


def _figures(told: Told) -> set[int]:
    """What is shown, the sums of two groups, and the steps from one year to the other."""
    years = [told.groups(year) for year in (told.now, told.then) if year]
    pairs = [_pairs(groups) for groups in years]
    cells = [cell for table in told.now.values() for cell in table if cell.status is Status.SHOWN]
    known = {cell.value or 0 for cell in cells} | set(chain(*(groups.values() for groups in years), *pairs))
    steps = {abs(now - then) for now, then in zip(*pairs, strict=True)} if len(pairs) == 2 else set()
    return known | steps | _sums_of_two(told)


def _sums_of_two(told: Told) -> set[int]:
    table = told.now["main_purpose"]
    two = [told.who("adults"), told.who("children")]
    places = product((*table.dimensions[0].categories, TOTAL), two)
    return {n for place in places if (n := shown(table, *place)) is not None}


def _pairs(groups: Mapping[str, int]) -> Sequence[int]:
    return groups[TOTAL], groups["girls"] + groups["boys"]
