"""The days of somebody's reminders and follow-ups as a calendar: that there is something, and a link."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Access
from accounts.calendars import end_address, hash_of, reader_of, renew_address
from accounts.letters import address_for
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from accounts.transactions import own_transactions, transaction_of
from cases.ics import calendar
from cases.reminding import to_remember


@own_transactions
@login_not_required
@never_cache
@require_safe
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """For a calendar that knows the secret address and signs in to nothing. Of each day it learns that there
    is something; a wrong address and an ended account look alike. No reading is recorded: nothing is read."""
    reader = reader_of(key)
    if reader is None:
        raise Http404
    access = Access.of(reader)
    if not access.may(May.VIEW_CASE, May.VIEW_CALL):
        raise Http404
    with transaction_of(access, writes=False):
        days = [day for day, _kind, _key in to_remember(access)]
    with translation.override(reader.language or settings.LANGUAGE_CODE):
        words = _("Reminder in the register")
    link = address_for(request) + reverse("cases:reminders")
    text = calendar(days, words=words, link=link, secret=hash_of(key), at=access.at)
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")


@never_cache
@require_POST
def new_calendar(request: AuthenticatedRequest) -> HttpResponse:
    """The address is shown this once."""
    access = request.access
    access.require(May.VIEW_CASE, May.VIEW_CALL)
    key = renew_address(by=access)
    address = address_for(request) + reverse("cases:calendar", args=[key])
    title = _("Your calendar's address")
    breadcrumbs = [(_("Reminders and follow-ups"), reverse("cases:reminders")), (title, "")]
    return render(
        request, "cases/calendar.html", {"address": address, "title": title, "breadcrumbs": breadcrumbs}
    )


@require_POST
def end_calendar(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access
    access.require(May.VIEW_CASE, May.VIEW_CALL)
    end_address(by=access)
    messages.success(request, _("The address of your calendar leads nowhere any more."))
    return redirect("cases:reminders")
