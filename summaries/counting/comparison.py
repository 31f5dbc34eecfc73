"""Years side by side: the register's where it has persons, else what was published, with the breaks between
them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.conf import settings

from accounts.access import Access
from accounts.acting import beyond
from cases.models import DisposedYear, Person
from cases.rules.groups import GROUPS, group_of
from exchange.writing import csv_text
from knowledge.saying import Remarks, present
from summaries.counting.counts import groups_by_year, purposes_by_year
from summaries.counting.disposed import headline, told
from summaries.counting.historical import Break, Published, breaks, in_words
from summaries.counting.labels import Labels, titles
from summaries.counting.reference import Reference
from summaries.counting.summary import Source, source_of
from summaries.counting.tabulate import Grouped
from summaries.grid import difference
from summaries.models import HistoricalFigure
from summaries.running import so_far
from summaries.tables import TOTAL, Cell, Dimension, Key, Status, Table

COLUMNS: Final = (
    "year",
    "table",
    "category",
    "label",
    "value",
    "status",
    "source",
    "break",
    "version",
    "demo",
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
class YearRow:
    """`differences`: of each cell from the year before, None where there is none. `broken`: what changed
    before it."""

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
class Years:
    """One table for the page. `columns` are the labels of its categories and the total."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[YearRow, ...]

    @property
    def width(self) -> int:
        return len(self.columns) + (4 if self.name == "groups_by_year" else 2)


def laid_out(found: Comparison, table: Table) -> Years:
    dimension = table.dimensions[1]
    columns = tuple(
        found.labels.category(dimension.name, category) for category in (*dimension.categories, TOTAL)
    )
    return Years(table.name, table.title, columns, tuple(_rows(found, table)))


def _rows(found: Comparison, table: Table) -> list[YearRow]:
    """A row a year, in order, its total last."""
    made: list[YearRow] = []
    for year in found.years:
        cells = tuple(table[str(year), category] for category in (*table.dimensions[1].categories, TOTAL))
        comparable = made and made[-1].year == year - 1 and year not in found.so_far
        then = made[-1].cells if comparable else (None,) * len(cells)
        changed = tuple(map(difference, cells, then))
        broken = tuple(one for one in found.breaks if one.after == year)
        text, running = found.published[year], found.so_far.get(year)
        made.append(YearRow(year, found.sources[year], cells, changed, broken, text, running))
    return made


@beyond("totals")
def known_years(access: Access) -> list[int]:
    """One query: those with persons in scope, or with something published, ascending."""
    persons = Person.objects.totals_for(access).counted().order_by().values_list("first_year")
    figures = HistoricalFigure.objects.order_by().values_list("year")
    gone = DisposedYear.objects.order_by().values_list("year")
    return sorted(year for (year,) in persons.union(figures, gone))


def side_by_side(access: Access, last: int, number: int = 10) -> Comparison:
    """Seven queries for `number` years that end with `last`."""
    first = last - number + 1
    reference, texts, remarks = Reference.load(), told(first, last), present()
    groups = _by_year(groups_by_year(access, first, last), lambda row: group_of(row.sex, row.child))
    purposes = _by_year(
        purposes_by_year(access, first, last),
        lambda row: reference.codes.of("main_purpose", row.first.rpartition(":")[2])[0],
    )
    years = tuple(year for year in range(first, last + 1) if year in groups or texts[year])
    categories = reference.categories["purpose_group"]
    return Comparison(
        years=years,
        sources={year: Source.REGISTER if year in groups else source_of(texts[year]) for year in years},
        groups=_table(
            "groups_by_year", "group", GROUPS, {year: _groups(year, groups, texts) for year in years}
        ),
        purposes=_table(
            "main_purpose_by_year",
            "main_purpose",
            categories,
            {year: _cells(purposes[year], categories) if year in purposes else {} for year in years},
        ),
        published=texts,
        breaks=in_words(breaks(first, last), remarks),
        remarks=remarks,
        labels=Labels(reference),
        so_far={year: day for year in years if (day := so_far(year, access.today))},
    )


def _by_year(rows: Iterable[Grouped], category: Callable[[Grouped], str]) -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = {}
    for row in rows:
        found.setdefault(row.year, Counter())[category(row)] += row.n
    return found


def _groups(
    year: int, counted: Mapping[int, Counter[str]], texts: Mapping[int, Published]
) -> dict[str, Cell]:
    if year in counted:
        return _cells(counted[year], GROUPS)
    return {cell.key[0]: cell for cell in headline(texts[year])}


def _cells(numbers: Counter[str], categories: Iterable[str]) -> dict[str, Cell]:
    cells = {category: Cell((category,), numbers[category]) for category in categories}
    return {**cells, TOTAL: Cell((TOTAL,), sum(numbers.values()))}


def _table(
    name: str, dimension: str, categories: tuple[str, ...], years: Mapping[int, Mapping[str, Cell]]
) -> Table:
    """Without totals over years: a person is counted once in all, but breaks part the years."""
    cells = []
    for year, row in years.items():
        for category in (*categories, TOTAL):
            key: Key = (str(year), category)
            found = row.get(category)
            cells.append(Cell(key, found.value, found.status) if found else Cell(key, None, Status.MISSING))
    dimensions = (Dimension("year", tuple(map(str, years))), Dimension(dimension, categories))
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
