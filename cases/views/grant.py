"""One case of another region: ask to read it, and answer when another region asks."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.acting import beyond
from accounts.approvals import AlreadyAnswered
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from audit.writer import Target, record
from cases.actions.grants import NothingToAsk, answer_access, ask_access, end_access
from cases.actions.questions import CASES_A_DAY, TooManyQuestions
from cases.choices import RequestAnswer
from cases.forms.lists import Lists
from cases.forms.sharing import AnswerAccessForm, AskForm
from cases.models import AccessGrant, Case
from cases.readers import readings_by

both = require_http_methods(["GET", "HEAD", "POST"])


@both
def ask(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access
    access.require(May.GRANT)
    initial = {"number": request.GET.get("number", "")[:20]}
    form = AskForm(request.POST or None, initial=initial, lists=Lists(access.today))
    if request.method == "POST" and form.ready():
        return _asked(request, form)
    title = _("Open a case of another region")
    help_text = _(
        "The region that holds the case decides. If it says yes, you may read the case for at most 24 "
        "hours. Its "
        "coordinators see that you asked, why, and what you read."
    )
    context = {"form": form, "title": title, "help": help_text, "verb": _("Ask to read the case")}
    context |= {
        "back": reverse("cases:list"),
        "breadcrumbs": [(_("Cases"), reverse("cases:list")), (title, "")],
    }
    return render(request, "cases/form.html", context)


def _asked(request: AuthenticatedRequest, form: AskForm) -> HttpResponse:
    """The same answer whether or not there is such a case, unless the asker sees it already."""
    facts = form.cleaned_data
    what = {name: name in facts["what"] for name in ("persons", "note")}
    assert form.region is not None  # noqa: S101  (the form is valid)
    try:
        ask_access(
            number=facts["number"], region=form.region, reason=facts["reason"], by=request.access, **what
        )
    except NothingToAsk:
        messages.success(request, _("You may read this case already."))
        return redirect(Case.objects.visible_to(request.access).get(number=facts["number"]))
    except TooManyQuestions:
        text = _("At most %(n)d questions a day can be sent to other regions. Try again tomorrow.")
        messages.warning(request, text % {"n": CASES_A_DAY})
        return redirect(settings.LOGIN_REDIRECT_URL)
    messages.success(
        request, _("Your question is sent, if there is such a case. The answer is shown on My page.")
    )
    return redirect(settings.LOGIN_REDIRECT_URL)


@both
@beyond("asking")
def answer(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    rows = AccessGrant.objects.visible_to(access).select_related("region", "asked_by", "answered_by", "case")
    grant = get_object_or_404(rows, code=code)
    access.require(May.GRANT)
    mine = grant.asked_by_id == access.user.pk
    waiting = grant.answer == RequestAnswer.PENDING and not mine
    form = AnswerAccessForm(request.POST or None, lists=Lists(access.today))
    if request.method == "POST" and form.ready():
        return _answered(request, grant, form)
    context = {"form": form, "grant": grant, "waiting": waiting, "mine": mine}
    context["open"] = bool(grant.until and grant.until > access.at)
    context["ended"] = bool(grant.until and grant.until <= access.at)
    context["opens"] = what_opens(grant)
    context["readings"] = readings_by(grant, access) if grant.until and not mine else None
    context["breadcrumbs"] = [(_("Cases"), reverse("cases:list")), (_("Access asked for"), "")]
    response = render(request, "cases/grant.html", context)
    record(access, "access.read", Target("cases.accessgrant", str(grant.code), grant.case_number))
    return response


@require_POST
@beyond("asking")
def end(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    grant = get_object_or_404(AccessGrant.objects.visible_to(request.access), code=code)
    request.access.require(May.GRANT)
    end_access(grant=grant, by=request.access)
    messages.success(request, _("The access has ended. Nobody reads the case by it any more."))
    return redirect("cases:grant", grant.code)


def what_opens(grant: AccessGrant) -> str:
    """What was asked for, in words."""
    names = {
        "persons": _("The persons in the case"),
        "note": _("The note of the case, and what stands beside it"),
    }
    return "; ".join(text for name, text in names.items() if getattr(grant, name))


def _answered(request: AuthenticatedRequest, grant: AccessGrant, form: AnswerAccessForm) -> HttpResponse:
    """The first answer holds; whoever comes second is told what it was."""
    facts = form.cleaned_data
    try:
        answer_access(grant=grant, hours=facts["hours"], reason=facts["reason"], by=request.access)
        said = _("Access is granted.") if facts["hours"] else _("You have declined.")
        messages.success(request, said)
    except AlreadyAnswered as first:
        said = first.row.get_answer_display()
        messages.warning(
            request,
            _("Somebody else answered first: %(answer)s. Your answer is not saved.") % {"answer": said},
        )
    return redirect("cases:grant", grant.code)
