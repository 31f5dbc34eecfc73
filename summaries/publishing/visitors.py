"""What a public page is given instead of a visitor: nothing in it depends on who asks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
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
