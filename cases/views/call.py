"""One call: its page, corrections within the window, follow-up, history.

The list of calls: by date, county, region, who took it and follow-up. State is in the address.

Log a call while somebody is on the line: one page, then the next call.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar, Final

from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Access, AuthenticatedRequest, lead_on, turn_back
from accounts.roles import May, role_in_words
from accounts.transactions import idempotent, sent_before, token_of
from agencies.directory import duty_in
from audit.writer import record
from cases.access_log import note_reading
from cases.actions.base import Conflict, ground_of
from cases.actions.calls import can_edit_call, check_can_edit_call, edit_call, finish_follow_up, log_call
from cases.drafts import forget
from cases.forms.call import NOT_FOR_US, OFFERED, OPEN_CASE, EarlierForm, EditCallForm, NewCallForm
from cases.forms.fields import EVERY, Lists
from cases.models import Call, Case, LastList
from cases.pages import Order
from cases.querysets import CallQuerySet
from cases.rules.consent import case_outcome
from cases.views.fetch import form_view
from cases.views.list_page import FilterForm, ListChoice, Listing, Select, by, one_of
from cases.views.notification import thread_of
from cases.views.versions import EditTask, HistoryEntry, save_or_compare
from cases.wording import minute, say

ORDERS: Final = {
    "received": Order(("received_at", "pk")),
    "caller": Order(("caller_group_id", "received_at", "pk")),
    "taken": Order(("taken_by_id", "received_at", "pk")),
}
DUE, PLANNED, DONE = "due", "planned", "done"


class CallFilterForm(FilterForm):
    """By date, county, region, responsible and follow-up only: never by what is sensitive."""

    by_words = FilterForm.by_words | {"region": ("region", gettext_lazy("Referred to region"))}
    field_order = ("year", "from", "to", "county", "region", "taken", "follow_up")
    since, until = gettext_lazy("Received from"), gettext_lazy("Received to")

    taken = one_of(gettext_lazy("Taken by"), ("me", gettext_lazy("Me")))
    follow_up = one_of(
        pgettext_lazy("call", "Follow-up"),
        (DUE, gettext_lazy("Due")),
        (PLANNED, gettext_lazy("Planned")),
        (DONE, gettext_lazy("Done")),
    )


FOLLOW_UPS: Final[Mapping[str, Callable[[CallQuerySet, Access], QuerySet[Any]]]] = {
    DUE: lambda calls, access: calls.filter(follow_up_due__lte=access.today, followed_up_at__isnull=True),
    PLANNED: lambda calls, access: calls.filter(follow_up_due__isnull=False, followed_up_at__isnull=True),
    DONE: lambda calls, access: calls.filter(followed_up_at__isnull=False),
}


class CallList(Listing):
    model, filter_form, orders, first = Call, CallFilterForm, ORDERS, "-received"
    url, title = "calls:list", gettext_lazy("Calls")
    filters: ClassVar[Mapping[str, Select]] = {
        "year": lambda calls, year, access: calls.received_in(year),
        "from": by("received_on__gte"),
        "to": by("received_on__lte"),
        "county": by("caller_county"),
        "region": by("referred_region"),
        "taken": lambda calls, who, access: calls.filter(taken_by=access.user),
        "follow_up": lambda calls, state, access: FOLLOW_UPS[state](calls, access),
    }


@require_safe
def call_list(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access.require(May.VIEW_CALL)
    listed = CallList(request.GET, access)
    list_page = listed.page(_in_list)
    columns = ListChoice(listed, LastList.CALLS, (), access)
    context = {
        "calls": list_page.rows,
        "may_log": access.may(May.LOG_CALL),
        "may_export": access.may(May.EXPORT_ROWS),
        "today": access.today,
    }
    return columns.response(request, "cases/call_list.html", list_page, context)


def _in_list(calls: CallQuerySet, _access: Access) -> CallQuerySet:
    rows = calls.select_related("caller_group", "caller_county", "referred_region", "taken_by")
    return rows.prefetch_related("topics")


# Columns that the history of a call does not name.
SILENT: Final = {
    *("id", "code", "version", "created_at", "updated_at", "taken_by", "received_on"),
    *(f"{name}_answer" for name in Call.LISTS),
}


def changes_of(call: Call) -> list[HistoryEntry]:
    """The latest first. A save with its lists is several rows of history, but one version."""
    rows = Call.history.filter(id=call.pk).select_related("history_user")
    versions = {row.version: row for row in rows.order_by("history_date", "history_id")}
    held: dict[int, dict[str, Any]] = {}
    for row in versions.values():
        facts = {field.name: getattr(row, field.attname) for field in row.tracked_fields}
        held[row.pk] = facts | dict.fromkeys(Call.LISTS, frozenset())
    for name in Call.LISTS:
        past = getattr(Call.history.model, name).filter(history__in=held)
        for row, key in past.values_list("history_id", "code_id"):
            held[row][name] |= {key}

    found = []
    what = capfirst(str(Call._meta.verbose_name))
    before: dict[str, Any] = {}
    for row in versions.values():
        who = role_in_words(getattr(row.history_user, "role", ""))
        fields = tuple(_differing(before, held[row.pk])) if before else ()
        found.append(HistoryEntry(row.history_date, who, what, not fields, fields))
        before = held[row.pk]
    return found[::-1]


def _differing(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """Labels. When nothing that the history keeps differs, the secret text does."""
    names = [name for name in after if name not in SILENT and before[name] != after[name]]
    for name in names or ["note"]:
        yield capfirst(str(Call._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


LINKED = 20  # calls that follow up one, shown
ROWS = ("caller_group", "caller_county", "referred_region", "referred_agency", "taken_by", "taken_over_by",
        "follow_up_of")  # fmt: skip


def readable_call(access: Access, code: uuid.UUID, listed: Listing | None = None) -> Call:
    rows: Any = listed.with_neighbours if listed else Call.objects.visible_to(access)
    call: Call = get_object_or_404(rows.select_related(*ROWS), code=code)
    access.require(May.VIEW_CALL)
    note_reading(access, call)
    return call


def crumbs(call: Call, title: str = "") -> dict[str, Any]:
    steps = [(_("Calls"), reverse("calls:list")), (minute(call.received_at), call.get_absolute_url())]
    return {"breadcrumbs": [*steps, (title, "")] if title else steps}


def shown(call: Call, access: Access) -> dict[str, Any]:
    """What the page of a call says, and what may be done with it. Four queries."""
    case = Case.objects.visible_to(access).filter(pk=call.case_id).first() if call.case_id else None
    others = Call.objects.visible_to(access).filter(Q(pk=call.follow_up_of_id) | Q(follow_up_of=call))
    linked: dict[int | None, Call] = {row.pk: row for row in others.order_by("received_at")[:LINKED]}
    lists = call.codes()
    outcomes = {code.key for code in lists["outcomes"]}
    ground = ground_of(call)
    return {
        "call": call,
        "lists": lists,
        "lacks_case": [say(one) for one in case_outcome(outcomes, has_case=bool(call.case_id), stored=True)],
        "case": case,
        "earlier": linked.pop(call.follow_up_of_id, None),
        "later": list(linked.values()),
        "waits": call.follow_up_due is not None and call.followed_up_at is None,
        "may_edit": can_edit_call(access, call),
        "own": call.taken_by_id == access.user.pk,
        "edit_until": call.created_at + timedelta(hours=settings.CALL_EDIT_HOURS),
        "may_log": access.may(May.LOG_CALL),
        "may_open": access.may(May.OPEN_CASE) and call.case_id is None and ground is not None,
        "no_case": call.case_id is None and ground is None,
        **thread_of(call, access),
        **crumbs(call),
    }


@require_safe
def detail(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    listed = CallList.around(request)
    call = readable_call(request.access, code, listed)
    return render(request, "cases/call_detail.html", {**shown(call, request.access), "listed": listed})


@form_view
def edit(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    call = readable_call(request.access, code)
    check_can_edit_call(request.access, call)
    title = _("Correct the call")
    context = {"title": title, "page": "cases/call_edit.html", **crumbs(call, title)}
    task = EditTask(call, partial(EditCallForm, access=request.access), _save, context)
    return save_or_compare(request, task)


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
            return turn_back(request, _("Somebody else has just changed the call. Look at it again."), call)
    return lead_on(request, _("The follow-up is marked as done."), call)


@require_safe
def history(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    call = readable_call(request.access, code)
    changes = changes_of(call)
    context = {"call": call, "changes": changes, **crumbs(call, _("History"))}
    note_reading(request.access, call, what="history")
    return render(request, "cases/call_history.html", context)


# What the pressed button asks for beside saving: only to look, without script; nothing, since it was a wrong
# number. `OPEN_CASE` is the third.
LOOK, WRONG = "look", "wrong"


@form_view
def new(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access.require(May.LOG_CALL)
    of = {"GET": OFFERED}.get(str(request.method), EVERY)
    lists, calls = Lists(access.today, access, of), Call.objects.visible_to(access)
    if request.method != "POST":
        if made := sent_before(token_of(request.GET), calls, by=access):
            return _gone_back_to(request, made)
        return _page(request, NewCallForm(access=access, lists=lists), None)

    data = wrong_number(request.POST)
    if data.get("go") == LOOK:
        return _page(request, NewCallForm(access=access, lists=lists, initial=typed(data)), data)

    token, form = token_of(request.POST), NewCallForm(data, access=access, lists=lists)
    if made := sent_before(token, calls, by=access):
        return _sent_again(request, made, form, data)
    if not form.ready():
        return _page(request, form, None)
    facts = {"call": form.instance, "lists": form.chosen_lists}
    log = partial(log_call, **facts, by=access, still_waits=form.cleaned_data["called_before"])
    call = idempotent(token, log, calls, by=access)
    forget("call", token, by=access)
    return redirect(after(call, data))


def _gone_back_to(request: AuthenticatedRequest, call: Call) -> HttpResponse:
    """Return the way to the correction of a call that was saved, for who went back to its form."""
    if can_edit_call(request.access, call):
        messages.info(request, _("The call is saved already: here you can correct it."))
        return redirect("calls:edit", call.code)
    messages.info(request, _("The call is saved already: here it is. Nothing was saved twice."))
    return redirect(call)


def _sent_again(
    request: AuthenticatedRequest, call: Call, form: NewCallForm, data: QueryDict
) -> HttpResponse:
    """Return the way to the call that this form has made: after Back, or a double click.

    What was changed in the form since is shown as a correction of the call, to be saved there or as a call
    of its own.
    """
    access = request.access
    if not form.differs_from(call):
        messages.info(request, _("The call is saved already: here it is. Nothing was saved twice."))
        return redirect(after(call, data))
    if not can_edit_call(access, call):
        messages.warning(
            request,
            _("The call is saved already: here it is. What you have changed since is not saved: the time for "
              "corrections is over."),
        )  # fmt: skip
        return redirect(after(call, data))
    note_reading(access, call)
    typed_again = data.copy()
    if not data.get("clock_off"):
        typed_again["minutes"] = str(call.minutes or "")  # the clock ran on
    typed_again["version"] = "1"  # as the form made it: what somebody saved since is compared
    correction = EditCallForm(typed_again, instance=call, access=access, lists=form.lists)
    title = _("Correct the call")
    context = {
        "form": correction, "title": title, "back": call.get_absolute_url(), "unsaved": True,
        "another": uuid.uuid4(), **crumbs(call, title),
    }  # fmt: skip
    return render(request, "cases/call_edit.html", context)


def wrong_number(data: QueryDict) -> QueryDict:
    """What was sent; of a call that was for somebody else with the answers that nobody needs to give."""
    if data.get("go") != WRONG:
        return data
    data = data.copy()
    for name, word in NOT_FOR_US.items():
        if not any(data.getlist(name)):
            data.setlist(name, [word])
    return data


def typed(data: QueryDict) -> dict[str, Any]:
    """What was typed, to be shown again unjudged."""
    return {
        name: data.getlist(name) if name in Call.LISTS else data.get(name) for name in NewCallForm.base_fields
    }


def after(call: Call, data: QueryDict) -> str:
    if data.get("go") == OPEN_CASE and call.case_id is None and ground_of(call) is not None:
        return f"{reverse('cases:new')}?{urlencode({'call': str(call.code)})}"
    return reverse("calls:saved", args=[call.code])


def _page(request: AuthenticatedRequest, form: NewCallForm, looked: QueryDict | None) -> HttpResponse:
    access = request.access
    earlier = EarlierForm(looked, lists=form.lists)
    if looked is not None:
        form.offer_earlier({*form.calls.values(), *earlier.found(access)})
    context = {
        "form": form,
        "earlier_form": earlier,
        "looked": looked is not None,
        "counties": form.lists.counties,
        "county": form.county or "",
        "duty": duty_in(form.county.code, access.today) if form.county else None,
        "breadcrumbs": [(_("Calls"), reverse("calls:list")), (_("New call"), "")],
    }
    return render(request, "cases/call_new.html", context)


@require_safe
def earlier(request: AuthenticatedRequest) -> HttpResponse:
    """The calls that the new one may follow up, for the page to show without being left."""
    access = request.access.require(May.LOG_CALL)
    form = EarlierForm(request.GET, lists=Lists(access.today, access))
    calls = form.found(access)
    record(access, "call.find", rows=len(calls), search_kind=",".join(form.changed_data))
    return render(request, "cases/_call_earlier.html", {"earlier_form": form, "calls": calls, "looked": True})


@require_safe
def saved(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    """What was saved, and the way to the next call."""
    access = request.access.require(May.LOG_CALL)
    call = readable_call(access, code)
    return render(request, "cases/call_detail.html", {**shown(call, access), "saved": True})
