"""Disposal (gallring): what is due and why something is not, the proposal, and the protocol.

Where an administrator asks that everything may leave with its texts.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Access, AuthenticatedRequest, bypass_policies, lead_on, posted
from accounts.approvals import ask
from accounts.free_text import FreeForm, FreeTextField
from accounts.roles import May
from agencies.account_approvals import waits_already
from audit.writer import Target, record
from jobs.kinds import enqueue
from retention.delete_plan import MODELS, ready
from retention.disposal import DisposalRefused, approved, facts_of, propose, question
from retention.due import due_on
from retention.export import ACT, WHOLE
from retention.models import Disposal, RetentionKind
from retention.policies import READS_DISPOSALS

A_PAGE: Final = 50


def _reason(help_text: Promise, *, names: bool = True) -> FreeTextField:
    return FreeTextField(
        names=names,
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
        error_messages={"required": gettext_lazy("Write why, for the person who answers.")},
    )


class ProposeForm(FreeForm):
    reason = _reason(
        gettext_lazy("Why now, and that the data protection officer has been consulted."), names=False
    )


@never_cache
@require_safe
def disposals(request: AuthenticatedRequest) -> HttpResponse:
    """What is due by kind, what stands in the way, and past disposals."""
    access = request.access.require(*READS_DISPOSALS)
    lines = due_lines(access)
    record(access, "disposal.read", Target("disposal", "", ""), rows=sum(line["due"].rows for line in lines))
    context = {
        "lines": lines,
        "past": Disposal.objects.select_related("proposed_by", "carried_out_by")[:A_PAGE],
        "may_propose": access.may(May.CARRY_OUT_DISPOSAL),
        "title": _("Disposal"),
        "breadcrumbs": [(_("Disposal"), "")],
    }
    return render(request, "retention/disposals.html", context)


@bypass_policies("due")
def due_lines(access: Access) -> list[dict[str, Any]]:
    """Each kind with what is due of it, how much of that may go today, and why the rest may not."""
    lines = []
    for due in due_on(access.today):
        carried_out = due.kind in MODELS
        found = ready(due.rule, access.today, access.at) if due.rule and due.rows and carried_out else None
        by_itself = due.kind not in RetentionKind
        lines.append({"due": due, "ready": found, "by_itself": by_itself, "carried_out": carried_out})
    return lines


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def propose_disposal(request: AuthenticatedRequest, kind: str) -> HttpResponse:
    request.access.require(May.CARRY_OUT_DISPOSAL)
    if kind not in MODELS:
        raise Http404
    form = ProposeForm(posted(request))
    if form.is_valid():
        try:
            row = propose(kind=RetentionKind(kind), reason=form.cleaned_data["reason"], by=request.access)
        except DisposalRefused as refused:
            form.add_error(None, str(refused))
        else:
            return lead_on(request, _("It is proposed. A manager must answer first."), row)
    title = _("Propose disposal: {kind}").format(kind=RetentionKind(kind).label)
    context = {"form": form, "title": title, "breadcrumbs": _crumbs(title)}
    return render(request, "retention/disposal_propose.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def disposal(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    """The proposal, and when it is carried out its protocol."""
    request.access.require(*READS_DISPOSALS)
    row = _row(code)
    record(request.access, "disposal.read", row.target)
    context = {
        "row": row,
        "facts": facts_of(row),
        "asked": question(row),
        "may_carry_out": request.access.may(May.CARRY_OUT_DISPOSAL) and approved(row) is not None,
        "title": str(row),
        "breadcrumbs": _crumbs(str(row)),
    }
    return render(request, "retention/disposal.html", context)


@require_POST
def carry_out_disposal(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    """By the worker: the web server's role in the database removes nothing of it."""
    request.access.require(May.CARRY_OUT_DISPOSAL)
    return redirect(enqueue("disposal.carry_out", by=request.access, disposal=str(_row(code).code)))


def _row(code: UUID) -> Disposal:
    return get_object_or_404(
        Disposal.objects.select_related("proposed_by", "approved_by", "carried_out_by"), code=code
    )


def _crumbs(title: str) -> list[tuple[str, str]]:
    return [(_("Disposal"), reverse("retention:disposals")), (title, "")]


class AskExportForm(FreeForm):
    reason = _reason(gettext_lazy("What the export is for, who receives it, and how it is kept."))

    def clean(self) -> None:
        super().clean()
        if waits_already(ACT, WHOLE.kind, WHOLE.ident):
            self.add_error(None, _("There is already a request about this that waits for an answer."))


@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_export(request: AuthenticatedRequest) -> HttpResponse:
    request.access.require(May.ADMINISTER)
    form = AskExportForm(posted(request))
    if form.is_valid():
        asked = ask(ACT, WHOLE, reason=form.cleaned_data["reason"], by=request.access)
        return lead_on(
            request,
            _("A second person is asked. Nothing leaves before the answer."),
            "agencies:approval",
            asked.code,
        )
    title = _("Export everything with its texts")
    crumbs = [(_("To approve"), reverse("agencies:approvals")), (title, "")]
    return render(request, "retention/ask_export.html", {"form": form, "title": title, "breadcrumbs": crumbs})
