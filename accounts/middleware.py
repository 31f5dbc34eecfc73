"""What all middlewares are, and the one that gives every signed-in request its `access`.

How a view reads what such a request has posted, and leads on to another page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import translation

from accounts.access import Access
from accounts.models import User


class AuthenticatedRequest(HttpRequest):
    """A request of somebody signed in: views behind LoginRequiredMiddleware are typed with it."""

    user: User
    access: Access


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form sent, be it empty; None where the form is to be shown."""
    return request.POST if request.method == "POST" else None


def lead_on(request: HttpRequest, words: object, *to: Any) -> HttpResponse:
    """Return the way to another page, which says first what was done."""
    messages.success(request, str(words))
    return redirect(*to)


def turn_back(request: HttpRequest, words: object, *to: Any) -> HttpResponse:
    """Return the way to another page, which says first why nothing was done."""
    messages.warning(request, str(words))
    return redirect(*to)


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
