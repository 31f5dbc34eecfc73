"""A passkey in a real browser with a virtual authenticator: set up as the second factor, then signing in
alone."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import LazySettings

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from tests.actors import PASSWORD, user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def olle(settings: LazySettings) -> User:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # the test's server speaks plain http
    settings.SECOND_FACTOR_REQUIRED = True
    return user("Olle", Role.OPERATOR, language="en")


def virtual_authenticator(page: Any) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": kind})


def test_a_passkey_is_set_up_and_then_signs_in_alone(page: Any, olle: User) -> None:
    virtual_authenticator(page)
    page.goto("/accounts/login/")
    page.fill("[name=login]", olle.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/accounts/2fa/")  # nothing else opens before one is set up
    page.goto("/accounts/2fa/webauthn/add/")
    page.fill("[name=password]", PASSWORD)  # asked again before a second factor changes
    page.press("[name=password]", "Enter")
    page.fill("[name=name]", "Desk")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "/webauthn/add/" not in url)
    assert Authenticator.objects.filter(user=olle, type="webauthn").count() == 1
    page.goto("/account/")  # everything opens now
    assert olle.email in page.inner_text("main")
    assert Event.objects.get(action="user.factor_add", search_kind="webauthn").actor == olle.email
    page.click("text=Sign out")
    page.wait_for_url("**/accounts/**")
    page.goto("/accounts/login/")
    page.focus("#passkey_login")
    page.keyboard.press("Enter")  # neither address nor password
    page.wait_for_url(lambda url: "/accounts/" not in url)
    page.goto("/account/")
    assert olle.email in page.inner_text("main")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("SecurityError", "takes no security key at this address"),
        ("NotAllowedError", "was cancelled, or its time ran out"),
        ("InvalidStateError", "connected to the account already"),
        ("UnknownError", "Try another browser or another key"),
    ],
)
def test_a_key_that_the_browser_refuses_says_why(
    page: Any, olle: User, live_server: Any, settings: LazySettings, error: str, said: str
) -> None:
    english = {"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": live_server.url}
    page.context.add_cookies([english])
    page.goto("/accounts/login/")
    refuse = (
        f"() => {{ navigator.credentials.get = async () => {{ throw new DOMException('no', '{error}') }} }}"
    )
    page.evaluate(refuse)
    assert not page.inner_text("[data-key-refused]")
    page.click("#passkey_login")
    page.wait_for_selector("[data-key-refused] [data-error]:visible")
    assert said in page.inner_text("[data-key-refused]")
