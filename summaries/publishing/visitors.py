"""What a public page is given instead of a visitor: nothing in it depends on who asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _


def frame(path: str, language: str) -> dict[str, Any]:
    """The names of the base template, filled without a request: no user, no cookie, no token."""
    suffix = "?lang=en" if language == "en" else ""
    menu = [
        (_("Statistics"), "public:start"),
        (_("All years"), "public:series"),
        (_("About the statistics"), "public:about"),
    ]
    return {
        "demo": settings.DEMO,
        "version": settings.VERSION,
        "public_home": reverse("public:start") + suffix,
        "public_nav": [
            {"label": label, "url": reverse(name) + suffix, "current": reverse(name) == path, "exact": True}
            for label, name in menu
        ],
        "other_language": {"code": "sv", "name": "Svenska", "url": path}
        if language == "en"
        else {"code": "en", "name": "English", "url": f"{path}?lang=en"},
        "suffix": suffix,
        "path": path,
        "site_address": settings.SITE_ADDRESS,
        "statistics_contact": getattr(settings, "STATISTICS_CONTACT", settings.DEFAULT_FROM_EMAIL),
    }


class SameForAll:
    """Takes off what other layers say about visitors, so that a cache may keep one copy, and one that is
    packed: no cookie, and no Vary but by that."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(response, "same_for_all", False):
            response.cookies.clear()
            del response["Vary"]
            if varies := getattr(response, "varies", ""):
                response["Vary"] = varies
        return response
