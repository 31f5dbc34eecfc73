"""Sign-ins and failures in the audit trail: Django tells of them by its own signals."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from agencies.access import Access
from agencies.models import User
from agencies.sessions import touch
from audit.writer import System, record


@receiver(user_logged_in)
def signed_in(sender: Any, request: HttpRequest | None, user: User, **_kwargs: Any) -> None:
    if request is not None:
        touch(request, now=True)
    record(Access.of(user), "user.sign_in", user)


@receiver(user_logged_out)
def signed_out(sender: Any, user: User | None, **_kwargs: Any) -> None:
    if user is not None:
        record(Access.of(user), "user.sign_out", user)


@receiver(user_login_failed)
def refused(sender: Any, **_kwargs: Any) -> None:
    """Not what was typed: it may be a password, or somebody else's address."""
    record(System(actor=""), "user.sign_in_refused")
