"""Attempts at one account are counted apart for browsers that have signed in to it before.

Whoever sends wrong passwords for a colleague's address uses up the strangers' attempts only: the colleague, at a
browser that is known, is not locked out (the device cookie of OWASP's guidance).
"""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from agencies.models import User

DEVICE = "known_browser"
DEVICE_DAYS = 180


def device_of(user: User) -> str:
    """What a known browser holds: says nothing to anybody else, and is void when the password is changed."""
    return f"{user.pk}:{_mark(user)}"


def attempts_key(request: HttpRequest, email: str) -> str:
    """Under which failed attempts are counted: the account's known browsers, or everybody else."""
    email = email.strip().lower()
    cookie = request.get_signed_cookie(DEVICE, default="", max_age=DEVICE_DAYS * 86400)
    user = User.objects.filter(email=email).first() if cookie else None
    known = user is not None and cookie == device_of(user)
    return f"{email}:{'known' if known else 'stranger'}"


def _mark(user: User) -> str:
    return salted_hmac("agencies.throttle", f"{user.pk}:{user.password}").hexdigest()[:32]
