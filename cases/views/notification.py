"""Notify a region (agency officer), follow the state of own notifications, and answer them (coordinator).

Messages between the two sides of a handover: their page, and that one is read. The pages of what they are
about show them too.
"""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_noop
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Access, AuthenticatedRequest, bypass_policies, lead_on, posted, turn_back
from accounts.roles import May
from accounts.transactions import idempotent, sent_before, token_of
from agencies.directory import duty_of
from audit.writer import record
from cases.actions import calls as actions
from cases.actions.base import Conflict
from cases.actions.calls import NEXT, WrittenMeanwhile, mark_read, move, named, write
from cases.choices import ContactWay, NotificationState
from cases.drafts import forget
from cases.forms.acts import MessageForm, NotificationForm
from cases.forms.fields import Lists
from cases.messages import Thread
from cases.models import Call, Case, Message, Notification, Transfer
from cases.models.notification import Subject
from cases.pages import Order
from cases.scope import check_own
from cases.views.fetch import form_view
from cases.views.list_page import page_of


def thread_of(subject: Subject, access: Access) -> dict[str, Any]:
    """For a page of what they are about: what is written, and the form of an answer. One query."""
    thread = Thread(subject, access)
    form = MessageForm(lists=Lists(access.today)).showing(thread.last)
    return {"thread": thread, "message_form": form}


@form_view
def of_notification(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    rows = Notification.objects.visible_to(request.access).select_related("region", "agency")
    row = get_object_or_404(rows, code=code)
    mine = row.officer_id == request.access.user.pk
    return _page(
        request, row, notification=row, duty=duty_of(row.region_id, request.access.today) if mine else None
    )


@form_view
def of_call(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    rows = Call.objects.visible_to(request.access).select_related("referred_region")
    return _page(request, get_object_or_404(rows, code=code))


@form_view
@bypass_policies("transfer")
def of_transfer(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    rows = Transfer.objects.visible_to(request.access).select_related("person", "from_region", "to_region")
    row = get_object_or_404(rows, code=code)
    request.access.require(May.TRANSFER)
    return _page(request, row)


def _page(request: AuthenticatedRequest, subject: Subject, **more: Any) -> HttpResponse:
    access = request.access
    thread = Thread(subject, access)
    form = MessageForm(posted(request), lists=Lists(access.today))
    if request.method == "POST":
        if thread.over:
            return turn_back(request, thread.over, thread.home)
        if form.ready() and _message_sent(request, subject, form):
            return redirect(f"{thread.home}#messages")
        thread = Thread(subject, access)
    context = {
        "thread": thread,
        "message_form": form.showing(thread.last),
        "alone": True,
        "breadcrumbs": [(str(subject._meta.verbose_name).capitalize(), thread.home), (_("Messages"), "")],
    }
    record(access, "message.list", named(subject), rows=len(thread.messages))
    return render(request, "cases/messages.html", context | more)


def _message_sent(request: AuthenticatedRequest, subject: Subject, form: MessageForm) -> bool:
    access, facts = request.access, form.cleaned_data
    seen = str(facts["seen"] or "")
    send = partial(write, subject=subject, text=facts["text"], seen=seen, by=access)
    try:
        idempotent(token_of(request.POST), send, Message.objects.visible_to(access), by=access)
    except WrittenMeanwhile:
        message = _(
            "Somebody has written since you opened the page. Read it, and send yours if it is still right."
        )
        messages.warning(request, message)
        return False
    messages.success(request, _("The message is sent."))
    return True


@require_POST
@bypass_policies("transfer")
def read(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    rows = Message.objects.visible_to(request.access)
    related = ("notification", "call", "transfer__person", "transfer__from_region", "transfer__to_region")
    message = get_object_or_404(rows.select_related(*related), code=code)
    thread = Thread(message.subject, request.access)
    check_own(thread.side is not None, "")
    mark_read(message=message, by=request.access)
    return redirect(f"{thread.home}#messages")


LATEST = Order(("-sent_at", "-pk"))
TAGS = {"received": "tag-info", "taken": "tag-warn", "contacted": "tag-ok", "closed": "tag-mute"}
VERBS = {
    NotificationState.TAKEN: gettext_noop("Take over"),
    NotificationState.CLOSED: gettext_noop("Close the notification"),
}


@form_view
def notify(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access.require(May.NOTIFY)
    token = token_of(request.POST)
    own = Notification.objects.visible_to(access).order_by("-sent_at")
    phone = own.values_list("phone", flat=True).first() if request.method == "GET" else ""
    if made := sent_before(token or token_of(request.GET), own, by=access):
        text = _(
            "The notification was sent already, and has number {number}. Nothing was sent twice. If you want "
            "to add something, write a message about it."
        )
        messages.info(request, text.format(number=made.receipt))
        return redirect("cases:notifications")
    form = NotificationForm(posted(request), lists=Lists(access.today, access), initial={"phone": phone})
    if not form.ready():
        return render(request, "cases/notify.html", {"form": form})
    purposes = form.cleaned_data["purposes"]
    send = partial(actions.notify, notification=form.instance, purposes=purposes, by=access)
    sent = idempotent(token, send, own, by=access)
    forget("notify", token, by=access)
    text = _(
        "Thank you. Your notification has number {number}. Region {region} sees your name and "
        "your work contact, and gets back to you. Here you see how far it has come."
    )
    return lead_on(request, text.format(number=sent.receipt, region=sent.region), "cases:notifications")


@require_safe
def notifications(request: AuthenticatedRequest) -> HttpResponse:
    """An officer's own, by number and state only; a coordinator's those of the region."""
    access = request.access.require(May.NOTIFY, May.EDIT_CASE)
    rows = Notification.objects.visible_to(access)
    unread = Exists(Message.objects.waiting_for(access).filter(notification=OuterRef("pk")))
    rows = rows.select_related("region", "county").annotate(unread=unread)
    shown, further = page_of(request.GET, rows, LATEST)
    for row in shown:
        row.tag = TAGS[row.state]
    context = {"notifications": shown, "answers": access.may(May.EDIT_CASE), **further}
    record(access, "notification.list", rows=len(shown))
    return render(request, "cases/notifications.html", context)


def answerable(access: Access, code: uuid.UUID) -> Notification:
    """An officer follows the state in the list and beside the messages, and opens no page of it."""
    rows = Notification.objects.visible_to(access).select_related(
        "region", "county", "agency", "officer", "taken_by", "contacted_by"
    )
    notification: Notification = get_object_or_404(rows, code=code)
    access.require(May.EDIT_CASE)
    return notification


@require_safe
def notification(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    row = answerable(access, code)
    following = _next(row)
    context = {
        "notification": row,
        "tag": TAGS[row.state],
        "purposes": list(row.purposes.all()),
        "case": Case.objects.visible_to(access).filter(pk=row.case_id).first() if row.case_id else None,
        "moves": [(state.value, _(VERBS[state])) for state in following if state in VERBS],
        "ways": ContactWay.choices if NotificationState.CONTACTED in following else [],
        **thread_of(row, access),
        "mail_subject": f"{capfirst(str(row._meta.verbose_name))} {row.receipt}",
        "breadcrumbs": [(_("Notifications"), reverse("cases:notifications")), (row.receipt, "")],
    }
    record(access, "notification.read", row)
    return render(request, "cases/notification.html", context)


def _next(row: Notification) -> tuple[NotificationState, ...]:
    return NEXT[NotificationState(row.state)]


@require_POST
def move_notification(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    row = answerable(request.access, code)
    state, how = request.POST.get("state", ""), request.POST.get("how", "")
    if state == NotificationState.CONTACTED and how not in ContactWay.values:
        return turn_back(request, _("Say how you have reached the officer."), row)
    return _moved(request, row, state, how)


@require_POST
def take_notification(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    row = answerable(request.access, code)
    if row.taken_by_id not in {None, request.access.user.pk}:
        messages.warning(request, _("%(who)s has taken the notification over.") % {"who": row.taken_by})
    elif NotificationState.TAKEN in _next(row):
        return _moved(request, row, NotificationState.TAKEN)
    return redirect(row)


def _moved(request: AuthenticatedRequest, row: Notification, state: str, how: str = "") -> HttpResponse:
    if row.state != state:
        try:
            move(notification=row, state=state, how=how, by=request.access)
        except Conflict:
            return turn_back(
                request, _("A colleague has just changed the notification. Look at it again."), row
            )
    return lead_on(request, _("The state is saved. The agency sees it."), row)
