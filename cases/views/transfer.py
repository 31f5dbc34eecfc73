"""Persons handed over between regions: ask, answer."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from accounts.acting import beyond
from accounts.approvals import AlreadyAnswered
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from audit.writer import record
from cases.actions.transfers import answer_transfer, ask_transfer
from cases.choices import RequestAnswer
from cases.forms.lists import Lists
from cases.forms.sharing import TransferAnswerForm, TransferForm
from cases.models import Person, Transfer
from cases.views.fetch import readable_person
from cases.views.message import thread_of
from cases.views.person import crumbs

both = require_http_methods(["GET", "HEAD", "POST"])


@both
def ask(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    person = readable_person(access, code)
    access.require(May.TRANSFER)
    if not person.own:
        raise PermissionDenied(_("Only the responsible region may hand a person over."))
    form = TransferForm(
        request.POST or None, from_region=person.responsible_region_id, lists=Lists(access.today)
    )
    if request.method == "POST" and form.ready():
        return _asked(request, person, form)
    title = _("Transfer to another region")
    help_text = _(
        "The other region answers. The number, the county and the year of identification stay as they are."
    )
    context = {
        "form": form,
        "title": title,
        "help": help_text,
        "back": person.get_absolute_url(),
        "verb": _("Ask for the transfer"),
    }
    return render(request, "cases/form.html", {**context, **crumbs(person, (title, ""))})


def _asked(request: AuthenticatedRequest, person: Person, form: TransferForm) -> HttpResponse:
    facts = form.cleaned_data
    try:
        with transaction.atomic():
            ask_transfer(
                person=person, to_region=facts["to_region"], reason=facts["reason"], by=request.access
            )
        messages.success(
            request,
            _("The transfer waits for an answer from region %(region)s.") % {"region": facts["to_region"]},
        )
    except IntegrityError:  # one waits already: a second click, or a colleague
        messages.warning(request, _("A transfer of this person waits for an answer already."))
    return redirect(person)


@both
@beyond("transfer")
def answer(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    rows = Transfer.objects.visible_to(access).select_related(
        "person", "from_region", "to_region", "answered_by"
    )
    transfer = get_object_or_404(rows, code=code)
    access.require(May.TRANSFER)
    waiting = transfer.answer == RequestAnswer.PENDING and transfer.to_region_id in access.regions
    form = TransferAnswerForm(request.POST or None, lists=Lists(access.today))
    if request.method == "POST" and form.ready():
        return _answered(request, transfer, form)
    context = {"form": form, "transfer": transfer, "waiting": waiting, **thread_of(transfer, access)}
    context["breadcrumbs"] = [(_("Cases"), reverse("cases:list")), (pgettext("noun", "Transfer"), "")]
    response = render(request, "cases/transfer.html", context)
    record(access, "transfer.read", transfer.person)
    return response


def _answered(request: AuthenticatedRequest, transfer: Transfer, form: TransferAnswerForm) -> HttpResponse:
    """The first answer holds; whoever comes second is told what it was."""
    accept = form.cleaned_data["accept"] == "yes"
    try:
        answer_transfer(
            transfer=transfer, accept=accept, reason=form.cleaned_data["reason"], by=request.access
        )
    except AlreadyAnswered as first:
        said = first.row.get_answer_display()
        messages.warning(
            request,
            _("Somebody else answered first: %(answer)s. Your answer is not saved.") % {"answer": said},
        )
        return redirect("cases:transfer", transfer.code)
    if accept:
        messages.success(
            request, _("Your region is now responsible for %(person)s.") % {"person": transfer.person}
        )
        return redirect(transfer.person)
    messages.success(
        request,
        _("You have declined. The person stays with region %(region)s.") % {"region": transfer.from_region},
    )
    return redirect("cases:transfer", transfer.code)
