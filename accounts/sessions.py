"""A session ends when nobody has done anything for a while, and is good for nothing without a second
factor."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode

from accounts.models import User

SEEN = "seen_at"
FACTOR = "second_factor_set_up"
BACKGROUND = "X-Background"  # polls and draft saves: not somebody at the keyboard
EVERY = 30  # seconds between writes of when somebody was seen last
OPEN = (
    "/accounts/",
    "/language/",
    "/theme/",
    "/session/",
    "/healthz",
    "/accessibility/",
    "/privacy/",
    "/help/",
)

GetResponse = Callable[[HttpRequest], HttpResponse]


class IdleMiddleware:
    """Ends a session after IDLE_MINUTES without a request of the user's own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if seconds_left(request) <= 0:
                logout(request)
                request.access = None  # type: ignore[attr-defined]
                if not request.path.startswith(OPEN):
                    return _sign_in_again(request)
            elif not request.headers.get(BACKGROUND) and not request.path.startswith("/session/"):
                touch(request)
        return self.get_response(request)


class SecondFactorMiddleware:
    """Leads whoever has no second factor yet to setting one up; nothing else opens before."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _lacks_second_factor(request) and not request.path.startswith(OPEN):
            return redirect("mfa_index")
        return self.get_response(request)


def seconds_left(request: HttpRequest) -> int:
    return int(request.session.get(SEEN, time.time()) + settings.IDLE_MINUTES * 60 - time.time())


def touch(request: HttpRequest, *, now: bool = False) -> None:
    """Somebody is there. Written at most every half minute, unless asked for `now`."""
    if now or time.time() - request.session.get(SEEN, 0) > EVERY:
        request.session[SEEN] = int(time.time())


def state(request: HttpRequest) -> dict[str, object]:
    """What a page may know of its session: whose it is (as a mark), the seconds left, and a token for its
    forms."""
    if not request.user.is_authenticated:
        return {"user": "", "left": 0, "token": ""}
    return {"user": mark(request.user), "left": seconds_left(request), "token": get_token(request)}


def mark(user: User) -> str:
    """Tells a page that the same user has signed in again, without saying who."""
    return salted_hmac("accounts.sessions", str(user.pk)).hexdigest()[:16]


def _lacks_second_factor(request: HttpRequest) -> bool:
    if (
        not settings.SECOND_FACTOR_REQUIRED
        or not request.user.is_authenticated
        or request.session.get(FACTOR)
    ):
        return False
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    if Authenticator.objects.filter(user=request.user, type__in=kinds).exists():
        request.session[FACTOR] = True
        return False
    return True


def _sign_in_again(request: HttpRequest) -> HttpResponse:
    back = request.get_full_path() if request.method == "GET" else request.path
    return redirect(f"{reverse('account_login')}?{urlencode({'next': back, 'ended': '1'})}")
