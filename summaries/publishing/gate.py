"""What stands between a draft and the public: what the attack found of it, and where in its tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from summaries.protection import Figure, FigureInterval, Kind, Package, Verdict, audit, figure_of
from summaries.tables import Status

FAILED: Final = frozenset({Verdict.UNDER, Verdict.RECOVERED})


def counted(package: Package, intervals: Iterable[FigureInterval]) -> tuple[int, int]:
    """How many figures can be worked out, and how many are too weakly protected.

    A version that is the headline alone tells nothing of anybody's facts: of it only counts what everybody
    did not know as well from what was told before. So a known error of the headline can always be corrected.
    """
    failed = failing(intervals)
    if failed and package.ledger and tells_exempt_figures_alone(package):
        failed = _beyond(failed, package)
    recovered = {one.figure for one in failed if one.verdict is Verdict.RECOVERED}
    return len(recovered), len({one.figure for one in failed if one.kind is not Kind.PROTECTS})


def failing(intervals: Iterable[FigureInterval]) -> list[FigureInterval]:
    return [one for one in intervals if one.verdict in FAILED]


def tells_exempt_figures_alone(package: Package) -> bool:
    exempt = {figure_of(table, cell.key) for table in package.tables if table.exempt for cell in table}
    known: set[Figure] = {*package.veiled, *exempt, frozenset()}
    told = (
        figure_of(table, cell.key)
        for table in package.tables
        for cell in table
        if cell.status is not Status.MISSING
    )
    return all(figure in known for figure in told)


def _beyond(failed: Iterable[FigureInterval], package: Package) -> list[FigureInterval]:
    """Those that the ledger by itself does not narrow down as far."""
    before = audit(Package(package.k, package.population, (), package.ledger, words=package.words), ())
    known: dict[tuple[Figure, int], list[FigureInterval]] = {}
    for one in before.intervals:
        known.setdefault((one.figure, one.value), []).append(one)
    return [
        one
        for one in failed
        if not any(
            one.low <= other.low and other.high <= one.high
            for other in known.get((one.figure, one.value), ())
        )
    ]
