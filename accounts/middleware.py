"""What all middlewares are, and the one that gives every signed-in request its `access`."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from accounts.access import Access
from accounts.models import User


class AuthenticatedRequest(HttpRequest):
    """A request of somebody signed in: views behind LoginRequiredMiddleware are typed with it."""

    user: User
    access: Access


class Middleware:
    """What Django asks of every middleware: it is made once, with whatever answers after it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response


class AccessMiddleware(Middleware):
    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and user.language:
            translation.activate(user.language)  # the user's own choice, at every browser
            request.LANGUAGE_CODE = user.language
        request.access = Access.of(user) if isinstance(user, User) and user.works else None  # type: ignore[attr-defined]
        return self.get_response(request)
