"""The way to a case or person: out of scope is 404, in scope without the right is 403. Its breadcrumbs."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any, TypeVar

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Access, bypass_policies
from accounts.roles import May
from agencies.models import localised
from cases.access_log import note_reading
from cases.actions.base import can_complete_person
from cases.facts import OF_PERSON
from cases.models import Case, Misregistration, Person, Reminder, Transfer
from cases.querysets import PersonQuerySet
from cases.scope import OF_ANOTHER, READING, check_own
from cases.views.list_page import Listing

T = TypeVar("T")
form_view = require_http_methods(["GET", "HEAD", "POST"])  # it shows a form, and takes it
CASE_ROWS = ("region", "channel", "close_reason", "responsible", "opened_by")
PERSON_ROWS = (
    "case",
    "responsible_region",
    *(fact.name for fact in OF_PERSON if fact.codes),
    "first_agency",
    "first_county",
    "first_channel",
)


@bypass_policies("numbers")
def readable_case(access: Access, code: uuid.UUID, listed: Listing | None = None) -> Case:
    """With `own`, `changeable` and `whole`, `all_persons`, how many it has in and out of scope, and
    `reminds`, whether the reader has a reminder in it."""
    rows: Any = listed.with_neighbours if listed else Case.objects.visible_to(access)
    case: Case = get_object_or_404(_with_facts_of_case(rows, access), code=code)
    access.require(May.VIEW_CASE)
    note_reading(access, case)
    return case


def _with_facts_of_case(rows: Any, access: Access) -> QuerySet[Case]:
    persons = Person.objects.filter(case=OuterRef("pk")).order_by().values("case").annotate(n=Count("pk"))
    out = Misregistration.objects.visible_to(access).filter(case_code=OuterRef("code"))
    own_reminders = Reminder.objects.waiting().filter(by=access.user, case=OuterRef("pk"))
    rows = rows.with_own(access).annotate(
        all_persons=Coalesce(Subquery(persons.values("n")), 0),
        reminds=Exists(own_reminders.order_by()),
        taken_out=Exists(out),
    )
    return rows.select_related(*CASE_ROWS)


def editable_case(access: Access, code: uuid.UUID, *rights: May) -> Case:
    case = readable_case(access, code)
    access.require(*(rights or (May.EDIT_CASE,)))
    check_own(case.changeable, OF_ANOTHER if case.own else READING)
    return case


def case_with_own_persons(access: Access, code: uuid.UUID, right: May = May.EDIT_CASE) -> Case:
    """One that is one's own, or has a person of own regions, whom one may work with."""
    case = readable_case(access, code)
    access.require(right)
    check_own(case.own)
    return case


def readable_person(access: Access, code: uuid.UUID) -> Person:
    """With the main purpose and sector, the transfer that waits for an answer, and `transferred`, whether
    there are earlier ones."""
    person: Person = get_object_or_404(_with_facts_of_person(access), code=code)
    access.require(May.VIEW_CASE)
    person.own = access.may(May.EDIT_CASE) and person.responsible_region_id in access.regions
    note_reading(access, person)
    return person


def _with_facts_of_person(access: Access) -> QuerySet[Person]:
    earlier = Transfer.objects.visible_to(access).filter(person=OuterRef("pk")).exclude(answer="pending")
    rows = with_facts(Person.objects.visible_to(access).with_grant(access)).select_related(*PERSON_ROWS)
    return rows.annotate(transferred=Exists(earlier.order_by()))


def editable_person(access: Access, code: uuid.UUID) -> Person:
    person = readable_person(access, code)
    access.require(May.EDIT_CASE)
    check_own(person.own)
    return person


def completable_person(access: Access, code: uuid.UUID) -> Person:
    """One whose facts may be changed: also by whoever opened the case, for some hours."""
    person = readable_person(access, code)
    if not can_complete_person(access, person):
        access.require(May.EDIT_CASE)
        check_own(person.own)
    return person


def with_facts(persons: PersonQuerySet) -> PersonQuerySet:
    waiting = Transfer.objects.filter(person=OuterRef("pk"), answer="pending")
    name = localised("to_region__name_sv", "to_region__name_en")
    return (
        persons.with_main()
        .with_demanded()
        .annotate(
            main_purpose=F("main__purpose"),
            main_sector=F("main__sector"),
            waiting=Subquery(waiting.values("code")[:1]),
            waiting_region=Subquery(waiting.values(name)[:1]),
        )
    )


def form_page(
    request: HttpRequest, form: BaseForm, title: str, *rows: Case | Person, **more: object
) -> HttpResponse:
    """Return the page of a form about these rows, if any."""
    return render(request, "cases/form.html", {"form": form, "title": title, **crumbs(title, *rows), **more})


def pairs_of(data: QueryDict, *, without: Collection[str], prefix: str) -> list[tuple[str, str]]:
    """Return what was sent, to be sent again: without these names, and those that begin with `prefix`."""
    return [
        (name, str(value))
        for name, values in data.lists()
        if name not in without and not name.startswith(prefix)
        for value in values
    ]


def crumbs(title: str = "", *rows: Case | Person | None) -> dict[str, Any]:
    """Return the breadcrumbs of a page: the list of cases, the rows that the page is of, its title."""
    above = ((row.number, row.get_absolute_url()) for row in rows if row)
    steps = [(_("Cases"), reverse("cases:list")), *above]
    return {"breadcrumbs": [*steps, (title, "")] if title else steps}
