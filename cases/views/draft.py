"""Drafts of forms, asked for by static/nmt/draft.js. They do not keep a session alive: see
`accounts.sessions`."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import AuthenticatedRequest
from accounts.once import code_of
from cases.drafts import KINDS, TooLong, fields_of, forget, keep, latest


def _permit(request: AuthenticatedRequest, kind: str) -> None:
    if kind not in KINDS:
        raise Http404
    request.access.require(KINDS[kind])


@require_safe
def offer(request: AuthenticatedRequest, kind: str) -> HttpResponse:
    """The draft that waits, if any. `subject` asks for that of one row."""
    _permit(request, kind)
    subject = code_of(request.GET.get("subject"))
    if subject is None and "subject" in request.GET:
        raise Http404
    draft = latest(kind, request.access, subject=subject)
    if draft is None:
        return JsonResponse({})
    local = timezone.localtime(draft.updated_at)
    time = date_format(
        local, "TIME_FORMAT" if local.date() == request.access.today else "SHORT_DATETIME_FORMAT"
    )
    return JsonResponse({"subject": str(draft.subject), "time": time, "fields": fields_of(draft)})


@require_POST
def save(request: AuthenticatedRequest, kind: str, subject: uuid.UUID) -> HttpResponse:
    _permit(request, kind)
    try:
        refused = keep(kind, subject, dict(request.POST.lists()), by=request.access)
    except TooLong:
        text = _("The text is too long for a draft. What you write now is not kept until you save.")
        return JsonResponse({"refused": [], "text": text}, status=413)
    time = date_format(timezone.localtime(request.access.at), "TIME_FORMAT")
    text = _("Draft saved {time}").format(time=time)
    if refused:
        text = _("Draft saved {time}, without what may not be kept").format(time=time)
    return JsonResponse({"refused": refused, "text": text})


@require_POST
def discard(request: AuthenticatedRequest, kind: str, subject: uuid.UUID) -> HttpResponse:
    _permit(request, kind)
    forget(kind, subject, by=request.access)
    return JsonResponse({"text": _("The draft is discarded.")})
