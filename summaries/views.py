"""The internal layer on screen and as files: a year, one of its tables, years side by side, quality.

Every reading is recorded.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_safe

from accounts.access import Access, AuthenticatedRequest, bypass_policies
from accounts.roles import May
from agencies.models import Region
from audit.writer import Target, record
from cases.models import DisposedYear, Person
from cases.rules.persons import GROUPS
from exchange.downloads import attached
from exchange.writer import BOM
from knowledge.stored_texts import present
from libs.suppression.tables import Table, of_calls, protected
from summaries.catalogue import BESIDE, INSIDE
from summaries.chart_choice import chart_of, groups_over_years, totals_over_years, words_over_years
from summaries.charts import Chart
from summaries.counting import comparison, historical
from summaries.counting.historical import BREAKS, breaks, in_words, published_as
from summaries.counting.reference import by_question, titles
from summaries.counting.summary import (
    Source,
    Summary,
    confirmed_regions,
    internal_summary,
    quality,
    registered_twice,
)
from summaries.coverage import so_far
from summaries.files import INTERNAL, internal_csv, json_text, labels_of_figure, no_figures
from summaries.release import justice
from summaries.release.frozen import year_text
from summaries.text import Language

READ: Final = (May.VIEW_TOTALS, May.VIEW_REGION_TABLES)
OVERVIEW: Final = {entry.name for entry in INSIDE if entry.overview} | BESIDE.keys()
OVER_YEARS: Final = [entry.name for entry in INSIDE if entry.over_years]
PUBLISHED: Final = {Source.HISTORICAL, Source.FROZEN}
NEAREST: Final = 2


@transaction.atomic
def read(access: Access, year: int, what: str, action: str = "summary.read") -> Summary:
    """Return the summary for who may read it, recorded."""
    access.require(*READ)
    summary = internal_summary(access, year)
    record(access, action, target(year, what), rows=len(summary.tables))
    return summary


def target(year: int, what: str) -> Target:
    return Target("summary", str(year), f"{year} {what}")


@transaction.atomic
def compared(access: Access, action: str) -> comparison.Comparison | None:
    """Ten years that end with the newest; None where nothing is known at all."""
    access.require(*READ)
    years = comparison.known_years(access)
    record(access, action, Target("summary", "comparison", "comparison"))
    return comparison.side_by_side(access, years[-1]) if years else None


@transaction.atomic
def one_compared(access: Access, name: str) -> comparison.TenYears | None:
    """Return ten years of one table that end with the newest; None where no year has it."""
    access.require(*READ)
    if name not in OVER_YEARS:
        raise Http404
    years = comparison.known_years(access)
    record(access, "summary.read", Target("summary", "comparison", f"comparison {name}"))
    return comparison.ten_years(access, name, years[-1]) if years else None


def table_or_404(summary: Summary, name: str) -> Table:
    table = summary.table(name)
    if table is None:
        raise Http404
    return table


def no_year(request: HttpRequest, access: Access, year: int) -> HttpResponse:
    """404, with the years next to it of which something is known."""
    known = comparison.known_years(access)
    at = bisect(known, year)
    near = known[max(at - NEAREST, 0) : at + NEAREST]
    context = {"year": year, "text": no_figures(year), "nearest": near, "breadcrumbs": crumbs(str(year))}
    return render(request, "summaries/no_year.html", context, status=404)


def frame(access: Access, summary: Summary) -> dict[str, Any]:
    years = comparison.known_years(access)
    return {
        "summary": summary,
        "year": summary.year,
        "so_far": summary.so_far,
        "historical": summary.source in PUBLISHED,
        "years": years[::-1],
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
    return ", ".join(str(one) for one in Region.objects.filter(code__in=access.regions))


def crumbs(*labels: str, year: int | None = None) -> list[tuple[str, str]]:
    """From the start of the statistics; the first label leads to its year where one is given."""
    of_year = {str(year): reverse("summaries:year", args=[year])} if year else {}
    start = (_("Statistics"), reverse("summaries:start"))
    return [start, *((label, of_year.get(label, "")) for label in labels)]


def source_of(summary: Summary, table: Table) -> str:
    if summary.source is Source.FROZEN:
        return summary.published.frozen
    if summary.source is Source.HISTORICAL and not of_calls(table.name):
        return "; ".join(summary.published.sources)
    return _("the NMT register")


def beside(summary: Summary) -> Iterator[tuple[str, int, str]]:
    """Name, number and note of what is counted beside persons: nobody shall read them as one sum."""
    if summary.source is Source.REGISTER and summary.volumes is not None:
        yield _("Cases opened"), summary.volumes.cases, ""
        yield _("Accompanying children"), summary.volumes.accompanying_children, _("Not counted as victims")
    if summary.calls:
        yield _("Calls"), summary.calls, _("Not counted as persons")


@bypass_policies("totals")
def handled_elsewhere(access: Access, year: int) -> int:
    """Return how many persons of the year were first identified in own regions and are handled by another.

    A count, and never a row. The tables of the whole country count them here."""
    return Person.objects.left_own_region(access).counted().identified_in(year).count()


def _sentences(summary: Summary, scope: str) -> Sequence[str]:
    """The figures that the reader sees; of some regions without what is said of the whole network."""
    tables, before = (tuple(protected(one) for one in found) for found in (summary.tables, summary.before))
    words: Language = "en" if get_language() == "en" else "sv"
    year, day = summary.year, summary.so_far
    found = year_text(year, tables, before, words, hidden_is_somebody=False, so_far=day, brief=True)
    return found[bool(scope) :]


def _over_years(access: Access, summary: Summary) -> Chart | None:
    """The persons of ten years that end with this one; None where only one is known."""
    table, before = comparison.totals_by_year(access, summary.reference, summary.year)
    broken = {str(one.after) for one in breaks(summary.year - 9, summary.year)}
    running = {str(summary.year): summary.so_far} if summary.so_far else {}
    chart = totals_over_years(table, before=before, breaks=broken, running=running)
    return chart if len(table.cells) > 1 else None


@require_safe
def start(request: AuthenticatedRequest) -> HttpResponse:
    """Lead to the last whole year; tell those who read published figures only where these are."""
    access = request.access
    if not access.may(*READ):
        return render(request, "summaries/published_only.html")
    over = [year for year in comparison.known_years(access) if not so_far(year, access.today)]
    return redirect("summaries:year", max(over, default=access.today.year))


@require_safe
def year_page(request: AuthenticatedRequest, year: int) -> HttpResponse:
    summary = read(request.access, year, "overview")
    if not summary.tables:
        return no_year(request, request.access, year)
    shown = frame(request.access, summary)
    context = shown | {
        **_of_tables(summary, shown["scope"]),
        "beside": list(beside(summary)),
        "chart": _over_years(request.access, summary),
        "confirmed": confirmed_regions(year),
        "elsewhere": handled_elsewhere(request.access, year) if shown["scope"] else 0,
        "regions": len(summary.reference.categories["region"]),
    }
    return render(request, "summaries/year.html", context)


def _of_tables(summary: Summary, scope: str) -> dict[str, Any]:
    """Return what the page of the year says of its tables."""
    grids = {
        table.name: comparison.grid_of(table, summary.table_before(table.name), summary.labels, fold=True)
        for table in summary.tables
    }
    context = {"summary": summary, "questions": by_question(grids), "overview": OVERVIEW}
    context |= {"year": summary.year, "so_far": summary.so_far, "historical": summary.source in PUBLISHED}
    return {
        "total": grids["groups"].rows[-1].cells[0].value if "groups" in grids else None,
        "sentences": _sentences(summary, scope),
        "changes": comparison.largest_changes(grids.values()),
        "tables": render_to_string("summaries/_year_tables.html", context),
    }


@require_safe
def table_page(request: AuthenticatedRequest, year: int, name: str) -> HttpResponse:
    summary = read(request.access, year, name)
    table = table_or_404(summary, name)
    before, source = summary.table_before(name), source_of(summary, table)
    context = frame(request.access, summary) | {
        "caveats": _caveats(summary, name),
        "grid": comparison.grid_of(table, before, summary.labels),
        "grid_before": comparison.grid_of(before, None, summary.labels) if before else None,
        "chart": chart_of(table, summary.labels, title=f"{table.title}, {summary.named}", source=source),
        "source": source,
        "over_years": name in OVER_YEARS,
        "breadcrumbs": crumbs(str(year), table.title, year=year),
    }
    return render(request, "summaries/table.html", context)


def _caveats(summary: Summary, name: str) -> list[str]:
    if of_calls(name):
        said = (*summary.caveats_of_running, summary.published.frozen, *historical.of_calls(summary.remarks))
        return [one for one in said if one]
    return summary.caveats


@require_safe
def table_csv(request: AuthenticatedRequest, year: int, name: str) -> HttpResponse:
    summary = read(request.access, year, name, "summary.export")
    return _csv_file(internal_csv(summary, [table_or_404(summary, name)]), f"{year}-{name}")


def _csv_file(text: str, name: str) -> HttpResponse:
    """A download whose name says that it is internal."""
    return attached((BOM + text).encode(), f"{name}.csv", "csv")


@require_safe
def year_csv(request: AuthenticatedRequest, year: int) -> HttpResponse:
    """Send all tables as one tidy file."""
    summary = read(request.access, year, "all", "summary.export")
    return _csv_file(internal_csv(summary, summary.tables), f"{year}-internal")


@require_safe
def year_json(request: AuthenticatedRequest, year: int) -> HttpResponse:
    summary = read(request.access, year, "all", "summary.export")
    return attached(json_text(summary, publication=INTERNAL).encode(), f"{year}-internal.json", "json")


@require_safe
def comparison_page(request: AuthenticatedRequest) -> HttpResponse:
    found = compared(request.access, "summary.read")
    context: dict[str, object] = {
        "comparison": found,
        "breadcrumbs": crumbs(_("Ten years side by side")),
        "scope": scope_of(request.access),
    }
    if found:
        context["tables"] = [comparison.laid_out(found, table) for table in (found.groups, found.purposes)]
        gone = (one for one in (one.frozen for one in found.published.values()) if one)
        context["caveats"] = [*gone, *historical.of_running(found.so_far), *historical.general(found.remarks)]
        context["others"] = [(name, title) for name, title in titles().items() if name in OVER_YEARS]
        title = _("Persons by group, {years}").format(years=f"{found.years[0]}–{found.years[-1]}")
        source = _("the NMT register; published figures for years without persons")
        labels = {group: found.labels.category("group", group) for group in GROUPS}
        running = {str(year): day for year, day in found.so_far.items()}
        words = words_over_years(title, labels, running, source)
        broken = {str(one.after) for one in found.breaks}
        context["chart"] = groups_over_years(found.groups, words, breaks=broken, running=running)
    return render(request, "summaries/comparison.html", context)


@require_safe
def ten_years_page(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """The totals of one table over ten years."""
    title, ten = titles().get(name, name), one_compared(request.access, name)
    remarks = ten.remarks if ten else present()
    remarks_shown = historical.of_calls(remarks) if of_calls(name) else historical.general(remarks)
    ten_years = (_("Ten years side by side"), reverse("summaries:comparison"))
    context = {
        "ten": ten,
        "title": title,
        "caveats": [*historical.of_running(ten.so_far if ten else {}), *remarks_shown],
        "breadcrumbs": [*crumbs(), ten_years, (title, "")],
        "scope": scope_of(request.access),
    }
    return render(request, "summaries/ten_years.html", context)


@require_safe
def comparison_csv(request: AuthenticatedRequest) -> HttpResponse:
    found = compared(request.access, "summary.export")
    if found is None:
        raise Http404
    return _csv_file(comparison.to_csv(found), "comparison-internal")


@require_safe
def quality_page(request: AuthenticatedRequest, year: int) -> HttpResponse:
    request.access.require(*READ)
    if gone := DisposedYear.objects.filter(year=year).first():
        messages.info(request, gone.said)
        return redirect("summaries:year", year)
    found = quality(request.access, year)
    record(request.access, "summary.read", target(year, "quality"))
    context = {
        "quality": found,
        "twice": registered_twice(request.access, found),
        "year": year,
        "so_far": found.so_far,
        "breadcrumbs": crumbs(str(year), _("Quality"), year=year),
        "scope": scope_of(request.access),
    }
    return render(request, "summaries/quality.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Definitions, counting rules and series breaks: no figures, so everybody signed in may read it."""
    remarks = present()
    context = {
        "breaks": in_words(BREAKS, remarks),
        "caveats": [*historical.general(remarks), remarks.say("attention")],
        "breadcrumbs": crumbs(_("About the figures")),
    }
    return render(request, "summaries/about.html", context)
