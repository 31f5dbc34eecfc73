"""What differs between two versions of a year, of figures that both show. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from summaries.tables import Key, ProtectedTable, Status


@dataclass(frozen=True, slots=True)
class Change:
    """One figure, before and after. `key` is of the later table."""

    table: ProtectedTable
    key: Key
    before: int
    after: int


def changed(before: Iterable[ProtectedTable], after: Iterable[ProtectedTable]) -> Iterator[Change]:
    """In the order of the later version. A figure that either hides, or that has another breakdown now, is
    none: what would be told of it is in no table that everybody reads."""
    former = {table.name: table for table in before}
    for table in after:
        then = former.get(table.name)
        if then is None or _names(then) != _names(table):
            continue
        for cell in table:
            other = then.by_key.get(cell.key)
            if other is None or cell.status is not Status.SHOWN or other.status is not Status.SHOWN:
                continue
            if cell.value is not None and other.value is not None and cell.value != other.value:
                yield Change(table, cell.key, other.value, cell.value)


def _names(table: ProtectedTable) -> list[str]:
    return [dimension.name for dimension in table.dimensions]
