"""The e-ID service: how it is asked, where it is, with which keys it signs, how the register shows it who it
is itself, and whether what the service has signed holds, and of whom.

What it says of itself is kept in this process alone. The cache that all processes share stands in the
database, and who writes there must not be able to choose the keys that open accounts.

An e-ID is connected to an account by its owner, and by nobody else: neither by an address nor by what the
e-ID service tells of somebody.
"""

from __future__ import annotations

import base64
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, HTTPResponse, HTTPSConnection
from secrets import compare_digest, token_urlsafe
from typing import IO, Any, Final
from urllib.error import URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from accounts.models import BoundEid, User
from audit.writer import record

SENTENCES: Final[dict[str, str | Promise]] = {
    "stray": _("This answer belongs to no sign-in that was begun in this browser, or it came too late."),
    "away": _("The e-ID service does not answer. Sign in with your password, or try again later."),
    "busy": _(
        "The e-ID service is slow, and others wait for it already. Wait half a minute and try again, or sign "
        "in with your password."
    ),
    "denied": _("The e-ID service did not confirm who you are."),
    "proof": _("What the e-ID service answered could not be verified."),
    "level": _("The e-ID is not of the level that the register requires."),
    "old": _("The e-ID service did not ask you anew who you are."),
    "unbound": _(
        "This e-ID is not connected to an account. Sign in with your password and connect it in My account."
    ),
    "ended": _("The account has ended."),
    "other": _("This e-ID is not the one that is connected to your account."),
    "password": _("Sign in with your password and second factor to connect an e-ID."),
    "in_use": _("This e-ID is connected to another account, or your account has one already."),
    "many": _("Too many attempts. Wait five minutes and try again."),
}


class EidRefused(Exception):
    """`why` is one of the words above; `whose`: the account that it was about, where it is known."""

    def __init__(self, why: str, whose: object = None) -> None:
        super().__init__(why)
        self.why, self.whose = why, whose

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self.why])


def need(holds: object, why: str) -> None:
    """Raise EidRefused, by one of the words above, unless it holds."""
    if not holds:
        raise EidRefused(why)


# What the register asks the e-ID service itself: small JSON answers over https, soon or not at all. A
# question has one deadline, from its first packet to the last byte of the answer, however the service spends
# it. A process asks two at once: a service that is slow, or means harm, holds two of its threads for seconds.
DEADLINE: Final = 10  # seconds for the whole question
CONNECTING: Final = 5  # of them for one network address: the next may answer
MAX_PARALLEL: Final = 2  # questions of this process
HTTPS: Final = re.compile(r"(?i:https):[!-~]+")
LARGEST: Final = 200_000  # bytes of an answer
NO_HEADERS: Final[Mapping[str, str]] = {}
_turns = threading.BoundedSemaphore(MAX_PARALLEL)


class _TimedSocket(ssl.SSLSocket):
    """A socket on which each read waits only for what is left until `ends`."""

    ends = 0.0

    def recv_into(self, *into: Any) -> int:
        self.settimeout(_left(self.ends))
        return super().recv_into(*into)


class _TimedConnection(HTTPSConnection):
    """A connection that has `timeout` seconds for everything: connecting, TLS, headers and body."""

    def __init__(self, host: str, *, timeout: float, context: ssl.SSLContext) -> None:
        super().__init__(host, timeout=timeout, context=context)
        self.ends = time.monotonic() + timeout
        self._create_connection = self._connected

    def connect(self) -> None:
        super().connect()
        if isinstance(self.sock, _TimedSocket):  # as `_context` makes them
            self.sock.ends = self.ends

    def _connected(self, address: tuple[str, int], *_how: Any) -> socket.socket:
        """Return a connection to the first network address of the host that takes one in time."""
        for family, kind, protocol, _name, place in socket.getaddrinfo(*address, type=socket.SOCK_STREAM):
            made = socket.socket(family, kind, protocol)
            try:
                made.settimeout(min(CONNECTING, _left(self.ends)))
                made.connect(place)
                made.settimeout(_left(self.ends))  # for TLS
            except OSError:
                made.close()
            else:
                return made
        raise OSError(address)


def _left(ends: float) -> float:
    """Return the seconds until `ends`; raise TimeoutError after it."""
    seconds = ends - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


class _Timed(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_TimedConnection, req, context=_context)  # type: ignore[arg-type]


class _Nowhere(HTTPRedirectHandler):
    """The service is where it said that it is: nobody is followed elsewhere."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


_context: Final = ssl.create_default_context()
_context.sslsocket_class = _TimedSocket
_OPENER: Final = build_opener(_Nowhere, _Timed)


def ask(
    address: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] = NO_HEADERS
) -> dict[str, Any]:
    """Return the answer, to what is sent as a form where one is.

    Raises EidRefused, at once where others ask.
    """
    need(is_https(address), "away")
    need(_turns.acquire(blocking=False), "busy")
    try:
        return _asked(address, form, headers)
    finally:
        _turns.release()


def _asked(address: str, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> dict[str, Any]:
    data = urlencode(form).encode() if form is not None else None
    asked = Request(address, data, {"Accept": "application/json", **headers})  # noqa: S310
    try:
        with _OPENER.open(asked, timeout=DEADLINE) as answer:
            found = json.loads(answer.read(LARGEST))
    except (URLError, HTTPException, OSError, ValueError, RecursionError) as error:
        refused_by_service = getattr(error, "code", 0) in {400, 401, 403} and form is not None
        raise EidRefused("denied" if refused_by_service else "away") from None
    need(isinstance(found, dict), "away")
    return dict(found)


def is_https(address: object) -> bool:
    """Return whether it is an https address, in the characters of addresses: no blank, no line break."""
    if not isinstance(address, str) or not HTTPS.fullmatch(address):
        return False
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0 and not parts.username
    except ValueError:
        return False


CACHE_SECONDS: Final = 3600
AGAIN_SECONDS: Final = 60  # between two questions for keys, whatever key an answer names
BY_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SILENT_SECONDS: Final = 10  # after which a service that has not answered is asked again
_cache: dict[str, tuple[float, dict[str, Any]]] = {}
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
    """Raises EidRefused where it cannot be asked, or is not who was configured."""
    claims = _answer(f"{settings.OIDC_ISSUER}/.well-known/openid-configuration", CACHE_SECONDS)
    issuer = str(claims.get("issuer"))
    addresses = (claims.get(one) for one in ("authorization_endpoint", "token_endpoint", "jwks_uri"))
    authorize, token, keys_at = (str(address) for address in addresses)
    need(issuer.rstrip("/") == settings.OIDC_ISSUER, "away")
    need(all(is_https(one) for one in (authorize, token, keys_at)), "away")
    names_itself = claims.get("authorization_response_iss_parameter_supported") is True
    return Provider(issuer, authorize, token, keys_at, names_itself)


def key_for(kid: str | None, of: Provider) -> jwt.PyJWK:
    """The key with which an answer must be signed. One that is not known is asked for anew, seldom. Raises
    Refused."""
    for fresh in (CACHE_SECONDS, AGAIN_SECONDS):
        if key := _found(kid, _answer(of.keys_at, fresh)):
            return key
    raise EidRefused("proof")


def _found(kid: str | None, said: dict[str, Any]) -> jwt.PyJWK | None:
    try:
        keys = [key for key in jwt.PyJWKSet.from_dict(said).keys if key.public_key_use in {None, "sig"}]
    except (jwt.PyJWTError, AttributeError, TypeError, ValueError):
        return None
    if kid is None:
        return keys[0] if len(keys) == 1 else None
    return next((key for key in keys if key.key_id == kid), None)


def _answer(address: str, fresh: int) -> dict[str, Any]:
    """What stands at `address`, asked for where it was not within `fresh` seconds."""
    at, claims = _cache.get(address, (0.0, {}))
    if claims and time.monotonic() - at <= fresh:
        return claims
    need(time.monotonic() - _silent.get(address, -SILENT_SECONDS) >= SILENT_SECONDS, "away")
    try:
        claims = ask(address)
    except EidRefused as refused:
        if refused.why != "busy":
            _silent[address] = time.monotonic()
        raise
    _cache[address] = (time.monotonic(), claims)
    return claims


def forget() -> None:
    """What is kept of the service; the next question is asked anew."""
    _cache.clear()
    _silent.clear()


def exchanged(code: str, verifier: str, back: str, of: Provider) -> str:
    """The signed answer for a code that came by the browser. Raises EidRefused."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    shown, headers = _client(of)
    token = ask(of.token, form | shown, headers).get("id_token")
    need(isinstance(token, str), "proof")
    return str(token)


def _client(of: Provider) -> tuple[dict[str, str], dict[str, str]]:
    """By an assertion that is signed with the own key, else by the secret that both know."""
    name = settings.OIDC_CLIENT_ID
    if settings.OIDC_CLIENT_KEY:
        shown = {"client_assertion_type": BY_ASSERTION, "client_assertion": _assertion(of)}
        return {"client_id": name} | shown, {}
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


# With a key of theirs that everybody may know: no shared secret, and never none.
SIGNED: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY: Final = 60  # seconds by which clocks may differ
OLDEST: Final = 600  # seconds since an answer was signed: it is asked for when it is needed
NEEDED: Final = ("iss", "sub", "aud", "exp", "iat")
MAX_LENGTH: Final = 255  # of a subject, by the standard


@dataclass(frozen=True, slots=True)
class EidProof:
    """Who it is to the service, at which level, and when it asked them (seconds; 0: not said)."""

    issuer: str
    subject: str
    level: str
    asked_at: float


def proven(token: str, of: Provider, *, client: str, nonce: str, levels: Sequence[str]) -> EidProof:
    """Signature, issuer, audience, times, nonce and level hold. Raises EidRefused."""
    claims = _claims(token, of, client)
    is_answer = compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode())
    subject = claims["sub"]
    need(claims.get("azp", client) == client, "proof")
    need(is_answer, "proof")
    need(isinstance(subject, str) and 0 < len(subject) <= MAX_LENGTH, "proof")
    level = claims.get("acr")
    need(isinstance(level, str) and level in levels, "level")
    return EidProof(of.issuer, subject, str(level), _asked_at(claims.get("auth_time")))


def _asked_at(said: object) -> float:
    """0 where it is no time, or one that has not come yet."""
    return said if isinstance(said, int | float) and 0 < said <= time.time() + LEEWAY else 0


def _claims(token: str, of: Provider, client: str) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        need(header.get("alg") in SIGNED, "proof")
        claims: dict[str, Any] = jwt.decode(
            token,
            key_for(header.get("kid"), of).key,
            algorithms=[header["alg"]],
            options={"require": list(NEEDED)},
            audience=client,
            issuer=of.issuer,
            leeway=LEEWAY,
        )
        is_old = int(claims["iat"]) < time.time() - OLDEST
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise EidRefused("proof") from None
    to_several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    need(not is_old, "proof")
    need("azp" in claims or not to_several, "proof")
    return claims


def owner_of(proof: EidProof) -> User | None:
    """Whose account it opens; None where it was connected to none, or not by its owner."""
    row = bound(subject=_subject(proof))
    return row.user if row else None


@transaction.atomic
def bind(proof: EidProof, *, by: Access) -> None:
    """Raises EidRefused where it is another's, or there is one already."""
    subject = _subject(proof)
    need(not (bound(subject=subject) or bound(user=by.user)), "in_use")
    BoundEid.objects.filter(Q(subject=subject) | Q(user=by.user)).delete()  # what does not hold any more
    BoundEid.objects.create(user=by.user, subject=subject, owner=_owner(subject, by.user), bound_at=by.at)
    record(by, "user.eid_bind", by.user)


@transaction.atomic
def unbind(*, by: Access) -> bool:
    """Whether there was one. Doing it twice is doing it once."""
    if not BoundEid.objects.filter(user=by.user).delete()[0]:
        return False
    record(by, "user.eid_unbind", by.user)
    return True


def bound(**facts: object) -> BoundEid | None:
    """Return the connection with these facts, unless it was moved, or made by another than its owner."""
    row = BoundEid.objects.select_related("user").filter(**facts).first()
    return row if row and compare_digest(row.owner, _owner(row.subject, row.user)) else None


def _subject(proof: EidProof) -> str:
    whom = f"{proof.issuer}\n{proof.subject}"
    return salted_hmac("accounts.eid.subject", whom, algorithm="sha256").hexdigest()


def _owner(subject: str, user: User) -> str:
    whose = f"{subject}:{user.pk}:{user.email.lower()}"
    return salted_hmac("accounts.eid.owner", whose, algorithm="sha256").hexdigest()
