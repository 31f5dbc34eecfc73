"""The charts of all years: of shown cells, and of what was published before the register."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from summaries.charts import Chart, Words, small_multiples, yearly_bars
from summaries.drawing import count
from summaries.publishing.public_series import Series
from summaries.tables import Cell, Dimension, Status, Table
from summaries.wording import mark


def yearly_chart(series: Series) -> Chart:
    """The totals of a series, told apart by where they come from."""
    years = tuple(str(row.year) for row in series.rows)
    cells = [
        Cell((str(row.year),), row.total.value, row.total.status)
        if row.known
        else Cell((str(row.year),), None, Status.MISSING)
        for row in series.rows
    ]
    table = Table("groups", series.title, (Dimension("year", years),), tuple(cells))
    labels = {"register": _("The NMT register"), "before": _("Published before the register")}
    before = {str(row.year) for row in series.rows if row.known and row.publication is None}
    words = _words(_("Presumed victims by year"), labels, series)
    return yearly_bars(table, words, before=before, breaks=series.broken, running=_running(series))


def groups_chart(series: Series) -> Chart:
    """A panel a group, each on its own scale: on one for all, girls and boys could not be read."""
    years = tuple(str(row.year) for row in series.rows)
    cells = [
        Cell((str(row.year), category), *_fate(row.cells, at))
        for row in series.rows
        for at, category in enumerate(series.core.categories)
    ]
    groups = tuple(
        one for one in series.core.categories if any(cell.value != 0 for cell in cells if cell.key[1] == one)
    )
    kept = tuple(cell for cell in cells if cell.key[1] in groups)
    table = Table("groups", series.title, (Dimension("year", years), Dimension("group", groups)), kept)
    labels = dict(zip(series.core.categories, series.columns, strict=False))
    words = _words(_("Presumed victims by year and group"), labels, series)
    return small_multiples(table, words, breaks=series.broken, running=_running(series), own_scale=True)


def _fate(cells: tuple[Cell, ...], at: int) -> tuple[int | None, Status]:
    return (cells[at].value, cells[at].status) if cells else (None, Status.MISSING)


def _running(series: Series) -> Collection[str]:
    return {str(row.year) for row in series.rows if row.so_far}


def _words(title: str, labels: Mapping[str, str], series: Series) -> Words:
    running = next((row.so_far for row in series.rows if row.so_far), None)
    return Words(
        title=f"{title} ({mark(running)})" if running else title,
        unit=_("Number of persons"),
        source=_("the NMT register"),
        labels=labels,
        hidden=_("hidden value"),
        missing=_("not available"),
        so_far=_("so far"),
        number=count,
    )
