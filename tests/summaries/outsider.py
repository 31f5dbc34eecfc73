"""A second attack, written from the description alone and sharing no code with the program: slow and plain.

Every figure of every publication of the population is a variable; all of them enter each linear programme.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

Json = dict[str, Any]
Figure = frozenset[tuple[str, str]]
Name = tuple[Figure, int]


class Outsider:
    """`input_`: the package with true values; `tables`: as they shall be published; `veiled`: may be 0 as well."""

    def __init__(self, input_: Json, tables: list[Json], veiled: frozenset[Figure] = frozenset()) -> None:
        self.veiled = veiled
        self.k = input_["k"]
        self.value: dict[Name, int] = {}
        self.known: set[Name] = set()
        self.exempt: set[Figure] = set()
        self.of_package: set[Name] = set()
        self.published: set[Name] = set()
        self.earlier: set[Name] = set()
        self.equal: list[dict[Name, int]] = []
        self.at_least: list[dict[Name, int]] = []
        status = [{tuple(c["key"]): c["status"] for c in t["cells"]} for t in tables]
        self._read(input_["tables"], status, new=True)
        for entry in input_["ledger"]:
            if entry["population"] == input_["population"]:
                own = [{tuple(c["key"]): c["status"] for c in t["cells"]} for t in entry["tables"]]
                self._read(entry["tables"], own, new=False)
        self.names = list(self.value)
        self.top = max(self.value.values(), default=0) + self.k

    def _read(self, tables: list[Json], statuses: list[Mapping[tuple[str, ...], str]], *, new: bool) -> None:
        own: dict[Figure, int] = {}
        for table, status in zip(tables, statuses, strict=True):
            dimensions = [d["name"] for d in table["dimensions"]]
            cells: dict[tuple[str, ...], Name] = {}
            for cell in table["cells"]:
                key = tuple(cell["key"])
                figure = frozenset((d, c) for d, c in zip(dimensions, key, strict=True) if c != "*")
                cells[key] = name = (figure, cell["value"])
                self.value[name] = cell["value"]
                if table.get("exempt"):
                    self.exempt.add(figure)
                if status[key] == "shown" or (cell["value"] == 0 and not (new and figure in self.veiled)):
                    self.known.add(name)
                    if not new:
                        self.published.add(name)
                if new:
                    self.of_package.add(name)
                else:
                    self.earlier.add(name)
            self._relate(table, dimensions, cells)
            own |= dict(cells.values())
        self._main_within_any(own)

    def _relate(self, table: Json, dimensions: list[str], cells: dict[tuple[str, ...], Name]) -> None:
        for axis, dimension in enumerate(dimensions):
            for key, name in cells.items():
                if key[axis] != "*":
                    continue
                parts = [n for other, n in cells.items() if _is_part(other, key, axis)]
                left = self.value[name] - sum(self.value[part] for part in parts)
                if parts and left == 0 and (table["additive"] or dimension in ("section", "group")):
                    self.equal.append({name: 1, **dict.fromkeys(parts, -1)})
                elif table["additive"] and parts:
                    self.at_least.append({name: 1, **dict.fromkeys(parts, -1)})
                else:
                    self.at_least += [{name: 1, part: -1} for part in parts]

    def _main_within_any(self, own: dict[Figure, int]) -> None:
        for figure, value in own.items():
            for dimension, category in figure:
                main = {pair for pair in figure if pair[0] in ("purpose_class", "main_purpose")}
                wider = figure - main | {("any_purpose", category)}
                if (dimension, category) in main and own.get(wider, -1) >= value:
                    self.at_least.append({(wider, own[wider]): 1, (figure, value): -1})

    def range(self, weights: dict[Name, int], known: set[Name]) -> tuple[int, int]:
        place = {name: number for number, name in enumerate(self.names)}
        ends = []
        for sign in (1, -1):
            objective = np.zeros(len(self.names))
            for name, weight in weights.items():
                objective[place[name]] = sign * weight
            bounds = [(self.value[n], self.value[n]) if n in known else (self.least(n), self.top) for n in self.names]
            found = linprog(
                objective,
                A_eq=_matrix(self.equal, place),
                b_eq=np.zeros(len(self.equal)) if self.equal else None,
                A_ub=_matrix([{n: -s for n, s in row.items()} for row in self.at_least], place),
                b_ub=np.zeros(len(self.at_least)) if self.at_least else None,
                bounds=bounds,
            )
            assert found.status == 0, found.message
            ends.append(sign * found.fun)
        return math.ceil(ends[0] - 1e-6), math.floor(ends[1] + 1e-6)

    def least(self, name: Name) -> int:
        return 0 if name[0] in self.veiled and name not in self.earlier else 1

    def attack(self) -> tuple[int, int]:
        """How many secrets are recovered, how many under-protected."""
        at_best = {n for n in self.names if (self.value[n] == 0 and self.least(n)) or n[0] in self.exempt}
        recovered = under = 0
        for weights, value in self.secrets():
            low, high = self.range(weights, self.known)
            small = value < self.k
            far = high >= self.k or (len(weights) == 2 and low <= -self.k)
            if low < high and (not small or (low <= 1 and far)):
                continue
            lowest, highest = self.range(weights, at_best)
            recovered += low == high and lowest < highest
            if small:
                under += low > max(1, lowest) or high < min(highest, max(self.k, lowest + self.k - 1))
        return recovered, under

    def secrets(self) -> list[tuple[dict[Name, int], int]]:
        """Hidden figures, small ones that should be, and small steps between versions of what is not exempt."""
        found: list[tuple[dict[Name, int], int]] = []
        for name in self.names:
            figure, value = name
            must = figure not in self.exempt and 1 <= value < self.k and name not in self.published
            if name not in self.known or (must and name in self.of_package):
                found.append(({name: 1}, value))
            for other in self.names:
                step = value - other[1]
                both = name in self.published and other in self.published
                if other[0] == figure and 1 <= step < self.k and not both and figure not in self.exempt:
                    found.append(({name: 1, other: -1}, step))
        return found


def _is_part(key: tuple[str, ...], total: tuple[str, ...], axis: int) -> bool:
    return key[axis] != "*" and key[:axis] + key[axis + 1 :] == total[:axis] + total[axis + 1 :]


def _matrix(rows: list[dict[Name, int]], place: dict[Name, int]) -> Any:
    if not rows:
        return None
    matrix = lil_matrix((len(rows), len(place)))
    for number, row in enumerate(rows):
        for name, sign in row.items():
            matrix[number, place[name]] = sign
    return matrix.tocsr()
