"""Whether a request comes from the machine that the register runs on."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

# A proxy adds one of these: what came through it came from elsewhere, whoever asks us.
FORWARDED: Final = tuple(
    f"HTTP_{name}" for name in ("X_FORWARDED_FOR", "X_FORWARDED_PROTO", "X_REAL_IP", "FORWARDED", "VIA")
)
LOOPBACK: Final = ("127.", "::1", "::ffff:127.")


def is_near(request: HttpRequest) -> bool:
    """Whether the machine itself asks: through no proxy, whoever that would ask for."""
    near = str(request.META.get("REMOTE_ADDR", "")).startswith(LOOPBACK)
    return near and not any(header in request.META for header in FORWARDED)
