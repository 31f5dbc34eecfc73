"""Persons of a case who are alike, in one line of its table: forty berry pickers are not forty lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cases.concerns import in_group
from cases.rules.groups import group_of

MANY: Final = 6  # persons of a case, from which those who are alike stand together
TOGETHER: Final = 3  # alike ones, from which they do


@dataclass(frozen=True)
class Line:
    """One person, or several of whom the same is said: each a line of the page of the case. `missing` is what
    each of them lacks."""

    lines: Sequence[Any]
    missing: Sequence[Any] = field(default=())

    @property
    def first(self) -> Any:
        return self.lines[0]

    @property
    def several(self) -> int:
        """How many, where they are more than one."""
        return len(self.lines) if len(self.lines) > 1 else 0

    @property
    def group(self) -> str:
        row = self.first.row
        return in_group(group_of(row.sex, row.child), self.several) if self.several else str(self.first.group)

    @property
    def short(self) -> str:
        """P1–P38, P40."""
        return spans([line.row.position for line in self.lines])


def stand_together(lines: Sequence[Any]) -> list[list[Any]]:
    """Those of whom the table says the same stand together, where the case has many; each in its place by the
    first."""
    if len(lines) < MANY:
        return [[line] for line in lines]
    same: dict[tuple[object, ...], list[Any]] = defaultdict(list)
    for line in lines:
        same[_said(line)].append(line)
    found = []
    for together in same.values():
        found += [together] if len(together) >= TOGETHER else [[line] for line in together]
    return sorted(found, key=lambda together: together[0].row.position)


def _said(line: Any) -> tuple[object, ...]:
    row = line.row
    missing = tuple(lacking.key for lacking in line.missing)
    of_row = (row.sex, row.age_class, row.status, row.counted, row.taken_over)
    return (line.group, *of_row, line.purpose, missing)


def spans(positions: Iterable[int]) -> str:
    """P1–P3, P5, P7–P8: neighbours as a span."""
    found: list[list[int]] = []
    for position in positions:
        if found and position == found[-1][-1] + 1:
            found[-1].append(position)
        else:
            found.append([position])
    return ", ".join(f"P{one[0]}" if len(one) == 1 else f"P{one[0]}–P{one[-1]}" for one in found)
