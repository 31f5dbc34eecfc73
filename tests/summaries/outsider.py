"""A second attack, written from the description alone and sharing no code with the program.

Every figure of every publication of the population is a variable; those that are not known enter each linear
programme.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import highspy
import numpy as np
from scipy.sparse import lil_matrix

Json = dict[str, Any]
Figure = frozenset[tuple[str, str]]
Name = tuple[Figure, int, int]  # its value, and the version where nobody can say that it is as before; or 0
PURPOSE = ("purpose_field", "purpose_class", "main_purpose")


class Outsider:
    """`input_`: the package with true values; `tables`: as they shall be published; `unprinted`: figures that
    are printed nowhere in it, and then those of each entry of its ledger: they may be 0 as well."""

    def __init__(self, input_: Json, tables: list[Json], *unprinted_each: frozenset[Figure]) -> None:
        self.k = input_["k"]
        self.value: dict[Name, int] = {}
        self.known: set[Name] = set()
        self.exempt: set[Figure] = set()
        self.of_package: set[Name] = set()
        self.published: set[Name] = set()
        self.printed: set[Name] = set()
        self.equal: list[dict[Name, int]] = []
        self.at_least: list[dict[Name, int]] = []
        status = [{tuple(c["key"]): c["status"] for c in t["cells"]} for t in tables]
        hidden = iter(unprinted_each)
        self._read(input_["tables"], status, next(hidden, frozenset()), new=True)
        for entry in input_["ledger"]:
            unprinted = next(hidden, frozenset())
            if entry["population"] == input_["population"]:
                own = [{tuple(c["key"]): c["status"] for c in t["cells"]} for t in entry["tables"]]
                self._read(entry["tables"], own, unprinted, new=False)
        self.names = list(self.value)
        self.top = max(self.value.values(), default=0) + self.k

    def _read(
        self,
        tables: list[Json],
        statuses: list[Mapping[tuple[str, ...], str]],
        unprinted: frozenset[Figure],
        *,
        new: bool,
    ) -> None:
        own: dict[Figure, Name] = {}
        for table, status in zip(tables, statuses, strict=True):
            dimensions = [d["name"] for d in table["dimensions"]]
            cells: dict[tuple[str, ...], Name] = {}
            for cell in table["cells"]:
                key = tuple(cell["key"])
                figure = frozenset((d, c) for d, c in zip(dimensions, key, strict=True) if c != "*")
                cells[key] = (figure, cell["value"], cell.get("alone", 0))
                if table.get("exempt"):
                    self.exempt.add(figure)
                self._learn(cells[key], unprinted, shown=status[key] == "shown", new=new)
            self._relate(table, dimensions, cells)
            own |= {name[0]: name for name in cells.values()}
        self._main_within_any(own)

    def _learn(self, name: Name, unprinted: frozenset[Figure], *, shown: bool, new: bool) -> None:
        figure, value, _alone = name
        self.value[name] = value
        if new:
            self.of_package.add(name)
        if figure not in unprinted or figure in self.exempt:
            self.printed.add(name)
            if shown or value == 0:
                self.known.add(name)
                self.published |= set() if new else {name}

    def _relate(self, table: Json, dimensions: list[str], cells: dict[tuple[str, ...], Name]) -> None:
        for axis, dimension in enumerate(dimensions):
            lines = {name: _parts_of(key, axis, cells) for key, name in cells.items() if key[axis] == "*"}
            left_of = {name: self._left(name, parts) for name, parts in lines.items()}
            everybody = all(left <= 0 for left in left_of.values())
            adds_up = table["additive"] or dimension in ("section", "group")
            for name, parts in lines.items():
                self._compare(name, parts, table, equal=adds_up and left_of[name] == 0, everybody=everybody)

    def _compare(self, name: Name, parts: list[Name], table: Json, *, equal: bool, everybody: bool) -> None:
        if parts and equal:
            self.equal.append({name: 1, **dict.fromkeys(parts, -1)})
        elif parts and table["additive"]:
            self.at_least.append({name: 1, **dict.fromkeys(parts, -1)})
        else:
            self._within(name, parts, everybody=everybody)

    def _left(self, name: Name, parts: list[Name]) -> int:
        return self.value[name] - sum(self.value[part] for part in parts)

    def _within(self, name: Name, parts: list[Name], *, everybody: bool) -> None:
        """Each part is within the total; where everybody is in a part, the parts have at least as many."""
        self.at_least += [{name: 1, part: -1} for part in parts]
        if everybody and parts:
            self.at_least.append({name: -1, **dict.fromkeys(parts, 1)})

    def _main_within_any(self, own: dict[Figure, Name]) -> None:
        for figure, name in own.items():
            for dimension, category in figure:
                main = {pair for pair in figure if pair[0] in PURPOSE}
                wider = own.get(figure - main | {("any_purpose", category)})
                if (dimension, category) in main and wider and wider[1] >= name[1]:
                    self.at_least.append({wider: 1, name: -1})

    def least(self, name: Name) -> int:
        return 1 if name in self.printed else 0

    def attack(self) -> tuple[int, int]:
        """How many secrets are recovered, how many under-protected."""
        now, best = Beliefs(self, self.known), Beliefs(self, self._known_at_best())
        recovered = under = 0
        for weights, value in self.secrets():
            small = value < self.k
            if now.met_before(weights, self.k if small else None):
                continue
            low, high = now.range(weights)
            if not self._is_open(low, high, small=small, step=len(weights) == 2):
                continue
            lowest, highest = best.range(weights)
            recovered += low == high and lowest < highest
            wide = min(highest, max(self.k, lowest + self.k - 1))
            under += small and (low > max(1, lowest) or high < wide)
        return recovered, under

    def _known_at_best(self) -> set[Name]:
        nobody = {name for name in self.names if self.value[name] == 0 and self.least(name)}
        return nobody | {name for name in self.names if name[0] in self.exempt}

    def _is_open(self, low: int, high: int, *, small: bool, step: bool) -> bool:
        """Whether it is known, or a small one not to be anything from 1 to k; a step may be far below too."""
        far = high >= self.k or (step and low <= -self.k)
        return low >= high or (small and not (low <= 1 and far))

    def secrets(self) -> list[tuple[dict[Name, int], int]]:
        """Hidden figures, small ones that should be, and small steps between versions of what is not
        exempt."""
        found: list[tuple[dict[Name, int], int]] = []
        for name in self.names:
            if self._is_secret(name):
                found.append(({name: 1}, name[1]))
            found += [({name: 1, other: -1}, name[1] - other[1]) for other in self._stepped_from(name)]
        return found

    def _is_secret(self, name: Name) -> bool:
        figure, value, _alone = name
        small = 1 <= value < self.k
        hidden = name not in self.known and (name in self.printed or small or self._is_step(name))
        must = small and figure not in self.exempt and name not in self.published
        return hidden or (must and name in self.of_package)

    def _stepped_from(self, name: Name) -> list[Name]:
        """The same figure where it was a little less, unless both were published."""
        if name[0] in self.exempt:
            return []
        before = [other for other in self.names if other[0] == name[0] and 1 <= name[1] - other[1] < self.k]
        return [other for other in before if not {name, other} <= self.published]

    def _is_step(self, name: Name) -> bool:
        """Whether it is a small step from what everybody has."""
        before = [other[1] for other in self.known if other[0] == name[0] and other[0] not in self.exempt]
        return name in self.of_package and any(abs(name[1] - value) < self.k for value in before)


def _parts_of(total: tuple[str, ...], axis: int, cells: Mapping[tuple[str, ...], Name]) -> list[Name]:
    return [name for key, name in cells.items() if _is_part(key, total, axis)]


def _is_part(key: tuple[str, ...], total: tuple[str, ...], axis: int) -> bool:
    return key[axis] != "*" and key[:axis] + key[axis + 1 :] == total[:axis] + total[axis + 1 :]


class Beliefs:
    """All sets of figures that somebody may believe in who knows the figures `known`, and those met so
    far."""

    def __init__(self, outsider: Outsider, known: set[Name]) -> None:
        self.names = [name for name in outsider.names if name not in known]
        self.place = {name: number for number, name in enumerate(self.names)}
        self.value = outsider.value
        self.low = np.array([outsider.least(name) for name in self.names], dtype=float)
        self.high = np.full(len(self.names), float(outsider.top))
        self.matrix, self.least, self.most = self._rows(outsider)
        self.met = np.zeros((0, len(self.names)))
        self.solver = highspy._Highs()  # the class around it prints a banner
        self.solver.setOptionValue("output_flag", False)
        self.solver.passModel(self._programme())

    def _rows(self, outsider: Outsider) -> tuple[Any, np.ndarray, np.ndarray]:
        """Of the unknown figures of each relation: least <= sum <= most."""
        pairs = [(row, True) for row in outsider.equal] + [(row, False) for row in outsider.at_least]
        touched = [pair for pair in pairs if any(name in self.place for name in pair[0])]
        matrix, right = lil_matrix((len(touched), len(self.names))), np.zeros(len(touched))
        for number, (row, _equal) in enumerate(touched):
            for name, sign in row.items():
                if name in self.place:
                    matrix[number, self.place[name]] = sign
                else:
                    right[number] -= sign * self.value[name]
        return matrix.tocsc(), right, np.where([equal for _row, equal in touched], right, np.inf)

    def _programme(self) -> Any:
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = self.matrix.shape
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.zeros(len(self.names)), self.low, self.high
        lp.row_lower_, lp.row_upper_ = self.least, self.most
        lp.a_matrix_.start_, lp.a_matrix_.index_ = self.matrix.indptr, self.matrix.indices
        lp.a_matrix_.value_ = self.matrix.data
        return lp

    def range(self, weights: Mapping[Name, int]) -> tuple[int, int]:
        """The least and the most whole number."""
        known, objective = self._read(weights)
        if not objective.any():
            return known, known
        low, high = (float(self._extreme(sign * objective) @ objective) for sign in (1, -1))
        return math.ceil(known + low - 1e-6), math.floor(known + high + 1e-6)

    def met_before(self, weights: Mapping[Name, int], k: int | None) -> bool:
        """Whether sets that were met already show all that a secret needs: 1 and k, or two whole numbers."""
        if not len(self.met):
            return False
        known, objective = self._read(weights)
        values = known + self.met @ objective
        low, high = values.min(), values.max()
        if k is None:
            return bool(math.floor(high + 1e-6) > math.ceil(low - 1e-6))
        return bool(low <= 1 + 1e-6 and high >= k - 1e-6)

    def _read(self, weights: Mapping[Name, int]) -> tuple[int, np.ndarray]:
        objective = np.zeros(len(self.names))
        for name, weight in weights.items():
            if name in self.place:
                objective[self.place[name]] = weight
        return sum(
            weight * self.value[name] for name, weight in weights.items() if name not in self.place
        ), objective

    def _extreme(self, objective: np.ndarray) -> np.ndarray:
        """A set of figures of which the objective is least, checked by hand and remembered."""
        self.solver.changeColsCost(len(objective), np.arange(len(objective), dtype=np.int32), objective)
        self.solver.run()
        assert self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        found = np.array(self.solver.getSolution().col_value)
        sums = self.matrix @ found
        assert ((sums >= self.least - 1e-6) & (sums <= self.most + 1e-6)).all()
        assert ((found >= self.low - 1e-6) & (found <= self.high + 1e-6)).all()
        self.met = np.vstack([self.met, found])
        return found
