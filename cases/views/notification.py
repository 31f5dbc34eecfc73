"""Notify a region (agency officer), follow the state of own notifications, and answer them (coordinator)."""

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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Access
from accounts.middleware import AuthenticatedRequest
from accounts.once import code_of, once, sent_before, token_of
from accounts.roles import May
from audit.writer import record
from cases.actions import notifications as actions
from cases.actions.notifications import NEXT, move
from cases.actions.saving import Conflict
from cases.choices import ContactWay, NotificationState
from cases.drafts import forget
from cases.forms.lists import Lists
from cases.forms.notification import NotificationForm
from cases.models import Case, Message, Notification
from cases.paging import Order, page
from cases.views.message import thread_of

LATEST = Order(("-sent_at", "-pk"))
TAGS = {"received": "tag-info", "taken": "tag-warn", "contacted": "tag-ok", "closed": "tag-mute"}
VERBS = {
    NotificationState.TAKEN: gettext_noop("Take over"),
    NotificationState.CLOSED: gettext_noop("Close the notification"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def notify(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access
    access.require(May.NOTIFY)
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
    data = request.POST if request.method == "POST" else None
    form = NotificationForm(data, lists=Lists(access.today, access), initial={"phone": phone or ""})
    if request.method == "POST" and form.ready():
        send = partial(
            actions.notify,
            notification=form.instance,
            purposes=form.cleaned_data["purposes"],
            by=access,
        )
        sent = once(token, send, own, by=access)
        forget("notify", token, by=access)
        return _sent(request, sent)
    return render(request, "cases/notify.html", {"form": form})


def _sent(request: AuthenticatedRequest, sent: Notification) -> HttpResponse:
    text = _(
        "Thank you. Your notification has number {number}. Region {region} sees your name and "
        "your work contact, and gets back to you. Here you see how far it has come."
    )
    messages.success(request, text.format(number=sent.receipt, region=sent.region))
    return redirect("cases:notifications")


@require_safe
def notifications(request: AuthenticatedRequest) -> HttpResponse:
    """An officer's own, by number and state only; a coordinator's those of the region."""
    access = request.access
    access.require(May.NOTIFY, May.EDIT_CASE)
    rows = Notification.objects.visible_to(access)
    unread = Exists(Message.objects.waiting_for(access).filter(notification=OuterRef("pk")))
    found = page(
        rows.select_related("region", "county").annotate(unread=unread),
        LATEST,
        after=_row(request, "after"),
        before=_row(request, "before"),
    )
    for row in found.rows:
        row.tag = TAGS[row.state]
    context = {
        "notifications": found.rows,
        "answers": access.may(May.EDIT_CASE),
        "previous": f"?before={found.previous.code}" if found.previous else "",
        "next": f"?after={found.next.code}" if found.next else "",
    }
    response = render(request, "cases/notifications.html", context)
    record(access, "notification.list", rows=len(found.rows))
    return response


def _row(request: AuthenticatedRequest, name: str) -> Any:
    code = code_of(request.GET.get(name))
    return Notification.objects.visible_to(request.access).filter(code=code).first() if code else None


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
    context = {
        "notification": row,
        "tag": TAGS[row.state],
        "purposes": list(row.purposes.all()),
        "case": Case.objects.visible_to(access).filter(pk=row.case_id).first() if row.case_id else None,
        "moves": [(state.value, _(VERBS[state])) for state in _next(row) if state in VERBS],
        "ways": ContactWay.choices if NotificationState.CONTACTED in _next(row) else [],
        **thread_of(row, access),
        "mail_subject": f"{capfirst(str(row._meta.verbose_name))} {row.receipt}",
        "breadcrumbs": [(_("Notifications"), reverse("cases:notifications")), (row.receipt, "")],
    }
    response = render(request, "cases/notification.html", context)
    record(access, "notification.read", row)
    return response


def _next(row: Notification) -> tuple[NotificationState, ...]:
    return NEXT[NotificationState(row.state)]


@require_POST
def move_notification(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    row = answerable(request.access, code)
    state, how = request.POST.get("state", ""), request.POST.get("how", "")
    if state == NotificationState.CONTACTED and how not in ContactWay.values:
        messages.warning(request, _("Say how you have reached the officer."))
        return redirect(row)
    return _moved(request, row, state, how)


@require_POST
def take_notification(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    row = answerable(request.access, code)
    if row.taken_by_id not in {None, request.access.user.pk}:
        messages.warning(request, _("%(who)s has taken the notification over.") % {"who": row.taken_by})
        return redirect(row)
    if NotificationState.TAKEN not in _next(row):
        return redirect(row)
    return _moved(request, row, NotificationState.TAKEN)


def _moved(request: AuthenticatedRequest, row: Notification, state: str, how: str = "") -> HttpResponse:
    if row.state != state:
        try:
            move(notification=row, state=state, how=how, by=request.access)
        except Conflict:
            messages.warning(request, _("A colleague has just changed the notification. Look at it again."))
            return redirect(row)
    messages.success(request, _("The state is saved. The agency sees it."))
    return redirect(row)
