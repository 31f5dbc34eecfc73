"""The internal layer on screen: a year, one of its tables, years side by side, quality. Every reading is
recorded."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.middleware import AuthenticatedRequest
from audit.writer import record
from cases.models import DisposedYear
from knowledge.saying import present
from summaries import caveats
from summaries.counting.comparison import known_years, to_csv
from summaries.counting.comparison import laid_out as side_by_side_table
from summaries.counting.historical import BREAKS, in_words
from summaries.counting.labels import titles
from summaries.counting.quality import confirmed_regions, quality
from summaries.counting.summary import Summary
from summaries.counting.twice import registered_twice
from summaries.drawing import groups_over_years
from summaries.files import INTERNAL, internal_csv, json_text
from summaries.grid import laid_out
from summaries.tables import of_calls
from summaries.views.files import csv_file, json_file
from summaries.views.page import (
    OVER_YEARS,
    READ,
    compared,
    crumbs,
    figure,
    frame,
    no_year,
    one_compared,
    overview,
    read,
    scope_of,
    source_of,
    table_or_404,
    target,
)
from summaries.wording import named


@require_safe
def start(request: AuthenticatedRequest) -> HttpResponse:
    """To the newest year; those who read published figures only are told where these are."""
    access = request.access
    if not access.may(*READ):
        return render(request, "summaries/published_only.html")
    years = known_years(access)
    return redirect("summaries:year", years[-1] if years else access.today.year)


@require_safe
def year_page(request: AuthenticatedRequest, year: int) -> HttpResponse:
    summary = read(request.access, year, "overview")
    if not summary.tables:
        return no_year(request, request.access, year)
    context = frame(request.access, summary) | {
        "grids": [
            laid_out(t, summary.table_before(t.name), summary.labels, fold=True) for t in overview(summary)
        ],
        "further": [table for table in summary.tables if table not in overview(summary)],
        "chart": figure(summary, "groups"),
        "confirmed": confirmed_regions(year),
        "regions": len(summary.reference.categories["region"]),
    }
    return render(request, "summaries/year.html", context)


@require_safe
def table_page(request: AuthenticatedRequest, year: int, name: str) -> HttpResponse:
    summary = read(request.access, year, name)
    table = table_or_404(summary, name)
    before = summary.table_before(name)
    context = frame(request.access, summary) | {
        "caveats": _caveats(summary, name),
        "grid": laid_out(table, before, summary.labels),
        "grid_before": laid_out(before, None, summary.labels) if before else None,
        "chart": figure(summary, name),
        "source": source_of(summary, table),
        "over_years": name in OVER_YEARS,
        "breadcrumbs": crumbs(str(year), table.title, year=year),
    }
    return render(request, "summaries/table.html", context)


def _caveats(summary: Summary, name: str) -> list[str]:
    if of_calls(name):
        said = [*summary.caveats_of_running, *filter(None, [summary.published.frozen])]
        return [*said, *caveats.of_calls(summary.remarks)]
    return summary.caveats


@require_safe
def table_csv(request: AuthenticatedRequest, year: int, name: str) -> HttpResponse:
    summary = read(request.access, year, name, "summary.export")
    return csv_file(internal_csv(summary, [table_or_404(summary, name)]), f"{year}-{name}")


@require_safe
def year_csv(request: AuthenticatedRequest, year: int) -> HttpResponse:
    """All tables as one tidy file."""
    summary = read(request.access, year, "all", "summary.export")
    return csv_file(internal_csv(summary, summary.tables), f"{year}-internal")


@require_safe
def year_json(request: AuthenticatedRequest, year: int) -> HttpResponse:
    summary = read(request.access, year, "all", "summary.export")
    return json_file(json_text(summary, publication=INTERNAL), f"{year}-internal")


@require_safe
def comparison_page(request: AuthenticatedRequest) -> HttpResponse:
    found = compared(request.access, "summary.read")
    context: dict[str, object] = {
        "comparison": found,
        "breadcrumbs": crumbs(_("Comparison")),
        "scope": scope_of(request.access),
    }
    if found:
        first, last = found.years[0], found.years[-1]
        years = named(f"{first}–{last}", found.so_far.get(last))
        context["tables"] = [side_by_side_table(found, table) for table in (found.groups, found.purposes)]
        gone = [text.frozen for text in found.published.values() if text.frozen]
        context["caveats"] = [*gone, *caveats.of_running(found.so_far), *caveats.general(found.remarks)]
        context["others"] = [(name, title) for name, title in titles().items() if name in OVER_YEARS]
        context["chart"] = groups_over_years(
            found.groups,
            found.labels,
            title=_("Persons by group, {years}").format(years=years),
            source=_("the NMT register; published figures for years without persons"),
            breaks={str(one.after) for one in found.breaks},
            running={str(year) for year in found.so_far},
        )
    return render(request, "summaries/comparison.html", context)


@require_safe
def ten_years_page(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """The totals of one table over ten years."""
    title, ten = titles().get(name, name), one_compared(request.access, name)
    remarks = ten.remarks if ten else present()
    said = caveats.of_calls(remarks) if of_calls(name) else caveats.general(remarks)
    context = {
        "ten": ten,
        "title": title,
        "caveats": [*caveats.of_running(ten.so_far if ten else {}), *said],
        "breadcrumbs": [*crumbs(), (_("Comparison"), reverse("summaries:comparison")), (title, "")],
        "scope": scope_of(request.access),
    }
    return render(request, "summaries/ten_years.html", context)


@require_safe
def comparison_csv(request: AuthenticatedRequest) -> HttpResponse:
    found = compared(request.access, "summary.export")
    if found is None:
        raise Http404
    return csv_file(to_csv(found), "comparison-internal")


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
        "caveats": [*caveats.general(remarks), remarks.say("attention")],
        "breadcrumbs": crumbs(_("About the figures")),
    }
    return render(request, "summaries/about.html", context)
