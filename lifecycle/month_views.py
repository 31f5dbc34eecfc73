"""The pages on which a region's register and its spreadsheet are held against each other, month by month."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import AuthenticatedRequest
from accounts.once import once, token_of
from accounts.roles import May
from agencies.models import Region
from audit.writer import Target, record
from cases.models import Person
from cases.paging import steps_from
from exchange.reading import check_size
from exchange.refusals import Refused
from lifecycle.models import SpreadsheetMapping
from lifecycle.months import QuestionsOpen, Sheet, agreed, compare_month, sheet_side
from lifecycle.reconcile_forms import MonthForm
from lifecycle.reconciled import MonthlyComparison
from lifecycle.reconciliation import SEES
from lifecycle.takeover.both_ways import ALL, IN_A_ROW, NOT_TOLD, Cell, Row
from lifecycle.takeover.mapping import Answers
from summaries.counting.labels import Labels
from summaries.counting.reference import Reference

A_PAGE: Final = 50
CALLED: Final = {
    ALL: gettext_lazy("All persons"),
    "group": gettext_lazy("Group"),
    "main_purpose": gettext_lazy("Main purpose"),
    "citizenship": gettext_lazy("Citizenship"),
    "county": gettext_lazy("County"),
    "organisation": gettext_lazy("Organisation"),
    "month": gettext_lazy("Month"),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def months(request: AuthenticatedRequest) -> HttpResponse:
    """How far each region has come; and where somebody of a region compares this month."""
    access = request.access
    access.require(*SEES)
    may = access.may(May.IMPORT_PERSONS) and bool(access.regions)
    if request.method == "POST":
        access.require(May.IMPORT_PERSONS)
    regions = [(code, str(region)) for code, region in sorted(access.names.items())]
    mappings = SpreadsheetMapping.objects.visible_to(access).order_by("name") if may else []
    posted = request.method == "POST"
    form = MonthForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        regions=regions,
        mappings=[(str(one.code), one.name) for one in mappings],
    )
    if request.method == "POST" and form.is_valid() and (made := _made(request, form)):
        return redirect("lifecycle:month", made.code)
    found = agreed(access)
    record(access, "comparison.read", Target("comparison", "", ""), rows=len(found))
    context = {
        "form": form if may else None,
        "token": uuid.uuid4(),
        "agreed": found,
        "wanted": IN_A_ROW,
        "mine": MonthlyComparison.objects.visible_to(access).defer("found").select_related("region")[:A_PAGE],
        "title": _("Register and spreadsheet side by side"),
        "breadcrumbs": [(_("Totals of years taken over"), reverse("lifecycle:differences")),
                        (_("Month by month"), "")],
    }  # fmt: skip
    return render(request, "lifecycle/months.html", context, status=422 if form.errors else 200)


def _made(request: AuthenticatedRequest, form: MonthForm) -> MonthlyComparison | None:
    """None where the file is refused, which the form then says."""
    access, facts = request.access, form.cleaned_data
    region: Region = access.names[facts["region"]]  # type: ignore[assignment]
    try:
        sheet = _read(request, facts["file"], facts["mapping"], region.code)
    except Refused as refused:
        form.add_error("file", refused.told(_))
        return None
    except QuestionsOpen as waiting:
        said = _("%(n)d questions about this spreadsheet are open. Take it over once, or choose its mapping.")
        form.add_error("file", said % {"n": waiting.count})
        return None
    compare = partial(compare_month, region=region, sheet=sheet, by=access)
    made = once(token_of(request.POST), compare, MonthlyComparison.objects.visible_to(access), by=access)
    if sheet.others:
        said = _("%(n)d persons of the spreadsheet are of another region or year, and were left out.")
        messages.info(request, said % {"n": sheet.others})
    return made


def _read(request: AuthenticatedRequest, file: Any, mapping: str, region: str) -> Sheet:
    """Raises Refused, QuestionsOpen."""
    access = request.access
    check_size(file.size)
    kept = SpreadsheetMapping.objects.visible_to(access).filter(code=mapping).first() if mapping else None
    answers = kept.said if kept else Answers()
    return sheet_side(file.read(), file.name, answers, region, access.today.year)


@never_cache
@require_safe
def month(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    """What a comparison has found: which counts differ, and by which rows."""
    access = request.access
    row = get_object_or_404(
        MonthlyComparison.objects.visible_to(access).select_related("region", "by"), code=code
    )
    found, labels = row.compared, Labels(Reference.load())
    page = Paginator(found.rows, A_PAGE).get_page(request.GET.get("page"))
    here = {one.register for one in page.object_list}
    known = {one.number: one for one in Person.objects.visible_to(access).filter(number__in=here - {""})}
    record(access, "comparison.read", row, rows=len(found.rows))
    context = {
        "row": row,
        "cells": [_cell(one, labels) for one in found.cells if not one.equal],
        "equal": sum(one.equal for one in found.cells),
        "rows": [_line(one, known) for one in page.object_list],
        "left_out": [CALLED[name] for name in found.left_out],
        "title": _("%(month)s %(year)d, %(region)s")
        % {"month": labels.category("month", f"{row.month:02}"), "year": row.year, "region": row.region},
        "breadcrumbs": [(_("Register and spreadsheet side by side"), reverse("lifecycle:months")),
                        (f"{row.year}-{row.month:02}", "")],
        **steps_from(page),
    }  # fmt: skip
    return render(request, "lifecycle/month.html", context)


def _cell(cell: Cell, labels: Labels) -> dict[str, Any]:
    if cell.table == ALL:
        name = ""
    elif cell.category == NOT_TOLD:
        name = _("Not stated")
    else:
        name = labels.category(cell.table, cell.category)
    return {"table": CALLED[cell.table], "name": name, "one": cell, "by": len(cell.rows)}


def _line(row: Row, known: dict[str, Person]) -> dict[str, Any]:
    differ = [str(CALLED[name]) for name in row.differ]
    return {"row": row, "person": known.get(row.register), "differ": ", ".join(differ)}
