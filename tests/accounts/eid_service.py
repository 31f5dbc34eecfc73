"""An e-ID service that is invented here: it answers what the register asks, from its own key, without a
network."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from django.http import HttpResponse
from django.test import Client

from accounts.eid.service import EidRefused

ISSUER: Final = "https://id.example"
LEVEL: Final = "http://id.elegnamnden.se/loa/1.0/loa3"
CALLBACK: Final = "/accounts/eid/callback/"
SETTINGS: Final[Mapping[str, Any]] = {
    "OIDC_ISSUER": ISSUER,
    "OIDC_CLIENT_ID": "nmt",
    "OIDC_CLIENT_SECRET": "invented: and/encoded",
    "OIDC_ACR": [LEVEL],
    "OIDC_NAME": "Myndighetens e-legitimation",
    "SITE_ADDRESS": "https://register.example",
}


@cache
def own_key() -> rsa.RSAPrivateKey:
    """Making one takes a while: one for all tests."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Service:
    """`said` changes what it signs, `header` with what; `silent`: it does not answer."""

    def __init__(self) -> None:
        self.key = own_key()
        self.subject = "194107059-invented"
        self.said: dict[str, Any] = {}
        self.described: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.signs: Any = None
        self.silent = False
        self.asked: list[tuple[str, Mapping[str, str] | None, Mapping[str, str]]] = []
        self.codes: dict[str, dict[str, str]] = {}

    # --- what the register asks -----------------------------------------------------------------
    def ask(
        self, address: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        self.asked.append((address, form, headers or {}))
        if self.silent:
            raise EidRefused("away")
        if address.endswith("/.well-known/openid-configuration"):
            return self._description()
        if address == f"{ISSUER}/keys":
            return {"keys": [self._public()]}
        assert address == f"{ISSUER}/token"
        assert form is not None
        return self._token(form)

    def _description(self) -> dict[str, Any]:
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": ISSUER, **{name: f"{ISSUER}/{end}" for name, end in ends.items()}, **self.described}

    def _public(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {**found, "kid": "one", "use": "sig"}

    def _token(self, form: Mapping[str, str]) -> dict[str, Any]:
        """A code is good once, with the word whose digest came with the question."""
        begun = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        shown = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if begun is None or begun["code_challenge"] != shown or begun["redirect_uri"] != form["redirect_uri"]:
            raise EidRefused("denied")
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": "nmt", "sub": self.subject, "iat": now, "exp": now + 300,
                  "nonce": begun["nonce"], "acr": LEVEL, "auth_time": now,
                  "email": "anna@example.org", **self.said}  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"kid": "one", **self.header}
        how = header.pop("alg", "RS256")
        return {"id_token": self.signed(claims, how, header)}

    def signed(self, claims: dict[str, Any], how: str, header: dict[str, Any]) -> str:
        if how == "none":
            return jwt.encode(claims, None, "none", header)
        return jwt.encode(claims, self.signs or self.key, how, header)

    # --- what the browser does --------------------------------------------------------------------
    def lets_in(self, began: HttpResponse) -> str:
        """Somebody shows who they are there; the address to which the browser is sent back."""
        there = urlsplit(began.headers["Refresh"].partition("url=")[2])
        asked = {name: values[0] for name, values in parse_qs(there.query).items()}
        code = f"code-{len(self.codes)}-{time.time_ns()}"
        self.codes[code] = asked
        return f"{CALLBACK}?code={code}&state={asked['state']}"

    def through(self, client: Client, page: str = "/accounts/eid/start/", back: str = "") -> HttpResponse:
        """The whole way: begun at the register, shown there, and back."""
        return client.get(self.lets_in(client.post(page, {"next": back})))
