"""All years in the same breakdown, of what everybody may read already: cells that the newest standing
versions show, and what was published before the register.

Nothing is counted here. Where a version prints finer categories than the series has, shown ones are added up;
a sum of which any part is hidden or missing is so itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, dropwhile, product
from operator import attrgetter
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from agencies.code_words import region_codes
from knowledge.stored_texts import SHIPPED, Remarks
from libs.suppression.tables import OTHERS, TOGETHER, TOTAL, Cell, Dimension, Status, Table
from summaries import classifications
from summaries.counting import historical
from summaries.counting.historical import Break, Published, breaks, in_words
from summaries.counting.reference import WORDS as LABELS
from summaries.coverage import HEADLINE
from summaries.release.models import Publication
from summaries.tables.labels import WORDS

TEN: Final = 10
IS_KNOWN: Final = attrgetter("known")
CITIZENS: Final = {
    "sweden": "own",
    "other_eu": "eu_citizens",
    **dict.fromkeys(("other_europe", "africa", "asia", "americas", "oceania", "stateless"), "non_eu"),
    **dict.fromkeys(("unknown", "not_asked"), "unknown_citizens"),
}


@dataclass(frozen=True)
class Core:
    """One breakdown of the series: of which published table, its categories, and where finer ones belong."""

    table: str
    level: str
    title: str | Promise
    categories: tuple[str, ...]
    finer: Mapping[str, str] = field(default_factory=dict)

    @property
    def renamed(self) -> set[str]:
        """Categories that finer ones are added up to: a table of those may use the name for a part of it."""
        return set(self.finer.values()) & {TOGETHER, "other_purposes", "non_eu", "unknown_citizens"}

    @property
    def of_everybody(self) -> bool:
        return self.table == HEADLINE


CORES: Final = (
    Core(
        HEADLINE,
        "group",
        gettext_lazy("Persons by year and group"),
        ("women", "men", "girls", "boys", TOGETHER),
        dict.fromkeys(OTHERS, TOGETHER),
    ),
    Core(
        "main_purpose",
        "purpose_class",
        gettext_lazy("Persons by year and main purpose"),
        ("sexual", "labour", "begging", "crime", "other_purposes", "unknown"),
        classifications.PURPOSES,
    ),
    Core(
        "country_group",
        "eu_citizenship",
        gettext_lazy("Persons by year and citizenship"),
        ("own", "eu_citizens", "non_eu", "unknown_citizens"),
        CITIZENS,
    ),
    Core("region", "region", gettext_lazy("Persons by year and NMT region where identified"), region_codes()),
)


@dataclass(frozen=True)
class YearRow:
    """A year of a series. `publication` is None where its figures are from before the register; `earlier` is
    what was published then, also of a year that has a version, `published_as` how it is told of."""

    year: int
    cells: tuple[Cell, ...]
    publication: Publication | None = None
    earlier: Published | None = None
    left_out: int = 0
    before: tuple[Break, ...] = ()
    published_as: str = ""

    @property
    def known(self) -> bool:
        """Whether anything is told of the year: a year without figures is a row that says so."""
        return bool(self.cells)

    @property
    def so_far(self) -> date | None:
        return self.publication.so_far if self.publication else None

    @property
    def published_before(self) -> int | None:
        """What had been published of a year with a version before the register."""
        return self.earlier.published_total if self.publication and self.earlier else None


@dataclass(frozen=True)
class Series:
    core: Core
    columns: tuple[str, ...]
    rows: tuple[YearRow, ...]

    @property
    def title(self) -> str:
        return str(self.core.title)

    @property
    def known(self) -> tuple[YearRow, ...]:
        return tuple(row for row in self.rows if IS_KNOWN(row))

    @property
    def years(self) -> Dimension:
        return Dimension("year", tuple(str(row.year) for row in self.rows))

    @property
    def broken(self) -> Collection[str]:
        """The years before which the series is broken."""
        return {str(row.year) for row in self.rows if row.before}

    @property
    def running(self) -> Mapping[str, date]:
        """The years that are not over, with the day to which each is counted."""
        return {str(row.year): row.so_far for row in self.rows if row.so_far}

    @property
    def left_out(self) -> list[tuple[int, int]]:
        """Years of which persons are told of in the headline alone, with their number."""
        return [(row.year, row.left_out) for row in self.rows if row.left_out]

    def last(self) -> Series:
        """The newest ten years; what nothing is known of before the first is left out."""
        rows = dropwhile(lambda row: not row.known, self.rows[-TEN:])
        return replace(self, rows=tuple(rows))


def series_of(
    core: Core,
    versions: Iterable[Publication],
    texts: Mapping[int, Published],
    columns: Sequence[str],
    remarks: Remarks = SHIPPED,
) -> Series:
    """From the first year of which anything is told to the last. `versions`: one a year, standing."""
    by_year = {version.year: version for version in versions}
    found = {
        year: _row(core, year, by_year.get(year), texts.get(year), remarks) for year in {*by_year, *texts}
    }
    known = [row.year for row in (one for one in found.values() if IS_KNOWN(one))]
    years = range(min(known, default=0), max(known, default=-1) + 1)
    rows = [found.get(year, YearRow(year, ())) for year in years]
    return Series(core, tuple(columns), tuple(_with_breaks(rows, remarks)))


def columns_of(core: Core, words: Iterable[Mapping[str, Mapping[str, str]]]) -> list[str]:
    """What the categories are called. `words`: what versions call theirs, by dimension, the newest first."""
    known: dict[str, str] = {}
    for one, level in product(words, (core.level, core.table)):
        known = {**one.get(level, {}), **known}
    known |= {category: str(WORDS[category]) for category in core.renamed}
    fixed = {**LABELS["group"], **WORDS}
    return [*(known.get(one) or str(fixed.get(one, one)) for one in core.categories), _("Total")]


def _row(
    core: Core, year: int, publication: Publication | None, text: Published | None, remarks: Remarks
) -> YearRow:
    """A year with a version shows it, with what had been published beside; another what was published."""
    earlier = text if core.of_everybody else None
    published_as = historical.published_as(remarks, earlier) if earlier else ""
    if publication is not None:
        tables = [Table.from_json(one) for one in publication.tables_named(core.table)]
        cells, left_out = (_cells(core, tables[0]), tables[0].left_out) if tables else ((), 0)
        return YearRow(year, cells, publication, earlier, left_out, published_as=published_as)
    if not earlier or earlier.heading is None:
        return YearRow(year, ())
    return YearRow(year, _cells(core, earlier.tables[0]), None, earlier, published_as=published_as)


def _cells(core: Core, table: Table) -> tuple[Cell, ...]:
    rest = (TOTAL,) * (len(table.dimensions) - 1)
    total = table.by_key.get((TOTAL, *rest), Cell((TOTAL,), None, Status.MISSING))
    parts: dict[str, list[Cell]] = {}
    for category in table.dimensions[0].parts:
        parts.setdefault(core.finer.get(category, category), []).append(table[(category, *rest)])
    # Of a coarser category than the series has nobody knows which of its own are in it.
    alike = parts.keys() <= set(core.categories)
    everybody = alike and total.value == sum(cell.number for cell in chain(*parts.values()))
    cells = [_sum(one, parts.get(one, []), nobody=everybody) for one in core.categories]
    return (*cells, Cell((TOTAL,), total.value, total.status))


def _sum(category: str, parts: Sequence[Cell], *, nobody: bool) -> Cell:
    """`nobody`: the shown ones add up to all, so that a category that is not there has none."""
    if not parts:
        return Cell((category,), 0) if nobody else Cell((category,), None, Status.MISSING)
    statuses = {part.status for part in parts}
    for status in (Status.HIDDEN, Status.MISSING):
        if status in statuses:
            return Cell((category,), None, status)
    return Cell((category,), sum(part.number for part in parts))


def _with_breaks(rows: Sequence[YearRow], remarks: Remarks) -> Iterator[YearRow]:
    """A break stands before the first year that has figures after it."""
    last: int | None = None
    for row in rows:
        if row.known:
            since = breaks(last or row.year, row.year)
            row, last = replace(row, before=in_words(since, remarks)), row.year
        yield row
