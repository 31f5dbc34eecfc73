"""What a protected publication still should be asked about: a row in one cell, a table that is mostly
hidden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from summaries.tables import TOTAL, Key, Status, Table

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
    inner = [cell for cell in table if TOTAL not in cell.key and cell.status is not Status.MISSING]
    somebody = [cell for cell in inner if cell.status is Status.HIDDEN or cell.value]
    return sum(cell.status is Status.HIDDEN for cell in somebody) / len(somebody) if somebody else 0.0


def concentrated_rows(table: Table) -> Iterator[Concentration]:
    """Shown rows of at least 5 with at least 90 % in one cell that is shown.

    Asked of the protected table it tells what an outsider can see; of the true one, what hides behind it.
    """
    for cell in table:
        if cell.status is not Status.SHOWN or not cell.value:
            continue
        for axis, category in enumerate(cell.key):
            if category == TOTAL:
                continue
            row = table.by_key.get((*cell.key[:axis], TOTAL, *cell.key[axis + 1 :]))
            if row is None or row.value is None or row.value < SMALLEST_ROW or _is_whole_table(row.key):
                continue
            if cell.value >= CONCENTRATED * row.value:
                yield Concentration(row.key, cell.key, cell.value / row.value)


def _is_whole_table(key: Key) -> bool:
    """That most persons are of one kind says nothing of anybody in particular."""
    return all(part == TOTAL for part in key)
