"""Every name of django-allauth that is not promised to stay, in one place.

`tests/accounts/test_seams.py` fails when one of them is gone; the package is held below its next major
version.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.internal import ratelimit
from django.http import HttpRequest

from accounts.throttle import attempts_key, is_known

__all__ = ["SlowedAdapter", "present_request"]


def present_request() -> HttpRequest | None:
    """The request that the library is answering; None outside a request."""
    request: HttpRequest | None = context.request
    return request


class SlowedAdapter(DefaultAccountAdapter):
    """Attempts to sign in, counted apart for browsers that are known."""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return attempts_key(request, str(credentials.get("email", "")))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """One attempt. Those of a known browser are counted by the account alone, not by the network
        address."""
        email = str(credentials.get("email", ""))
        self._login_failed_rl_usage = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed_known" if is_known(request, email) else "login_failed",
            key=attempts_key(request, email),
        )
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")
