"""What surrounds every request: headers that no package sets, and the short way of public pages.

Headers say what pages may use of the browser, and who may embed or keep them. `is_near` says whether a
request comes from the machine that the register runs on.
"""

from __future__ import annotations

from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve, reverse

from accounts.access import Middleware
from nmt_site.logs import named

# A proxy adds one of these: what came through it came from elsewhere, whoever asks us.
FORWARDED: Final = tuple(
    f"HTTP_{name}" for name in ("X_FORWARDED_FOR", "X_FORWARDED_PROTO", "X_REAL_IP", "FORWARDED", "VIA")
)


def is_local(request: HttpRequest) -> bool:
    """Whether the machine itself asks: through no proxy, whoever that would ask for."""
    near = _is_loopback(str(request.META.get("REMOTE_ADDR", "")))
    return near and request.META.keys().isdisjoint(FORWARDED)


def _is_loopback(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:  # a socket of this machine has none: who listens there is a proxy
        return False
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_loopback


NONE: Final = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture"),
    *("encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection"),
    *("magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock"),
    *("serial", "usb", "xr-spatial-tracking"),
)
OWN: Final = ("publickey-credentials-create", "publickey-credentials-get")  # security keys and passkeys
HEADERS: Final = {
    "Permissions-Policy": ", ".join([*(f"{name}=()" for name in NONE), *(f"{name}=(self)" for name in OWN)]),
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}


class HeadersMiddleware(Middleware):
    """Outermost: names the request for the log, and gives every answer its headers."""

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


class PublicPagesMiddleware(Middleware):
    """Answer a public page in place of every middleware after this one.

    A public page is the same for everybody: it needs no session, account, token or transaction. Those before
    this one give it what it needs: headers, the policy, https, the line in the log, the check of the host,
    and the language of an error page. Its view makes the rest: language by address, no cookie, conditional
    answers. Django has no middleware by address, but lets each of them answer without the next.

    Three kinds of requests go the whole way. Whoever has a session does something, and does not become idle.
    An address that leads nowhere has the usual error page, whose forms need a token. What is posted is
    refused as everywhere.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_for_everybody(request):
            with suppress(Http404):
                return _public_page(request)
        return self.get_response(request)


def _is_for_everybody(request: HttpRequest) -> bool:
    only_reads = request.method in {"GET", "HEAD"}
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    return only_reads and not has_session and request.path_info.startswith("/statistik/")


def _public_page(request: HttpRequest) -> HttpResponse:
    """Return the answer of the view. Raises Http404 where no view of this address is open to everybody."""
    match = request.resolver_match = resolve(request.path_info)
    if getattr(match.func, "login_required", True):  # LoginRequiredMiddleware comes later
        raise Http404
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response
