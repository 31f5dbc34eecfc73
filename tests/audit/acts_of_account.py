"""What somebody does with the means of signing in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from unittest.mock import patch

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django.test import Client, override_settings
from django.urls import reverse

from accounts import invitations as users
from accounts.eid.service import EidProof, bind, unbind
from accounts.invitations import close
from accounts.models import User
from accounts.roles import Role
from tests.accounts.eid_service import CALLBACK, SETTINGS
from tests.actors import NOON, PASSWORD, access
from tests.audit.acts import Act, posts
from tests.world import World

SECRET: Final = "JBSWY3DPEHPK3PXP"  # of one-time codes, of nobody
BEFORE: Final = NOON.date() - timedelta(days=1)
EID: Final = EidProof("https://id.example", "olle", "loa3", 0)
CHOSEN: Final = "hasselbacka moln tretton"


def sign_in(client: Client, email: str, password: str = PASSWORD) -> Client:
    client.post("/accounts/login/", {"login": email, "password": password})
    return client


def at_home(world: World, *kinds: str) -> Client:
    """Olle, who has just given his password, and has these factors."""
    client = sign_in(Client(), world.people["olle"].email)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    for kind in kinds:
        factor(world, kind)
    return client


def factor(world: World, kind: str) -> Authenticator:
    olle = world.people["olle"]
    if kind == "totp":
        return TOTP.activate(olle, SECRET).instance
    if kind == "recovery_codes":
        return RecoveryCodes.activate(olle).instance
    facts = {"name": "Nyckel", "credential": {}}
    return Authenticator.objects.create(user=olle, type="webauthn", data=facts)


def half_way(world: World) -> Client:
    """The password is given, the code is not."""
    for kind in ("totp", "recovery_codes"):
        factor(world, kind)
    return sign_in(Client(), world.people["olle"].email)


def totp_now() -> str:
    return str(format_hotp_value(hotp_value(SECRET, int(NOON.timestamp()) // 30)))


def asked_for_totp(world: World) -> Client:
    client = at_home(world)
    client.get("/accounts/2fa/totp/activate/")
    session = client.session
    session["mfa.totp.secret"] = SECRET
    session.save()
    return client


def invited(world: World) -> tuple[Client, str]:
    nina = User(email="nina@example.org", name="Nina", role=Role.OFFICER)
    link = users.invite(user=nina, by=access(world.people["admin"]), site="http://testserver")
    client = Client()
    return client, client.get(link).headers["Location"]


def closed(world: World) -> tuple[Client, str]:
    """Olga, whose account waits for its code, and the code."""
    code = close(world.people["olga"], shown_to=None, at=NOON)
    return sign_in(Client(), world.people["olga"].email), code


def key_address(page: str) -> Act:
    def do(world: World, client: Client) -> Any:
        key = Authenticator.objects.get(type="webauthn")
        return client.post(reverse(f"mfa_{page}_webauthn", kwargs={"pk": key.pk}), {"name": "Skrivbordet"})

    return Act(do, lambda world: at_home(world, "totp", "webauthn"))


def at_the_officer(world: World) -> Client:
    return world.client("dpo")


def elsewhere(world: World) -> Client:
    sign_in(Client(), world.people["olle"].email)
    return at_home(world)


def proves_a_key(world: World, key: Authenticator) -> Any:
    """The proof itself is the library's: here any holds."""
    with patch.object(LoginWebAuthnForm, "clean_credential", lambda form: key):
        return _post(Client(), "/accounts/2fa/webauthn/login/", credential='{"id": "1"}')


def adds_a_key(world: World, client: Client) -> Any:
    with (
        patch.object(webauthn, "parse_registration_response"),
        patch.object(webauthn, "complete_registration"),
    ):
        return _post(client, "/accounts/2fa/webauthn/add/", name="Nyckel", credential='{"id": "1"}')


def shows_an_eid(world: World, _given: Any) -> Any:
    with override_settings(**SETTINGS):
        return Client().get(f"{CALLBACK}?code=1&state=1")


def accepts_terms(world: World, _given: Any) -> Any:
    with override_settings(TERMS_VERSION=1):
        return world.client("olle").post("/account/terms/", {"version": "1"})


OWN_ACCOUNT: Final = {
    "signs in": Act(
        lambda world, _g: _post(Client(), "/accounts/login/", login=_olle(world), password=PASSWORD)
    ),
    "is refused": Act(
        lambda world, _g: _post(Client(), "/accounts/login/", login=_olle(world), password="guess")
    ),
    "signs in to an account that has ended": Act(
        lambda world, _g: _post(Client(), "/accounts/login/", login=_olle(world), password=PASSWORD),
        lambda world: User.objects.filter(pk=world.people["olle"].pk).update(ends_on=BEFORE),
    ),
    "signs in with a code": Act(
        lambda w, client: _post(client, "/accounts/2fa/authenticate/", code=totp_now()), half_way
    ),
    "gives a wrong code": Act(
        lambda w, client: _post(client, "/accounts/2fa/authenticate/", code="000000"), half_way
    ),
    "signs in with a recovery code": Act(
        lambda world, client: _post(client, "/accounts/2fa/authenticate/", code=_recovery_code()), half_way
    ),
    "signs in with a passkey": Act(proves_a_key, lambda world: factor(world, "webauthn")),
    "adds a key": Act(adds_a_key, at_home),
    "signs out": Act(lambda world, client: _post(client, "/accounts/logout/"), at_home),
    "ends the other sessions": Act(lambda world, client: _post(client, "/accounts/sessions/"), elsewhere),
    "accepts the terms": Act(accepts_terms),
    "connects an e-ID": Act(lambda world, _g: bind(EID, by=access(world.people["olle"]))),
    "disconnects an e-ID": Act(
        lambda world, _g: unbind(by=access(world.people["olle"])),
        lambda world: bind(EID, by=access(world.people["olle"])),
    ),
    "shows an e-ID that is not taken": Act(shows_an_eid),
    "reviews an account": posts(
        "manager", "agencies:review", lambda world: {f"account-{world.people['olga'].pk}": "stays"}
    ),
    "chooses letters": Act(lambda world, _g: world.client("olle").post("/account/letters/")),
    "makes an address for a calendar": posts("olle", "cases:new_calendar"),
    "ends the address of a calendar": Act(
        lambda world, _g: world.client("olle").post("/cases/calendar/end/"),
        lambda world: world.client("olle").post("/cases/calendar/new/"),
    ),
    "looks at who is signed in": Act(lambda world, client: client.get("/sessions/"), at_the_officer),
    "ends the session of another": Act(
        lambda w, client: _post(client, reverse("end_session", kwargs=w.objects["session"])), at_the_officer
    ),
    "adds a one-time code": Act(
        lambda world, client: _post(client, "/accounts/2fa/totp/activate/", code=totp_now()), asked_for_totp
    ),
    "removes a one-time code": Act(
        lambda world, client: _post(client, "/accounts/2fa/totp/deactivate/"),
        lambda world: at_home(world, "totp"),
    ),
    "renames a key": key_address("edit"),
    "removes a key": key_address("remove"),
    "makes new recovery codes": Act(
        lambda world, client: _post(client, "/accounts/2fa/recovery-codes/generate/"),
        lambda world: at_home(world, "totp", "recovery_codes"),
    ),
    "looks at recovery codes": Act(
        lambda world, client: client.get("/accounts/2fa/recovery-codes/"),
        lambda world: at_home(world, "totp", "recovery_codes"),
    ),
    "takes recovery codes along": Act(
        lambda world, client: client.get("/accounts/2fa/recovery-codes/download/"),
        lambda world: at_home(world, "totp", "recovery_codes"),
    ),
    "changes the password": Act(
        lambda w, client: _post(
            client, "/accounts/password/change/", oldpassword=PASSWORD, password1=CHOSEN, password2=CHOSEN
        ),
        at_home,
    ),
    "opens an account": Act(lambda world, given: _post(given[0], "/account/open/", code=given[1]), closed),
    "gives a wrong code for opening": Act(
        lambda world, given: _post(given[0], "/account/open/", code="no"), closed
    ),
    "accepts an invitation": Act(
        lambda world, given: _post(given[0], given[1], password1=CHOSEN, password2=CHOSEN), invited
    ),
}


def _post(client: Client, address: str, **data: str) -> Any:
    return client.post(address, data)


def _olle(world: World) -> str:
    return world.people["olle"].email


def _recovery_code() -> str:
    return str(Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0])
