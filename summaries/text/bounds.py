"""Between which values each cell of a protected table must lie, by the shown cells alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Final, NamedTuple

from summaries.tables import TOTAL, Cell, Key, ProtectedTable, Status

ROUNDS: Final = 50  # each round tightens; a table of a year needs a handful


class Bounds(NamedTuple):
    """The least and the most; `most` is None where nothing limits it."""

    least: int
    most: int | None

    @property
    def exact(self) -> bool:
        return self.least == self.most

    def above(self, other: Bounds) -> bool:
        """Whether this is larger, whatever the two are."""
        return other.most is not None and self.least > other.most


NOTHING_KNOWN: Final = Bounds(0, None)
SOMEBODY: Final = Bounds(1, None)


def bounds_of(table: ProtectedTable, *, hidden_is_somebody: bool = False) -> dict[Key, Bounds]:
    """Of every cell of a table over one or two dimensions, margins included."""
    hidden = SOMEBODY if hidden_is_somebody else NOTHING_KNOWN
    found = {cell.key: _first(cell, hidden) for cell in table}
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
    least, most = 0, 0
    unlimited = False
    for one in bounds:
        least += one.least
        unlimited = unlimited or one.most is None
        most += one.most or 0
    return Bounds(least, None if unlimited else most)


def _first(cell: Cell, hidden: Bounds) -> Bounds:
    if cell.status is Status.SHOWN and cell.value is not None:
        return Bounds(cell.value, cell.value)
    return hidden if cell.status is Status.HIDDEN else NOTHING_KNOWN


def _equations(table: ProtectedTable) -> Iterable[tuple[Key, list[Key]]]:
    """Each total with its parts. Categories of the first dimension that overlap are not added."""
    choices = [(*dimension.parts, TOTAL) for dimension in table.dimensions]
    for key in product(*choices):
        for at, dimension in enumerate(table.dimensions):
            if key[at] == TOTAL and (table.additive or at > 0):
                parts = [(*key[:at], category, *key[at + 1 :]) for category in dimension.parts]
                if key in table.by_key and all(part in table.by_key for part in parts):
                    yield key, parts


def _tighten(found: dict[Key, Bounds], total: Key, parts: Sequence[Key]) -> None:
    whole = summed(found[part] for part in parts)
    found[total] = _both(found[total], whole)
    for part in parts:
        rest = summed(found[other] for other in parts if other != part)
        least = 0 if rest.most is None else max(0, found[total].least - rest.most)
        limit = found[total].most
        found[part] = _both(found[part], Bounds(least, None if limit is None else max(0, limit - rest.least)))


def _under_the_total(found: dict[Key, Bounds], table: ProtectedTable) -> None:
    """Where categories overlap, none has more than there are persons."""
    for key in found:
        limit = found.get((TOTAL, *key[1:]), NOTHING_KNOWN).most
        if key[0] != TOTAL and limit is not None:
            found[key] = _both(found[key], Bounds(0, limit))


def _both(one: Bounds, other: Bounds) -> Bounds:
    limits = [most for most in (one.most, other.most) if most is not None]
    return Bounds(max(one.least, other.least), min(limits) if limits else None)
