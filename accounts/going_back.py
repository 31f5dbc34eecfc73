"""Where to go when something is done: an address that came with the request, if it is ours."""

from __future__ import annotations

from django.conf import settings
from django.utils.http import url_has_allowed_host_and_scheme


def ours(address: str) -> str:
    """The address, if it is a path of the register; else the first page."""
    is_path = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_path else settings.LOGIN_REDIRECT_URL
