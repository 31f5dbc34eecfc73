"""What stands between a draft and the public: what the attack found of it, and where in its tables.

Why the cells of a draft are hidden, for the pages of its makers: it tells about true values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Final

from libs.groups import grouped
from libs.suppression import (
    Figure,
    FigureInterval,
    Kind,
    Package,
    Protection,
    Reason,
    Verdict,
    audit,
    figure_of,
)
from libs.suppression.tables import Status, Table
from summaries.tables.public_tables import PublicTables, figures

FAILED: Final = frozenset({Verdict.UNDER, Verdict.RECOVERED})
IS_EXEMPT: Final = attrgetter("exempt")
HEADLINES: Final = frozenset({"groups", "exempt_groups", "sections"})  # as packages call the headline


def counted(package: Package, intervals: Iterable[FigureInterval]) -> tuple[int, int]:
    """How many figures can be worked out, and how many are too weakly protected.

    A version that is the headline alone tells nothing of anybody's facts: of it only counts what everybody
    did not know as well from what was told before. So a known error of the headline can always be corrected.
    """
    failed = failing(intervals, package)
    if failed and package.ledger and has_exempt_figures_alone(package):
        failed = _narrower_than_ledger(failed, package)
    recovered = {
        one.figure for one in failed if one.verdict is Verdict.RECOVERED or is_derivable(one, package)
    }
    return len(recovered), len({interval.figure for interval in failed if interval.kind is not Kind.PROTECTS})


def failing(intervals: Iterable[FigureInterval], package: Package) -> list[FigureInterval]:
    """Return what the attack finds; and small figures that zeros and the headline give away, whatever else is
    hidden: coarser categories have none of these."""
    return [one for one in intervals if one.verdict in FAILED or is_derivable(one, package)]


def failed_figures(protection: Protection) -> set[Figure]:
    return {one.figure for one in failing(protection.intervals, protection.package)}


def is_derivable(one: FigureInterval, package: Package) -> bool:
    """Return whether a small figure of this version, one that is printed, has a single value left.

    Not where a table beside the headline is exempt: what that discloses was decided by whoever saw it.
    """
    is_certain = (one.kind, one.versions, one.low) == (Kind.SMALL, (None,), one.high)
    is_told = is_certain and one.figure not in package.unprinted
    return is_told and HEADLINES.issuperset(table.name for table in package.tables if IS_EXEMPT(table))


def has_exempt_figures_alone(package: Package) -> bool:
    known: set[Figure] = {
        *package.unprinted,
        *figures(table for table in package.tables if IS_EXEMPT(table)),
        frozenset(),
    }
    return all(
        cell.status is Status.MISSING or figure_of(table, cell.key) in known
        for table in package.tables
        for cell in table
    )


def _narrower_than_ledger(failed: Iterable[FigureInterval], package: Package) -> list[FigureInterval]:
    """Return the intervals that the ledger by itself does not narrow down as far."""
    before = audit(Package(package.k, package.population, (), package.ledger, words=package.words), ())
    known = grouped(before.intervals, attrgetter("figure", "value"))
    return [one for one in failed if not _is_known(known, one)]


def _is_known(known: Mapping[tuple[Figure, int], list[FigureInterval]], one: FigureInterval) -> bool:
    others = known.get((one.figure, one.value), ())
    return any(one.low <= other.low <= other.high <= one.high for other in others)


MARKS: Final = {Reason.SMALL: 1, Reason.PROTECTS: 2, Reason.DRAWN: 2}
DERIVABLE: Final = 3  # hidden, but derivable by what is shown in any case, or was published before
Marks = dict[str, dict[str, int]]


def of_persons(public: PublicTables, protection: Protection) -> Marks:
    """Table → key → why it is hidden."""
    certain = {one.figure for one in protection.intervals if (one.versions, one.low) == ((None,), one.high)}
    why = {figure: MARKS[one] for figure, one in protection.statuses.items() if one is not Reason.SHOWN}
    why |= dict.fromkeys(why.keys() & certain, DERIVABLE)
    marks: Marks = {}
    for entry in public.entries:
        marks[entry.name] = {
            "|".join(key): why[figure]
            for key in public.keys(entry)
            if (figure := public.figure(entry, key)) in why
        }
    return marks


def of_calls(protection: Protection, printed: Iterable[Table]) -> Marks:
    return {
        table.name: {
            "|".join(cell.key): MARKS[protection.reason(table, cell.key)]
            for cell in table
            if cell.status is Status.HIDDEN
        }
        for table in printed
    }
