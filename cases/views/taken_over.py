"""What came from spreadsheets: possible duplicates in the order of what they change; and years, with whether
what their persons lack counts as incomplete."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Access
from accounts.acting import beyond
from accounts.middleware import AuthenticatedRequest
from accounts.once import code_of
from accounts.roles import May
from audit.writer import record
from cases.actions.years import decide_taken_over
from cases.completeness import LACKING
from cases.models import DuplicateReview, Person, TakenOverYear
from cases.paging import COUNT_TO, count_to, page
from cases.taken_over_pairs import ORDER, pairs, why

ANSWERS = {"yes": True, "no": False}


@require_http_methods(["GET", "HEAD", "POST"])
def taken_over_years(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access
    access.require(May.DECIDE_TAKEN_OVER)
    years = _years(access)
    if request.method == "POST":
        return _decided(request, [row["first_year"] for row in years])
    said = {row.year: row for row in TakenOverYear.objects.select_related("by")}
    lines = [{**row, "said": said.get(row["first_year"])} for row in years]
    return render(request, "cases/taken_over_years.html", {"lines": lines})


@beyond("totals")
def _years(access: Access) -> list[Any]:
    """Of each year who was taken over and is counted, and who of them lacks something. One query."""
    rows = Person.objects.totals_for(access).filter(taken_over=True).counted().with_main().order_by()
    counted = rows.values("first_year").annotate(persons=Count("pk"), lacking=Count("pk", filter=LACKING))
    return list(counted.order_by("-first_year"))


@require_safe
@beyond("duplicates")
def taken_over_duplicates(request: AuthenticatedRequest) -> HttpResponse:
    """What waits for a judgement, in the order of what it changes. Across regions only that there is
    something: the page of the own record asks."""
    access = request.access
    access.require(May.REVIEW_DUPLICATE)
    rows = pairs(access)

    def at(name: str) -> DuplicateReview | None:
        code = code_of(request.GET.get(name))
        return rows.filter(code=code).first() if code else None

    found = page(rows, ORDER, after=at("after"), before=at("before"))
    count = count_to(rows)
    record(access, "duplicate.list", rows=len(found.rows), search_kind="taken_over")
    context = {
        "lines": [(row, why(row)) for row in found.rows],
        "count": count,
        "more": COUNT_TO if count > COUNT_TO else 0,
        "previous": f"?before={found.previous.code}" if found.previous else "",
        "next": f"?after={found.next.code}" if found.next else "",
        "breadcrumbs": [(_("Possible duplicates"), reverse("cases:duplicates")), (_("Taken over"), "")],
    }
    return render(request, "cases/taken_over_duplicates.html", context)


def _decided(request: AuthenticatedRequest, years: list[int]) -> HttpResponse:
    asked, answer = request.POST.get("year", ""), ANSWERS.get(request.POST.get("complete", ""))
    year = next((one for one in years if str(one) == asked), None)
    if year is None or answer is None:
        messages.warning(request, _("Choose a year in the table."))
        return redirect(request.path)
    decide_taken_over(year=year, must_be_complete=answer, by=request.access)
    said = (
        _("In %(year)d, who was taken over must be complete before the year is closed.")
        if answer
        else _("In %(year)d, what those lack who were taken over does not stop the closing.")
    )
    messages.success(request, said % {"year": year})
    return redirect(request.path)
