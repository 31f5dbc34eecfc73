"""Take over what the support line has handed to the region, by one press, and take back what one has asked
for."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.acting import beyond
from accounts.approvals import AlreadyAnswered
from accounts.going_back import ours
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from cases.actions.grants import withdraw_access
from cases.actions.handing import TakenAlready, take_call, take_case
from cases.actions.transfers import withdraw_transfer
from cases.models import AccessGrant, Call, Case, Transfer
from cases.wording import minute


def back(request: HttpRequest) -> HttpResponse:
    """To the list that the button stood in: My page where it says none of ours."""
    return redirect(ours(request.POST.get("back", "")))


def _too_late(request: HttpRequest, taken: TakenAlready) -> None:
    if taken.who is None:
        text = _("It has been seen to already. Nothing is changed.")
    else:
        text = _("%(name)s was first and has taken it over. Nothing is changed.") % {"name": taken.who.name}
    messages.warning(request, text)


@require_POST
def take_over_call(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    call = get_object_or_404(Call.objects.visible_to(request.access), code=code)
    request.access.require(May.EDIT_CASE)
    try:
        take_call(call=call, by=request.access)
        said = _("You have taken over the call of %(time)s.") % {"time": minute(call.received_at)}
        messages.success(request, said)
    except TakenAlready as taken:
        _too_late(request, taken)
    return back(request)


@require_POST
def take_over_case(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    case = get_object_or_404(Case.objects.visible_to(request.access), code=code)
    request.access.require(May.EDIT_CASE)
    try:
        take_case(case=case, by=request.access)
        messages.success(request, _("You are responsible for %(case)s.") % {"case": case.number})
    except TakenAlready as taken:
        _too_late(request, taken)
    return back(request)


@require_POST
def withdraw_asked_transfer(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    transfer = get_object_or_404(Transfer.objects.visible_to(request.access), code=code)
    request.access.require(May.TRANSFER)
    try:
        withdraw_transfer(transfer=transfer, by=request.access)
        messages.success(request, _("The transfer is taken back. The person stays with your region."))
    except AlreadyAnswered as first:
        _answered(request, first)
    return back(request)


@require_POST
@beyond("asking")
def withdraw_asked_access(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    grant = get_object_or_404(AccessGrant.objects.visible_to(request.access), code=code)
    request.access.require(May.GRANT)
    try:
        withdraw_access(grant=grant, by=request.access)
        messages.success(request, _("Your question about %(number)s is taken back.") % {"number": grant})
    except AlreadyAnswered as first:
        _answered(request, first)
    return back(request)


def _answered(request: HttpRequest, first: AlreadyAnswered) -> None:
    said = _("It was answered before you took it back: %(answer)s.")
    messages.warning(request, said % {"answer": first.row.get_answer_display()})
