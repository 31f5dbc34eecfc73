"""What stands between signing in and the pages: the session has not ended, the account is open, a second
factor is set up, and the terms are accepted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.invitations import ask_for_code
from accounts.sessions import BACKGROUND, OPEN, ask_for_second_factor, end, ended, touch
from accounts.terms import ask_for_terms


class EntryMiddleware:
    """Leads whoever has signed in to the first step that is left. The end of a session and the terms hold
    what is sent too, but only when it has shown that it comes from a page of ours: then it may be kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

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
