"""One table of the internal layer over ten years: its totals by category, a column a year, with the last
difference."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from accounts.access import Access
from knowledge.saying import Remarks, present
from summaries.counting.build import Counted, all_tables, call_tables, counted
from summaries.counting.disposed import told
from summaries.counting.historical import Break, Published, breaks, in_words
from summaries.counting.labels import unit
from summaries.counting.summary import Source
from summaries.grid import difference
from summaries.publishing.words import PublicLabels
from summaries.running import so_far
from summaries.tables import TOTAL, Cell, ProtectedTable, Status, Table, of_calls


@dataclass(frozen=True, slots=True)
class YearsLine:
    """`difference`: of the last year from the one before, None where either is not known or not over."""

    label: str
    cells: tuple[Cell, ...]
    difference: int | None
    total: bool


@dataclass(frozen=True)
class TenYears:
    """Columns are `years`; `broken` are those before which the series is broken. Years are never added
    together.

    `disposed`: what has to be said of years whose rows are gone.
    `so_far`: to which day a year is counted that is not over. It has no difference.
    """

    name: str
    title: str
    unit: str
    first: str
    years: tuple[int, ...]
    lines: tuple[YearsLine, ...]
    breaks: tuple[Break, ...]
    remarks: Remarks
    historical: tuple[int, ...]
    disposed: tuple[str, ...]
    overlaps: bool
    so_far: Mapping[int, date]

    @property
    def broken(self) -> set[int]:
        return {one.after for one in self.breaks}

    @property
    def columns(self) -> list[tuple[int, bool, date | None]]:
        return [(year, year in self.broken, self.so_far.get(year)) for year in self.years]


def ten_years(access: Access, name: str, last: int, number: int = 10) -> TenYears | None:
    """Seven queries. None where no year has such a table."""
    first = last - number + 1
    found, texts = counted(access, first, last), told(first, last)
    tables = {
        year: table for year in range(first, last + 1) if (table := _table(found[year], texts[year], name))
    }
    if not tables:
        return None
    newest, labels = tables[max(tables)], PublicLabels(found[last].reference)
    dimension = newest.dimensions[0].name
    years = tuple(sorted(tables))
    remarks = present()
    running = {year: day for year in years if (day := so_far(year, access.today))}
    return TenYears(
        name=name,
        title=newest.title,
        unit=unit(newest),
        first=labels.dimension(dimension),
        years=years,
        lines=tuple(
            _line(labels.category(dimension, category), category, tables, running)
            for category in _categories(tables, running)
        ),
        breaks=() if of_calls(name) else in_words(breaks(years[0], years[-1]), remarks),
        remarks=remarks,
        historical=tuple(
            year
            for year in years
            if source_of(found[year], name) is Source.HISTORICAL and not texts[year].frozen
        ),
        disposed=tuple(texts[year].frozen for year in years if texts[year].frozen),
        overlaps=not newest.additive,
        so_far=running,
    )


def source_of(found: Counted, name: str) -> Source:
    own = found.calls_number if of_calls(name) else found.number
    return Source.REGISTER if own else Source.HISTORICAL


def _table(found: Counted, text: Published, name: str) -> Table | None:
    """The register's, else what was published under the same name; None where the year has neither."""
    if source_of(found, name) is Source.HISTORICAL:
        known = text.tables if text else ()
    else:
        known = call_tables(found) if of_calls(name) else all_tables(found)
    return next((table for table in known if table.name == name), None)


def _categories(tables: Mapping[int, Table], running: Collection[int]) -> tuple[str, ...]:
    """In the order of the newest year that is over; then those that only other years have; the total last."""
    newest_first = sorted(tables, key=lambda year: (year not in running, year), reverse=True)
    found = (category for year in newest_first for category in tables[year].dimensions[0].categories)
    return (*dict.fromkeys(found), TOTAL)


def _line(label: str, category: str, tables: Mapping[int, Table], running: Collection[int]) -> YearsLine:
    years = sorted(tables)
    cells = tuple(_cell(tables[year], category) for year in years)
    comparable = len(years) > 1 and years[-1] == years[-2] + 1 and years[-1] not in running
    return YearsLine(
        label, cells, difference(cells[-1], cells[-2]) if comparable else None, category == TOTAL
    )


def _cell(table: Table, category: str) -> Cell:
    """A list of what occurs leaves out what nobody has; what was published leaves out what is not known, and
    a version what it puts together."""
    key = (category, *(TOTAL for _other in table.dimensions[1:]))
    missing = isinstance(table, ProtectedTable) or any(cell.status is Status.MISSING for cell in table)
    return table.by_key.get(key, Cell(key, None, Status.MISSING) if missing else Cell(key, 0))
