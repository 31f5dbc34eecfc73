"""Disclosure control of a publication: choose what to hide, hide it, and attack the result; and what a
protected publication still should be asked about: a row in one cell, a table that is mostly hidden."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Final

from libs.suppression.figures import Figure, figure_of
from libs.suppression.package import FigureInterval, Findings, Method, Package
from libs.suppression.programme import Model, build
from libs.suppression.tables import TOTAL, Cell, Key, ProtectedTable, Status, Table, protected


class Reason(StrEnum):
    """Why a figure is as it is; for the inside only."""

    SHOWN = "shown"
    SMALL = "small"  # 1
    PROTECTS = "protects"  # 2
    DRAWN = "drawn"  # by the key, so that others are not hidden alone


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Counts of figures. `lowered`: those that zeros and exempt figures alone narrow down, whatever is
    hidden. `told`: small ones that are derivable.

    `proof`: `cheapest`, or `bounded` where what is hidden costs at most `above` percent more than the
    cheapest could, or `unfinished` where all is hidden for want of work.
    """

    recovered: int
    under_protected: int
    primary: int
    hidden: int
    seconds: float
    method: Method
    lowered: int = 0
    told: int = 0
    proof: str = "cheapest"
    above: int = 0

    @property
    def passed(self) -> bool:
        return self.recovered == self.under_protected == 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"seconds": round(self.seconds, 3)}


@dataclass(frozen=True)
class Protection:
    """`statuses` and `intervals` tell about true values: they are for the register's own pages only."""

    package: Package
    tables: tuple[ProtectedTable, ...]
    audit: AuditReport
    statuses: Mapping[Figure, Reason]
    intervals: tuple[FigureInterval, ...]

    def reason(self, table: Table, key: Key) -> Reason:
        return self.statuses[figure_of(table, key)]

    def to_json(self) -> dict[str, Any]:
        """For the outside: no hidden value in it."""
        return {
            "k": self.package.k,
            "population": self.package.population,
            "tables": [table.to_json() for table in self.tables],
            "audit": self.audit.to_json(),
        }


def protect(
    package: Package,
    *,
    seconds: float = 30,
    briefly: bool = False,
    clock: Callable[[], float] = time.monotonic,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Protection:
    """Hide as little as the threshold, the ledger and an attacker who knows the rules allow.

    `seconds` are a budget of steps for the search for the cheapest choice, about what a processor does in
    them; then a cheap pass finishes, and the audit is always completed. `briefly`: see `audit`. `clock` times
    the report and decides nothing. Raises TableError where the figures contradict one another, Cancelled
    where `cancelled` says so.
    """
    from libs.suppression.attack_test import attack
    from libs.suppression.optimisation import Watch, choose  # numpy, scipy and solver only where used
    from libs.suppression.solvers import WorkBudget

    say, is_cancelled = progress or _silent, cancelled or _never
    started = clock()
    model = build(package)
    work = WorkBudget.of(seconds)
    choice = choose(model, Watch(work, lambda done, total: say(done, 2 * total), is_cancelled))
    reasons = {
        figure: _reason(model, number, bool(choice.hidden[number]))
        for figure, number in model.of_package.items()
    }
    tables = tuple(_protected(table, reasons, model) for table in package.tables)
    findings = attack(
        package,
        tables,
        lambda done, total: say(total + done, 2 * total),
        is_cancelled,
        model=model,
        briefly=briefly,
    )
    report = AuditReport(
        recovered=findings.recovered,
        under_protected=findings.under_protected,
        primary=findings.primary,
        hidden=findings.hidden,
        seconds=clock() - started,
        method=choice.method,
        lowered=findings.lowered,
        told=findings.told,
        proof=str(choice.proof),
        above=math.ceil(100 * choice.above - 1e-6),
    )
    return Protection(package, tables, report, reasons, findings.intervals)


def audit(
    package: Package,
    tables: Sequence[Table],
    *,
    cancelled: Callable[[], bool] | None = None,
    briefly: bool = False,
) -> Findings:
    """Attack `tables`, the package's with the statuses they shall be published with.

    `briefly`: the interval of a figure that is safe is as wide as it takes to show that, and may be wider.
    Raises TableError where they are not the package's tables, Cancelled where the caller asks to stop.
    """
    from libs.suppression.attack_test import attack

    return attack(package, tables, _silent, cancelled or _never, briefly=briefly)


def _silent(done: int, total: int) -> None:
    """Nobody asked how far it is."""


def _never() -> bool:
    return False


def _reason(model: Model, number: int, hidden: bool) -> Reason:
    if not hidden:
        return Reason.SHOWN
    if model.is_primary(number):
        return Reason.SMALL
    return Reason.DRAWN if model.variables[number].drawn else Reason.PROTECTS


def _protected(table: Table, statuses: Mapping[Figure, Reason], model: Model) -> ProtectedTable:
    cells = tuple(_cell(cell, figure_of(table, cell.key), statuses, model) for cell in table)
    return protected(replace(table, cells=cells, left_out=0))


def _cell(cell: Cell, figure: Figure, statuses: Mapping[Figure, Reason], model: Model) -> Cell:
    if cell.status is Status.MISSING:
        return Cell(cell.key, None, Status.MISSING)
    if statuses[figure] is Reason.SHOWN:
        return Cell(cell.key, model.variables[model.of_package[figure]].value, Status.SHOWN)
    return Cell(cell.key, None, Status.HIDDEN)


CONCENTRATED: Final = 0.9
SMALLEST_ROW: Final = 5
COARSER_ABOVE: Final = 0.5  # share of a table's cells hidden, above which coarser categories are proposed


@dataclass(frozen=True, slots=True)
class Concentration:
    """`row` (a key with a total in it) has `share` of its persons in `cell`."""

    row: Key
    cell: Key
    share: float


def hidden_share(table: Table) -> float:
    """The share of the inner cells (no total in the key) that hold somebody and are hidden, from 0 to 1."""
    inner = [cell for cell in table if TOTAL not in cell.key]
    found = Counter(cell.status for cell in inner if cell.status is Status.HIDDEN or cell.value)
    return found[Status.HIDDEN] / max(found[Status.HIDDEN] + found[Status.SHOWN], 1)


def concentrated_rows(table: Table) -> Iterator[Concentration]:
    """Shown rows of at least 5 with at least 90 % in one cell that is shown.

    Asked of the protected table it says what an intruder can see; of the true one, what hides behind it.
    """
    for cell in table:
        if cell.status is not Status.SHOWN or not cell.value:
            continue
        for row in _rows_of(table, cell):
            total = row.value or 0
            if total >= SMALLEST_ROW and cell.value >= CONCENTRATED * total:
                yield Concentration(row.key, cell.key, cell.value / total)


def _rows_of(table: Table, cell: Cell) -> Iterator[Cell]:
    for axis, category in enumerate(cell.key):
        row = table.by_key.get((*cell.key[:axis], TOTAL, *cell.key[axis + 1 :]))
        # Of the whole table it says nothing of anybody in particular that most are of one kind.
        if category != TOTAL and row is not None and {*row.key} != {TOTAL}:
            yield row
