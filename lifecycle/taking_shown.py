"""What the pages of a file show of its numbers and of its sheets that were taken in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from accounts.access import Access
from agencies.models import Region
from cases.importing.preview import PersonWords
from exchange.journal import Obstacle
from exchange.undoing import Undoing
from lifecycle.models import TakenSheet
from lifecycle.taking_words import COLUMNS, GROUPS, REASONS, WHY

SHOWN: Final = 25  # rows of a kind
Problem = tuple[int, str, str, str]  # line, column, value, what is wrong


@dataclass(frozen=True)
class SheetShown:
    """What a sheet would do, or has done."""

    told: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.told.get("name", ""))

    @property
    def left(self) -> list[tuple[str, int]]:
        return [(str(WHY.get(why, why)), n) for why, n in self.told.get("left", {}).items()]

    @property
    def plan(self) -> Mapping[str, Any]:
        return self.told.get("plan", {})

    @property
    def errors(self) -> list[Problem]:
        return _problems(self.plan.get("errors", []))

    @property
    def warnings(self) -> list[Problem]:
        return _problems(self.plan.get("warnings", []))


def _problems(kept: Sequence[Any]) -> list[Problem]:
    """One of each line and column, however many alike persons the line tells of."""
    words = PersonWords({})
    told = [(line, *words.problem(one)) for line, one in kept]
    known = [(line, str(COLUMNS.get(column, column)), value, said) for line, column, value, said in told]
    return list(dict.fromkeys(known))[:SHOWN]


@dataclass
class Taken:
    """A sheet that was taken in, for who looks. `mine`: by them, who alone take it back."""

    sheet: TakenSheet
    access: Access

    @property
    def mine(self) -> bool:
        return bool(self.sheet.run.by_id == self.access.user.pk)

    @cached_property
    def obstacles(self) -> list[Obstacle]:
        """What stands in the way of taking it back: of one's own sheets that have not been."""
        if not self.mine or self.undone_at:
            return []
        return Undoing(self.sheet.run, self.access).obstacles[:SHOWN]

    @property
    def name(self) -> str:
        return str(self.sheet.name)

    @property
    def undone_at(self) -> datetime | None:
        return self.sheet.run.undone_at

    @cached_property
    def _told(self) -> Mapping[str, Any]:
        return self.sheet.seen

    @property
    def left(self) -> list[tuple[str, int, str]]:
        """Why, how many, and the lines of the first."""
        lines: dict[str, list[str]] = {}
        for one in self._told.get("left", []):
            lines.setdefault(one["why"], []).append(str(one["lines"][0]))
        return [(str(WHY.get(why, why)), len(some), ", ".join(some[:SHOWN])) for why, some in lines.items()]

    @property
    def errors(self) -> list[Problem]:
        return _problems(self._told.get("errors", []))

    @property
    def warnings(self) -> list[Problem]:
        return _problems(self._told.get("warnings", []))


def all_go(taken: Iterable[Taken]) -> bool:
    """Whether nothing stands in the way of taking the whole file back."""
    return not any(one.obstacles for one in taken)


def left_of(sheet: TakenSheet, access: Access) -> Taken:
    return Taken(sheet, access)


def compared(seen: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Years first, then regions and groups, in words. What is equal everywhere, and of which nobody else says
    a number, is left to the rows of its year."""
    names = {region.code: str(region) for region in Region.objects.all()}
    found, coming = [], seen.get("years", {})
    for one in seen.get("compared", []):
        others = [one["sheets"], one["published"]]
        if one["region"] == "?" or (others == [None, None] and one["region"] == "*" != one["group"]):
            continue
        reasons: Counter[str] = Counter()
        for reason in one["reasons"]:
            reasons[str(REASONS.get(reason["kind"], reason["kind"]))] += reason["persons"]
        where = names.get(one["region"], "") or str(GROUPS.get(one["group"], one["group"]))
        found.append(
            {
                **one,
                "where": where,
                "come": coming.get(str(one["year"])) if one["region"] == one["group"] == "*" else None,
                "alone": others == [None, None],
                "equal": all(other in {None, one["rows"]} for other in others),
                "reasons": sorted(reasons.items()),
            }
        )
    return found
