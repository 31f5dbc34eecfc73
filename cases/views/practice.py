"""What a practice is, what one's own has, and the buttons that begin it and throw it away."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from cases.actions.practice import begin_practice, throw_away
from cases.models import Practice
from cases.models.practice import KEPT_DAYS
from cases.practice import PREFIX
from cases.practised_rows import Contents


@require_safe
def home(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access
    access.require(May.LOG_CALL, May.OPEN_CASE)
    practice = Practice.objects.visible_to(access).first()
    context = {
        "practice": practice,
        "has": Contents.of(practice.body) if practice else Contents(),
        "prefix": PREFIX,
        "days": KEPT_DAYS,
        "until": timezone.localdate(practice.changed_at + timedelta(days=KEPT_DAYS)) if practice else None,
        "may_call": access.may(May.LOG_CALL),
        "breadcrumbs": [(_("Help"), reverse("help")), (_("Practise"), "")],
    }
    return render(request, "cases/practice.html", context)


@require_POST
def begin(request: AuthenticatedRequest) -> HttpResponse:
    begin_practice(by=request.access)
    first = "calls:new" if request.access.may(May.LOG_CALL) else "cases:new"
    return redirect(f"{PREFIX}{reverse(first)}")


@require_POST
def end(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access
    access.require(May.LOG_CALL, May.OPEN_CASE)
    throw_away(practice=get_object_or_404(Practice.objects.visible_to(access)), by=access)
    messages.success(request, _("The practice is thrown away. Nothing of it is left."))
    return redirect("practice:home")
