"""What every page is given: the frame around its content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest

from accounts.access import Access
from accounts.sessions import mark
from nmt_site import navigation
from nmt_site.demonstration import ways_in

THEMES: Final = ("light", "dark")


@dataclass(frozen=True, slots=True)
class StandIn:
    region: str
    until: date | None


def site(request: HttpRequest) -> dict[str, Any]:
    """No query. `request.access` is absent or None where nobody is signed in."""
    access: Access | None = getattr(request, "access", None)
    theme = request.COOKIES.get("theme", "")
    return {
        "demo": settings.DEMO,
        "training": settings.TRAINING,
        "training_address": settings.TRAINING_ADDRESS,
        "ways_in": ways_in(request) if access is None else [],
        "eid_name": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        "sends_letters": bool(settings.EMAIL_HOST),
        "version": settings.VERSION,
        "theme": theme if theme in THEMES else "",
        "signed_in_as": str(access.role.label) if access else "",
        "deputy": stands_in(access) if access else [],
        "nav": navigation.items_for(access, request.path),
        "account_nav": navigation.account_items(access, request.path),
        "search_url": navigation.search_address(access),
        "public_nav": navigation.public_items(request.path),
        "public_home": navigation.in_language(navigation.address("public:start"))
        if settings.PUBLIC_PAGES
        else "",
        "sign_out_url": navigation.address("account_logout"),
        "idle_minutes": settings.IDLE_MINUTES,
        "idle_warning_minutes": settings.IDLE_WARNING_MINUTES,
        "session_mark": mark(access.user) if access else "",
    }


def stands_in(access: Access) -> list[StandIn]:
    """The regions whose coordinator this person replaces today, and until when."""
    return [StandIn(str(access.names[code]), until) for code, until in access.deputy]
