"""Signing in with the employer's e-ID (OpenID Connect): only into an account that its owner has connected, at
the level required, and by an answer that was asked for in this very browser."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import time_machine
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.eid import service as provider
from accounts.eid.service import EidProof, EidRefused, bind
from accounts.invitations import close, second_factors_and_sessions_end
from accounts.models import Attempt, BoundEid, Remembered, User
from accounts.roles import Role
from audit.models import Event
from tests.accounts.eid_service import CALLBACK, ISSUER, LEVEL, SETTINGS, Service
from tests.actors import NOON, PASSWORD, access, user

pytestmark = pytest.mark.django_db
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)  # of whoever is not the service
GO = "/accounts/eid/start/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Service:
    for name, value in SETTINGS.items():
        setattr(settings, name, value)
    Attempt.objects.all().delete()
    provider.forget()
    made = Service()
    monkeypatch.setattr(provider, "ask", made.ask)
    return made


@pytest.fixture
def olle(service: Service) -> User:
    """An operator whose e-ID is connected."""
    olle = user("Olle", Role.OPERATOR, language="en")
    bind(EidProof(ISSUER, service.subject, LEVEL, 0), by=access(olle))
    return olle


@pytest.fixture
def client() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def whys() -> list[str]:
    rows = Event.objects.filter(action="user.eid_refused").order_by("sequence")
    return list(rows.values_list("search_kind", flat=True))


# --- in -------------------------------------------------------------------------------------------
def test_an_operator_signs_in_with_the_connected_eid_and_needs_nothing_else(
    client: Client, service: Service, olle: User, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    back = service.through(client, back="/calls/?x=1")
    assert (back.status_code, back.headers["Location"]) == (302, "/calls/?x=1")
    assert client.get("/calls/").status_code == 200
    event = Event.objects.get(action="user.sign_in")
    assert (event.actor, event.search_kind) == (olle.email, "eid")
    assert client.session["came_by_eid"] == LEVEL
    assert User.objects.count() == 1


def test_what_is_asked_has_pkce_state_nonce_and_the_level(client: Client, service: Service) -> None:
    began = client.post(GO)
    assert "id.example" not in began.headers["Content-Security-Policy"]
    there = urlsplit(began.headers["Refresh"].partition("url=")[2])
    asked = {name: values[0] for name, values in parse_qs(there.query).items()}
    assert there.netloc == "id.example"
    assert asked["redirect_uri"] == "https://register.example/accounts/eid/callback/"
    assert (asked["response_type"], asked["scope"]) == ("code", "openid")
    assert (asked["code_challenge_method"], asked["acr_values"]) == ("S256", LEVEL)
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert client.get(GO).status_code == 405


def test_a_stranger_is_let_in_by_no_claim(client: Client, service: Service) -> None:
    """Not even where the service tells a colleague's address."""
    anna = user("Anna", Role.ADMINISTRATOR)
    service.said = {"email": anna.email, "email_verified": True}
    response = service.through(client)
    assert "not connected to an account" in response.content.decode()
    assert (response.status_code, whys()) == (400, ["unbound"])
    assert not is_in(client)
    assert User.objects.count() == 1


FALSE: dict[str, tuple[dict[str, Any], str]] = {
    "another nonce": ({"nonce": "another"}, "proof"),
    "no nonce": ({"nonce": None}, "proof"),
    "for somebody else": ({"aud": "another"}, "proof"),
    "for several, and nobody in particular": ({"aud": ["nmt", "another"]}, "proof"),
    "asked for by somebody else": ({"azp": "another"}, "proof"),
    "another issuer": ({"iss": "https://elsewhere.example"}, "proof"),
    "expired": ({"exp": int(NOON.timestamp()) - 120}, "proof"),
    "without an end": ({"exp": None}, "proof"),
    "from the future": ({"iat": int(NOON.timestamp()) + 600}, "proof"),
    "of nobody": ({"sub": ""}, "proof"),
    "a lower level": ({"acr": "http://id.elegnamnden.se/loa/1.0/loa2"}, "level"),
    "no level": ({"acr": None}, "level"),
    "levels in a list": ({"acr": [LEVEL]}, "level"),
}


@pytest.mark.parametrize("name", FALSE)
def test_an_answer_that_does_not_hold_lets_nobody_in(
    client: Client, service: Service, olle: User, name: str
) -> None:
    service.said, why = FALSE[name]
    service.through(client)
    assert whys() == [why]
    assert not is_in(client)


def test_nobody_else_signs_for_the_service(client: Client, service: Service, olle: User) -> None:
    public = service.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    tries: list[tuple[dict[str, Any], Any]] = [
        ({}, KEY),
        ({"alg": "none"}, None),
        ({"kid": "unknown"}, None),
        ({"alg": "RS256", "kid": "one", "jwk": {"kty": "RSA"}}, KEY),
    ]
    for header, key in tries:
        service.header, service.signs = header, key
        service.through(client)
        assert not is_in(client), header
    service.signed = lambda claims, how, header: _confused(claims, public)  # type: ignore[method-assign]
    service.through(client)
    assert whys() == ["proof"] * 5
    assert not is_in(client)


def _confused(claims: dict[str, Any], public: bytes) -> str:
    """Signed with the public key, as if it were a secret."""

    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    head = f"{part(json.dumps({'alg': 'HS256', 'kid': 'one'}).encode())}.{part(json.dumps(claims).encode())}"
    return f"{head}.{part(hmac.new(public, head.encode(), hashlib.sha256).digest())}"


def test_an_answer_is_good_once_and_in_the_browser_that_asked(
    client: Client, service: Service, olle: User, clock: time_machine.Coordinates
) -> None:
    """Whoever is sent an answer by somebody else is not signed in as them."""
    there = service.lets_in(client.post(GO))
    victim = Client()
    victim.post(GO)
    assert victim.get(there).status_code == 400
    assert not is_in(victim)
    assert Client().get(there).status_code == 400
    assert client.get(there).status_code == 302
    client.post("/accounts/logout/")
    assert client.get(there).status_code == 400
    assert not is_in(client)
    late = service.lets_in(client.post(GO))
    clock.shift(timedelta(minutes=11))
    client.get(late)
    assert whys() == ["stray"] * 4
    assert not is_in(client)


def test_the_code_is_good_for_the_browser_that_began_alone(
    client: Client, service: Service, olle: User
) -> None:
    """A stolen code in another's answer: the word of PKCE is another."""
    stolen = parse_qs(urlsplit(service.lets_in(client.post(GO))).query)["code"][0]
    thief = Client()
    own = parse_qs(urlsplit(service.lets_in(thief.post(GO))).query)["state"][0]
    thief.get(f"{CALLBACK}?code={stolen}&state={own}")
    assert whys() == ["denied"]
    assert not is_in(thief)


def test_an_answer_says_from_whom_it_is(client: Client, service: Service, olle: User) -> None:
    service.described = {"authorization_response_iss_parameter_supported": True}
    client.get(service.lets_in(client.post(GO)))
    client.get(service.lets_in(client.post(GO)) + "&iss=https://elsewhere.example")
    assert whys() == ["proof", "proof"]
    assert client.get(service.lets_in(client.post(GO)) + f"&iss={ISSUER}").status_code == 302


@pytest.mark.parametrize("change", [{"ends_on": NOON.date() - timedelta(days=1)}, {"is_active": False}])
def test_an_account_that_has_ended_has_ended_for_the_eid_too(
    client: Client, service: Service, olle: User, change: dict[str, Any]
) -> None:
    User.objects.filter(pk=olle.pk).update(**change)
    assert "The account has ended" in service.through(client).content.decode()
    event = Event.objects.get(action="user.eid_refused")
    assert (event.actor, event.search_kind) == (olle.email, "ended")
    assert not is_in(client)


def test_a_closed_account_and_new_terms_ask_as_they_do_of_everybody(
    client: Client, service: Service, olle: User, settings: Any
) -> None:
    settings.TERMS_VERSION = 1
    service.through(client)
    assert client.get("/calls/").headers["Location"].startswith("/account/terms/")
    client.post("/accounts/logout/")
    close(olle, shown_to=None, at=NOON)
    service.through(client)
    assert client.get("/calls/").headers["Location"] == "/account/open/"


def test_it_leads_nowhere_else(client: Client, service: Service, olle: User) -> None:
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"):
        assert service.through(client, back=elsewhere).headers["Location"] == "/"
        client.post("/accounts/logout/")


def test_the_session_is_another_and_where_one_was_going_outlasts_a_wrong_password(
    client: Client, service: Service, olle: User
) -> None:
    again = client.post("/accounts/login/", {"login": olle.email, "password": "no", "next": "/calls/"})
    page = again.content.decode()
    assert '<input type="hidden" name="next" value="/calls/">' in page[page.index("/accounts/eid/start/") :]
    there = service.lets_in(client.post(GO, {"next": "/calls/"}))
    before = client.session.session_key
    assert client.get(there).headers["Location"] == "/calls/"
    assert client.session.session_key != before


def test_a_service_that_is_silent_or_another_says_so_and_leaves_the_password(
    client: Client, service: Service, olle: User
) -> None:
    service.silent = True
    text = client.post(GO).content.decode()
    assert "does not answer" in text
    assert "/accounts/login/" in text
    asked = len(service.asked)
    client.post(GO)
    assert len(service.asked) == asked  # not again within some seconds
    service.silent = False
    for wrong in (
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": "http://id.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "https://[id.example/keys"},
    ):
        provider.forget()
        service.described = wrong
        assert client.post(GO).status_code == 400
    sent = {"login": olle.email, "password": PASSWORD}
    assert client.post("/accounts/login/", sent).status_code == 302
    assert is_in(client)


def test_what_is_asked_of_it_goes_nowhere_but_there() -> None:
    for address in ("http://id.example/", "file:///etc/passwd", "https://a@id.example/", "", None):
        assert not provider.is_https(address)
    with pytest.raises(EidRefused):
        provider.ask("http://127.0.0.1/")
    assert provider._Nowhere().redirect_request(None, None, 302, "", None, "https://x.example/") is None  # type: ignore[arg-type]
    assert any(isinstance(handler, provider._Nowhere) for handler in provider._OPENER.handlers)


def test_keys_are_kept_in_this_process_and_a_new_one_is_asked_for(
    client: Client, service: Service, olle: User
) -> None:
    service.through(client)
    client.post("/accounts/logout/")
    service.through(client)
    addresses = [address for address, _form, _headers in service.asked]
    assert addresses.count(f"{ISSUER}/keys") == 1
    assert not [key for key in cache_keys() if "keys" in key or "openid" in key]


def cache_keys() -> list[str]:
    return list(Remembered.objects.values_list("key", flat=True))


def test_whoever_fails_often_waits(client: Client, service: Service) -> None:
    for _attempt in range(33):
        last = service.through(client) if _attempt < 30 else client.post(GO)
    assert "Too many attempts" in last.content.decode()
    assert whys() == ["unbound"] * 30 + ["many"]  # and no more, however often it is tried
    assert Client(REMOTE_ADDR="192.0.2.9").post(GO).status_code == 200


def test_answers_that_nobody_began_stop_nobody_and_do_not_fill_the_audit_log(
    client: Client, service: Service, olle: User
) -> None:
    """Such as a page elsewhere can make a colleague's browser send."""
    for _attempt in range(40):
        assert Client().get(f"{CALLBACK}?code=guess&state=guess").status_code == 400
    assert whys() == ["stray"] * 31
    assert service.through(client).status_code == 302


def test_the_register_shows_who_it_is_by_its_secret_or_its_key(
    client: Client, service: Service, olle: User, settings: Any
) -> None:
    service.through(client)
    _address, form, headers = service.asked[-2]
    assert form is not None
    assert headers["Authorization"].startswith("Basic ")
    assert "client_secret" not in form
    client.post("/accounts/logout/")
    own = ec.generate_private_key(ec.SECP256R1())
    pem = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    settings.OIDC_CLIENT_KEY, settings.OIDC_CLIENT_KEY_ID = pem.decode(), "ours"
    assert service.through(client).status_code == 302
    _address, form, headers = service.asked[-1]
    assert form is not None
    assert "Authorization" not in headers
    facts = jwt.decode(form["client_assertion"], own.public_key(), ["ES256"], audience=f"{ISSUER}/token")
    assert (facts["iss"], facts["sub"], facts["exp"] - facts["iat"]) == ("nmt", "nmt", 60)
    assert jwt.get_unverified_header(form["client_assertion"])["kid"] == "ours"


# --- connected by its owner ----------------------------------------------------------------------
def with_password(person: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    return client


def test_its_owner_connects_and_disconnects_it_and_is_told(
    service: Service, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    olle = user("Olle", Role.OPERATOR, language="en")
    own = with_password(olle)
    asked = own.post("/account/eid/connect/").headers["Location"]
    assert asked.startswith("/accounts/reauthenticate/")
    own.post("/accounts/reauthenticate/", {"password": PASSWORD})
    with django_capture_on_commit_callbacks(execute=True):
        assert service.through(own, "/account/eid/connect/").headers["Location"] == "/account/"
    assert "Myndighetens e-legitimation" in own.get("/account/").content.decode()
    assert "connected to your account" in mail.outbox[-1].body
    assert service.through(client).headers["Location"] == "/"
    with django_capture_on_commit_callbacks(execute=True):
        own.post("/account/eid/disconnect/")
    assert "disconnected" in mail.outbox[-1].body
    client.post("/accounts/logout/")
    assert service.through(client).status_code == 400
    kinds = ("user.eid_bind", "user.eid_unbind")
    assert list(Event.objects.filter(action__in=kinds).values_list("actor", flat=True)) == [olle.email] * 2


def test_nothing_of_who_it_is_to_the_service_is_kept(olle: User, service: Service) -> None:
    row = BoundEid.objects.get()
    assert service.subject not in f"{row.subject}{row.owner}"


def test_one_eid_opens_one_account(olle: User, service: Service) -> None:
    own = with_password(user("Olga", Role.OPERATOR, language="en"))
    own.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert "connected to another account" in service.through(own, "/account/eid/connect/").content.decode()
    assert BoundEid.objects.get().user == olle


def test_nobody_is_connected_to_who_began_in_another_browser(service: Service, client: Client) -> None:
    """The answer that somebody has begun is not connected to the account of whoever is sent it."""
    thief, victim = user("Tea", Role.OPERATOR), user("Olle", Role.OPERATOR)
    began, own = with_password(thief), with_password(victim)
    for each in (began, own):
        each.post("/accounts/reauthenticate/", {"password": PASSWORD})
        there = service.lets_in(each.post("/account/eid/connect/"))
        if each is began:
            stolen = there
    assert own.get(stolen).status_code == 400
    assert not BoundEid.objects.exists()


def test_it_is_not_connected_without_the_second_factor(service: Service, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    own = with_password(user("Olle", Role.OPERATOR, language="en"))
    own.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert own.post("/account/eid/connect/").headers["Location"] == "/accounts/2fa/"
    assert not BoundEid.objects.exists()


def test_who_came_by_eid_connects_no_other(client: Client, service: Service, olle: User) -> None:
    service.through(client)
    service.through(client, "/accounts/eid/again/", "/account/")
    client.post("/account/eid/disconnect/")
    assert not BoundEid.objects.exists()
    assert "Sign in with your password" in client.post("/account/eid/connect/").content.decode()


def test_a_row_that_is_written_or_moved_by_hand_opens_nothing(
    client: Client, service: Service, olle: User
) -> None:
    anna = user("Anna", Role.ADMINISTRATOR)
    BoundEid.objects.filter(user=olle).update(user=anna)
    service.through(client)
    BoundEid.objects.update(user=olle)
    User.objects.filter(pk=olle.pk).update(email="another@example.org")  # of somebody else from now on
    service.through(client)
    assert whys() == ["unbound", "unbound"]


def test_a_lost_second_factor_takes_the_eid_along(client: Client, service: Service, olle: User) -> None:
    second_factors_and_sessions_end(olle)
    service.through(client)
    assert whys() == ["unbound"]


@pytest.mark.parametrize("another", [True, False])
def test_with_the_last_own_second_factor_goes_the_eid(
    client: Client, service: Service, olle: User, another: bool, django_capture_on_commit_callbacks: Any
) -> None:
    """Nobody is left with an account that a password alone opens."""
    kinds = [Authenticator.Type.TOTP, *([Authenticator.Type.WEBAUTHN] if another else [])]
    for kind in kinds:
        Authenticator.objects.create(user=olle, type=kind, data={"secret": "x"})
    service.through(client)
    service.through(client, "/accounts/eid/again/", "/account/")
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()
    assert BoundEid.objects.exists() is another
    assert Event.objects.filter(action="user.eid_unbind", actor=olle.email).exists() is not another
    assert bool([one for one in mail.outbox if "e-ID was disconnected" in one.body]) is not another


# --- shown again ----------------------------------------------------------------------------------
def test_it_shows_again_who_one_is_before_what_is_sensitive(
    client: Client, service: Service, olle: User
) -> None:
    service.through(client)
    page = client.get("/accounts/2fa/totp/activate/").headers["Location"]
    assert "/accounts/eid/again/" in client.get(page).content.decode()
    began = client.post("/accounts/eid/again/", {"next": "/accounts/2fa/totp/activate/"})
    assert "prompt=login" in began.headers["Refresh"]
    assert "max_age=0" in began.headers["Refresh"]
    assert client.get(service.lets_in(began)).headers["Location"] == "/accounts/2fa/totp/activate/"
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200


def test_neither_an_old_proof_nor_a_colleague_shows_it(client: Client, service: Service, olle: User) -> None:
    service.through(client)
    service.said = {"auth_time": int(NOON.timestamp()) - 3600}
    service.through(client, "/accounts/eid/again/")
    for no_time in (None, float("nan"), int(NOON.timestamp()) + 3600):
        service.said = {"auth_time": no_time}
        service.through(client, "/accounts/eid/again/")
    service.said, service.subject = {}, "another"
    service.through(client, "/accounts/eid/again/")
    assert whys() == ["old"] * 4 + ["other"]
    assert client.get("/accounts/2fa/totp/activate/").status_code == 302


def test_who_was_there_before_at_the_same_keyboard_lets_nobody_in(
    client: Client, service: Service, olle: User
) -> None:
    """The service asks each time: a session that is open there is no reason to let somebody in here."""
    began = client.post(GO)
    assert "prompt=login" in began.headers["Refresh"]
    service.said = {"auth_time": int(NOON.timestamp()) - 3600}
    page = client.get(service.lets_in(began))
    assert page.status_code != 302
    assert whys() == ["old"]
    assert client.get("/account/").status_code == 302


# --- off ----------------------------------------------------------------------------------------
def test_without_a_service_there_is_no_such_page(client: Client) -> None:
    assert client.post(GO).status_code == 404
    assert client.get(CALLBACK).status_code == 404
    assert "/accounts/eid/" not in client.get("/accounts/login/").content.decode()
    own = with_password(user("Olle", Role.OPERATOR))
    for page in ("/accounts/eid/again/", "/account/eid/connect/", "/account/eid/disconnect/"):
        assert own.post(page).status_code == 404
    assert "e-ID" not in own.get("/account/").content.decode()
    assert not Authenticator.objects.exists()
    cache.clear()
