"""Whether what the e-ID service has signed holds, and of whom."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import compare_digest
from typing import Any, Final

import jwt

from accounts.eid.provider import Provider, key_for
from accounts.eid.refusals import Refused

# With a key of theirs that everybody may know: no shared secret, and never none.
SIGNED: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY: Final = 60  # seconds by which clocks may differ
OLDEST: Final = 600  # seconds since an answer was signed: it is asked for when it is needed
NEEDED: Final = ("iss", "sub", "aud", "exp", "iat")
LONGEST: Final = 255  # of a subject, by the standard


@dataclass(frozen=True, slots=True)
class Proof:
    """Who it is to the service, at which level, and when it asked them (seconds; 0: not said)."""

    issuer: str
    subject: str
    level: str
    asked_at: float


def proven(token: str, of: Provider, *, client: str, nonce: str, levels: Sequence[str]) -> Proof:
    """Signature, issuer, audience, times, nonce and level hold. Raises Refused."""
    said = _claims(token, of, client)
    if said.get("azp", client) != client or not compare_digest(
        str(said.get("nonce", "")).encode(), nonce.encode()
    ):
        raise Refused("proof")
    subject = said["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST:
        raise Refused("proof")
    level = said.get("acr")
    if not isinstance(level, str) or level not in levels:
        raise Refused("level")
    return Proof(of.issuer, subject, level, _asked_at(said.get("auth_time")))


def _asked_at(said: object) -> float:
    """0 where it is no time, or one that has not come yet."""
    return said if isinstance(said, int | float) and 0 < said <= time.time() + LEEWAY else 0


def _claims(token: str, of: Provider, client: str) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in SIGNED:
            raise Refused("proof")
        claims: dict[str, Any] = jwt.decode(
            token,
            key_for(header.get("kid"), of).key,
            algorithms=[header["alg"]],
            options={"require": list(NEEDED)},
            audience=client,
            issuer=of.issuer,
            leeway=LEEWAY,
        )
        old = int(claims["iat"]) < time.time() - OLDEST
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise Refused("proof") from None
    if old:
        raise Refused("proof")
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and "azp" not in claims:
        raise Refused("proof")
    return claims
