"""What stands between signing in and the pages: the session has not ended, the account is open, a second
factor is set up, and the terms of use with the reminder of secrecy are accepted, once a version.

A version is a text, `account/terms_N.html`, which stays as it is for ever: what somebody has accepted can be
read again. A changed text is a version more, and everybody is asked anew.
"""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.access import Access, Middleware
from accounts.invitations import ask_for_code
from accounts.models import TermsAccepted
from accounts.sessions import BACKGROUND, OPEN, ask_for_second_factor, end, ended, touch
from audit.writer import record

ACCEPTED: Final = "terms_accepted"  # in the session: the version, so that it is asked for once
BEFORE: Final = (*OPEN, "/account/terms/")


def lacks_terms(request: HttpRequest) -> bool:
    """Whether what is asked for has to wait until its sender has accepted the terms."""
    if not request.user.is_authenticated or request.path.startswith(BEFORE) or has_accepted(request):
        return False
    return request.method != "POST" or not request.session.get(ACCEPTED)


def ask_for_terms(request: HttpRequest) -> HttpResponse | None:
    """Leads whoever has not accepted the terms of today to the page that asks for it, when all else has shown
    who it is. What is sent from a page that was open when a new version came is still done; what is sent in a
    session that has accepted none is not, and may be kept for its sender (`cases.drafts`)."""
    if not lacks_terms(request):
        return None
    back = request.get_full_path() if request.method == "GET" else getattr(request, "kept_at", "/")
    return redirect(f"{reverse('terms')}?{urlencode({'next': back})}")


def has_accepted(request: HttpRequest) -> bool:
    """Whether who asks has accepted the terms of today: found out once a session. Version 0: there are
    none."""
    version = settings.TERMS_VERSION
    if version in {0, request.session.get(ACCEPTED)}:
        return True
    if TermsAccepted.objects.filter(user=request.user.pk, version=version).exists():
        request.session[ACCEPTED] = version
        return True
    return False


@transaction.atomic
def accept_terms(*, by: Access) -> None:
    """The version of today; accepted again, nothing happens. Version 0: there are no terms."""
    if not settings.TERMS_VERSION:
        return
    row, new = TermsAccepted.objects.get_or_create(
        user=by.user, version=settings.TERMS_VERSION, defaults={"at": by.at}
    )
    if new:
        record(by, "user.terms", row)


class EntryMiddleware(Middleware):
    """Leads whoever has signed in to the first step that is left. The end of a session and the terms hold
    what is sent too, but only when it has shown that it comes from a page of ours: then it may be kept."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return _step_left(request) or self.get_response(request)

    def process_view(self, request: HttpRequest, _view: object, *_called: Any) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        if ended(request):
            return end(request)
        return ask_for_terms(request) if request.method == "POST" else None


def _step_left(request: HttpRequest) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return None
    sent = request.method == "POST"
    if ended(request):
        if not sent or request.path.startswith(OPEN):
            return end(request)
    elif not request.headers.get(BACKGROUND) and not request.path.startswith("/session/"):
        touch(request)
    answer = ask_for_code(request) or ask_for_second_factor(request)
    return answer if answer or sent else ask_for_terms(request)
