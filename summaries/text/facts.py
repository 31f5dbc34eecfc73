"""What the shown cells of a year prove, before it is put into words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from summaries.tables import TOTAL, ProtectedTable, Status
from summaries.text.bounds import NOTHING_KNOWN, Bounds, bounds_of, summed

GROUPS: Final = ("women", "men", "girls", "boys", "other", "unknown")
ADULTS: Final = ("women", "men")
CHILDREN: Final = ("girls", "boys")
MOST_NAMED: Final = 3
NO_PURPOSE: Final = ("unknown", "not_asked")
NO_COUNTRY: Final = ("XS", "ZZ", "not_asked")


@dataclass(frozen=True, slots=True)
class Named:
    """A category, with its number where that is shown."""

    category: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Majority:
    """More than half have `purpose` as their main one; `only` is the group they all are of, where that is proved."""

    purpose: str
    only: str = ""


@dataclass(frozen=True, slots=True)
class Leading:
    """The purposes proved to be the most common ones: as main purposes, or counting each person at every purpose."""

    purposes: tuple[Named, ...]
    main: bool


@dataclass(frozen=True)
class Facts:
    """`groups` holds shown numbers only. `within`: group → purposes beside which nobody of it has another main one."""

    year: int
    total: int | None
    groups: Mapping[str, int]
    change: int | None = None  # from the year before
    children: int | None = None
    children_change: int | None = None
    broken: bool = False
    adults_most: Majority | None = None
    children_most: Majority | None = None
    leading: Mapping[str, Leading] = field(default_factory=dict)
    within: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    countries: tuple[Named, ...] = ()
    sheltered: int | None = None
    returned: int | None = None

    @property
    def only_the_four_groups(self) -> bool:
        """Whether everybody is a woman, a man, a girl or a boy, so that these are the adults and the children."""
        return self.groups.get("other") == 0 == self.groups.get("unknown")


def gather(
    year: int, tables: Sequence[ProtectedTable], before: Sequence[ProtectedTable] = (), *, broken: bool = False
) -> Facts:
    """`before` are the protected tables of the year before; `broken` says that the series broke in between."""
    named, then = {table.name: table for table in tables}, {table.name: table for table in before}
    groups, groups_then = _shown(named.get("groups")), _shown(then.get("groups"))
    children, children_then = _children(groups), _children(groups_then)
    main, any_purpose = named.get("main_purpose"), named.get("any_purpose")
    return Facts(
        year=year,
        total=groups.get(TOTAL),
        groups={group: groups[group] for group in GROUPS if group in groups},
        change=_difference(groups.get(TOTAL), groups_then.get(TOTAL)),
        children=children,
        children_change=_difference(children, children_then),
        broken=broken,
        adults_most=_majority(main, ADULTS),
        children_most=_majority(main, CHILDREN),
        leading={group: found for group in GROUPS if (found := _leading(group, main, any_purpose))},
        within={group: few for group in GROUPS if (few := _within(main, group))},
        countries=_countries(named.get("citizenship")),
        sheltered=_measure(named.get("measures"), "shelter"),
        returned=_measure(named.get("measures"), "return"),
    )


def largest(of: Mapping[str, Bounds], shown: Mapping[str, int]) -> tuple[Named, ...]:
    """The largest set of at most three that are each above every other category, whatever the hidden values are."""
    ordered = sorted(of, key=lambda category: (-of[category].least, category))
    for size in range(min(MOST_NAMED, len(ordered)), 0, -1):
        chosen, others = ordered[:size], ordered[size:]
        if of[chosen[-1]].least > 0 and all(of[chosen[-1]].above(of[other]) for other in others):
            return tuple(Named(category, shown.get(category)) for category in chosen)
    return ()


def _shown(table: ProtectedTable | None) -> dict[str, int]:
    """Shown values of the first dimension, all else totals."""
    if table is None:
        return {}
    rest = (TOTAL,) * (len(table.dimensions) - 1)
    return {c.key[0]: c.value for c in table if c.key[1:] == rest and c.status is Status.SHOWN and c.value is not None}


def _children(groups: Mapping[str, int]) -> int | None:
    """Known only where nobody's age or group is left open."""
    if groups.get("other") != 0 or groups.get("unknown") != 0 or not set(CHILDREN) <= set(groups):
        return None
    return groups["girls"] + groups["boys"]


def _difference(now: int | None, then: int | None) -> int | None:
    return None if now is None or then is None else now - then


def _majority(main: ProtectedTable | None, groups: Sequence[str]) -> Majority | None:
    if main is None or not main.additive:
        return None
    found = bounds_of(main)
    everybody = summed(found.get((TOTAL, group), NOTHING_KNOWN) for group in groups)
    for purpose in main.dimensions[0].categories:
        cells = {group: found.get((purpose, group), NOTHING_KNOWN) for group in groups}
        if everybody.most and purpose not in NO_PURPOSE and 2 * summed(cells.values()).least > everybody.most:
            held = [group for group, bounds in cells.items() if bounds.most != 0]
            return Majority(purpose, held[0] if len(held) == 1 else "")
    return None


def _leading(group: str, main: ProtectedTable | None, any_purpose: ProtectedTable | None) -> Leading | None:
    """By any purpose or by the main one, whichever proves more."""
    found = [
        Leading(_leading_in(table, group), main=table is main) for table in (any_purpose, main) if table is not None
    ]
    best = max(found, key=lambda leading: len(leading.purposes), default=None)
    return best if best and best.purposes else None


def _leading_in(table: ProtectedTable, group: str) -> tuple[Named, ...]:
    found = bounds_of(table)
    purposes = [purpose for purpose in table.dimensions[0].categories if purpose not in NO_PURPOSE]
    bounds = {purpose: found[purpose, group] for purpose in purposes if (purpose, group) in found}
    return largest(bounds, _column(table, group, purposes))


def _column(table: ProtectedTable, column: str, categories: Iterable[str]) -> dict[str, int]:
    cells = {category: table.by_key[category, column] for category in categories if (category, column) in table.by_key}
    return {name: cell.value for name, cell in cells.items() if cell.status is Status.SHOWN and cell.value is not None}


def _within(main: ProtectedTable | None, group: str) -> tuple[str, ...]:
    """The purposes that are not proved to be nobody's, where these are few and somebody is counted."""
    if main is None or not main.additive:
        return ()
    found = bounds_of(main)
    if found.get((TOTAL, group), NOTHING_KNOWN).least == 0:
        return ()
    possible = [purpose for purpose in main.dimensions[0].categories if found[purpose, group].most != 0]
    return tuple(possible) if len(possible) <= MOST_NAMED and not set(possible) & set(NO_PURPOSE) else ()


def _countries(table: ProtectedTable | None) -> tuple[Named, ...]:
    if table is None:
        return ()
    found, rest = bounds_of(table), (TOTAL,) * (len(table.dimensions) - 1)
    countries = _without(table.dimensions[0].categories, NO_COUNTRY)
    bounds = {country: found[country, *rest] for country in countries if (country, *rest) in found}
    return largest(bounds, {name: n for name, n in _shown(table).items() if name in bounds})


def _measure(table: ProtectedTable | None, kind: str) -> int | None:
    return _shown(table).get(kind)


def _without(categories: Iterable[str], left_out: Collection[str]) -> list[str]:
    return [category for category in categories if category not in left_out]
