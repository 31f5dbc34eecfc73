"""What somebody sent when their session had ended, and the button that sends it again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import AuthenticatedRequest
from cases.drafts import FREE
from cases.models import SentLate
from cases.sent_late import LATE, pairs_of
from cases.wording import LABELS, minute


@never_cache
@require_safe
def sent_late(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(SentLate.objects.visible_to(request.access), code=code)
    sent = pairs_of(row)
    context = {
        "row": row,
        "when": minute(row.sent_at),
        "sent": sent,
        "texts": list(_texts(sent)),
        "left_out": [_label(name) for name in row.left_out],
        "late": LATE,
        "breadcrumbs": [(_("Sent, and not done"), "")],
    }
    return render(request, "cases/sent_late.html", context)


@require_POST
def discard(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    get_object_or_404(SentLate.objects.visible_to(request.access), code=code).delete()
    messages.success(request, _("What you had sent is thrown away. Nothing of it was saved."))
    return redirect(settings.LOGIN_REDIRECT_URL)


def _texts(sent: list[tuple[str, str]]) -> Iterator[tuple[str | Promise, str]]:
    """What was written, for the one who wrote it to know it again; codes and numbers say little."""
    for name, value in sent:
        if name.rpartition("-")[2] in FREE and value.strip():
            yield _label(name), value


def _label(name: str) -> str | Promise:
    last = name.rpartition("-")[2]
    return LABELS.get(last, _("Note") if last == "note" else last.replace("_", " "))
