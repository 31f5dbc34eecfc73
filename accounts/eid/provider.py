"""The e-ID service: where it is, with which keys it signs, and how the register shows it who it is itself.

What it says of itself is kept in this process alone. The memory that all processes share stands in the
database, and who writes there must not be able to choose the keys that open accounts.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any, Final
from urllib.parse import quote

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

from accounts.eid import asking
from accounts.eid.refusals import Refused

KEPT_SECONDS: Final = 3600
AGAIN_SECONDS: Final = 60  # between two questions for keys, whatever key an answer names
BY_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SILENT_SECONDS: Final = 10  # after which a service that has not answered is asked again
_kept: dict[str, tuple[float, dict[str, Any]]] = {}
_silent: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class Provider:
    """`names_itself`: whether its answers say from whom they are (RFC 9207)."""

    issuer: str
    authorize: str
    token: str
    keys_at: str
    names_itself: bool


def provider() -> Provider:
    """Raises Refused where it cannot be asked, or is not who was configured."""
    said = _said(f"{settings.OIDC_ISSUER}/.well-known/openid-configuration", KEPT_SECONDS)
    issuer = said.get("issuer")
    authorize, token, keys_at = (
        str(said.get(name)) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    )
    if not isinstance(issuer, str) or issuer.rstrip("/") != settings.OIDC_ISSUER:
        raise Refused("away")
    if not all(map(asking.is_https, (authorize, token, keys_at))):
        raise Refused("away")
    names_itself = said.get("authorization_response_iss_parameter_supported") is True
    return Provider(issuer, authorize, token, keys_at, names_itself)


def key_for(kid: str | None, of: Provider) -> jwt.PyJWK:
    """The key with which an answer must be signed. One that is not known is asked for anew, seldom. Raises
    Refused."""
    for fresh in (KEPT_SECONDS, AGAIN_SECONDS):
        if key := _found(kid, _said(of.keys_at, fresh)):
            return key
    raise Refused("proof")


def _found(kid: str | None, said: dict[str, Any]) -> jwt.PyJWK | None:
    try:
        keys = [key for key in jwt.PyJWKSet.from_dict(said).keys if key.public_key_use in {None, "sig"}]
    except (jwt.PyJWTError, AttributeError, TypeError, ValueError):
        return None
    if kid is None:
        return keys[0] if len(keys) == 1 else None
    return next((key for key in keys if key.key_id == kid), None)


def _said(address: str, fresh: int) -> dict[str, Any]:
    """What stands at `address`, asked for where it was not within `fresh` seconds."""
    at, said = _kept.get(address, (0.0, {}))
    if said and time.monotonic() - at <= fresh:
        return said
    if time.monotonic() - _silent.get(address, -SILENT_SECONDS) < SILENT_SECONDS:
        raise Refused("away")
    try:
        said = asking.ask(address)
    except Refused as refused:
        if refused.why != "busy":
            _silent[address] = time.monotonic()
        raise
    _kept[address] = (time.monotonic(), said)
    return said


def forget() -> None:
    """What is kept of the service; the next question is asked anew."""
    _kept.clear()
    _silent.clear()


# --- who the register is ------------------------------------------------------------------------
def exchanged(code: str, verifier: str, back: str, of: Provider) -> str:
    """The signed answer for a code that came by the browser. Raises Refused."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    shown, headers = _client(of)
    token = asking.ask(of.token, form | shown, headers).get("id_token")
    if not isinstance(token, str):
        raise Refused("proof")
    return token


def _client(of: Provider) -> tuple[dict[str, str], dict[str, str]]:
    """By an assertion that is signed with the own key, else by the secret that both know."""
    name = settings.OIDC_CLIENT_ID
    if settings.OIDC_CLIENT_KEY:
        return {
            "client_id": name,
            "client_assertion_type": BY_ASSERTION,
            "client_assertion": _assertion(of),
        }, {}
    pair = f"{quote(name, safe='')}:{quote(settings.OIDC_CLIENT_SECRET, safe='')}"
    return {}, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _assertion(of: Provider) -> str:
    now = int(time.time())
    claims = {"iss": settings.OIDC_CLIENT_ID, "sub": settings.OIDC_CLIENT_ID, "aud": of.token,
              "jti": token_urlsafe(), "iat": now, "exp": now + 60}  # fmt: skip
    key = load_pem_private_key(settings.OIDC_CLIENT_KEY.encode(), None)
    how = "ES256" if isinstance(key, EllipticCurvePrivateKey) else "RS256"
    named = {"kid": settings.OIDC_CLIENT_KEY_ID} if settings.OIDC_CLIENT_KEY_ID else None
    return jwt.encode(claims, key, how, named)  # type: ignore[arg-type]
