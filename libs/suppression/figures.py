"""Cells become figures: the same set of (dimension, category) pairs is one figure, in whichever table it
stands; and what the words of a publication mean: which base codes of which facts each category adds up. Pure.

Everybody has one base code of each fact here. Two categories hang together because they add up the same
codes, whatever they are called and in whichever table they stand: nothing here knows a fact by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from libs.groups import grouped
from libs.suppression.tables import TOTAL, Key, Status, Table, refuse_if

Pair = tuple[str, str]
Figure = frozenset[Pair]
GRAND_TOTAL: Final[Figure] = frozenset()


@dataclass(frozen=True, slots=True)
class Figured:
    """A figure as one publication has it. `summed`: the most dimensions any of its cells is a total over."""

    figure: Figure
    value: int | None
    hidden: bool
    exempt: bool
    summed: int


def dimension_names(table: Table) -> tuple[str, ...]:
    """The names that distinguish figures.

    A bare `purpose` is the main purpose where parts add up and any purpose where they overlap: two figures,
    not one.
    """
    purpose = "main_purpose" if table.additive else "any_purpose"
    return tuple(purpose if d.name == "purpose" else d.name for d in table.dimensions)


def figure_of(table: Table, key: Key) -> Figure:
    return frozenset(pair for pair in zip(dimension_names(table), key, strict=True) if pair[1] != TOTAL)


def name_of(figure: Figure) -> str:
    return ", ".join(f"{dimension} {category}" for dimension, category in sorted(figure)) or "the grand total"


def figures_of(tables: Iterable[Table]) -> Mapping[Figure, Figured]:
    """Every figure of one publication, once. Raises TableError where two tables give it different values."""
    found: dict[Figure, Figured] = {}
    for table in tables:
        for cell in table:
            if cell.status is Status.MISSING:
                continue
            figure = figure_of(table, cell.key)
            hidden = cell.status is Status.HIDDEN
            exempt = table.exempt and cell.value is not None
            new = Figured(figure, cell.value, hidden, exempt, cell.key.count(TOTAL))
            found[figure] = _merged(found[figure], new, table) if figure in found else new
    return found


def _merged(old: Figured, new: Figured, table: Table) -> Figured:
    refuse_if(
        len({old.value, new.value} - {None}) > 1,
        f"Table {table.name} gives {new.value} for {name_of(new.figure)}, another table gives {old.value}.",
    )
    return Figured(
        figure=old.figure,
        value=new.value if old.value is None else old.value,
        hidden=old.hidden | new.hidden,
        exempt=old.exempt | new.exempt,
        summed=max(old.summed, new.summed),
    )


Codes = frozenset[str]
Made = Mapping[str, Codes]  # fact → base codes: who is in it has one of them, of each fact
Held = tuple[tuple[tuple[tuple[str, str], ...], int], ...]  # ((fact, base code), ...) and how many have them


@dataclass(frozen=True, slots=True)
class Bound:
    """Of each of these `rows`, sets of base codes of a fact, everybody knows that it has at most `most`."""

    fact: str
    rows: tuple[Codes, ...]
    most: int


@dataclass(frozen=True)
class Words:
    """Of one publication. `made_of`: (dimension, category) → what it adds up. `base`: fact → all its
    codes.

    `held`: the persons themselves, by base codes: true values, which never leave the register; None where the
    sender does not give them. `never`: nobody has one code of each fact.
    """

    made_of: Mapping[Pair, Made]
    base: Mapping[str, Codes]
    held: Held | None
    never: tuple[Made, ...] = ()
    bounds: tuple[Bound, ...] = ()

    def of(self, figure: Figure) -> Made | None:
        """What a figure adds up; None where one of its words is of no fact that everybody has one code of."""
        found: dict[str, Codes] = {}
        for pair in figure:
            made = self.made_of.get(pair)
            if made is None or not made.keys() <= self.base.keys():
                return None
            for fact, codes in made.items():
                found[fact] = found.get(fact, codes) & codes
        return found

    @cached_property
    def all_codes(self) -> Mapping[str, Codes]:
        """With those that somebody has and no list tells of."""
        found = {fact: set(codes) for fact, codes in self.base.items()}
        for codes_of, _n in self.held or ():
            for fact, code in codes_of:
                if fact in found:
                    found[fact].add(code)
        return {fact: frozenset(codes) for fact, codes in found.items()}

    def to_json(self) -> dict[str, Any]:
        """True values and all: for the encrypted part of a version."""
        return {
            "made_of": [[*pair, plain(self.made_of[pair])] for pair in sorted(self.made_of)],
            "base": plain(self.base),
            "held": self.held and [[dict(codes), n] for codes, n in self.held],
            "never": [plain(one) for one in self.never],
            "bounds": [
                [bound.fact, [sorted(row) for row in bound.rows], bound.most] for bound in self.bounds
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Words:
        return cls(
            made_of={(name, category): made_from(made) for name, category, made in data["made_of"]},
            base=made_from(data["base"]),
            held=data["held"] and tuple((tuple(sorted(codes.items())), n) for codes, n in data["held"]),
            never=tuple(made_from(one) for one in data["never"]),
            bounds=tuple(
                Bound(fact, tuple(frozenset(row) for row in rows), n) for fact, rows, n in data["bounds"]
            ),
        )


def atoms(codes: Iterable[str], distinguished: Iterable[Codes]) -> tuple[Codes, ...]:
    """Return the codes in groups that none of the sets of codes divides."""
    sets = list(distinguished)
    found = grouped(sorted(codes), lambda code: tuple(code in one for one in sets))
    return tuple(frozenset(one) for one in found.values())


def plain(made: Made) -> dict[str, list[str]]:
    return {fact: sorted(codes) for fact, codes in sorted(made.items())}


def made_from(data: Mapping[str, Iterable[str]]) -> Made:
    return {fact: frozenset(codes) for fact, codes in data.items()}
