"""The same change of several cases, chosen in the list: first what will happen, then the change."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from audit.writer import record
from cases.actions.cases import assign_cases, close_cases
from cases.actions.saving import Conflict
from cases.choices import CLOSED_STATES
from cases.forms.case import ManyCasesForm
from cases.forms.lists import Lists
from cases.models import Case
from cases.views.case import with_persons


@require_POST
def preview(request: AuthenticatedRequest) -> HttpResponse:
    """Step by step by `go`: choose what to do, see what will happen, do it."""
    access = request.access
    access.require(May.EDIT_CASE)
    cases = chosen(request)
    if not cases:
        messages.warning(request, _("Choose at least one case in the list first."))
        return redirect("cases:list")
    go = request.POST.get("go", "choose")
    form = ManyCasesForm(request.POST if go != "choose" else None, access=access, lists=Lists(access.today))
    if go == "do" and form.is_valid():
        return carry_out(request, form, cases)
    with_persons(cases, access)
    if go == "choose":
        record(access, "case.list", rows=len(cases), search_kind="chosen")
    shown = go != "choose" and form.is_valid()
    lines = (
        [(case, effect(form.cleaned_data, case)) for case in cases]
        if shown
        else [(case, "") for case in cases]
    )
    context = {"form": form, "lines": lines, "shown": shown, "changing": sum(bool(e) for _c, e in lines)}
    context["breadcrumbs"] = [(_("Cases"), reverse("cases:list")), (_("Several cases"), "")]
    return render(request, "cases/many_cases.html", context)


def chosen(request: AuthenticatedRequest) -> list[Any]:
    """The chosen cases that the person may change; those of other regions are left out."""
    codes = [code for code in request.POST.getlist("case") if len(code) == 36][:200]
    rows = (
        Case.objects.visible_to(request.access)
        .with_own(request.access)
        .filter(Q(changeable=True), code__in=codes)
    )
    return list(rows.select_related("region", "responsible").order_by("number"))


def effect(facts: dict[str, Any], case: Case) -> str:
    """What will happen to one case; empty when nothing does."""
    if facts["action"] == "close":
        if case.state in CLOSED_STATES:
            return ""
        return _("Is closed: %(reason)s") % {"reason": facts["close_reason"]}
    new = facts["responsible"]
    if case.responsible == new:
        return ""
    nobody = _("nobody")
    return _("Responsible: %(old)s → %(new)s") % {"old": case.responsible or nobody, "new": new or nobody}


def carry_out(request: AuthenticatedRequest, form: ManyCasesForm, cases: list[Any]) -> HttpResponse:
    facts = form.cleaned_data
    try:
        if facts["action"] == "close":
            number = close_cases(cases=cases, reason=facts["close_reason"], by=request.access)
        else:
            number = assign_cases(cases=cases, responsible=facts["responsible"], by=request.access)
    except Conflict as conflict:
        messages.error(
            request,
            _("Case %(number)s was changed meanwhile. Nothing is changed; try again.")
            % {"number": conflict.saved},
        )
        return redirect("cases:list")
    text = ngettext("%(n)d case is changed.", "%(n)d cases are changed.", number) % {"n": number}
    messages.success(request, text)
    return redirect("cases:list")
