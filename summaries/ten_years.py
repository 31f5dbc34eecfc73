"""One table of the internal layer over ten years: its totals by category, a column a year, with the last difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agencies.access import Access
from summaries.build import Counted, all_tables, call_tables, counted
from summaries.grid import difference
from summaries.historical import Break, Published, breaks, published
from summaries.labels import Labels, unit
from summaries.summary import Source
from summaries.tables import TOTAL, Cell, Status, Table, of_calls


@dataclass(frozen=True, slots=True)
class Line:
    """`difference`: of the last year from the one before, None where either is not known."""

    label: str
    cells: tuple[Cell, ...]
    difference: int | None
    total: bool


@dataclass(frozen=True)
class TenYears:
    """Columns are `years`; `broken` are those before which the series is broken. Years are never added together."""

    name: str
    title: str
    unit: str
    first: str
    years: tuple[int, ...]
    lines: tuple[Line, ...]
    breaks: tuple[Break, ...]
    historical: tuple[int, ...]
    overlaps: bool

    @property
    def broken(self) -> set[int]:
        return {one.after for one in self.breaks}

    @property
    def columns(self) -> list[tuple[int, bool]]:
        return [(year, year in self.broken) for year in self.years]


def ten_years(access: Access, name: str, last: int, number: int = 10) -> TenYears | None:
    """Five queries. None where no year has such a table."""
    first = last - number + 1
    found, texts = counted(access, first, last), published(first, last)
    tables = {year: table for year in range(first, last + 1) if (table := _table(found[year], texts[year], name))}
    if not tables:
        return None
    newest, labels = tables[max(tables)], Labels(found[last].reference)
    dimension = newest.dimensions[0].name
    years = tuple(sorted(tables))
    return TenYears(
        name=name,
        title=newest.title,
        unit=unit(newest),
        first=labels.dimension(dimension),
        years=years,
        lines=tuple(
            _line(labels.category(dimension, category), category, years, tables) for category in _categories(tables)
        ),
        breaks=() if of_calls(name) else breaks(years[0], years[-1]),
        historical=tuple(year for year in years if source_of(found[year], name) is Source.HISTORICAL),
        overlaps=not newest.additive,
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


def _categories(tables: Mapping[int, Table]) -> tuple[str, ...]:
    """In the order of the newest year; then those that only earlier years have, and the total last."""
    newest_first = [tables[year].dimensions[0].categories for year in sorted(tables, reverse=True)]
    return (*dict.fromkeys(category for categories in newest_first for category in categories), TOTAL)


def _line(label: str, category: str, years: Sequence[int], tables: Mapping[int, Table]) -> Line:
    cells = tuple(_cell(tables[year], category) for year in years)
    consecutive = len(years) > 1 and years[-1] == years[-2] + 1
    return Line(label, cells, difference(cells[-1], cells[-2]) if consecutive else None, category == TOTAL)


def _cell(table: Table, category: str) -> Cell:
    """A list of what occurs leaves out what nobody has; what was published leaves out what is not known."""
    key = (category, *(TOTAL for _other in table.dimensions[1:]))
    missing = any(cell.status is Status.MISSING for cell in table)
    return table.by_key.get(key, Cell(key, None, Status.MISSING) if missing else Cell(key, 0))
