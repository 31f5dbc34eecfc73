"""Whether a request comes from the machine that the register runs on."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import Final

from django.http import HttpRequest

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
