"""From the register to the e-ID service and back: the authorization code flow with PKCE.

What is sent along and has to come back is kept in the session of the browser that began: an answer that
somebody else has begun is nobody's.
"""

from __future__ import annotations

import base64
import hashlib
import time
from dataclasses import asdict, dataclass
from secrets import compare_digest, token_urlsafe
from typing import Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from accounts.eid.proof import Proof, proven
from accounts.eid.provider import exchanged, provider
from accounts.eid.refusals import Refused
from accounts.letters import address_for

ASKED: Final = "eid_asked"  # in the session
SECONDS: Final = 600  # within which the answer has to come
SIGN_IN, AGAIN, BIND = "sign_in", "again", "bind"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one browser has begun: `what` for, by whom (0: nobody signed in), and where to go on."""

    what: str
    state: str
    nonce: str
    verifier: str
    back: str
    user: int
    at: float


def begin(request: HttpRequest, what: str, back: str) -> str:
    """The address of the e-ID service at which the browser goes on. Raises Refused."""
    there = provider()
    user = int(request.user.pk or 0)
    asked = Asked(what, token_urlsafe(32), token_urlsafe(32), token_urlsafe(48), back, user, time.time())
    request.session[ASKED] = asdict(asked)
    return _with(there.authorize, _parameters(asked, request))


def _parameters(asked: Asked, request: HttpRequest) -> dict[str, str]:
    return {
        "response_type": "code",
        "scope": "openid",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": callback_of(request),
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": _challenge(asked.verifier),
        "code_challenge_method": "S256",
        "acr_values": " ".join(settings.OIDC_ACR),
        "ui_locales": get_language() or "sv",
        "prompt": "login",  # each time: who sits at the keyboard may be another than who signed in there
        "max_age": "0",
    }


def answered(request: HttpRequest) -> tuple[Asked, Proof]:
    """What was begun in this browser, and who answers. Good once. Raises Refused."""
    asked, there = _begun(request), provider()
    said = request.GET.get("iss", there.issuer if not there.names_itself else "")
    if said != there.issuer:
        raise Refused("proof")
    code = request.GET.get("code", "")
    if "error" in request.GET or not code:
        raise Refused("denied")
    token = exchanged(code, asked.verifier, callback_of(request), there)
    proof = proven(token, there, client=settings.OIDC_CLIENT_ID, nonce=asked.nonce, levels=settings.OIDC_ACR)
    if proof.asked_at < asked.at - 60:
        raise Refused("old")
    return asked, proof


def _begun(request: HttpRequest) -> Asked:
    held = request.session.get(ASKED)
    state = request.GET.get("state", "")
    if not isinstance(held, dict) or not compare_digest(str(held.get("state", "")).encode(), state.encode()):
        raise Refused("state")
    asked = Asked(**request.session.pop(ASKED))
    once = cache.add(f"eid-state:{asked.state}", True, SECONDS)
    if not once or not 0 <= time.time() - asked.at <= SECONDS or asked.user != int(request.user.pk or 0):
        raise Refused("state")
    return asked


def callback_of(request: HttpRequest) -> str:
    """Where the service sends the browser back to: the register's own address, whatever the browser says."""
    return address_for(request) + reverse("eid_callback")


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _with(address: str, parameters: dict[str, str]) -> str:
    joined = "&" if urlsplit(address).query else "?"
    return f"{address}{joined}{urlencode(parameters)}"
