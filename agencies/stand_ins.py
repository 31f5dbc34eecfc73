"""A manager is stood in for: somebody who works with totals or accounts is a manager for some days, and
nothing else meanwhile. Two persons give it. Nobody answers what they have asked themselves."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Access
from accounts.approvals import Fact, ask, needs_two, use
from accounts.free_text import FreeForm, FreeTextField
from accounts.middleware import AuthenticatedRequest
from accounts.models import STAND_INS, Approval, User, stand_ins_from
from accounts.notices import notice, tell
from accounts.roles import STAND_IN, May
from agencies.answering import answerers
from audit.writer import record, target

LONGEST: Final = timedelta(days=365)
ENDED: Final = notice("manager.stand_in_end", gettext_lazy("You stand in for a manager no more"))


class StandInForm(FreeForm):
    user = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Who stands in"))
    first = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = FreeTextField(
        names=False,
        label=gettext_lazy("Reason, for who answers"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        people = User.objects.able(*May).filter(role__in=STAND_IN).order_by("name")
        self.fields["user"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and first < self.today:
            self.add_error("first", _("Somebody stands in from today on."))
        if first and last and not first <= last <= first + LONGEST:
            self.add_error("last", _("The last day is at most a year after the first."))
        return cleaned


def ask_stand_in(*, user: User, first: date, last: date, reason: str, by: Access) -> Approval:
    """Ask that `user` stands in for a manager in these days."""
    days = {"first": first.toordinal(), "last": last.toordinal()}
    return ask(STAND_INS, target(user), reason=reason, by=by, payload={"user": user.pk, **days})


def standing(today: date) -> QuerySet[Approval]:
    """The answers by which somebody stands in now or later, the earliest day first."""
    return stand_ins_from(today).order_by("payload__first", "pk")


@transaction.atomic
def end_stand_in(*, asked: Approval, by: Access) -> None:
    """End the days at once, by an administrator or a manager."""
    by.require(May.ADMINISTER, May.LET_IN)
    use(asked, at=by.at)
    user = User.objects.get(pk=asked.payload["user"])
    tell([user], ENDED, label=days_of(asked), at=by.at)
    record(by, "user.stand_in_end", user)


def days_of(asked: Approval) -> str:
    days = (date.fromordinal(asked.payload[name]) for name in ("first", "last"))
    return " – ".join(date_format(day, "SHORT_DATE_FORMAT") for day in days)


def facts(asked: Approval) -> list[Fact]:
    return [(_("Who stands in"), asked.target_label), (_("Days"), days_of(asked))]


def register() -> None:
    needs_two(
        STAND_INS,
        title=gettext_lazy("Stand in for a manager"),
        asks=(May.ADMINISTER, May.LET_IN),
        answers=(May.LET_IN, May.ADMINISTER),
        who=answerers,
        facts=facts,
        asked_at="agencies:stand_in",
    )


# --- pages ------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def stand_in(request: AuthenticatedRequest) -> HttpResponse:
    """Who stands in for a manager, and the question that somebody does."""
    access = request.access
    access.require(May.ADMINISTER, May.LET_IN)
    form = StandInForm(request.POST or None, today=access.today)
    if request.method == "POST" and form.is_valid():
        asked = ask_stand_in(**form.cleaned_data, by=access)
        return redirect("agencies:approval", asked.code)
    title = _("Stand in for a manager")
    context = {
        "form": form, "title": title, "standing": [(row, days_of(row)) for row in standing(access.today)],
        "breadcrumbs": [(_("Questions for two"), reverse("agencies:approvals")), (title, "")],
    }  # fmt: skip
    return render(request, "agencies/stand_in.html", context)


@require_POST
def end(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    request.access.require(May.ADMINISTER, May.LET_IN)
    asked = get_object_or_404(standing(timezone.localdate()), code=code)
    end_stand_in(asked=asked, by=request.access)
    messages.success(request, _("%(name)s stands in for a manager no more.") % {"name": asked.target_label})
    return redirect("agencies:stand_in")
