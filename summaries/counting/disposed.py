"""Years whose rows have been disposed of are read from the version that was final then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from cases.models import DisposedYear
from summaries.counting.historical import Published, published
from summaries.publishing.models import Publication
from summaries.tables import ProtectedTable, Table, protected
from summaries.telling import HEADLINE


@dataclass(frozen=True)
class Frozen(Published):
    """`said`: what has to stand beside the figures. `printed`: the tables of the version, as everybody has
    them; `figures` are those from before the register, if any, and stand where there is no version."""

    said: str = ""
    printed: tuple[ProtectedTable, ...] = ()

    def __bool__(self) -> bool:
        return True

    @property
    def frozen(self) -> str:
        return self.said

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.said,)

    @property
    def tables(self) -> tuple[Table, ...]:
        return self.printed or super().tables


def told(first: int, last: int | None = None) -> dict[int, Published]:
    """What is known of each year beside rows: one query, one more where a year was disposed of."""
    last = first if last is None else last
    found = published(first, last)
    gone = {one.year: one for one in DisposedYear.objects.of(first, last)}
    versions = _versions(gone.values())
    for year, one in gone.items():
        found[year] = Frozen(year, found[year].figures, one.said, versions.get(year, ()))
    return found


def _versions(gone: Iterable[DisposedYear]) -> dict[int, tuple[ProtectedTable, ...]]:
    """Their tables."""
    each = [Q(year=one.year, version=one.version) for one in gone]
    if not each:
        return {}
    rows = Publication.objects.filter(reduce(or_, each)).only("year", "tables")
    return {row.year: tuple(protected(Table.from_json(table)) for table in row.tables) for row in rows}


def headline(text: Published) -> Table:
    """The table of women, men, girls and boys; what was published before the register has it first."""
    return next(table for table in text.tables if table.name == HEADLINE)
