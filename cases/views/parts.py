"""Identifications, exploitations and measures: add and change, as pages of their own or inline by htmx."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import Access
from accounts.middleware import AuthenticatedRequest
from accounts.transactions import once, sent_before, token_of
from cases.actions.persons import save_exploitation, save_identification, save_measure
from cases.forms.fields import Lists
from cases.forms.parts import CaseMeasureForm, ExploitationForm, IdentificationForm, MeasureForm
from cases.models import Case, Exploitation, Identification, Measure, Person
from cases.views import case as case_views, person as person_views
from cases.views.case import CasePage
from cases.views.fetch import case_with_own_persons, completable_person, editable_person, readable_case
from cases.views.person import PersonPage
from cases.views.versions import EditTask, save_or_compare


@dataclass(frozen=True)
class PersonPart:
    """One of the three kinds: where it stands on the page, how it is saved: (row, names of fields, by), and
    what its pages are called."""

    model: Any
    form: Any
    section: str
    save: Callable[[Any, Iterable[str], Any], Any]
    adding: Promise
    changing: Promise
    completed: bool = True  # for some hours by whoever opened the case, too


IDENTIFICATION = PersonPart(
    Identification,
    IdentificationForm,
    "identifications",
    lambda row, fields, by: save_identification(identification=row, fields=fields, by=by),
    gettext_lazy("Add an identification"),
    gettext_lazy("Change the identification"),
)
EXPLOITATION = PersonPart(
    Exploitation,
    ExploitationForm,
    "exploitations",
    lambda row, fields, by: save_exploitation(exploitation=row, lists=row.chosen_lists, fields=fields, by=by),
    gettext_lazy("Add a purpose"),
    gettext_lazy("Change the exploitation"),
)
MEASURE = PersonPart(
    Measure,
    MeasureForm,
    "steps",
    lambda row, fields, by: save_measure(measure=row, fields=fields, by=by),
    gettext_lazy("Add a measure"),
    gettext_lazy("Change the measure"),
    completed=False,
)
both = require_http_methods(["GET", "HEAD", "POST"])


@both
def add(request: AuthenticatedRequest, code: uuid.UUID, part: PersonPart) -> HttpResponse:
    access = request.access
    person = editable_person(access, code)
    token, rows = token_of(request.POST), part.model.objects.visible_to(access)
    form = part.form(
        request.POST or None,
        instance=part.model(person=person),
        initial={"form_token": uuid.uuid4(), "kind": request.GET.get("kind")},  # of a measure that is wanted
        lists=Lists(access.today, access),
    )
    if request.method == "POST" and form.ready():
        once(token, lambda: part.save(form.instance, form.changed, access), rows, by=access)
        return _done(request, person, part.section)
    if sent_before(token, rows, by=access):
        return _done(request, person, part.section)
    return render(request, _template(request), {"form": form, **_around(request, person, str(part.adding))})


@both
def edit(request: AuthenticatedRequest, code: uuid.UUID, pk: int, part: PersonPart) -> HttpResponse:
    """Two who change the same part choose between their versions, as they do of a case."""
    person = (completable_person if part.completed else editable_person)(request.access, code)
    row = get_object_or_404(part.model, pk=pk, person=person)
    row.person = person

    def action(*, part_of_person: Any, fields: Iterable[str], by: Any) -> None:
        part.save(part_of_person, fields, by)

    context = {"page": _template(request), **_around(request, person, str(part.changing))}
    context["mistake_url"] = reverse(f"cases:{row._meta.model_name}_mistake", args=[person.code, row.pk])
    done = partial(_done, request, person, part.section)
    return save_or_compare(request, EditTask(row, part.form, action, "part_of_person", context, done=done))


@both
def add_measures(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    """One measure for one or several persons of a case."""
    access = request.access
    case = case_with_own_persons(access, code)
    token, cases = token_of(request.POST), Case.objects.visible_to(access)
    persons = Person.objects.in_own_region(access).filter(case=case).order_by("position")
    chosen = [request.GET["person"]] if "person" in request.GET else _all(persons)
    initial = {"form_token": uuid.uuid4(), "persons": chosen, "kind": request.GET.get("kind")}
    form = CaseMeasureForm(
        request.POST or None, persons=persons, initial=initial, lists=Lists(access.today, access)
    )
    if request.method == "POST" and form.ready():
        once(token, lambda: _save_for_each(form, case, access), cases, by=access)
        return _case_done(request, code)
    title = _("Add a measure")
    address = reverse("cases:add_measures", args=[code])
    context = {
        "form": form,
        "title": title,
        "back": case.get_absolute_url(),
        "address": address,
        "target": "steps",
    }
    return render(request, _template(request), {**context, **case_views.crumbs(case, (title, ""))})


def _all(persons: QuerySet[Person]) -> list[uuid.UUID]:
    """A measure for a case of many persons is mostly for some of them: none is chosen beforehand."""
    codes = list(persons.values_list("code", flat=True)[:4])
    return codes if len(codes) <= 3 else []


def _save_for_each(form: CaseMeasureForm, case: Case, access: Access) -> Case:
    names = ("kind", "answer", "month", "provider", "agency", "ends_on")
    facts = {name: form.cleaned_data[name] for name in names}
    for person in form.cleaned_data["persons"]:
        save_measure(measure=Measure(person=person, **facts), by=access, fields=names)
    return case


def _template(request: AuthenticatedRequest) -> str:
    return "cases/_inline_form.html" if request.htmx else "cases/form.html"  # type: ignore[attr-defined]


def _around(request: AuthenticatedRequest, person: Person, title: str) -> dict[str, Any]:
    context = {"title": title, "back": person.get_absolute_url(), "address": request.path}
    return {**context, **person_views.crumbs(person, (title, ""))}


def _done(request: AuthenticatedRequest, person: Person, section: str) -> HttpResponse:
    """Back to the person; to htmx the section anew."""
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, _("The changes are saved."))
        return redirect(f"{person.get_absolute_url()}#{section}")
    person = completable_person(request.access, person.code)
    context = {"page": PersonPage(person, request.access), "person": person}
    context |= person_views.rights(request.access, person)
    context["add_measure_url"] = person_views.measure_address(person)
    return _section(request, section, {**context, "case": person.case})


def _case_done(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    case = readable_case(request.access, code)
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, _("The changes are saved."))
        return redirect(f"{case.get_absolute_url()}#steps")
    context = {
        "page": CasePage(case, request.access),
        "case": case,
        **case_views.rights(request.access, case),
    }
    context["add_measure_url"] = case_views.measures_address(case)
    return _section(request, "steps", context)


def _section(request: AuthenticatedRequest, section: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, f"cases/_{section}.html", {**context, "saved": True})
    response["HX-Retarget"], response["HX-Reswap"] = f"#{section}", "outerHTML"
    return response
