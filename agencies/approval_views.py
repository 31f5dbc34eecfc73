"""Questions that one asks and another answers: those that wait for me, my own, and the page of one."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Access
from accounts.approvals import ACTS, LETS_IN, AlreadyAnswered, NotAsItWas, answer, withdraw
from accounts.invitations import may_be_invited, new_code
from accounts.middleware import AuthenticatedRequest
from accounts.models import Approval, User
from accounts.notices import DAYS
from accounts.opening import is_closed
from accounts.roles import May
from agencies.answering import Answerers, seen, waiting_for, who_answers
from agencies.forms import ApprovalAnswerForm, DeputyForm
from agencies.letting_in import appoint_deputy, deputies_to_stop, may_appoint, stop_deputy

INVITES: Final = {"account.new", "account.code"}
WITH_CODE: Final = {*INVITES, "account.factor"}
READ: Final = (May.COORDINATE, May.LET_IN, May.ADMINISTER, May.PUBLISH, May.VIEW_TRAIL)


@require_GET
def approvals(request: AuthenticatedRequest) -> HttpResponse:
    """What waits for my answer, what I have asked and answered lately; all of it for who watches."""
    access = request.access
    access.require(*READ)
    since = access.at - timedelta(days=DAYS)
    mine = Q(asked_by=access.user) | Q(answered_by=access.user)
    rows = Approval.objects.filter(act__in=ACTS).select_related("asked_by", "answered_by")
    recent = rows.filter(Q(answer="pending") | Q(asked_at__gt=since))
    context = {
        "waiting": _with_titles(waiting_for(access)),
        "recent": _with_titles(recent if access.may(May.VIEW_TRAIL) else recent.filter(mine)),
        "offers": [act for act in ACTS.values() if act.asked_at and access.may(*act.asks)],
        "alone": access.may(May.ADMINISTER) and _nobody_answers(access.user, access.today),
        "breadcrumbs": [(_("Questions for two"), "")],
    }
    return render(request, "agencies/approvals.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def approval(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    """One question. The answer's page shows the code of an account once: it is not stored, and led to by no
    address."""
    asked, access = _asked(request, code), request.access
    if (own := ACTS[asked.act].address(asked)) and access.may(*ACTS[asked.act].answers):
        return redirect(own)
    waits = asked.answer == Approval.Answer.PENDING
    who = list(who_answers(asked, Answerers(access.today))) if waits else []
    mine = asked.asked_by_id == access.user.pk
    may = access.user in who
    at_once = ACTS[asked.act].carry_out is not None
    form = ApprovalAnswerForm(request.POST or None, at_once=at_once) if may else None
    if request.method == "POST":
        access.require(*ACTS[asked.act].answers)
        if form is not None and form.is_valid():
            asked = _answered(request, asked, form)
            if not asked.code_to_say:
                return redirect("agencies:approval", asked.code)
            form = None
    context = {
        "asked": asked, "title": ACTS[asked.act].title, "facts": ACTS[asked.act].facts(asked), "who": who,
        "details": ACTS[asked.act].details(asked), "form": form, "at_once": at_once,
        "mine": mine, "waits": waits and not asked.code_to_say,
        "may_have_code": _may_have_code(asked, access.user), "invited": _invited(asked, access),
        "breadcrumbs": [(_("Questions for two"), reverse("agencies:approvals")), (asked.target_label, "")],
    }  # fmt: skip
    return render(request, "agencies/approval.html", context)


@require_POST
def withdraw_question(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    asked = _asked(request, code)
    try:
        withdraw(asked, by=request.access)
        messages.success(request, _("The question is withdrawn."))
    except AlreadyAnswered:
        messages.warning(request, _("Somebody has answered already."))
    return redirect("agencies:approvals")


@never_cache
@require_POST
def code_again(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    """Another code, where the first was not caught or was tried too often."""
    asked = _asked(request, code)
    user = _user_of(asked)
    if user is None:
        raise Http404
    asked.code_to_say = new_code(user=user, asked=asked, by=request.access)
    context = {
        "asked": asked, "title": ACTS[asked.act].title, "facts": ACTS[asked.act].facts(asked),
        "breadcrumbs": [(_("Questions for two"), reverse("agencies:approvals")), (asked.target_label, "")],
    }  # fmt: skip
    return render(request, "agencies/approval.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def deputy(request: AuthenticatedRequest) -> HttpResponse:
    """A coordinator's own deputy for some days: nobody else is asked, and the region is told."""
    access = request.access
    access.require(May.COORDINATE)
    form = DeputyForm(request.POST or None, access=access, regions=may_appoint(access))
    if request.method == "POST" and form.is_valid():
        try:
            card = appoint_deputy(card=form.card(), by=access)
            said = _("%(name)s stands in from %(first)s to %(last)s.")
            facts = {"name": card.name, "first": card.valid_from, "last": card.valid_to}
            messages.success(request, said % facts)
            return redirect("agencies:directory")
        except ValidationError as error:
            form.add_error(None, error)
    title = _("Appoint a deputy")
    crumbs = [(_("Coordinators"), reverse("agencies:directory")), (title, "")]
    return render(request, "agencies/deputy.html", {"form": form, "breadcrumbs": crumbs})


@require_POST
def stop(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """End a deputy's days at once."""
    request.access.require(May.COORDINATE, May.ADMINISTER)
    card = get_object_or_404(deputies_to_stop(request.access), pk=pk)
    stop_deputy(card=card, by=request.access)
    said = _(
        "%(name)s stands in no more. What was taken on in these days goes to who coordinates the region."
    )
    messages.success(request, said % {"name": card.name})
    return redirect("agencies:directory")


def _asked(request: AuthenticatedRequest, code: uuid.UUID) -> Approval:
    """What somebody may not read is not there."""
    row = Approval.objects.filter(code=code, act__in=ACTS).select_related("asked_by", "answered_by").first()
    if row is None or not seen(row, request.access):
        raise Http404
    return row


def _answered(request: AuthenticatedRequest, asked: Approval, form: ApprovalAnswerForm) -> Approval:
    """The first answer holds; whoever comes second is told what it was."""
    facts = form.cleaned_data
    try:
        asked = answer(asked, give=facts["answer"] == "yes", by=request.access, reason=facts["reason"])
        messages.success(request, _("Your answer is saved."))
    except AlreadyAnswered as first:
        messages.warning(
            request, _("Somebody else answered first: %(answer)s. Your answer is not saved.")
            % {"answer": first.row.get_answer_display()}
        )  # fmt: skip
    except NotAsItWas as fault:
        messages.error(request, str(fault))
    return asked


def _with_titles(rows: object) -> list[tuple[object, Approval]]:
    return [(ACTS[row.act].title, row) for row in rows]  # type: ignore[attr-defined]


def _user_of(asked: Approval) -> User | None:
    return User.objects.filter(pk=asked.payload.get("user") or asked.payload.get(LETS_IN)).first()


def _may_have_code(asked: Approval, reader: User) -> bool:
    if asked.answer != Approval.Answer.GIVEN or asked.answered_by_id != reader.pk or asked.code_to_say:
        return False
    user = _user_of(asked) if asked.act in WITH_CODE else None
    return user is not None and is_closed(user, told_to=reader)


def _invited(asked: Approval, access: Access) -> User | None:
    """Whom the asker may send the invitation again, or is shown its link where there is no mail server."""
    if asked.act not in INVITES or asked.asked_by_id != access.user.pk or not access.may(May.ADMINISTER):
        return None
    user = _user_of(asked)
    return user if user is not None and may_be_invited(user) else None


def _nobody_answers(user: User, today: object) -> bool:
    """Whether all that this administrator asks would wait for ever."""
    return not Answerers(today).of(Approval(asked_by=user))  # type: ignore[arg-type]
