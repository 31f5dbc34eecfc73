"""Identifications, exploitations and measures: add and change, as pages of their own or inline by htmx."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.middleware import AuthenticatedRequest
from audit.writer import record
from cases.actions.once import AlreadySent, once
from cases.actions.parts import save_exploitation, save_identification, save_measure
from cases.forms.lists import Lists
from cases.forms.parts import CaseMeasureForm, ExploitationForm, IdentificationForm, MeasureForm
from cases.models import Exploitation, Identification, Measure, Person
from cases.views import case as case_views
from cases.views import person as person_views
from cases.views.case_page import CasePage
from cases.views.fetch import editable_case, editable_person, readable_case
from cases.views.person import PersonPage

LISTS = ("acts", "means", "controls")
both = require_http_methods(["GET", "HEAD", "POST"])


@both
def add_identification(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    person = editable_person(request.access, code)
    return _identification(request, person, Identification(person=person), _("Add an identification"))


@both
def edit_identification(request: AuthenticatedRequest, code: uuid.UUID, pk: int) -> HttpResponse:
    person = editable_person(request.access, code)
    row = get_object_or_404(Identification, pk=pk, person=person)
    return _identification(request, person, row, _("Change the identification"))


def _identification(request: AuthenticatedRequest, person: Any, row: Identification, title: str) -> HttpResponse:
    form = IdentificationForm(request.POST or None, instance=row, initial=_token(), lists=Lists(request.access.today))
    if request.method == "POST" and form.ready():
        _save(
            form, lambda: save_identification(identification=form.instance, by=request.access, fields=form.changed_data)
        )
        return _done(request, person, "identifications")
    return _form(request, person, form, title)


@both
def add_exploitation(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    person = editable_person(request.access, code)
    return _exploitation(request, person, Exploitation(person=person), _("Add a purpose"))


@both
def edit_exploitation(request: AuthenticatedRequest, code: uuid.UUID, pk: int) -> HttpResponse:
    person = editable_person(request.access, code)
    row = get_object_or_404(Exploitation, pk=pk, person=person)
    return _exploitation(request, person, row, _("Change the exploitation"))


def _exploitation(request: AuthenticatedRequest, person: Any, row: Exploitation, title: str) -> HttpResponse:
    form = ExploitationForm(request.POST or None, instance=row, initial=_token(), lists=Lists(request.access.today))
    if request.method == "POST" and form.ready():
        chosen = {name: form.cleaned_data[name] for name in LISTS}
        _save(
            form,
            lambda: save_exploitation(
                exploitation=form.instance, lists=chosen, by=request.access, fields=form.changed_data
            ),
        )
        return _done(request, person, "exploitations")
    return _form(request, person, form, title)


@both
def add_measure(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    person = editable_person(request.access, code)
    return _measure(request, person, Measure(person=person), _("Add a measure"))


@both
def edit_measure(request: AuthenticatedRequest, code: uuid.UUID, pk: int) -> HttpResponse:
    person = editable_person(request.access, code)
    row = get_object_or_404(Measure, pk=pk, person=person)
    return _measure(request, person, row, _("Change the measure"))


def _measure(request: AuthenticatedRequest, person: Any, row: Measure, title: str) -> HttpResponse:
    initial = {**_token(), "kind": request.GET.get("kind") or row.kind_id}
    form = MeasureForm(request.POST or None, instance=row, initial=initial, lists=Lists(request.access.today))
    if request.method == "POST" and form.ready():
        _save(form, lambda: save_measure(measure=form.instance, by=request.access, fields=form.changed_data))
        return _done(request, person, "steps")
    return _form(request, person, form, title)


@both
def add_measures(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    """One measure for one or several persons of a case."""
    access = request.access
    case = editable_case(access, code)
    persons = Person.objects.in_own_region(access).filter(case=case).order_by("position")
    initial = {**_token(), "persons": [request.GET["person"]] if "person" in request.GET else _all(persons)}
    initial |= {"kind": request.GET["kind"]} if "kind" in request.GET else {}
    form = CaseMeasureForm(request.POST or None, persons=persons, initial=initial, lists=Lists(access.today))
    if request.method == "POST" and form.ready():
        _save(form, lambda: _save_for_each(form, access))
        return _case_done(request, code)
    title = _("Add a measure")
    address = reverse("cases:add_measures", args=[code])
    context = {"form": form, "title": title, "back": case.get_absolute_url(), "address": address, "target": "steps"}
    return render(request, _template(request), {**context, **case_views.crumbs(case, (title, ""))})


def _all(persons: Any) -> list[uuid.UUID]:
    """A measure for a case of many persons is mostly for some of them: none is chosen beforehand."""
    codes = list(persons.values_list("code", flat=True)[:4])
    return codes if len(codes) <= 3 else []


def _save_for_each(form: CaseMeasureForm, access: Any) -> None:
    names = ("kind", "answer", "month", "provider", "agency", "ends_on")
    facts = {name: form.cleaned_data[name] for name in names}
    for person in form.cleaned_data["persons"]:
        save_measure(measure=Measure(person=person, **facts), by=access, fields=names)


def _token() -> dict[str, Any]:
    return {"form_token": uuid.uuid4()}


@transaction.atomic
def _save(form: Any, action: Callable[[], Any]) -> None:
    try:
        with once(form.cleaned_data.get("form_token")):
            action()
    except AlreadySent:
        return


def _template(request: AuthenticatedRequest) -> str:
    return "cases/_inline_form.html" if request.htmx else "cases/form.html"  # type: ignore[attr-defined]


def _form(request: AuthenticatedRequest, person: Any, form: Form | Any, title: str) -> HttpResponse:
    """A page; to htmx only the form, to stand where it was asked for."""
    if request.method != "POST":
        record(request.access, "person.read", person)
    context = {"form": form, "title": title, "back": person.get_absolute_url(), "address": request.path}
    return render(request, _template(request), {**context, **person_views.crumbs(person, (title, ""))})


def _done(request: AuthenticatedRequest, person: Any, section: str) -> HttpResponse:
    """Back to the person; to htmx the section anew."""
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, _("The changes are saved."))
        return redirect(f"{person.get_absolute_url()}#{section}")
    person = editable_person(request.access, person.code)
    context = {"page": PersonPage(person, request.access), "person": person, **person_views.rights(person)}
    context["add_measure_url"] = person_views.measure_address(person)
    return _section(request, section, {**context, "case": person.case})


def _case_done(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    case = readable_case(request.access, code)
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, _("The changes are saved."))
        return redirect(f"{case.get_absolute_url()}#steps")
    context = {"page": CasePage(case, request.access), "case": case, **case_views.rights(request.access, case)}
    context["add_measure_url"] = case_views.measures_address(case)
    return _section(request, "steps", context)


def _section(request: AuthenticatedRequest, section: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, f"cases/_{section}.html", {**context, "saved": True})
    response["HX-Retarget"], response["HX-Reswap"] = f"#{section}", "outerHTML"
    return response
