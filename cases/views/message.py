"""Messages between the two sides of a handover: their page, and that one is read. The pages of what they are
about show them too."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Access
from accounts.acting import beyond
from accounts.middleware import AuthenticatedRequest
from accounts.once import once, token_of
from accounts.roles import May
from agencies.directory import directory
from audit.writer import record
from cases.actions.messages import WrittenMeanwhile, mark_read, named, write
from cases.forms.lists import Lists
from cases.forms.message import MessageForm
from cases.models import Call, Message, Notification, Transfer
from cases.models.message import Subject
from cases.threads import Thread

both = require_http_methods(["GET", "HEAD", "POST"])


def thread_of(subject: Subject, access: Access) -> dict[str, Any]:
    """For a page of what they are about: what is written, and the form of an answer. One query."""
    thread = Thread(subject, access)
    form = MessageForm(lists=Lists(access.today)).showing(thread.last)
    return {"thread": thread, "message_form": form}


@both
def of_notification(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    rows = Notification.objects.visible_to(request.access).select_related("region", "agency")
    row = get_object_or_404(rows, code=code)
    mine = row.officer_id == request.access.user.pk
    duty = (
        next((d for d in directory(request.access.today) if d.region == row.region), None) if mine else None
    )
    return _page(request, row, {"notification": row, "duty": duty})


@both
def of_call(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    rows = Call.objects.visible_to(request.access).select_related("referred_region")
    return _page(request, get_object_or_404(rows, code=code))


@both
@beyond("transfer")
def of_transfer(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    rows = Transfer.objects.visible_to(request.access).select_related("person", "from_region", "to_region")
    row = get_object_or_404(rows, code=code)
    request.access.require(May.TRANSFER)
    return _page(request, row)


def _page(
    request: AuthenticatedRequest, subject: Subject, more: dict[str, Any] | None = None
) -> HttpResponse:
    access = request.access
    thread = Thread(subject, access)
    form = MessageForm(request.POST or None, lists=Lists(access.today))
    if request.method == "POST":
        if thread.over:
            messages.warning(request, thread.over)
            return redirect(thread.home)
        if form.ready() and _sent(request, subject, form):
            return redirect(f"{thread.home}#messages")
        thread = Thread(subject, access)
    context = {"thread": thread, "message_form": form.showing(thread.last), "alone": True, **(more or {})}
    context["breadcrumbs"] = [
        (str(subject._meta.verbose_name).capitalize(), thread.home),
        (_("Messages"), ""),
    ]
    response = render(request, "cases/messages.html", context)
    record(access, "message.list", named(subject), rows=len(thread.messages))
    return response


def _sent(request: AuthenticatedRequest, subject: Subject, form: MessageForm) -> bool:
    access, facts = request.access, form.cleaned_data
    seen = str(facts["seen"] or "")
    send = partial(write, subject=subject, text=facts["text"], seen=seen, by=access)
    try:
        once(token_of(request.POST), send, Message.objects.visible_to(access), by=access)
    except WrittenMeanwhile:
        said = _(
            "Somebody has written since you opened the page. Read it, and send yours if it is still right."
        )
        messages.warning(request, said)
        return False
    messages.success(request, _("The message is sent."))
    return True


@require_POST
@beyond("transfer")
def read(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    rows = Message.objects.visible_to(request.access)
    related = ("notification", "call", "transfer__person", "transfer__from_region", "transfer__to_region")
    message = get_object_or_404(rows.select_related(*related), code=code)
    thread = Thread(message.subject, request.access)
    if thread.side is None:
        raise PermissionDenied
    mark_read(message=message, by=request.access)
    return redirect(f"{thread.home}#messages")
