"""Headers that Django and django-csp do not set: what pages may use of the browser, and who may embed or keep
them.

Whether a request comes from the machine that the register runs on.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from nmt_site.logs import named

# A proxy adds one of these: what came through it came from elsewhere, whoever asks us.
FORWARDED: Final = tuple(
    f"HTTP_{name}" for name in ("X_FORWARDED_FOR", "X_FORWARDED_PROTO", "X_REAL_IP", "FORWARDED", "VIA")
)


def is_near(request: HttpRequest) -> bool:
    """Whether the machine itself asks: through no proxy, whoever that would ask for."""
    near = _is_loopback(str(request.META.get("REMOTE_ADDR", "")))
    return near and not any(header in request.META for header in FORWARDED)


def _is_loopback(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:  # a socket of this machine has none: who listens there is a proxy
        return False
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_loopback


NONE: Final = (
    "accelerometer",
    "autoplay",
    "bluetooth",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
OWN: Final = ("publickey-credentials-create", "publickey-credentials-get")  # security keys and passkeys
HEADERS: Final = {
    "Permissions-Policy": ", ".join([*(f"{name}=()" for name in NONE), *(f"{name}=(self)" for name in OWN)]),
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}


class HeadersMiddleware:
    """Outermost: names the request for the log, and gives every answer its headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with named(request):
            response = self.get_response(request)
        if getattr(response, "same_for_all", False):
            _take_off_the_visitor(response)
        else:
            response.headers["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if getattr(request, "access", None) is not None:
            # What somebody signed in has read is not left on the disk of a laptop.
            response.headers["Cache-Control"] = "no-store, private"
        if request.method == "POST" and request.path == reverse("account_logout"):
            response.headers["Clear-Site-Data"] = '"cache", "storage"'  # known browsers stay known
        return response


def _take_off_the_visitor(response: HttpResponse) -> None:
    """No cookie, and no Vary but by what packs the page: a cache keeps one copy for everybody."""
    response.cookies.clear()
    del response["Vary"]
    if varies := getattr(response, "varies", ""):
        response["Vary"] = varies
