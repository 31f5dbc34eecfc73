"""Attempts at one account are counted apart for browsers that have signed in to it before.

Whoever sends wrong passwords for a colleague's address uses up the strangers' attempts only: the colleague,
at a browser that is known, is not locked out (the device cookie of OWASP's guidance). Nor by wrong passwords
from the same network address, which a whole office may share.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.models import User

DEVICE = f"{settings.COOKIE_PREFIX}known_browser"
DEVICE_DAYS = 180


def device_of(user: User) -> str:
    """What a known browser holds: says nothing to anybody else, and is void when the password is changed."""
    return f"{user.pk}:{_mark(user)}"


def is_known(request: HttpRequest, email: str) -> bool:
    """Whether somebody has signed in to this account at this browser before."""
    cookie = request.get_signed_cookie(DEVICE, default="", max_age=DEVICE_DAYS * 86400)
    user = User.objects.filter(email=email.strip().lower()).first() if cookie else None
    return user is not None and cookie == device_of(user)


def attempts_key(request: HttpRequest, email: str) -> str:
    """Under which failed attempts are counted: the account's known browsers, or everybody else."""
    return f"{email.strip().lower()}:{'known' if is_known(request, email) else 'stranger'}"


def _mark(user: User) -> str:
    return salted_hmac("accounts.throttle", f"{user.pk}:{user.password}").hexdigest()[:32]
