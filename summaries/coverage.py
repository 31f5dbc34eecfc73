"""Whom a year's tables count, and how far the year has come.

Persons of a section of few stand in the headline, and nowhere else. The headline prints women, men, girls,
boys and the others however few they are. Whoever is one of few there could be found in any other table by its
zeros, so that these tables leave the whole section out.

A year that is not over is counted so far, and is compared with no other year.

Pure: the day is handed in. It is that of the count: today for what is read, that of its figures for a
version.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import product
from typing import Final

from cases.rules.persons import GROUPS, group_of
from libs.suppression.tables import GROUP, OTHERS, TOGETHER, TOTAL, Cell, Dimension, ProtectedTable, Table
from summaries.classifications import SECTIONS, Step
from summaries.counting.tabulate import merged_groups


def so_far(year: int, day: date) -> date | None:
    """`day` where the year is not over then, its last day too; None of a year that is over.

    A part of a year beside a whole one looks like a fall, and may be none. So every difference, every figure
    of the year before and every rate of a year asks here first.

    >>> so_far(2026, date(2026, 12, 31))
    datetime.date(2026, 12, 31)
    >>> so_far(2026, date(2027, 1, 1)) is None
    True
    """
    return day if year >= day.year else None


SECTION: Final = "section"
HEADLINE: Final = "groups"  # the table that is exempt by standing decision
FEW_IN_ALL: Final = 3  # times the threshold: of fewer persons the total alone is printed
CHILDREN: Final = ("girls", "boys")
ORDER: Final = tuple(dict.fromkeys(SECTIONS.values()))
SEPARATE: Final = tuple(group for group in GROUPS if group not in OTHERS)  # never told of as one number


class Alone(StrEnum):
    NOTHING_LESS = ""
    TOTAL = "total"
    HEADLINE = "headline"


@dataclass(frozen=True)
class Coverage:
    """`groups`: everybody, by group. `left`: the sections that no table but the headline tells of."""

    groups: Mapping[str, int]
    k: int
    left: frozenset[str] = frozenset()
    alone: Alone = Alone.NOTHING_LESS

    @property
    def left_out(self) -> int:
        """How many persons the other tables leave out: one number for the year."""
        return sum(self.number(one) for one in self.left)

    @property
    def by_section(self) -> bool:
        """Whether tables by group fall to sections: girls or boys are few, though children are not."""
        few = any(1 <= self.groups.get(group, 0) < self.k for group in CHILDREN)
        return few and SECTIONS[CHILDREN[0]] not in self.left

    @property
    def sections(self) -> tuple[str, ...]:
        """The columns of the other tables: those of nobody stand, since their zeros are in the headline."""
        return tuple(one for one in ORDER if one not in self.left or not self.number(one))

    @property
    def decided(self) -> list[str] | None:
        """The sections left out, for later versions; None where nothing but the headline is published yet."""
        return None if self.alone and not self.left else sorted(self.left)

    def has(self, level: str, category: str) -> bool:
        """Whether a table but the headline has this column, or row; of a total alone no table has."""
        if level not in {GROUP, SECTION}:
            return True
        if (level, self.alone) == (GROUP, Alone.TOTAL):
            return False
        return SECTIONS.get(category, category) in self.sections

    def number(self, section: str) -> int:
        return sum(self.groups.get(group, 0) for group, of in SECTIONS.items() if of == section)

    def step(self, name: str, step: Step) -> Step:
        """Return the step as it may be printed of the year."""
        if not self.by_section or name == HEADLINE:
            return step
        rows, columns = (SECTION if level == GROUP else level for level in (step.rows, step.columns))
        return replace(step, rows=rows, columns=columns)

    def tells_of(self, sex: str, child: str) -> bool:
        """Whether the other tables count somebody of this sex and answer to child."""
        return SECTIONS[group_of(sex, child)] not in self.left

    def headline(self, title: str, *, together: bool) -> ProtectedTable:
        """Everybody by group, or the total alone."""
        if self.alone is Alone.TOTAL:
            groups: tuple[str, ...] = ()
        else:
            groups = (*SEPARATE, *((TOGETHER,) if together else OTHERS))
        numbers = {**self.groups, TOGETHER: self.number(TOGETHER)}
        cells = [Cell((group,), numbers.get(group, 0)) for group in groups]
        cells.append(Cell((TOTAL,), sum(self.groups.values())))
        table = ProtectedTable(HEADLINE, title, (Dimension(GROUP, groups),), tuple(cells), exempt=True)
        return merged_groups(table)

    def columns(self, table: Table) -> Table:
        """The table without the columns of those who are left out, and with their number."""
        dimensions = tuple(
            replace(d, categories=tuple(category for category in d.categories if self.has(d.name, category)))
            for d in table.dimensions
        )
        kept = set(product(*((*dimension.categories, TOTAL) for dimension in dimensions)))
        cells = tuple(cell for cell in table if cell.key in kept)
        return replace(table, dimensions=dimensions, cells=cells, left_out=self.left_out)


def coverage_of(groups: Mapping[str, int], k: int, decided: Set[str] | None = None) -> Coverage:
    """`decided`: the sections that were left out when tables of the year were first published; None before.

    That never changes: what has been told of a section is not taken back, and whoever turns up in one that
    was left out is not told of by the difference. Where one that is told of has come to have few, the year
    is its headline alone.
    """
    one = Coverage(groups, k, frozenset() if decided is None else frozenset(decided))
    if sum(groups.values()) < FEW_IN_ALL * k:
        return replace(one, alone=Alone.TOTAL)
    few = {section for section in ORDER if one.number(section) < k}
    if decided is None:
        one = replace(one, left=frozenset(few))
        return one if len(few) < len(ORDER) else replace(one, left=frozenset(), alone=Alone.HEADLINE)
    become_few = any(one.number(each) for each in few - one.left)
    nobody_else = one.left_out == sum(groups.values())
    return replace(one, alone=Alone.HEADLINE) if become_few or nobody_else else one


def everybody(one: Coverage) -> Coverage:
    """The same year with everybody in all tables; of too few the total alone is printed all the same."""
    return replace(one, left=frozenset(), alone=one.alone if one.alone is Alone.TOTAL else Alone.NOTHING_LESS)
