"""Registered by mistake: take out with a reason, look at what was taken out, put back; undo a
registration."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Access, AuthenticatedRequest, bypass_policies, lead_on, posted, turn_back
from accounts.approvals import AlreadyAnswered
from accounts.roles import May
from accounts.transactions import code_of, idempotent, sent_before, token_of
from audit.writer import Target, record
from cases.access_log import note_list
from cases.actions import misregistration as actions
from cases.choices import Mistaken
from cases.forms.acts import MistakeForm
from cases.forms.fields import Lists
from cases.models import Case, Misregistration, Person
from cases.pages import steps_from
from cases.snapshots import NotReadable, RowSnapshot, last_registration, sections
from cases.views.fetch import crumbs, editable_case, editable_person, form_view
from cases.views.parts import PersonPart

ON_A_PAGE: Final = 25
UNDONE: Final = gettext_noop("The registration was undone the same day.")  # kept in English


@form_view
def case(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    if made := _before(request):
        return redirect(made)
    row = editable_case(request.access, code)
    with bypass_policies("mistakes"):
        why = actions.why_not_case(row, request.access)
    return _asked(request, row, row, why, partial(actions.take_out_case, case=row))


@form_view
def person(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    if made := _before(request):
        return redirect(made)
    row = editable_person(request.access, code)
    return _asked(
        request, row, row, actions.why_not_persons([row.pk]), partial(actions.take_out_person, person=row)
    )


@form_view
def part(request: AuthenticatedRequest, code: uuid.UUID, pk: int, part: PersonPart) -> HttpResponse:
    if made := _before(request):
        return redirect(made)
    person = editable_person(request.access, code)
    row = get_object_or_404(part.model, pk=pk, person=person)
    return _asked(request, row, person, actions.why_not_part(row), partial(actions.take_out_part, part=row))


def _before(request: AuthenticatedRequest) -> Misregistration | None:
    """What this very form has taken out already, by a double click."""
    rows = Misregistration.objects.visible_to(request.access)
    return sent_before(token_of(request.POST), rows, by=request.access)


def _asked(
    request: AuthenticatedRequest,
    row: Any,
    about: Case | Person,
    why_not: str,
    take_out: Callable[..., Misregistration],
) -> HttpResponse:
    """Ask why `row` was registered by mistake, and take it out. `about` is where the way leads back to."""
    access, sent = request.access, posted(request)
    with bypass_policies("mistakes"):
        snapshot = RowSnapshot.of([row])
        try:
            digest = snapshot.digest
        except NotReadable:
            digest, why_not = "", why_not or _("A text of it cannot be opened. Tell the administrator.")
        form = MistakeForm(sent, digest=digest, lists=Lists(access.today))
    if not why_not and form.ready():
        facts = form.cleaned_data
        take = partial(take_out, seen=facts["digest"], reason=facts["reason"], by=access)
        try:
            rows = Misregistration.objects.visible_to(access)
            made = idempotent(token_of(request.POST), take, rows, by=access)
        except actions.ChangedSince:
            return turn_back(
                request, _("Somebody has changed it since you looked. Look at it again."), request.path
            )
        except actions.MistakeRefused as why:
            return turn_back(request, str(why), about)
        return lead_on(request, _("It is removed from all lists and counts. It can be put back here."), made)
    context = {
        "form": form,
        "why_not": why_not,
        "sections": list(sections(snapshot)),
        "back": about.get_absolute_url(),
        "number": about.number,
        **crumbs(_("Registered by mistake"), about),
    }
    return render(request, "cases/mistake_form.html", context)


@require_POST
def undo(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    """One press: those whom one has registered last today; the case too, if it was opened with them."""
    access = request.access
    row = editable_case(access, code, May.EDIT_CASE, May.OPEN_CASE)
    last = last_registration(row, access)
    if last is None or last.touched:
        return turn_back(
            request,
            _("There is nothing to undo: it is from another day, or somebody has continued with it."),
            row,
        )
    try:
        made = (
            actions.take_out_case(case=row, seen="", reason=UNDONE, by=access)
            if last.whole
            else actions.take_out_persons(case=row, persons=last.persons, reason=UNDONE, by=access)
        )
    except actions.MistakeRefused as why:
        return turn_back(request, str(why), row)
    return lead_on(request, _("The registration is undone. It can be put back here."), made)


@require_safe
def mistakes(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access.require(May.EDIT_CASE, May.OPEN_CASE)
    rows = Misregistration.objects.visible_to(access).select_related("by", "region").defer("kept", "reason")
    case = code_of(request.GET.get("case"))
    if case is not None:
        rows = rows.filter(case_code=case)
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    note_list(access, "case", len(page.object_list), how="mistakes")
    steps = steps_from(page, f"case={case}&" if case else "")
    context = {"page": page, **steps, **crumbs(_("Registered by mistake"))}
    return render(request, "cases/mistakes.html", context)


@require_safe
def mistake(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    row = _mistake(request.access, code)
    steps = [
        (_("Cases"), reverse("cases:list")),
        (_("Registered by mistake"), reverse("cases:mistakes")),
        (row.number, ""),
    ]
    of_case = Target("cases.case", str(row.case_code), row.case_number)  # which may have left with the row
    record(request.access, "case.read", of_case, search_kind="mistakes")
    context = {
        "row": row,
        "reason": _(UNDONE) if row.reason == UNDONE else row.reason,
        "sections": [] if row.put_back_at else list(sections(RowSnapshot.from_text(row.kept))),
        "about": _about(row, request.access),
        "breadcrumbs": steps,
    }
    return render(request, "cases/mistake.html", context)


@require_POST
def back(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    row = _mistake(request.access, code)
    try:
        actions.put_back(mistake=row, by=request.access)
    except AlreadyAnswered:
        messages.warning(request, _("Somebody else has put it back already."))
    except actions.MistakeRefused as why:
        messages.warning(request, str(why))
    else:
        return lead_on(
            request,
            _("It is back, and counted as before."),
            _about(row, request.access) or row.get_absolute_url(),
        )
    return redirect(row)


def _mistake(access: Access, code: uuid.UUID) -> Misregistration:
    rows = Misregistration.objects.visible_to(access).select_related("by", "put_back_by", "region")
    row: Misregistration = get_object_or_404(rows, code=code)
    access.require(May.EDIT_CASE, May.OPEN_CASE)
    return row


def _about(row: Misregistration, access: Access) -> str:
    """Where the person or case is that it was taken out of, if it is there; else the case."""
    if row.kind in {Mistaken.CASE, Mistaken.PERSONS, Mistaken.PERSON}:
        found = Case.objects.visible_to(access).filter(code=row.case_code).first()
        return found.get_absolute_url() if found else ""
    return reverse("cases:person", args=[row.subject])
