"""Tables laid out for a page, alone and over years.

A table of one year has the total of the year before with the difference. Years side by side are the
register's where it has persons, else what was published, with the breaks between them. One table over ten
years has its totals by category, a column a year, with the last difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import product, repeat
from typing import Any, Final

from django.conf import settings

from accounts.access import Access, bypass_policies
from cases.models import DisposedYear, Person
from cases.rules.persons import GROUPS
from exchange.writer import csv_text
from knowledge.stored_texts import Remarks, present
from libs.suppression.tables import TOTAL, Cell, Dimension, ProtectedTable, Status, Table, of_calls
from summaries.catalogue import INSIDE_BY_NAME
from summaries.counting.build import (
    Counted,
    Headline,
    headlines,
    keeps,
    kept_headlines,
    table_of,
    years_counted,
)
from summaries.counting.historical import Break, Published, breaks, in_words
from summaries.counting.reference import Labels, Reference, titles, unit
from summaries.counting.summary import Source, called, headline, known_years as told, source_of
from summaries.coverage import so_far
from summaries.models import HistoricalFigure
from summaries.tables.labels import PublicLabels
from summaries.text.proved import NO_COUNTRY, NO_PURPOSE

FOLDED = 12  # the overview shows this many rows of a table at most, besides what is unknown and the total
COUNTIES = 21  # but every county that has somebody
CHANGING: Final = ("main_purpose", "citizenship", "region")
NOT_KNOWN: Final = {TOTAL, *NO_PURPOSE, *NO_COUNTRY}


@dataclass(frozen=True, slots=True)
class GridRow:
    """`difference`: of the last cell from the year before, None where either is not shown. `before`: the cell
    of that year, where it stands in a column of its own."""

    label: str
    cells: tuple[Cell, ...]
    difference: int | None
    category: str
    before: Cell | None = None

    @property
    def total(self) -> bool:
        return self.category == TOTAL


@dataclass(frozen=True)
class TableGrid:
    """`left_out`: how many rows are not shown; those with most persons are."""

    table: Table
    first: str
    columns: tuple[str, ...]
    rows: tuple[GridRow, ...]
    compared: bool
    left_out: int = 0

    @property
    def calls(self) -> bool:
        return of_calls(self.table.name)

    @property
    def overlaps(self) -> bool:
        return not self.table.additive

    @property
    def most(self) -> int:
        """What the longest bar stands for."""
        return max(1, *(_persons(row) for row in self.rows))


def grid_of(table: Table, before: Table | None, labels: Labels, *, fold: bool = False) -> TableGrid:
    """Rows of the first dimension, columns of the second. Categories that only the year before had are added.

    `fold` keeps the overview short, whatever the number of categories: the totals of the largest alone.
    """
    first, *others = table.dimensions
    columns: tuple[str, ...] = (unit(table),)
    inner: list[tuple[str, ...]] = [()]
    if others and not fold:
        found = (*others[0].categories, TOTAL)
        inner, columns = list(zip(found)), tuple(map(partial(labels.category, others[0].name), found))
    rows = list(_grid_rows(table, before, labels, inner))
    kept = _folded(rows, COUNTIES if first.name == "county" else FOLDED) if fold else rows
    return TableGrid(
        table, labels.dimension(first.name), columns, tuple(kept), before is not None, len(rows) - len(kept)
    )


def _grid_rows(
    table: Table, before: Table | None, labels: Labels, inner: Iterable[tuple[str, ...]]
) -> Iterator[GridRow]:
    first = table.dimensions[0]
    then_listed = before.dimensions[0].categories if before else ()
    for category in (*dict.fromkeys((*first.categories, *then_listed)), TOTAL):
        cells = tuple(_at(table, category, *column) for column in inner)
        then = _at(before, category) if before else None
        label = labels.category(first.name, category)
        yield GridRow(label, cells, difference(cells[-1], then), category, then)


def _at(table: Table, *key: str) -> Cell:
    """The cell at `key`, all else totals. A category that does not occur in a list of what occurs has nobody;
    one that is not published is missing, and so is one that a version puts together with others."""
    full = key + (TOTAL,) * (len(table.dimensions) - len(key))
    missing = isinstance(table, ProtectedTable) or any(cell.status is Status.MISSING for cell in table)
    return table.by_key.get(full, Cell(full, None, Status.MISSING) if missing else Cell(full, 0))


def largest_changes(grids: Iterable[TableGrid]) -> list[dict[str, Any]]:
    """The three categories that changed most since the year before, of those that both years show."""
    rows = (row for grid in grids if grid.table.name in CHANGING for row in grid.rows)
    known = [row for row in rows if row.difference and row.category not in NOT_KNOWN]
    known.sort(key=lambda row: -abs(row.difference or 0))
    return [
        {
            "label": row.label,
            "difference": row.difference,
            "then": row.before.value,
            "now": row.cells[-1].value,
        }
        for row in known[:3]
        if row.before
    ]


def difference(now: Cell, then: Cell | None) -> int | None:
    if then is None or now.value is None or then.value is None:
        return None
    return now.value - then.value


def _folded(rows: list[GridRow], most: int) -> list[GridRow]:
    """The rows with most persons, in their order."""
    if len(rows) - 1 <= most:
        return rows
    largest = sorted((row for row in rows if _persons(row)), key=_persons, reverse=True)[:most]
    return [row for row in rows if row.total or row in largest]


def _persons(row: GridRow) -> int:
    """This year or the year before, whichever had more; none of a total."""
    return (
        0 if row.total else max(cell.number for cell in (one for one in (row.cells[-1], row.before) if one))
    )


COLUMNS: Final = (
    *("year", "table", "category", "label", "value", "status", "source", "break", "version", "demo"),
    "so_far",
)


@dataclass(frozen=True)
class Comparison:
    """`groups` and `purposes` have the years as their first dimension; years are never added together.

    `so_far`: to which day a year is counted that is not over. It has no differences.
    """

    years: tuple[int, ...]
    sources: Mapping[int, Source]
    groups: Table
    purposes: Table
    published: Mapping[int, Published]
    breaks: tuple[Break, ...]
    remarks: Remarks
    labels: Labels
    so_far: Mapping[int, date]


@dataclass(frozen=True, slots=True)
class ComparedYear:
    """`differences`: from the year before, None where there is none. `broken`: what changed since."""

    year: int
    source: Source
    cells: tuple[Cell, ...]
    differences: tuple[int | None, ...]
    broken: tuple[Break, ...]
    published: Published
    so_far: date | None

    @property
    def difference(self) -> int | None:
        """Of the total."""
        return self.differences[-1]


@dataclass(frozen=True, slots=True)
class YearsTable:
    """One table for the page. `columns` are the labels of its categories and the total."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[ComparedYear, ...]

    @property
    def width(self) -> int:
        return len(self.columns) + (4 if self.name == "groups_by_year" else 2)


def laid_out(comparison: Comparison, table: Table) -> YearsTable:
    """A row a year, in order, its total last."""
    dimension, made = table.dimensions[1], dict[int, ComparedYear]()
    categories = (*dimension.categories, TOTAL)
    for year in comparison.years:
        cells = tuple(table[str(year), category] for category in categories)
        before = None if year in comparison.so_far else made.get(year - 1)
        changed = tuple(
            difference(cell, one)
            for cell, one in zip(cells, (before.cells if before else repeat(None)), strict=False)
        )
        broken = tuple(one for one in comparison.breaks if one.after == year)
        text, running = comparison.published[year], comparison.so_far.get(year)
        made[year] = ComparedYear(year, comparison.sources[year], cells, changed, broken, text, running)
    columns = (comparison.labels.category(dimension.name, category) for category in categories)
    return YearsTable(table.name, table.title, tuple(columns), tuple(made.values()))


@bypass_policies("totals")
def known_years(access: Access) -> list[int]:
    """One query: those with persons in scope, or with something published, ascending."""
    persons = Person.objects.totals_for(access).counted().order_by().values_list("first_year", flat=True)
    figures = HistoricalFigure.objects.order_by().values_list("year")
    gone = DisposedYear.objects.order_by().values_list("year")
    if keeps(access):
        return sorted({*kept_headlines(access), *figures.union(gone).values_list("year", flat=True)})
    return sorted(persons.union(figures, gone))


def side_by_side(access: Access, last: int, number: int = 10) -> Comparison:
    """Seven queries for `number` years that end with `last`."""
    first = last - number + 1
    reference, texts, remarks = Reference.load(), told(first, last), present()
    counts = headlines(access, reference, first, last)
    years = tuple(year for year in range(first, last + 1) if year in counts or texts[year])
    purpose_groups = reference.categories["purpose_group"]
    of_groups = {year: _groups(counts.get(year), texts[year]) for year in years}
    of_purposes = {year: _cells(of, purpose_groups) for year, (_groups_of, of) in counts.items()}
    return Comparison(
        years=years,
        sources={year: Source.REGISTER if year in counts else source_of(texts[year]) for year in years},
        groups=_table("groups_by_year", "group", GROUPS, years, of_groups),
        purposes=_table("main_purpose_by_year", "main_purpose", purpose_groups, years, of_purposes),
        published=texts,
        breaks=in_words(breaks(first, last), remarks),
        remarks=remarks,
        labels=Labels(reference),
        so_far=_running(years, access.today),
    )


def _running(years: Iterable[int], today: date) -> dict[int, date]:
    """Return the years that are not over, with the day to which each is counted."""
    return {year: day for year in years if (day := so_far(year, today))}


def totals_by_year(
    access: Access, reference: Reference, last: int, number: int = 10
) -> tuple[Table, set[str]]:
    """Persons by year, and the years of which they were published before the register, where the reader has
    the whole country: three queries."""
    first = last - number + 1
    counts = headlines(access, reference, first, last)
    texts = told(first, last)
    years = [year for year, text in texts.items() if year in counts or (text and not access.regions)]
    totals = {str(year): _groups(counts.get(year), texts[year])[TOTAL] for year in years}
    cells = tuple(replace(cell, key=(year,)) for year, cell in totals.items())
    table = Table("groups", titles()["groups"], (Dimension("year", tuple(totals)),), cells)
    return table, totals.keys() - {str(count) for count in counts}


def _groups(counted: Headline | None, text: Published) -> dict[str, Cell]:
    return _cells(counted[0], GROUPS) if counted else {cell.key[0]: cell for cell in headline(text)}


def _cells(numbers: Counter[str], categories: Iterable[str]) -> dict[str, Cell]:
    cells = {category: Cell((category,), numbers[category]) for category in categories}
    return {**cells, TOTAL: Cell((TOTAL,), sum(numbers.values()))}


def _table(
    name: str,
    dimension: str,
    categories: tuple[str, ...],
    years: Iterable[int],
    rows: Mapping[int, Mapping[str, Cell]],
) -> Table:
    """Without totals over years: a person is counted once in all, but breaks part the years."""
    cells, missing = [], Cell((), None, Status.MISSING)
    for year, category in product(years, (*categories, TOTAL)):
        cells.append(replace(rows.get(year, {}).get(category, missing), key=(str(year), category)))
    dimensions = (Dimension("year", tuple(str(year) for year in years)), Dimension(dimension, categories))
    return Table(name, titles()[name], dimensions, tuple(cells))


def to_csv(found: Comparison) -> str:
    """Tidy: a row a cell. `break` is 1 in the first year after a break in the series. `so_far` is the day to
    which a year is counted that is not over, else empty."""
    rows = (_tidy(found, table, cell) for table in (found.groups, found.purposes) for cell in table)
    return csv_text([COLUMNS, *rows], ",", line_end="\n")


def _tidy(found: Comparison, table: Table, cell: Cell) -> tuple[Any, ...]:
    year, category = int(cell.key[0]), cell.key[1]
    label = found.labels.category(table.dimensions[1].name, category)
    broken = int(any(one.after == year for one in found.breaks))
    facts = (year, table.name, category, label, cell.value, cell.status)
    return (*facts, found.sources[year], broken, "internal", int(settings.DEMO), found.so_far.get(year, ""))


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
    lines: tuple[GridRow, ...]
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
    found, texts = years_counted(access, first, last), told(first, last)
    tables = {
        year: table
        for year in range(first, last + 1)
        if (table := _table_of_years(found[year], texts[year], name))
    }
    if not tables:
        return None
    newest, labels = tables[max(tables)], PublicLabels(found[last].reference)
    dimension = newest.dimensions[0].name
    years = tuple(sorted(tables))
    remarks = present()
    running = _running(years, access.today)
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
        historical=tuple(year for year in years if not _number(found[year], name) and not texts[year].frozen),
        disposed=tuple(one for one in (texts[year].frozen for year in years) if one),
        overlaps=not newest.additive,
        so_far=running,
    )


def _number(found: Counted, name: str) -> int:
    """Of the calls or persons that a table counts."""
    return found.calls_number if of_calls(name) else found.number


def _table_of_years(found: Counted, text: Published, name: str) -> Table | None:
    """The register's, else what was published under the same name; None where the year has neither."""
    return table_of(found, INSIDE_BY_NAME[name]) if _number(found, name) else called(text.tables, name)


def _categories(tables: Mapping[int, Table], running: Collection[int]) -> tuple[str, ...]:
    """In the order of the newest year that is over; then those that only other years have; the total last."""
    newest_first = sorted(tables, key=lambda year: (year not in running, year), reverse=True)
    found = (category for year in newest_first for category in tables[year].dimensions[0].categories)
    return (*dict.fromkeys(found), TOTAL)


def _line(label: str, category: str, tables: Mapping[int, Table], running: Collection[int]) -> GridRow:
    cells = {year: _at(tables[year], category) for year in sorted(tables)}
    last = max(cells)
    then = None if last in running else cells.get(last - 1)
    return GridRow(label, tuple(cells.values()), difference(cells[last], then), category)
