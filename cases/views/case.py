"""Cases: list, page, edit, close, suspects, history."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Access
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from agencies.directory import duty_of
from audit.writer import record
from cases.actions.cases import count_suspects, edit_case
from cases.actions.completing import can_complete, complete_until
from cases.concerns import Concerns, of_cases, source_of
from cases.finding import Hits, found
from cases.forms.case import CloseForm, OwnCaseForm, SuspectsForm
from cases.forms.lists import Lists
from cases.models import Case, LastList, SuspectCount
from cases.querysets import CaseQuerySet
from cases.readers import readers_for, seen_lately
from cases.readings import note_list, note_reading
from cases.views.case_filter import CaseList
from cases.views.case_page import CasePage
from cases.views.columns import OF_CASES, Chosen
from cases.views.conflict import Task, save_or_compare
from cases.views.fetch import editable_case, readable_case
from cases.views.history import MOST, history_of_case
from cases.wording import STATE_TAGS


@require_safe
def case_list(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access
    access.require(May.VIEW_CASE)
    listed = CaseList(request.GET, access)
    columns = Chosen(listed, LastList.CASES, OF_CASES, access)
    rows = cast(CaseQuerySet, listed.rows).with_own(access)
    shown = listed.page(rows.select_related("region", "responsible", "channel"))
    with_persons(shown.rows, access, measures=columns.shows["measures"])
    for case in shown.rows:
        case.source = source_of(case.channel, from_call=case.opened_from_call)
    context = {
        "cases": shown.rows,
        **listed.paged(shown),
        "columns": columns,
        "may_import": access.may(May.IMPORT_PERSONS),
        "may_export": access.may(May.EXPORT_ROWS),
        "may_open": access.may(May.OPEN_CASE),
        "may_edit": access.may(May.EDIT_CASE),
    }
    response = render(request, "cases/list.html", context)
    columns.remember()
    record(access, "case.list", rows=context["count"], search_kind=",".join(listed.chosen))
    return response


def with_persons(cases: list[Any], access: Access, *, measures: bool = False) -> None:
    """Gives each case what it concerns, of the persons in scope: how many, their county, and how many records
    lack something; and what was offered, where that is shown."""
    found = of_cases(cases, access, measures=measures)
    for case in cases:
        case.sums = found.get(case.pk) or Concerns()
        case.county = next(iter(case.sums.places)) if case.sums.counties == 1 else ""
        case.tag = STATE_TAGS[case.state]


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: AuthenticatedRequest) -> HttpResponse:
    """What is typed comes by POST and is answered on the page: a reference is no part of an address."""
    access = request.access
    access.require(May.VIEW_CASE)
    hits = found(request.POST.get("find", ""), access) if request.method == "POST" else Hits("")
    if hits.only:
        return redirect(hits.only)
    cases, seen = list(hits.cases), [] if hits.typed else seen_lately(access)
    with_persons(cases, access)
    if seen:
        note_list(access, "case", len(seen), how="lately")
    context = {
        "hits": hits,
        "cases": cases,
        "seen": seen,
        "may_open": access.may(May.OPEN_CASE),
        "breadcrumbs": [(_("Cases"), reverse("cases:list")), (_("Search"), "")],
    }
    return render(request, "cases/found.html", context)


@require_safe
def detail(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    listed = CaseList(request.GET, access, shown=False) if request.GET else None
    case = readable_case(access, code, listed.with_neighbours() if listed else None)
    return render(request, "cases/detail.html", {"listed": listed, **shown(access, case)})


@require_safe
def handed(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    """Where the case has gone that was opened during a call, and the way to the next call."""
    access = request.access
    case = readable_case(access, code)
    access.require(May.LOG_CALL)
    return render(request, "cases/detail.html", {"handed": True, **shown(access, case)})


def shown(access: Access, case: Case) -> dict[str, Any]:
    """What the page of a case says. Whoever opened it for a region is told who has it there."""
    passed_on = access.may(May.LOG_CALL) and not access.may(May.EDIT_CASE)
    return {
        "page": CasePage(case, access),
        "case": case,
        "add_measure_url": measures_address(case),
        "passed_on": passed_on,
        "duty": duty_of(case.region_id, access.today) if passed_on else None,
        "complete_until": complete_until(case) if can_complete(access, case) else None,
        **rights(access, case),
        **crumbs(case),
    }


def measures_address(case: Case) -> str:
    return reverse("cases:add_measures", args=[case.code])


def rights(access: Access, case: Case) -> dict[str, bool]:
    return {
        "may_complete": case.own and (access.may(May.EDIT_CASE) or can_complete(access, case)),
        "may_work": case.own and access.may(May.EDIT_CASE),
        "may_edit": case.changeable and access.may(May.EDIT_CASE),
        "may_add": case.changeable and access.may(May.EDIT_CASE, May.OPEN_CASE),
    }


def crumbs(case: Case, *more: tuple[str, str]) -> dict[str, Any]:
    above = [(_("Cases"), reverse("cases:list")), (case.number, case.get_absolute_url())]
    return {"breadcrumbs": [*above, *more]}


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    case = editable_case(request.access, code)
    title = _("Change the facts of the case")
    context = {"title": title, "case": case, **crumbs(case, (title, ""))}
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
