"""What the pages of a year have in common: who may read, what is recorded, and the frame around the
tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.roles import May
from agencies.models import Region
from audit.writer import Target, record
from summaries.catalogue import INSIDE
from summaries.caveats import published_as
from summaries.charts import Chart
from summaries.counting.comparison import Comparison, known_years, side_by_side
from summaries.counting.summary import Source, Summary, internal_summary
from summaries.counting.ten_years import TenYears, ten_years
from summaries.drawing import chart_of
from summaries.files import labels_of_figure, no_figures
from summaries.grid import difference
from summaries.publishing import justice
from summaries.tables import TOTAL, Cell, Table, of_calls
from summaries.wording import mark

READ: Final = (May.VIEW_TOTALS, May.VIEW_REGION_TABLES)
OVERVIEW: Final = (
    *(entry.name for entry in INSIDE if entry.overview),
    "published_purpose",
    "published_citizenship",
)
OVER_YEARS: Final = [entry.name for entry in INSIDE if entry.over_years]
NEAREST: Final = 2
HELP_KINDS: Final = ("shelter", "return")


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """`apart`: not persons, so that nobody reads them as one sum. `percent_of`: the base of a share, or
    None."""

    label: str
    value: int
    difference: int | None = None
    base: int | None = None
    note: str = ""
    apart: bool = False


@transaction.atomic
def read(access: Access, year: int, what: str, action: str = "summary.read") -> Summary:
    """The summary for who may read it, recorded."""
    access.require(*READ)
    summary = internal_summary(access, year)
    record(access, action, target(year, what), rows=len(summary.tables))
    return summary


def target(year: int, what: str) -> Target:
    return Target("summary", str(year), f"{year} {what}")


@transaction.atomic
def compared(access: Access, action: str) -> Comparison | None:
    """Ten years that end with the newest; None where nothing is known at all."""
    access.require(*READ)
    years = known_years(access)
    record(access, action, Target("summary", "comparison", "comparison"))
    return side_by_side(access, years[-1]) if years else None


@transaction.atomic
def one_compared(access: Access, name: str) -> TenYears | None:
    """Of one table, ten years that end with the newest; None where no year has it."""
    access.require(*READ)
    if name not in OVER_YEARS:
        raise Http404
    years = known_years(access)
    record(access, "summary.read", Target("summary", "comparison", f"comparison {name}"))
    return ten_years(access, name, years[-1]) if years else None


def table_or_404(summary: Summary, name: str) -> Table:
    table = summary.table(name)
    if table is None:
        raise Http404
    return table


def no_year(request: HttpRequest, access: Access, year: int) -> HttpResponse:
    """404, with the years next to it of which something is known."""
    known = known_years(access)
    near = [one for one in known if one < year][-NEAREST:] + [one for one in known if one > year][:NEAREST]
    context = {"year": year, "text": no_figures(year), "nearest": near, "breadcrumbs": crumbs(str(year))}
    return render(request, "summaries/no_year.html", context, status=404)


def frame(access: Access, summary: Summary) -> dict[str, Any]:
    years = known_years(access)
    return {
        "summary": summary,
        "year": summary.year,
        "so_far": summary.so_far,
        "historical": summary.source in {Source.HISTORICAL, Source.FROZEN},
        "years": years[::-1],
        "key_figures": key_figures(summary),
        "published_as": published_as(summary.remarks, summary.published),
        "figures": [
            (labels_of_figure(summary.labels, figure.measure, figure.group), figure)
            for figure in summary.published.figures
        ],
        "scope": "" if summary.published.frozen else scope_of(access),
        "breadcrumbs": crumbs(str(summary.year)),
        "may_publish": access.may(May.PUBLISH),
        "justice": justice.in_words(summary.year),
    }


def scope_of(access: Access) -> str:
    """The regions that a coordinator's tables are of; empty where they are the whole country's."""
    if access.may(May.VIEW_TOTALS):
        return ""
    return ", ".join(str(region) for region in Region.objects.filter(code__in=access.regions))


def crumbs(*labels: str, year: int | None = None) -> list[tuple[str, str]]:
    """From the start of the statistics; the first label leads to its year where one is given."""
    found = [(_("Statistics"), reverse("summaries:start"))]
    for label in labels:
        found.append((label, reverse("summaries:year", args=[year]) if year and label == str(year) else ""))
    return found


def overview(summary: Summary) -> list[Table]:
    return [table for name in OVERVIEW if (table := summary.table(name))]


def figure(summary: Summary, name: str) -> Chart | None:
    table = summary.table(name)
    if table is None:
        return None
    title = f"{table.title}, {summary.named}"
    return chart_of(table, summary.labels, title=title, source=source_of(summary, table))


def source_of(summary: Summary, table: Table) -> str:
    if summary.source is Source.FROZEN:
        return summary.published.frozen
    if summary.source is Source.HISTORICAL and not of_calls(table.name):
        return "; ".join(summary.published.sources)
    return _("the NMT register")


def key_figures(summary: Summary) -> list[KeyFigure]:
    """Persons, adults and children; then, apart, cases, accompanying children and calls."""
    found = [*_persons(summary), *_helped(summary)]
    if summary.source is Source.REGISTER and summary.volumes is not None:
        note = _("One case may concern several persons.")
        found.append(KeyFigure(_("Cases opened"), summary.volumes.cases, note=note, apart=True))
        children, note = summary.volumes.accompanying_children, _("Not counted as victims")
        found.append(KeyFigure(_("Accompanying children"), children, note=note, apart=True))
    if summary.calls:
        found.append(KeyFigure(_("Calls"), summary.calls, note=_("Not counted as persons"), apart=True))
    return found


def _persons(summary: Summary) -> list[KeyFigure]:
    groups, before = summary.table("groups"), summary.table_before("groups")
    if groups is None or groups.value(TOTAL) is None:
        return []
    total = groups.value(TOTAL) or 0
    then = before.by_key.get((TOTAL,)) if before else None
    changed = difference(Cell((TOTAL,), total), then)
    found = [KeyFigure(_("Persons"), total, changed, note=mark(summary.so_far))]
    ages = summary.table("age_group")
    for category in ("adults", "children") if ages else ():
        value = ages.value(category) if ages else None
        if value is not None:  # a version may hide it
            found.append(KeyFigure(summary.labels.category("age_group", category), value, base=total))
    return found


def _helped(summary: Summary) -> list[KeyFigure]:
    """Persons given protected housing, and persons helped to return."""
    measures = summary.table("measures")
    if measures is None:
        return []
    named = {"shelter": _("Given protected housing"), "return": _("Helped to return")}
    return [
        KeyFigure(named[kind], value, base=measures.value(TOTAL))
        for kind in HELP_KINDS
        if (value := measures.value(kind)) is not None
    ]
