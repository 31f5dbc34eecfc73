"""One case of another region: ask to read it, and answer when another region asks.

Persons handed over between regions: ask, answer.

Take over what the support line has handed to the region, by one press, and take back what one has asked
for.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, pgettext
from django.views.decorators.http import require_POST

from accounts.access import Access, AuthenticatedRequest, bypass_policies, lead_on, posted, turn_back
from accounts.approvals import AlreadyAnswered
from accounts.roles import May
from accounts.views import ours
from audit.writer import Target, record
from cases.access_log import readings_by
from cases.actions import sharing as actions
from cases.actions.duplicates import CASES_A_DAY, TooManyQuestions
from cases.choices import RequestAnswer
from cases.forms.acts import WHAT, AnswerAccessForm, AskForm, TransferAnswerForm, TransferForm
from cases.forms.fields import Lists
from cases.models import AccessGrant, Call, Case, Person, Transfer
from cases.scope import check_own
from cases.views.fetch import crumbs, form_page, form_view, readable_person
from cases.views.notification import thread_of
from cases.wording import minute


@form_view
def ask_for_access(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access.require(May.GRANT)
    initial = {"number": request.GET.get("number", "")[:20]}
    form = AskForm(posted(request), initial=initial, lists=Lists(access.today))
    if form.ready():
        return _access_asked(request, form)
    return form_page(
        request,
        form,
        _("Request access to another region's case"),
        help=_(
            "The region responsible for the case decides. If it agrees, you may read the case for at most 24 "
            "hours. Its coordinators see that you asked, why, and what you read."
        ),
        verb=_("Ask to read the case"),
        back=reverse("cases:list"),
    )


def _access_asked(request: AuthenticatedRequest, form: AskForm) -> HttpResponse:
    """The same answer whether or not there is such a case, unless the asker sees it already."""
    facts = form.cleaned_data
    what = {name: name in facts["what"] for name in WHAT}
    assert form.region is not None  # noqa: S101  (the form is valid)
    try:
        actions.ask_access(
            number=facts["number"], region=form.region, reason=facts["reason"], by=request.access, **what
        )
    except actions.NothingToAsk:
        case = Case.objects.visible_to(request.access).get(number=facts["number"])
        return lead_on(request, _("You may read this case already."), case)
    except TooManyQuestions:
        text = _("At most %(n)d questions a day can be sent to other regions. Try again tomorrow.")
        messages.warning(request, text % {"n": CASES_A_DAY})
    else:
        text = _("Your question is sent, if there is such a case. The answer is shown here.")
        messages.success(request, text)
    return redirect(settings.LOGIN_REDIRECT_URL)


@form_view
@bypass_policies("asking")
def answer_access_request(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    rows = AccessGrant.objects.visible_to(access).select_related("region", "asked_by", "answered_by", "case")
    grant = get_object_or_404(rows, code=code)
    access.require(May.GRANT)
    mine = grant.asked_by_id == access.user.pk
    waiting = grant.answer == RequestAnswer.PENDING and not mine
    form = AnswerAccessForm(posted(request), lists=Lists(access.today))
    if form.ready():
        return _grant_decided(request, grant, form)
    opens = [f"{text}" for name, text in WHAT.items() if getattr(grant, name)]
    open_still = grant.until is not None and grant.until > access.at
    context = {
        "form": form,
        "grant": grant,
        "waiting": waiting,
        "mine": mine,
        "regions": Access.of(grant.asked_by, at=access.at).names.values(),
        "open": open_still,
        "ended": grant.until is not None and not open_still,
        "opens": "; ".join(opens),
        "readings": readings_by(grant, access) if grant.until and not mine else None,
        **crumbs(_("Access asked for")),
    }
    record(access, "access.read", Target("cases.accessgrant", str(grant.code), grant.case_number))
    return render(request, "cases/grant.html", context)


@require_POST
@bypass_policies("asking")
def end(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    grant = get_object_or_404(AccessGrant.objects.visible_to(request.access), code=code)
    request.access.require(May.GRANT)
    actions.end_access(grant=grant, by=request.access)
    return lead_on(
        request, _("The access has ended. Nobody reads the case by it any more."), "cases:grant", grant.code
    )


def _grant_decided(request: AuthenticatedRequest, grant: AccessGrant, form: AnswerAccessForm) -> HttpResponse:
    facts = form.cleaned_data
    try:
        actions.answer_access(grant=grant, hours=facts["hours"], reason=facts["reason"], by=request.access)
        messages.success(request, _("Access is granted.") if facts["hours"] else _("You have declined."))
    except AlreadyAnswered as first:
        messages.warning(request, first.in_words())
    return redirect("cases:grant", grant.code)


@form_view
def ask_for_transfer(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    person = readable_person(access, code)
    access.require(May.TRANSFER)
    check_own(person.own, actions.ONLY_RESPONSIBLE)
    form = TransferForm(posted(request), from_region=person.responsible_region_id, lists=Lists(access.today))
    if form.ready():
        return _transfer_asked(request, person, form)
    return form_page(
        request,
        form,
        _("Transfer to another region"),
        person.case,
        person,
        help=_(
            "The other region answers. The number, the county and the year of identification stay as they "
            "are."
        ),
        back=person.get_absolute_url(),
        verb=_("Ask for the transfer"),
    )


def _transfer_asked(request: AuthenticatedRequest, person: Person, form: TransferForm) -> HttpResponse:
    region, reason = form.cleaned_data["to_region"], form.cleaned_data["reason"]
    try:
        with transaction.atomic():
            actions.ask_transfer(person=person, to_region=region, reason=reason, by=request.access)
        message = _("The transfer waits for an answer from region %(region)s.")
        messages.success(request, message % {"region": region})
    except IntegrityError:  # one waits already: a second click, or a colleague
        messages.warning(request, _("A transfer of this person waits for an answer already."))
    return redirect(person)


@form_view
@bypass_policies("transfer")
def answer_transfer_request(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    rows = Transfer.objects.visible_to(access).select_related(
        "person", "from_region", "to_region", "answered_by"
    )
    transfer = get_object_or_404(rows, code=code)
    access.require(May.TRANSFER)
    waiting = transfer.answer == RequestAnswer.PENDING and transfer.to_region_id in access.regions
    form = TransferAnswerForm(posted(request), lists=Lists(access.today))
    if form.ready():
        return _transfer_answered(request, transfer, form)
    context = {"form": form, "transfer": transfer, "waiting": waiting, **thread_of(transfer, access)}
    context |= crumbs(pgettext("noun", "Transfer"))
    record(access, "transfer.read", transfer.person)
    return render(request, "cases/transfer.html", context)


def _transfer_answered(
    request: AuthenticatedRequest, transfer: Transfer, form: TransferAnswerForm
) -> HttpResponse:
    accept = form.cleaned_data["accept"] == "yes"
    try:
        actions.answer_transfer(
            transfer=transfer, accept=accept, reason=form.cleaned_data["reason"], by=request.access
        )
    except AlreadyAnswered as first:
        return turn_back(request, first.in_words(), "cases:transfer", transfer.code)
    if accept:
        message = _("Your region is now responsible for %(person)s.") % {"person": transfer.person}
        return lead_on(request, message, transfer.person)
    message = _("You have declined. The person stays with region %(region)s.")
    return lead_on(request, message % {"region": transfer.from_region}, "cases:transfer", transfer.code)


@require_POST
def take_over_call(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    call = get_object_or_404(Call.objects.visible_to(request.access), code=code)
    request.access.require(May.EDIT_CASE)
    message = _("You have taken over the call of %(time)s.") % {"time": minute(call.received_at)}
    return _taken_in_hand(request, partial(actions.take_call, call=call), message, to=call)


@require_POST
def give_back_call(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    call = get_object_or_404(Call.objects.visible_to(request.access), code=code)
    request.access.require(May.EDIT_CASE)
    message = _("You have given the call back. It waits for your region again.")
    return _taken_in_hand(request, partial(actions.give_back_call, call=call), message, to=call)


@require_POST
def take_over_case(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    case = get_object_or_404(Case.objects.visible_to(request.access), code=code)
    request.access.require(May.EDIT_CASE)
    message = _("You are responsible for %(case)s.") % {"case": case.number}
    return _taken_in_hand(request, partial(actions.take_case, case=case), message)


@require_POST
def withdraw_asked_transfer(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    transfer = get_object_or_404(Transfer.objects.visible_to(request.access), code=code)
    request.access.require(May.TRANSFER)
    message = _("The transfer is taken back. The person stays with your region.")
    return _taken_in_hand(request, partial(actions.withdraw_transfer, transfer=transfer), message)


@require_POST
@bypass_policies("asking")
def withdraw_asked_access(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    grant = get_object_or_404(AccessGrant.objects.visible_to(request.access), code=code)
    request.access.require(May.GRANT)
    message = _("Your question about %(number)s is taken back.") % {"number": grant}
    return _taken_in_hand(request, partial(actions.withdraw_access, grant=grant), message)


def _taken_in_hand(
    request: AuthenticatedRequest, act: Callable[..., Any], said: str, *, to: Call | None = None
) -> HttpResponse:
    """Take something over or back, unless somebody was first. To the call, or to the list that the button
    stood in: My page where the form names none of ours."""
    try:
        act(by=request.access)
        messages.success(request, said)
    except AlreadyAnswered as first:
        text = _("It was answered before you took it back: %(answer)s.")
        messages.warning(request, text % {"answer": first.row.get_answer_display()})
    except actions.TakenAlready as taken:
        text = _("It has been seen to already. Nothing is changed.")
        if taken.who is not None:
            text = _("%(name)s was first and has taken it over. Nothing is changed.")
            text %= {"name": taken.who.name}
        messages.warning(request, text)
    return redirect(to or ours(request.POST.get("back", "")))
