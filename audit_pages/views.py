"""The audit log in the browser: who read, changed and exported what. Reading it is recorded as well."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Access, AuthenticatedRequest
from accounts.roles import May, role_in_words
from audit.models import Event
from audit.writer import record
from audit_pages.filter import AuditFilter, AuditFilterForm
from audit_pages.job_kinds import VERIFY
from audit_pages.proof import chain_words, earlier_break, last_verified
from audit_pages.scope import READS
from audit_pages.words import field_words, how, object_words, words
from jobs.kinds import enqueue

SIZE: Final = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def audit(request: AuthenticatedRequest) -> HttpResponse:
    """By POST what is looked for, which leads to an address without numbers and e-mails."""
    access = request.access.require(*READS)
    listed = AuditFilter(request.GET, access)
    form = AuditFilterForm(request.POST) if request.method == "POST" else listed.form()
    if form.is_valid():
        return redirect(f"{reverse('audit_pages:audit')}{form.address(listed.events)}")
    found, previous, following = page(listed)
    context = _chain(access) | {
        "form": form,
        "lines": [_line(one) for one in found],
        "chosen": listed.chosen,
        "previous": listed.address(before=found[0].sequence) if previous else "",
        "next": listed.address(after=found[-1].sequence) if following else "",
        "may_extract": access.may(May.EXTRACT_ANY_CASE),
    }
    record(access, "audit.list", rows=len(found), search_kind=",".join(listed.chosen))
    return render(request, "audit_pages/audit.html", context)


def _line(event: Event) -> dict[str, object]:
    """An event as it is shown. How is not said where the object says it, such as what kind of run it is."""
    is_said = event.search_kind and event.target_label.startswith(event.search_kind)
    return {
        "event": event,
        "what": words(event.action),
        "how": "" if is_said else how(event.search_kind),
        "role": role_in_words(event.role),
        "fields": field_words(event.target_kind, event.fields),
        "label": object_words(event.target_kind, event.target_label),
    }


def _chain(access: Access) -> dict[str, Any]:
    """What the page says of the chain, to who may have it verified."""
    may_verify = access.may(May.VIEW_AUDIT_LOG)
    state = last_verified() if may_verify else None
    return {
        "state": state,
        "state_words": chain_words(state) if state else "",
        "earlier_break": earlier_break() if state and state.whole else None,
        "may_verify": may_verify,
    }


def page(listed: AuditFilter) -> tuple[list[Event], bool, bool]:
    """Newest first, by key: fifty events, and whether there is more before and after them. One query a part:
    the next of all are among the next of each."""
    back = listed.before is not None
    nearest = {event.sequence: event for part in listed.parts for event in _nearest(part, listed)}
    events = [nearest[sequence] for sequence in sorted(nearest, reverse=not back)]
    more, events = len(events) > SIZE, events[:SIZE]
    if back:
        return events[::-1], more, bool(events)
    return events, listed.after is not None and bool(events), more


def _nearest(part: QuerySet[Event], listed: AuditFilter) -> QuerySet[Event]:
    if listed.before is not None:
        part = part.filter(sequence__gt=listed.before).reverse()
    elif listed.after is not None:
        part = part.filter(sequence__lt=listed.after)
    return part[: SIZE + 1]


@require_POST
def verify_audit(request: AuthenticatedRequest) -> HttpResponse:
    """Proving hundreds of thousands of events takes longer than a request may."""
    return redirect(enqueue(VERIFY, by=request.access))
