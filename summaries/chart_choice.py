"""Which chart a table gets, with its words in the reader's language."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from libs.suppression.tables import TOTAL, Dimension, Table
from summaries.catalogue import INSIDE
from summaries.charts import (
    Chart,
    ChartWords,
    county_tiles,
    horizontal_bars,
    region_tiles,
    small_multiples,
    stacked_bars,
    yearly_bars,
)
from summaries.counting.reference import Labels, unit
from summaries.year_words import named

STACKED: Final = [entry.name for entry in INSIDE if entry.chart == "stacked"]
TILES: Final = {"counties": county_tiles, "regions": region_tiles}
DRAWN: Final = {entry.name: TILES[entry.chart] for entry in INSIDE if entry.chart in TILES}
MOST_BARS: Final = 40


def chart_of(table: Table, labels: Labels, *, title: str, source: str) -> Chart | None:
    """The chart of a table of one year; None where there is nobody to draw."""
    drawn = _worth_drawing(table)
    first = table.dimensions[0]
    if table.name in DRAWN:
        return DRAWN[table.name](_totals(table), _words_of(labels, table, title, source))
    if not drawn or len(drawn) > MOST_BARS:
        return None
    if _is_stacked(table):
        return stacked_bars(_with_prefixes(table, drawn), _words_of(labels, table, title, source))
    return horizontal_bars(
        _totals(replace(table, dimensions=(Dimension(first.name, drawn), *table.dimensions[1:]))),
        _words_of(labels, table, title, source),
    )


def groups_over_years(
    table: Table, words: ChartWords, *, breaks: Collection[str], running: Collection[str]
) -> Chart:
    """`table` is over year and group; `breaks` are the years before which the series is broken, `running`
    those that are not over."""
    years, groups = table.dimensions
    shown = tuple(g for g in groups.categories if any(table.value(year, g) != 0 for year in years.categories))
    trimmed = replace(table, dimensions=(years, Dimension("group", shown)))
    return small_multiples(trimmed, words, breaks=breaks, running=running)


def totals_over_years(
    table: Table, *, before: Collection[str], breaks: Collection[str], running: Mapping[str, date]
) -> Chart:
    """`table` is over years; those in `before` were published before the register."""
    labels = {"register": _("The NMT register"), "before": _("Published before the register")}
    words = words_over_years(_("Presumed victims by year"), labels, running)
    return yearly_bars(table, words, before=before, breaks=breaks, running=running)


def words_over_years(
    title: str, labels: Mapping[str, str], running: Mapping[str, date], source: str = ""
) -> ChartWords:
    """The title says to which day a year is counted that is not over."""
    title = named(title, max(running.values(), default=None))
    return _words(title, _("Number of persons"), source or _("the NMT register"), labels)


def count(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def _words_of(labels: Labels, table: Table, title: str, source: str) -> ChartWords:
    first, *others = table.dimensions
    of_others = {c: labels.category(other.name, c) for other in others for c in other.categories}
    # Both may have an "unknown": the first one, which is drawn, has the last word or is told apart.
    key = _marked if _is_stacked(table) else str
    of_first = {key(category): labels.category(first.name, category) for category in first.categories}
    return _words(title, unit(table), source, of_others | of_first)


def _words(title: str, unit: str, source: str, labels: Mapping[str, str]) -> ChartWords:
    return ChartWords(
        title=title,
        unit=unit,
        source=source,
        labels=labels,
        hidden=_("hidden value"),
        missing=_("not available"),
        so_far=_("so far"),
        number=count,
    )


def _is_stacked(table: Table) -> bool:
    """Whether there is something to stack: a table of totals alone has nothing."""
    return table.name in STACKED and len(table.dimensions) > 1


def _marked(category: str) -> str:
    return f"1:{category}"


def _with_prefixes(table: Table, kept: tuple[str, ...]) -> Table:
    first, second = table.dimensions
    second = Dimension(second.name, second.parts)
    keys = product(kept, second.categories)
    cells = tuple(replace(table[key], key=(_marked(key[0]), key[1])) for key in keys)
    return replace(
        table, dimensions=(Dimension(first.name, tuple(_marked(one) for one in kept)), second), cells=cells
    )


def _totals(table: Table) -> Table:
    """Over the first dimension alone."""
    rest = (TOTAL,) * (len(table.dimensions) - 1)
    cells = tuple(replace(cell, key=cell.key[:1]) for cell in table if cell.key[1:] == rest)
    return replace(table, dimensions=table.dimensions[:1], cells=cells)


def _worth_drawing(table: Table) -> tuple[str, ...]:
    """Categories whose total is not 0; those of nobody stand in the table."""
    rest = (TOTAL,) * (len(table.dimensions) - 1)
    return tuple(c for c in table.dimensions[0].parts if table[(c, *rest)].value != 0)
