"""What the shown cells of a year prove, before it is put into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from summaries.tables import TOGETHER, TOTAL, ProtectedTable, Status
from summaries.text.bounds import NOTHING_KNOWN, Bounds, bounds_of
from summaries.text.purposes import FEWEST, Majority, Named, Purposes, Read, best, majority, most_common

GROUPS: Final = ("women", "men", "girls", "boys", "other", "unknown")
COLUMNS: Final = (*GROUPS[:4], "children")  # those that the text speaks of, whichever the table has
ADULTS: Final = ("women", "men")
CHILDREN: Final = ("girls", "boys")
NO_COUNTRY: Final = ("XS", "ZZ", "not_asked")
HELP: Final = ("shelter", "return")


@dataclass(frozen=True, slots=True)
class Children:
    """Girls and boys together, and in the year before. `everybody`: nobody else may be a child, in either
    year."""

    number: int
    before: int | None
    everybody: bool


@dataclass(frozen=True)
class Proved:
    """`groups` holds shown numbers only, as does `helped`: measure → persons, None where there are some,
    unsaid how many. `before`: the total of the year before. `so_far`: the day to which a year is counted that
    is not over. `left_out`: persons of whom `groups` alone tell. `alone`: too few for more than the total."""

    year: int
    total: int | None
    groups: Mapping[str, int]
    before: int | None = None
    children: Children | None = None
    broken: bool = False
    adults_most: Majority | None = None
    children_most: Majority | None = None
    purposes: Mapping[str, Purposes] = field(default_factory=dict)
    countries: tuple[Named, ...] = ()
    helped: Mapping[str, int | None] = field(default_factory=dict)
    so_far: date | None = None
    left_out: int = 0
    alone: bool = False

    @property
    def only_the_four_groups(self) -> bool:
        """Whether everybody is a woman, a man, a girl or a boy, so that these are the adults and the
        children."""
        return _only_the_four(self.groups)

    @property
    def all_are_children(self) -> bool:
        """In this year and the one before, so that a sentence on the children would say the same once
        more."""
        children = self.children
        return children is not None and (children.number, children.before) == (self.total, self.before)


def gather(
    year: int,
    tables: Sequence[ProtectedTable],
    before: Sequence[ProtectedTable] = (),
    *,
    broken: bool = False,
    hidden_is_somebody: bool = False,
    so_far: date | None = None,
) -> Proved:
    """`before` are the protected tables of the year before; `broken` says that the series broke in between.
    Of a year that is not over, but counted `so_far`, nothing is gathered from them: no other year is
    compared.

    `hidden_is_somebody`: zeros are always shown, so that a hidden cell holds a person at least. True of all
    that is protected with no earlier version of the year beside it.
    """
    named = {table.name: table for table in tables}
    then = {} if so_far else {table.name: table for table in before}
    groups, groups_then = _shown(named.get("groups")), _shown(then.get("groups"))
    main, any_purpose = (
        _read(named.get(name), hidden_is_somebody) for name in ("main_purpose", "any_purpose")
    )
    return Proved(
        year=year,
        total=groups.get(TOTAL),
        groups={group: groups[group] for group in (*GROUPS, TOGETHER) if group in groups},
        before=groups_then.get(TOTAL),
        children=_children(groups, groups_then),
        broken=broken,
        adults_most=majority(main, ADULTS),
        children_most=majority(main, CHILDREN) or majority(main, ("children",)),
        purposes={column: found for column in COLUMNS if (found := best(main, any_purpose, column))},
        countries=_countries(named.get("citizenship")),
        helped=_helped(named.get("measures"), hidden_is_somebody),
        so_far=so_far,
        left_out=max((table.left_out for table in tables), default=0),
        alone="groups" in named and not named["groups"].dimensions[0].categories,
    )


def _read(table: ProtectedTable | None, hidden_is_somebody: bool) -> Read | None:
    return Read(table, bounds_of(table, hidden_is_somebody=hidden_is_somebody)) if table is not None else None


def _shown(table: ProtectedTable | None) -> dict[str, int]:
    """Shown values of the first dimension, all else totals."""
    if table is None:
        return {}
    rest = (TOTAL,) * (len(table.dimensions) - 1)
    return {
        c.key[0]: c.value
        for c in table
        if c.key[1:] == rest and c.status is Status.SHOWN and c.value is not None
    }


def _only_the_four(groups: Mapping[str, int]) -> bool:
    return groups.get("other") == 0 == groups.get("unknown")


def _children(groups: Mapping[str, int], then: Mapping[str, int]) -> Children | None:
    if not set(CHILDREN) <= set(groups):
        return None
    before = then["girls"] + then["boys"] if set(CHILDREN) <= set(then) else None
    everybody = _only_the_four(groups) and (before is None or _only_the_four(then))
    return Children(groups["girls"] + groups["boys"], before, everybody)


def _countries(table: ProtectedTable | None) -> tuple[Named, ...]:
    """Each person is counted at one country. Where the list is not all there are, what it leaves no room for
    bounds those that are hidden or left out."""
    shown = _shown(table)
    if table is None or TOTAL not in shown:
        return ()
    found, rest = bounds_of(table), (TOTAL,) * (len(table.dimensions) - 1)
    room = shown[TOTAL] - sum(n for country, n in shown.items() if country != TOTAL)
    limit = Bounds(0, 0 if table.additive else max(0, room))
    countries = [country for country in table.dimensions[0].categories if country not in NO_COUNTRY]
    bounds = {country: found.get((country, *rest), NOTHING_KNOWN) for country in countries}
    if not table.additive:
        bounds = {country: one if one.exact else limit for country, one in bounds.items()}
    return most_common(bounds, shown, limit)


def _helped(table: ProtectedTable | None, hidden_is_somebody: bool) -> dict[str, int | None]:
    if table is None:
        return {}
    found, shown = bounds_of(table, hidden_is_somebody=hidden_is_somebody), _shown(table)
    rest = (TOTAL,) * (len(table.dimensions) - 1)
    bounds = {kind: found.get((kind, *rest), NOTHING_KNOWN) for kind in HELP}
    few = found.get((TOTAL, *rest), NOTHING_KNOWN).least < FEWEST
    return {
        kind: shown.get(kind)
        for kind, one in bounds.items()
        if one.least > 0 and (kind in shown or not (few or one.exact))
    }
