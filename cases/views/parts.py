"""Identifications, exploitations and measures: add and change, as pages of their own or inline by htmx."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from accounts.access import Access, AuthenticatedRequest, lead_on, posted
from accounts.transactions import idempotent, sent_before, token_of
from cases.actions.persons import save_exploitation, save_identification, save_measure
from cases.forms.fields import Lists
from cases.forms.parts import CaseMeasureForm, ExploitationForm, IdentificationForm, MeasureForm
from cases.models import Case, Exploitation, Identification, Measure, Person
from cases.views import case as case_views, person as person_views
from cases.views.fetch import (
    case_with_own_persons,
    completable_person,
    crumbs,
    editable_person,
    form_view,
    readable_case,
)
from cases.views.versions import EditTask, save_or_compare


@dataclass(frozen=True)
class PersonPart:
    """One of the three kinds: its form, where it stands on the page, the action that saves it, and what its
    pages are called."""

    model: Any
    form: Any
    section: str
    action: Callable[..., Any]
    adding: Promise
    changing: Promise
    completed: bool = True  # for some hours by whoever opened the case, too

    def save(self, row: Model, fields: Iterable[str], by: Access) -> Model:
        return self.action(**{str(row._meta.model_name): row}, fields=fields, by=by)


def _save_exploitation(*, exploitation: Any, fields: Iterable[str], by: Access) -> Exploitation:
    lists = {name: codes for name, codes in exploitation.chosen_lists.items() if name in set(fields)}
    return save_exploitation(exploitation=exploitation, lists=lists, fields=fields, by=by)


IDENTIFICATION = PersonPart(
    Identification, IdentificationForm, "identifications", save_identification,
    gettext_lazy("Add an identification"), gettext_lazy("Change the identification"),
)  # fmt: skip
EXPLOITATION = PersonPart(
    Exploitation, ExploitationForm, "exploitations", _save_exploitation,
    gettext_lazy("Add a purpose"), gettext_lazy("Change the exploitation"),
)  # fmt: skip
MEASURE = PersonPart(
    Measure, MeasureForm, "steps", save_measure,
    gettext_lazy("Add a measure"), gettext_lazy("Change the measure"), completed=False,
)  # fmt: skip


@form_view
def add(request: AuthenticatedRequest, code: uuid.UUID, part: PersonPart) -> HttpResponse:
    access = request.access
    person = editable_person(access, code)
    token, rows = token_of(request.POST), part.model.objects.visible_to(access)
    form = part.form(
        posted(request),
        instance=part.model(person=person),
        initial={"form_token": uuid.uuid4(), "kind": request.GET.get("kind")},  # of a measure that is wanted
        lists=Lists(access.today, access),
    )
    if form.ready():
        idempotent(token, lambda: part.save(form.instance, form.changed, access), rows, by=access)
        return _done(request, person, part.section)
    if sent_before(token, rows, by=access):
        return _done(request, person, part.section)
    return _form_page(request, form, str(part.adding), person.case, person)


@form_view
def edit(request: AuthenticatedRequest, code: uuid.UUID, pk: int, part: PersonPart) -> HttpResponse:
    """Two who change the same part choose between their versions, as they do of a case."""
    person = (completable_person if part.completed else editable_person)(request.access, code)
    row = get_object_or_404(part.model, pk=pk, person=person)
    row.person = person
    context = {
        "page": _template(request),
        "mistake_url": reverse(f"cases:{row._meta.model_name}_mistake", args=[person.code, row.pk]),
        **_around(request, str(part.changing), person.case, person),
    }
    done = partial(_done, request, person, part.section)
    return save_or_compare(request, EditTask(row, part.form, part.action, context, done=done))


@form_view
def add_measures(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    """One measure for one or several persons of a case."""
    access = request.access
    case = case_with_own_persons(access, code)
    token, cases = token_of(request.POST), Case.objects.visible_to(access)
    persons = Person.objects.in_own_region(access).filter(case=case).order_by("position")
    chosen = [request.GET["person"]] if "person" in request.GET else _all(persons)
    initial = {"form_token": uuid.uuid4(), "persons": chosen, "kind": request.GET.get("kind")}
    form = CaseMeasureForm(
        posted(request), persons=persons, initial=initial, lists=Lists(access.today, access)
    )
    if form.ready():
        idempotent(token, lambda: _save_for_each(form, case, access), cases, by=access)
        return _done(request, case, "steps")
    return _form_page(request, form, _("Add a measure"), case)


def _all(persons: QuerySet[Person]) -> list[uuid.UUID]:
    """A measure for a case of many persons is mostly for some of them: none is chosen beforehand."""
    codes = list(persons.values_list("code", flat=True)[:4])
    return codes if len(codes) <= 3 else []


def _save_for_each(form: CaseMeasureForm, case: Case, access: Access) -> Case:
    facts = {name: form.cleaned_data[name] for name in MeasureForm.Meta.fields}
    for person in form.cleaned_data["persons"]:
        save_measure(measure=Measure(person=person, **facts), by=access, fields=facts)
    return case


def _template(request: AuthenticatedRequest) -> str:
    return "cases/_inline_form.html" if request.htmx else "cases/form.html"  # type: ignore[attr-defined]


def _around(request: AuthenticatedRequest, title: str, *rows: Case | Person) -> dict[str, Any]:
    """The context of a form about the last of `rows`."""
    context = {"title": title, "back": rows[-1].get_absolute_url(), "address": request.path}
    return context | crumbs(title, *rows)


def _form_page(
    request: AuthenticatedRequest, form: BaseForm, title: str, *rows: Case | Person
) -> HttpResponse:
    return render(request, _template(request), {"form": form, **_around(request, title, *rows)})


def _done(request: AuthenticatedRequest, row: Case | Person, section: str) -> HttpResponse:
    """Back to the case or person; to htmx the section anew."""
    access = request.access
    if not request.htmx:  # type: ignore[attr-defined]
        return lead_on(request, _("The changes are saved."), f"{row.get_absolute_url()}#{section}")
    if isinstance(row, Person):
        context = person_views.shown(access, completable_person(access, row.code))
    else:
        context = case_views.shown(access, readable_case(access, row.code))
    response = render(request, f"cases/_{section}.html", {**context, "saved": True})
    response["HX-Retarget"], response["HX-Reswap"] = f"#{section}", "outerHTML"
    return response
