"""What must hold of where the register runs: asked at the start of the server and by `manage.py check`."""

from __future__ import annotations

import ctypes.util
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from accounts.models import DEMO_DOMAIN, User

PANGO: Final = ("pango-1.0", "pangoft2-1.0")
NEAR: Final = {"", "localhost", "127.0.0.1", "::1"}


def refuse_real_users() -> None:
    """Raises ImproperlyConfigured where a demonstration would open a register that somebody uses: without a
    second factor, secure cookies and https."""
    if settings.DEMO and _has_others():
        raise ImproperlyConfigured(
            "DEMO=1 is set and the database has users who are not the demonstration's: unset it."
        )


def _has_others() -> bool:
    try:
        return User.objects.exclude(email__endswith=DEMO_DOMAIN).exists()
    except DatabaseError:  # no tables yet, or no contact: whoever needs them will say so
        return False


@register(Tags.database)
def no_demonstration_of_real_users(**_options: Any) -> list[Error]:
    try:
        refuse_real_users()
    except ImproperlyConfigured as refusal:
        return [Error(str(refusal), id="nmt_site.E001")]
    return []


@register(Tags.security, deploy=True)
def the_way_to_the_database_is_sealed(**_options: Any) -> list[Error]:
    """`sslmode=prefer`, which is the default, falls back to clear text without a word."""
    if _is_near(settings.DATABASE_URL) or _mode(settings.DATABASE_URL) == "verify-full":
        return []
    text = "DATABASE_URL leads over the network: add ?sslmode=verify-full&sslrootcert=/path/to/ca.crt."
    return [Error(text, id="nmt_site.E002")]


@register(Tags.security, deploy=True)
def reports_can_be_made(**_options: Any) -> list[Warning]:
    """Without Pango a report as PDF, and so a publication, fails when it is made."""
    if all(ctypes.util.find_library(name) for name in PANGO):
        return []
    text = "Pango is not installed (on Debian: libpango-1.0-0 libpangoft2-1.0-0): no report, no publication."
    return [Warning(text, id="nmt_site.W001")]


def _is_near(url: str) -> bool:
    """A file, a socket of this machine, or the machine itself."""
    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    return parts.scheme == "sqlite" or host.startswith("/") or host in NEAR


def _mode(url: str) -> str:
    return parse_qs(urlsplit(url).query).get("sslmode", [""])[0]
