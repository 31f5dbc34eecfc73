"""Log a call while somebody is on the line: one page, then the next call."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import AuthenticatedRequest
from accounts.once import once, sent_before, token_of
from accounts.roles import May
from agencies.directory import duty_in
from audit.writer import record
from cases.actions.calls import can_edit_call, log_call
from cases.actions.consent import ground_of
from cases.drafts import forget
from cases.forms.call import NOT_FOR_US, OPEN_CASE, EarlierForm, EditCallForm, NewCallForm
from cases.forms.lists import Lists
from cases.models import Call
from cases.readings import note_reading
from cases.views.call import crumbs, readable_call, shown

# What the pressed button asks for beside saving: only to look, without script; nothing, since it was a wrong
# number. `OPEN_CASE` is the third.
LOOK, WRONG = "look", "wrong"


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access
    access.require(May.LOG_CALL)
    lists = Lists(access.today, access)
    data = wrong_number(request.POST) if request.method == "POST" else None
    token, calls = token_of(request.POST), Call.objects.visible_to(access)
    if data is None and (made := sent_before(token_of(request.GET), calls, by=access)):
        return _gone_back_to(request, made)
    looked = data if data is not None and data.get("go") == LOOK else None
    form = NewCallForm(
        None if looked else data, access=access, lists=lists, initial=typed(looked) if looked else None
    )
    if data is not None and not looked and (made := sent_before(token, calls, by=access)):
        return _sent_again(request, made, form, data)
    if data is not None and not looked and form.ready():
        facts = {"call": form.instance, "lists": form.chosen_lists}
        log = partial(log_call, **facts, by=access, still_waits=form.cleaned_data["called_before"])
        call = once(token, log, calls, by=access)
        forget("call", token, by=access)
        return redirect(after(call, data))
    return _page(request, form, looked)


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
        "another": uuid.uuid4(), **crumbs(call, (title, "")),
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
    access = request.access
    access.require(May.LOG_CALL)
    form = EarlierForm(request.GET, lists=Lists(access.today, access))
    calls = form.found(access)
    record(access, "call.find", rows=len(calls), search_kind=",".join(form.changed_data))
    return render(request, "cases/_call_earlier.html", {"earlier_form": form, "calls": calls, "looked": True})


@require_safe
def saved(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    """What was saved, and the way to the next call."""
    access = request.access
    access.require(May.LOG_CALL)
    call = readable_call(access, code)
    return render(request, "cases/call_detail.html", {**shown(call, access), "saved": True, **crumbs(call)})
