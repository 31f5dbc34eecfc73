"""Years that came from spreadsheets: how many, and whether what they lack counts as incomplete."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Access
from accounts.acting import beyond
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from cases.actions.years import decide_taken_over
from cases.completeness import LACKING
from cases.models import Person, TakenOverYear

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
