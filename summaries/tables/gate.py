"""What stands between a draft and the public: what the attack found of it, and where in its tables.

Why the cells of a draft are hidden, for the pages of its makers: it tells about true values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

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
from libs.suppression.tables import Cell, Status, Table
from summaries.tables.public_tables import PublicTables, figures

FAILED: Final = frozenset({Verdict.UNDER, Verdict.RECOVERED})


def counted(package: Package, intervals: Iterable[FigureInterval]) -> tuple[int, int]:
    """How many figures can be worked out, and how many are too weakly protected.

    A version that is the headline alone tells nothing of anybody's facts: of it only counts what everybody
    did not know as well from what was told before. So a known error of the headline can always be corrected.
    """
    failed = failing(intervals)
    if failed and package.ledger and has_exempt_figures_alone(package):
        failed = _narrower_than_ledger(failed, package)
    recovered = {interval.figure for interval in failed if interval.verdict is Verdict.RECOVERED}
    return len(recovered), len({interval.figure for interval in failed if interval.kind is not Kind.PROTECTS})


def failing(intervals: Iterable[FigureInterval]) -> list[FigureInterval]:
    return [interval for interval in intervals if interval.verdict in FAILED]


def has_exempt_figures_alone(package: Package) -> bool:
    exempt = figures(table for table in package.tables if table.exempt)
    known: set[Figure] = {*package.unprinted, *exempt, frozenset()}
    cells = ((table, cell) for table in package.tables for cell in table)
    return all(cell.status is Status.MISSING or figure_of(table, cell.key) in known for table, cell in cells)


def _narrower_than_ledger(failed: Iterable[FigureInterval], package: Package) -> list[FigureInterval]:
    """Return the intervals that the ledger by itself does not narrow down as far."""
    before = audit(Package(package.k, package.population, (), package.ledger, words=package.words), ())
    known: dict[tuple[Figure, int], list[FigureInterval]] = {}
    for interval in before.intervals:
        known.setdefault((interval.figure, interval.value), []).append(interval)

    def is_known(one: FigureInterval) -> bool:
        others = known.get((one.figure, one.value), ())
        return any(one.low <= other.low and other.high <= one.high for other in others)

    return [one for one in failed if not is_known(one)]


MARKS: Final = {Reason.SMALL: 1, Reason.PROTECTS: 2}
DERIVABLE: Final = 3  # hidden, but derivable: zeros and exempt figures alone leave one value
EARLIER: Final = 4  # hidden, but derivable: what was published before tells it
Marks = dict[str, dict[str, int]]
Where = dict[str, dict[str, int | str]]


def of_persons(public: PublicTables, protection: Protection) -> tuple[Marks, Where]:
    """Table → key → why it is hidden; and of those that something earlier tells, which version, or what was
    handed out."""
    told = _derivable(protection.intervals)
    by = _derivable_from(protection, told)
    marks: Marks = {}
    where: Where = {}
    for entry in public.entries:
        marks[entry.name] = {}
        for key in public.keys(entry):
            figure = public.figure(entry, key)
            reason = protection.statuses.get(figure, Reason.SHOWN)
            if reason is Reason.SHOWN:
                continue
            name = "|".join(key)
            mark = DERIVABLE if figure in told else MARKS[reason]
            marks[entry.name][name] = EARLIER if figure in by else mark
            if figure in by:
                where.setdefault(entry.name, {})[name] = by[figure]
    return marks, where


def of_calls(protection: Protection, printed: Iterable[Table]) -> Marks:
    return {
        table.name: {
            "|".join(cell.key): MARKS[protection.reason(table, cell.key)]
            for cell in table
            if cell.status is Status.HIDDEN
        }
        for table in printed
    }


def open_tables(public: PublicTables, protection: Protection) -> tuple[str, ...]:
    """Return the tables with a cell that the attack finds: coarser categories of these may help."""
    failed = {interval.figure for interval in failing(protection.intervals)}
    return tuple(
        entry.name
        for entry in public.entries
        if failed and any(public.figure(entry, key) in failed for key in public.keys(entry))
    )


def _derivable(intervals: tuple[FigureInterval, ...]) -> frozenset[Figure]:
    """Return the figures of this version that an intruder is certain of though they are hidden."""
    return frozenset(one.figure for one in intervals if one.versions == (None,) and one.low == one.high)


def _derivable_from(found: Protection, told: frozenset[Figure]) -> Mapping[Figure, int | str]:
    """Those that would be uncertain if nothing had been told before and all that can be hidden were, and the
    last of it that shows them, or else the last."""
    package, ledger = found.package, found.package.ledger
    if not ledger or not told:
        return {}
    best = audit(replace(package, ledger=()), [_hidden(table, package) for table in package.tables])
    shown = {
        figure_of(table, cell.key): entry.version
        for entry in ledger
        for table in entry.tables
        for cell in table
        if cell.status is Status.SHOWN
    }
    return {figure: shown.get(figure, ledger[-1].version) for figure in told - _derivable(best.intervals)}


def _hidden(table: Table, package: Package) -> Table:
    """Return the table with everything hidden that can be: zeros are shown, and what is exempt."""
    if table.exempt:
        return table
    cells = []
    for cell in table:
        may_be_hidden = cell.value or figure_of(table, cell.key) in package.unprinted
        is_hidden = may_be_hidden and cell.status is not Status.MISSING
        cells.append(Cell(cell.key, None, Status.HIDDEN) if is_hidden else cell)
    return replace(table, cells=tuple(cells))
