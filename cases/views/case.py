"""Cases: list, page, edit, close, suspects, history."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Count, Min
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Access
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from agencies.models import localised
from audit.writer import record
from cases.actions.cases import count_suspects, edit_case
from cases.completeness import INCOMPLETE
from cases.finding import found
from cases.forms.case import CloseForm, OwnCaseForm, SuspectsForm
from cases.forms.lists import Lists
from cases.models import Case, Person, SuspectCount
from cases.readers import readers_for
from cases.readings import note_reading
from cases.views.case_filter import CaseList
from cases.views.case_page import CasePage
from cases.views.conflict import Task, save_or_compare
from cases.views.fetch import editable_case, readable_case
from cases.views.history import MOST, history_of_case
from cases.wording import STATE_TAGS


@require_safe
def case_list(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access
    access.require(May.VIEW_CASE)
    listed = CaseList(request.GET, access)
    found = listed.page(listed.rows.select_related("region", "responsible"))
    with_persons(found.rows, access)
    context = {
        "cases": found.rows,
        **listed.paged(found),
        "may_import": access.may(May.IMPORT_PERSONS),
        "may_export": access.may(May.EXPORT_ROWS),
        "may_open": access.may(May.OPEN_CASE),
        "may_edit": access.may(May.EDIT_CASE),
    }
    response = render(request, "cases/list.html", context)
    record(access, "case.list", rows=context["count"], search_kind=",".join(listed.chosen))
    return response


def with_persons(cases: list[Any], access: Access) -> None:
    """Gives each case the number of its visible persons, their county, and how many records lack
    something."""
    rows = Person.objects.visible_to(access).filter(case__in=[case.pk for case in cases]).with_main()
    sums = (
        rows.order_by()
        .values("case")
        .annotate(
            number=Count("pk"),
            lacking=Count("pk", filter=INCOMPLETE),
            counties=Count("first_county", distinct=True),
            sv=Min("first_county__name_sv"),
            en=Min("first_county__name_en"),
        )
    )
    by_case = {row["case"]: row for row in sums}
    for case in cases:
        case.sums = by_case.get(case.pk, {"number": 0, "lacking": 0, "counties": 0})
        case.county = localised(case.sums["sv"], case.sums["en"]) if case.sums["counties"] == 1 else ""
        case.tag = STATE_TAGS[case.state]


@require_POST
def find(request: AuthenticatedRequest) -> HttpResponse:
    """By POST: a reference is no part of an address."""
    access = request.access
    access.require(May.VIEW_CASE)
    case = found(request.POST.get("find", ""), access)
    if case is None:
        messages.warning(request, _("No case of yours has exactly that number or reference."))
        return redirect("cases:list")
    return redirect(case)


@require_safe
def detail(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    listed = CaseList(request.GET, access, shown=False) if request.GET else None
    case = readable_case(access, code, listed.with_neighbours() if listed else None)
    shown = CasePage(case, access)
    context = {
        "page": shown,
        "case": case,
        "listed": listed,
        "add_measure_url": measures_address(case),
        **rights(access, case),
        **crumbs(case),
    }
    return render(request, "cases/detail.html", context)


def measures_address(case: Case) -> str:
    return reverse("cases:add_measures", args=[case.code])


def rights(access: Access, case: Case) -> dict[str, bool]:
    return {
        "may_edit": case.own and access.may(May.EDIT_CASE),
        "may_add": case.own and access.may(May.EDIT_CASE, May.OPEN_CASE),
    }


def crumbs(case: Case, *more: tuple[str, str]) -> dict[str, Any]:
    above = [(_("Cases"), reverse("cases:list")), (case.number, case.get_absolute_url())]
    return {"breadcrumbs": [*above, *more]}


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    case = editable_case(request.access, code)
    title = _("Change the facts of the case")
    context = {"title": title, **crumbs(case, (title, ""))}
    form = partial(OwnCaseForm, access=request.access)
    return save_or_compare(request, Task(case, form, edit_case, "case", context))


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    case = editable_case(request.access, code)
    title = _("Change the state of the case")
    context = {"title": title, **crumbs(case, (title, ""))}
    return save_or_compare(request, Task(case, CloseForm, edit_case, "case", context))


@require_http_methods(["GET", "HEAD", "POST"])
def suspects(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    case = editable_case(access, code)
    counts = dict(SuspectCount.objects.filter(case=case).values_list("relation", "number"))
    form = SuspectsForm(request.POST or None, counts=counts, lists=Lists(access.today))
    if request.method == "POST" and form.ready():
        count_suspects(case=case, numbers=form.numbers(), by=access)
        messages.success(request, _("The numbers are saved."))
        return redirect(case)
    title = _("Suspects, as numbers by relation")
    help_text = _(
        "No suspect is registered as a person: only how many they are, by their relation to the victims."
    )
    context = {
        "form": form,
        "title": title,
        "help": help_text,
        "back": case.get_absolute_url(),
        **crumbs(case, (title, "")),
    }
    return render(request, "cases/form.html", context)


@require_safe
def history(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    case = readable_case(request.access, code)
    changes = history_of_case(case, request.access)
    note_reading(request.access, case, what="history")
    title = _("History")
    readers = readers_for(case, request.access)
    shown = {"changes": changes[:MOST], "cut": len(changes) if len(changes) > MOST else 0}
    context = {"case": case, **shown, "readers": readers, **crumbs(case, (title, ""))}
    return render(request, "cases/history.html", context)
