"""One call: its page, corrections within the window, follow-up, history."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Access
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from cases.actions.calls import can_edit_call, check_can_edit_call, edit_call, finish_follow_up
from cases.actions.consent import ground_of
from cases.actions.saving import Conflict
from cases.drafts import forget
from cases.forms.call import EditCallForm
from cases.models import Call, Case
from cases.readings import note_reading
from cases.rules.calls import case_outcome
from cases.views.call_list import CallList
from cases.views.conflict import Task, save_or_compare
from cases.views.history import HistoryEntry
from cases.views.message import thread_of
from cases.wording import minute, say

# --- call history ---
# What was changed in a call, version by version: names of fields, never their values.

SILENT: Final = {
    "id",
    "code",
    "version",
    "created_at",
    "updated_at",
    "taken_by",
    "received_on",
    "topics_answer",
    "purposes_answer",
    "outcomes_answer",
}


def changes_of(call: Call) -> list[HistoryEntry]:
    """The latest first. A save with its lists is several rows of history, but one version."""
    rows = Call.history.filter(id=call.pk).select_related("history_user")
    versions = {row.version: row for row in rows.order_by("history_date", "history_id")}
    _give_lists(versions.values())
    found = [_change(row, ()) for row in list(versions.values())[:1]]
    found += [
        _change(after, tuple(_differing(before, after))) for before, after in pairwise(versions.values())
    ]
    return found[::-1]


def _give_lists(rows: Iterable[Any]) -> None:
    """Each row gets the keys of its lists as `topics_then` and so on. One query a list."""
    for name in Call.LISTS:
        kept: dict[int, set[str]] = defaultdict(set)
        past = getattr(Call.history.model, name)
        for row, key in past.filter(history__in=[row.pk for row in rows]).values_list(
            "history_id", "code_id"
        ):
            kept[row].add(key)
        for row in rows:
            setattr(row, f"{name}_then", kept[row.pk])


def _change(row: Any, fields: tuple[str, ...]) -> HistoryEntry:
    who = row.history_user.get_role_display() if row.history_user else ""
    return HistoryEntry(row.history_date, who, capfirst(str(Call._meta.verbose_name)), not fields, fields)


def _differing(before: Any, after: Any) -> Iterator[str]:
    """Labels. When nothing that the history keeps differs, the secret text does."""
    names = [
        f.name
        for f in after.tracked_fields
        if f.name not in SILENT and getattr(before, f.attname) != getattr(after, f.attname)
    ]
    names += [
        name for name in Call.LISTS if getattr(before, f"{name}_then") != getattr(after, f"{name}_then")
    ]
    for name in names or ["note"]:
        yield capfirst(str(Call._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


# --- call ---
LINKED = 20  # calls that follow up one, shown
ROWS = ("caller_group", "caller_county", "referred_region", "referred_agency", "taken_by", "follow_up_of")


def readable_call(access: Access, code: uuid.UUID, rows: QuerySet[Call] | None = None) -> Call:
    rows = Call.objects.visible_to(access) if rows is None else rows
    call: Call = get_object_or_404(rows.select_related(*ROWS), code=code)
    access.require(May.VIEW_CALL)
    note_reading(access, call)
    return call


def crumbs(call: Call, *more: tuple[str, str]) -> dict[str, Any]:
    return {
        "breadcrumbs": [
            (_("Calls"), reverse("calls:list")),
            (minute(call.received_at), call.get_absolute_url()),
            *more,
        ]
    }


def shown(call: Call, access: Access) -> dict[str, Any]:
    """What the page of a call says, and what may be done with it. Four queries."""
    case = Case.objects.visible_to(access).filter(pk=call.case_id).first() if call.case_id else None
    others = Call.objects.visible_to(access).filter(Q(pk=call.follow_up_of_id) | Q(follow_up_of=call))
    linked = list(others.order_by("received_at")[:LINKED])
    lists = call.codes()
    outcomes = {code.key for code in lists["outcomes"]}
    return {
        "call": call,
        "lists": lists,
        "lacks_case": [*map(say, case_outcome(outcomes, has_case=bool(call.case_id), stored=True))],
        "case": case,
        "earlier": next((row for row in linked if row.pk == call.follow_up_of_id), None),
        "later": [row for row in linked if row.follow_up_of_id == call.pk],
        "waits": call.follow_up_due is not None and call.followed_up_at is None,
        "may_edit": can_edit_call(access, call),
        "own": call.taken_by_id == access.user.pk,
        "edit_until": call.created_at + timedelta(hours=settings.CALL_EDIT_HOURS),
        "may_log": access.may(May.LOG_CALL),
        "may_open": access.may(May.OPEN_CASE) and call.case_id is None and ground_of(call) is not None,
        "no_case": call.case_id is None and ground_of(call) is None,
        **thread_of(call, access),
    }


@require_safe
def detail(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    listed = CallList(request.GET, access, shown=False) if request.GET else None
    call = readable_call(access, code, listed.with_neighbours() if listed else None)
    return render(
        request, "cases/call_detail.html", {**shown(call, access), "listed": listed, **crumbs(call)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    call = readable_call(request.access, code)
    check_can_edit_call(request.access, call)
    title = _("Correct the call")
    context = {"title": title, "page": "cases/call_edit.html", **crumbs(call, (title, ""))}
    form = partial(EditCallForm, access=request.access)
    return save_or_compare(request, Task(call, form, _save, "call", context))


def _save(*, call: Call, fields: Iterable[str], by: Access) -> None:
    edit_call(call=call, lists=call.chosen_lists, fields=fields, by=by)
    forget("call-edit", call.code, by=by)


@require_POST
def follow_up_done(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    call = readable_call(request.access, code)
    if call.followed_up_at is None:
        try:
            finish_follow_up(call=call, by=request.access)
        except Conflict:
            messages.warning(request, _("Somebody else has just changed the call. Look at it again."))
            return redirect(call)
    messages.success(request, _("The follow-up is marked as done."))
    return redirect(call)


@require_safe
def history(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    call = readable_call(request.access, code)
    changes = changes_of(call)
    context = {"call": call, "changes": changes, **crumbs(call, (_("History"), ""))}
    response = render(request, "cases/call_history.html", context)
    note_reading(request.access, call, what="history")
    return response
