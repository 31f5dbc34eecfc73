"""What is sent when a session has ended, or before the terms of today are accepted: kept for whoever sent it,
shown when that is done, and sent again by a press of a button. The scanner holds here as for drafts; no
script is needed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.access import Access
from accounts.acting import acting_as
from accounts.models import SentForm
from accounts.once import code_of, token_of
from accounts.sessions import BACKGROUND, OPEN, ended
from accounts.terms import lacks_terms
from cases.drafts import MOST, fit
from cases.models import SentLate

LATE: Final = "sent_late"  # the field by which a form that is sent again names what was kept
STEP: Final = "go"  # which button of the form was pressed


def keep_if_late(request: HttpRequest) -> None:
    """Files are not kept, and nothing that a page sends by itself."""
    access: Access | None = getattr(request, "access", None)
    if access is None or request.method != "POST" or not waits(request):
        return
    if request.headers.get(BACKGROUND) or request.path.startswith(OPEN) or request.FILES:
        return
    with acting_as(access):
        kept = keep(request.get_full_path(), dict(request.POST.lists()), by=access)
    if kept is not None:
        request.kept_at = reverse("cases:sent_late", args=[kept.code])  # type: ignore[attr-defined]


def forget_if_done(request: HttpRequest, response: HttpResponse) -> None:
    """What was kept is gone when it has been sent again and done."""
    access: Access | None = getattr(request, "access", None)
    if access is None or request.method != "POST" or response.status_code != 302:
        return
    if code := code_of(request.POST.get(LATE)):
        with acting_as(access):
            if _is_done(request, access):
                SentLate.objects.visible_to(access).filter(code=code).delete()


def waits(request: HttpRequest) -> bool:
    """Whether what is sent is not done now."""
    return ended(request) or lacks_terms(request)


def _is_done(request: HttpRequest, access: Access) -> bool:
    """A page that leads on has not always done what was sent: it was held back on its way, or the form that
    makes a row has made none."""
    if request.resolver_match is None or waits(request):
        return False
    token = token_of(request.POST)
    if token is None:
        return True
    return SentForm.objects.filter(sender=access.user, token=token).exists()


@transaction.atomic
def keep(address: str, data: Mapping[str, list[str]], *, by: Access) -> SentLate | None:
    """What was sent, without what may not be kept; None where it is too long. No audit: nothing is done."""
    SentLate.objects.expired(by.at).delete()
    fields, left_out = fit({name: values for name, values in data.items() if name != LATE})
    if STEP in data:
        fields[STEP] = data[STEP]
    body = json.dumps(fields, ensure_ascii=False)
    if len(body) > MOST or len(address) > 500:
        return None
    return SentLate.objects.create(
        owner=by.user, address=address, body=body, left_out=left_out, sent_at=by.at
    )


def pairs_of(row: SentLate) -> list[tuple[str, str]]:
    """Names and values to send again; none where the key is lost."""
    try:
        fields: dict[str, list[str]] = json.loads(row.body)
    except ValueError:
        return []
    return [(name, value) for name, values in fields.items() for value in values]
