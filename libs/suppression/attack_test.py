"""The attack test: written apart from what chose the cells, and the gate of every publication.

For each hidden figure, and each small difference between versions, two linear programmes over the hidden
figures alone give the least and the most it can be. An interval counts only when the solver shows a whole set
of figures that has the value, and that set is checked here: a solver that errs can fail a publication but not
pass one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from operator import attrgetter
from typing import Any, Final

import numpy as np

from libs.suppression.figures import Figure, figure_of, name_of
from libs.suppression.package import Cancelled, FigureInterval, Findings, Kind, Package, Verdict
from libs.suppression.programme import Fate, Goal, Model, build
from libs.suppression.solvers import Bools, Floats, Programme, sparse
from libs.suppression.tables import Status, Table, TableError, refuse_if

EPSILON: Final = 1e-6


def attack(
    package: Package,
    tables: Sequence[Table],
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
    *,
    model: Model | None = None,
    briefly: bool = False,
) -> Findings:
    """See `libs.suppression.audit`. `model`: of the package, where it is built already."""
    model = model or build(package)
    hidden = _hidden(package, tables, model)
    printed = [number for number in model.of_package.values() if not model.variables[number].unprinted]
    return Findings(
        primary=sum(map(model.is_primary, printed)),
        hidden=int(hidden[printed].sum()),
        intervals=tuple(_watched(_Audit(model, hidden, briefly=briefly), progress, cancelled)),
        unprinted=package.unprinted,
    )


def _hidden(package: Package, tables: Sequence[Table], model: Model) -> Bools:
    hidden = np.array([variable.fate is Fate.KEPT for variable in model.variables], dtype=bool)
    refuse_if(
        list(map(attrgetter("name"), tables)) != list(map(attrgetter("name"), package.tables)),
        "The protected tables are not those of the package.",
    )
    shown: set[Figure] = set().union(*map(partial(_shown, model=model), package.tables, tables))
    for figure, number in model.of_package.items():
        # What is shown anywhere is known, in an earlier version too.
        hidden[number] = figure not in shown and not model.variables[number].published
    return hidden


def _shown(mine: Table, theirs: Table, model: Model) -> Iterator[Figure]:
    refuse_if(
        list(map(attrgetter("key"), mine)) != list(map(attrgetter("key"), theirs)),
        f"Table {mine.name}: the protected cells are not those of the package.",
    )
    for true, cell in zip(mine, theirs, strict=True):
        if cell.status is not Status.SHOWN:
            continue
        figure = figure_of(mine, cell.key)
        if cell.value != model.variables[model.of_package[figure]].value:
            raise TableError(
                f"Table {mine.name}: {name_of(figure)} is shown with another value than {true.value}."
            )
        yield figure


def _watched(
    work: _Audit, progress: Callable[[int, int], None], cancelled: Callable[[], bool]
) -> Iterator[FigureInterval]:
    for number, interval in enumerate(work.intervals(), start=1):
        if cancelled():
            raise Cancelled
        progress(number, max(number, work.size))
        yield interval


class _Audit:
    def __init__(self, model: Model, hidden: Bools, *, briefly: bool) -> None:
        self.model, self.hidden, self._briefly = model, hidden, briefly
        self._small = {target.terms[0][0] for target in model.targets if not target.is_difference}
        self.size = int(hidden.sum()) + sum(map(attrgetter("is_difference"), model.targets))

    @cached_property
    def _outside(self) -> View:
        return View(self.model, self.hidden)

    @cached_property
    def _at_best(self) -> View:
        """Nothing known but zeros, exempt figures, and what was not the register's to tell."""
        return View(
            self.model, np.array([v.secret_by_choice or v.guessed for v in self.model.variables], dtype=bool)
        )

    def intervals(self) -> Iterator[FigureInterval]:
        for number in np.flatnonzero(self.hidden).tolist():
            kind = Kind.SMALL if number in self._small else Kind.PROTECTS
            variable = self.model.variables[number]
            if kind is Kind.PROTECTS and (variable.unprinted or variable.drawn):
                continue  # nobody tried to hide it
            yield self._interval(self.model.goal(number), kind)
        for target in self.model.targets:
            if target.is_difference:
                yield self._interval(target, Kind.DIFFERENCE)
            elif not self.hidden[target.terms[0][0]]:
                yield self._interval(target, Kind.SMALL)

    def _interval(self, target: Goal, kind: Kind) -> FigureInterval:
        low, high = self._outside.shown(target)
        if not (self._briefly and self._is_enough(kind, low, high)):
            low, high = self._outside.range(target)
        variables = [self.model.variables[number] for number, _ in target.terms]
        return FigureInterval(
            figure=variables[0].figure,
            versions=tuple(map(attrgetter("version"), variables)),
            kind=kind,
            value=target.value,
            low=low,
            high=high,
            verdict=Verdict.RECOVERED if self._both_known(target) else self._verdict(target, kind, low, high),
        )

    def _is_enough(self, kind: Kind, low: int, high: int) -> bool:
        far = high >= self.model.k or (
            kind is Kind.DIFFERENCE and low <= -self.model.k
        )  # its sign is unknown
        return low < high if kind is Kind.PROTECTS else low <= 1 and far

    def _both_known(self, target: Goal) -> bool:
        """A small step of which both sides are certain, though the newer one could have been kept: who does
        not know that all else is as it was learns of it by nothing but these."""
        sides = [number for number, _ in target.terms]
        if not target.is_difference or any(self._is_open(number, self._outside) for number in sides):
            return False
        new = [number for number in sides if self.model.variables[number].in_package]
        return any(self._is_open(number, self._at_best) for number in new)

    def _is_open(self, number: int, view: View) -> bool:
        low, high = view.range(self.model.goal(number))
        return low < high

    def _verdict(self, target: Goal, kind: Kind, low: int, high: int) -> Verdict:
        if self._is_enough(kind, low, high):
            return Verdict.SAFE
        k = self.model.k
        lowest, highest = self._at_best.range(target)
        if low == high and lowest < highest:
            return Verdict.RECOVERED
        if kind is Kind.PROTECTS:
            return Verdict.LOWERED
        enough = low <= max(lowest, 1) and high >= min(highest, max(k, lowest + k - 1))
        return Verdict.LOWERED if enough else Verdict.UNDER


class View:
    """The figures as somebody sees them who does not know those that are `hidden`."""

    def __init__(self, model: Model, hidden: Bools) -> None:
        self._values = np.array(list(map(attrgetter("value"), model.variables)), dtype=float)
        self._place = {number: place for place, number in enumerate(np.flatnonzero(hidden).tolist())}
        self._matrix, self._right, slacks = self._equations(model)
        low = [model.variables[number].low for number in self._place]
        self._low = np.array(low + [0] * len(slacks), dtype=float)
        high = [model.variables[number].high(model.ceiling) for number in self._place]
        self._high = np.array(high + slacks, dtype=float)
        self._programme = Programme(self._matrix, self._right)
        self._programme.bound(self._low, self._high)
        self._least = np.full(len(self._low), np.inf)
        self._most = -self._least

    def _equations(self, model: Model) -> tuple[Any, Floats, list[int]]:
        """Sum of hidden (less a slack, where the row is >= 0) = minus the sum of what is known."""
        cells: list[tuple[int, int, int]] = []
        right: list[float] = []
        slacks: list[int] = []
        for terms, equal in model.rows:
            unknown, known = self._parted(terms)
            if not unknown:
                continue
            cells += [(len(right), place, sign) for place, sign in unknown]
            if not equal:
                cells.append((len(right), len(self._place) + len(slacks), -1))
                slacks.append(model.ceiling * len(terms))
            right.append(-known)
        matrix = sparse(cells, (len(right), len(self._place) + len(slacks)))
        return matrix, np.array(right), slacks

    def _parted(self, terms: Sequence[tuple[int, int]]) -> tuple[list[tuple[int, int]], float]:
        """Return the places of the hidden among terms, with their signs, and the sum of the others."""
        unknown = [(self._place[number], sign) for number, sign in terms if number in self._place]
        known = sum(sign * self._values[number] for number, sign in terms if number not in self._place)
        return unknown, float(known)

    def range(self, target: Goal) -> tuple[int, int]:
        """The least and the most whole number that `target` can be."""
        unknown, known = self._parted(target.terms)
        weights = {place: float(sign) for place, sign in unknown}
        if not weights:
            return int(known), int(known)
        most = self._extreme(weights)
        least = -self._extreme({place: -weight for place, weight in weights.items()})
        return math.ceil(known + least - EPSILON), math.floor(known + most + EPSILON)

    def shown(self, target: Goal) -> tuple[int, int]:
        """From which to which whole number the sets of figures that were found so far have it: `range` is no
        narrower. Nothing, from 1 to 0, of what has several terms or is in none yet."""
        ((number, sign), *more) = target.terms
        place = self._place.get(number)
        if more or sign < 0 or place is None or self._least[place] > self._most[place]:
            return 1, 0
        return math.ceil(self._least[place] - EPSILON), math.floor(self._most[place] + EPSILON)

    def _extreme(self, weights: dict[int, float]) -> float:
        point = self._programme.maximise(weights).point
        off = np.abs(self._matrix @ point - self._right).max(initial=0)
        if off > EPSILON or ((point < self._low - EPSILON) | (point > self._high + EPSILON)).any():
            raise ArithmeticError("The solver's figures do not keep what is known.")
        self._least, self._most = np.minimum(self._least, point), np.maximum(self._most, point)
        return float(sum(weight * point[place] for place, weight in weights.items()))
