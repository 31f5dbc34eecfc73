"""What is kept of a register, and how it becomes a file and comes back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cases.shape.cells import Column, Crossing, Spread
from cases.shape.rows import NEAR, NO, OTHER, SAME, UNKNOWN, YES

VERSION: Final = 1
DAYS: Final = (0, 1, 3, 8, 15, 32, 63, 93, 184, 367)
LENGTHS: Final = (1, 21, 51, 101, 201, 401, 801)
# The classes of each number, before those of few are taken together.
STARTS: Final[Mapping[str, tuple[int, ...]]] = {
    "persons": (1, 2, 3, 4, 5, 7, 10, 20, 50),  # of a case
    "accompanying": (0, 1, 2, 3, 5),
    "delay": DAYS,
    "later": DAYS,
    "again": DAYS,
    "note": LENGTHS,
    "reason": LENGTHS,
}
# Where a register says too little.
USUAL: Final[Mapping[str, Spread]] = {
    "persons": Spread((1,), (1,), 1),
    "accompanying": Spread((0, 1), (19, 1), 1),
    "delay": Spread((0,), (1,), 5),
    "later": Spread((0,), (1,), 30),
    "again": Spread((0,), (1,), 60),
    "note": Spread((1,), (1,), 80),
    "reason": Spread((1,), (1,), 60),
}
# Of a second record, where too few have been confirmed: not measured, believed. One in four persons is met
# again, by somebody who judges the age otherwise one time in five, and so on.
ASSUMED: Final[Mapping[str, Mapping[str, int]]] = {
    "again": {YES: 25, NO: 75},
    "again region": {SAME: 50, OTHER: 50},
    "again sex": {SAME: 98, UNKNOWN: 2},
    "again child": {SAME: 97, UNKNOWN: 3},
    "again age_class": {SAME: 70, NEAR: 20, UNKNOWN: 10},
    "again citizenship": {SAME: 80, OTHER: 10, UNKNOWN: 10},
    "again main_purpose": {SAME: 72, OTHER: 20, UNKNOWN: 8},
    "again county": {SAME: 75, OTHER: 25},
}
BY_NOBODY: Final[Crossing] = Crossing()


@dataclass(frozen=True, slots=True)
class Shape:
    """`alike`: of a further person of a case, how often each fact is the first one's because it is the same
    event. `persons` and `cases` are rounded."""

    fewest: int
    persons: int
    cases: int
    crossings: Mapping[str, Crossing] = field(default_factory=dict)
    spreads: Mapping[str, Spread] = field(default_factory=dict)
    alike: Mapping[str, float] = field(default_factory=dict)
    calls: Mapping[str, int] = field(default_factory=dict)

    def crossing(self, name: str) -> Crossing:
        if name in self.crossings and self.crossings[name].columns:
            return self.crossings[name]
        return Crossing({(): Column(ASSUMED[name])}) if name in ASSUMED else BY_NOBODY

    def spread(self, name: str) -> Spread:
        return self.spreads.get(name, USUAL[name])

    @property
    def assumed(self) -> tuple[str, ...]:
        """What the register says too little of, so that the usual is drawn."""
        lacking = [name for name in ASSUMED if not self.crossings.get(name, BY_NOBODY).columns]
        return (*lacking, *(f"{name} (number)" for name in USUAL if name not in self.spreads))

    def cells(self) -> list[int]:
        """All numbers of rows that it holds."""
        columns = [column for one in self.crossings.values() for column in one.columns.values()]
        return [
            *(n for column in columns for n in column.counts.values()),
            *(column.rest for column in columns if column.rest),
            *(n for one in self.spreads.values() for n in one.counts),
            *self.calls.values(),
        ]


class NoShape(ValueError):
    """The file is not one of a shape."""


def plain(shape: Shape) -> dict[str, Any]:
    """As JSON has it."""
    return {
        "shape": VERSION,
        "fewest": shape.fewest,
        "persons": shape.persons,
        "cases": shape.cases,
        "assumed": list(shape.assumed),
        "crossings": {
            name: [
                {"beside": list(beside), "counts": dict(column.counts), "rest": column.rest}
                for beside, column in one.columns.items()
            ]
            for name, one in shape.crossings.items()
        },
        "spreads": {
            name: {"starts": list(one.starts), "counts": list(one.counts), "tail": one.tail}
            for name, one in shape.spreads.items()
        },
        "alike": dict(shape.alike),
        "calls": dict(shape.calls),
    }


def read(facts: Any) -> Shape:
    """From what `plain` made. Raises NoShape."""
    try:
        if facts["shape"] != VERSION:
            raise NoShape
        return Shape(
            fewest=int(facts["fewest"]),
            persons=int(facts["persons"]),
            cases=int(facts["cases"]),
            crossings={name: _crossing(columns) for name, columns in facts["crossings"].items()},
            spreads={name: _spread(name, one) for name, one in facts["spreads"].items()},
            alike={name: float(share) for name, share in facts["alike"].items()},
            calls={str(year): int(n) for year, n in facts["calls"].items()},
        )
    except (KeyError, TypeError, AttributeError, ValueError):
        raise NoShape from None


def _crossing(columns: Any) -> Crossing:
    return Crossing(
        {
            tuple(map(str, one["beside"])): Column(
                {str(word): int(n) for word, n in one["counts"].items()}, int(one["rest"])
            )
            for one in columns
        }
    )


def _spread(name: str, one: Any) -> Spread:
    starts, counts = tuple(map(int, one["starts"])), tuple(map(int, one["counts"]))
    if name not in STARTS or not starts or len(starts) != len(counts) or list(starts) != sorted(set(starts)):
        raise NoShape
    return Spread(starts, counts, max(int(one["tail"]), starts[-1]))
