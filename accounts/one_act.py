"""What the sign-in library does at one address is one transaction with its events: unrecorded, it is not
done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Final

from django.contrib.messages.storage import default_storage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver

from accounts.access import Access
from accounts.models import User
from audit.writer import record

View = Callable[..., HttpResponse]
# Nothing is changed there, but what is shown opens the account.
SHOWN: Final = {
    "mfa_view_recovery_codes": "user.codes_read",
    "mfa_download_recovery_codes": "user.codes_read",
}


def one_act(addresses: Sequence[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The same addresses, each view within a transaction."""
    for address in addresses:
        if isinstance(address, URLPattern):
            address.callback = _whole(address.callback, SHOWN.get(address.name or "", ""))
        else:
            one_act(address.url_patterns)
    return list(addresses)


def _whole(view: View, shown: str) -> View:
    @wraps(view)
    def act(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        if request.method in {"GET", "HEAD"} and not request.user.is_authenticated:
            return view(
                request, *args, **options
            )  # only looks; and a writer of SQLite's must not keep the door shut
        back = _as_it_was(request)
        try:
            with transaction.atomic():
                response = view(request, *args, **options)
                if shown and response.status_code == 200 and isinstance(request.user, User):
                    record(Access.of(request.user), shown, request.user)
                return response
        except Exception:
            back()
            raise

    return act


def _as_it_was(request: HttpRequest) -> Callable[[], None]:
    """The database takes itself back; this does it for the browser: neither signed in nor out, and told of
    nothing."""
    user, key, environment = request.user, request.session.session_key, dict(request.META)

    def back() -> None:
        request.user = user
        request.session = type(request.session)(key)
        request._messages = default_storage(request)  # type: ignore[attr-defined]
        request.META.update(environment)
        request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)

    return back
