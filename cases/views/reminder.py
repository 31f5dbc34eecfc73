"""Reminders of one's own and what ends: lists, and the acts that take something off them."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import AuthenticatedRequest
from accounts.models import CalendarAddress
from accounts.once import once, token_of
from accounts.roles import May
from cases.actions import reminders as actions
from cases.ending import AHEAD, days_in_words, ending, in_red, running
from cases.forms.lists import Lists
from cases.forms.reminder import ReminderForm
from cases.models import Measure, Reminder
from cases.paging import steps_from
from cases.readings import note_list
from cases.reminding import remembered, to_remember
from cases.views.case import crumbs
from cases.views.fetch import case_with_own_persons, editable_person

A_PAGE: Final = 50


@require_http_methods(["GET", "HEAD", "POST"])
def remind(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    case = case_with_own_persons(access, code, May.VIEW_CASE)
    form = ReminderForm(request.POST or None, lists=Lists(access.today))
    if request.method == "POST" and form.ready():
        facts = form.cleaned_data
        make = partial(actions.remind, case=case, day=facts["day"], text=facts["text"], by=access)
        once(token_of(request.POST), make, Reminder.objects.visible_to(access), by=access)
        messages.success(request, _("You are reminded on {day}.").format(day=facts["day"]))
        return redirect(case)
    title = _("Remind me")
    help_text = _(
        "The reminder is shown to you alone: in the case, in your list, and on My page from its day on. "
        "It belongs to the case, and an extract of the case holds it."
    )
    context = {"form": form, "title": title, "help": help_text, "back": case.get_absolute_url()}
    return render(request, "cases/form.html", {**context, **crumbs(case, (title, ""))})


@require_safe
def reminders(request: AuthenticatedRequest) -> HttpResponse:
    """Own reminders and follow-ups of calls, the earliest day first."""
    access = request.access
    access.require(May.VIEW_CASE, May.VIEW_CALL)
    page = Paginator(to_remember(access), A_PAGE).get_page(request.GET.get("page"))
    lines = remembered(page.object_list, access)
    note_list(access, "case", len(lines), how="reminders")
    context = {
        "lines": lines,
        "calendar": CalendarAddress.objects.filter(user=access.user).first(),
        "count": page.paginator.count,
        **steps_from(page),
    }
    return render(request, "cases/reminders.html", context)


@require_POST
def finish(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    reminder = get_object_or_404(Reminder.objects.visible_to(access).select_related("case"), code=code)
    actions.finish_reminder(reminder=reminder, by=access)
    messages.success(request, _("The reminder is marked as done."))
    return redirect(reminder.case) if "case" in request.POST else redirect("cases:reminders")


@require_safe
def what_ends(request: AuthenticatedRequest) -> HttpResponse:
    """Reflection periods and permits that end or have ended, or all that run, the earliest first."""
    access = request.access
    access.require(May.EDIT_CASE)
    every = request.GET.get("all") == "yes"
    rows = (
        (running if every else ending)(access)
        .select_related("kind", "person__case")
        .order_by("ends_on", "pk")
    )
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.words, row.red = days_in_words(row.ends_on, access.today), in_red(row.ends_on, access.today)
    note_list(access, "person", len(page.object_list), how="ending")
    context = {
        "rows": page.object_list,
        "ahead": AHEAD,
        "every": every,
        **steps_from(page, "all=yes&" if every else ""),
    }
    return render(request, "cases/ending.html", context)


@require_POST
def deal_with(request: AuthenticatedRequest, code: uuid.UUID, pk: int) -> HttpResponse:
    access = request.access
    person = editable_person(access, code)
    measure = get_object_or_404(Measure.objects.in_own_region(access).filter(person=person), pk=pk)
    actions.deal_with_end(measure=measure, by=access)
    messages.success(request, _("It is dealt with, and is listed no more."))
    return redirect("cases:ending")
