"""Why the cells of a draft are hidden, for the pages of its makers: it tells about true values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from summaries.protection import Figure, FigureInterval, Package, Protection, Reason, audit, figure_of
from summaries.publishing.gate import failing
from summaries.publishing.public_tables import PublicTables
from summaries.tables import Cell, Status, Table

MARKS: Final = {Reason.SMALL: 1, Reason.PROTECTS: 2}
TOLD: Final = 3  # hidden in vain: zeros and exempt figures alone leave one value
EARLIER: Final = 4  # hidden in vain: what was published before tells it
Marks = dict[str, dict[str, int]]
Where = dict[str, dict[str, int | str]]


def of_persons(public: PublicTables, found: Protection) -> tuple[Marks, Where]:
    """Table → key → why it is hidden; and of those that something earlier tells, which version, or what was
    handed out."""
    told = _told(found.intervals)
    by = _told_by(found, told)
    marks: Marks = {}
    where: Where = {}
    for entry in public.entries:
        marks[entry.name] = {}
        for key in public.keys(entry):
            figure = public.figure(entry, key)
            reason = found.statuses.get(figure, Reason.SHOWN)
            if reason is Reason.SHOWN:
                continue
            name = "|".join(key)
            marks[entry.name][name] = EARLIER if figure in by else TOLD if figure in told else MARKS[reason]
            if figure in by:
                where.setdefault(entry.name, {})[name] = by[figure]
    return marks, where


def of_calls(found: Protection, printed: Iterable[Table]) -> Marks:
    return {
        table.name: {
            "|".join(cell.key): MARKS[found.reason(table, cell.key)]
            for cell in table
            if cell.status is Status.HIDDEN
        }
        for table in printed
    }


def open_tables(public: PublicTables, found: Protection) -> tuple[str, ...]:
    """Those with a cell that the attack finds: coarser categories of these may help."""
    figures = {one.figure for one in failing(found.intervals)}
    return tuple(
        entry.name
        for entry in public.entries
        if figures and any(public.figure(entry, key) in figures for key in public.keys(entry))
    )


def _told(intervals: tuple[FigureInterval, ...]) -> frozenset[Figure]:
    """Of this version, what an outsider is certain of though it is hidden."""
    return frozenset(one.figure for one in intervals if one.versions == (None,) and one.low == one.high)


def _told_by(found: Protection, told: frozenset[Figure]) -> Mapping[Figure, int | str]:
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
    return {figure: shown.get(figure, ledger[-1].version) for figure in told - _told(best.intervals)}


def _hidden(table: Table, package: Package) -> Table:
    """With everything hidden that can be: zeros are shown, and what is exempt."""
    cells = (
        Cell(cell.key, None, Status.HIDDEN)
        if cell.status is not Status.MISSING
        and not table.exempt
        and (cell.value or figure_of(table, cell.key) in package.veiled)
        else cell
        for cell in table
    )
    return replace(table, cells=tuple(cells))
