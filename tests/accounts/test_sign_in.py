"""Signing in: e-mail and password, second factor, idle sessions, and attempts that lock no colleague out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import LazySettings
from django.test import Client

from accounts.models import Approval, Attempt, User
from accounts.roles import Role
from audit.models import Event
from tests.actors import PASSWORD, user

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_earlier_attempts() -> None:
    Attempt.objects.all().delete()


@pytest.fixture
def olle() -> User:
    return user("Olle", Role.OPERATOR)


def sign_in(client: Client, email: str, password: str = PASSWORD) -> str:
    """The page that follows; empty when signed in."""
    response = client.post("/accounts/login/", {"login": email, "password": password})
    return "" if response.status_code == 302 else response.content.decode()


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_an_operator_signs_in_and_it_is_recorded(client: Client, olle: User) -> None:
    assert sign_in(client, "OLLE@example.org") == ""
    assert is_in(client)
    event = Event.objects.get(action="user.sign_in")
    assert (event.actor, event.role) == ("olle@example.org", "operator")


def test_a_wrong_password_and_an_unknown_address_get_the_same_sentence(client: Client, olle: User) -> None:
    client.cookies["django_language"] = "en"
    sentence = "The e-mail address or the password is not right. Try again."
    assert sentence in sign_in(client, olle.email, "not the password")
    assert sentence in sign_in(client, "nobody@example.org", "not the password")
    assert Event.objects.filter(action="user.sign_in_refused", actor="").count() == 2


def test_nobody_registers(client: Client) -> None:
    client.post(
        "/accounts/signup/", {"email": "eve@example.org", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert not User.objects.exists()


def test_a_stranger_who_tries_often_is_stopped_and_the_colleague_is_not(olle: User) -> None:
    colleague, stranger = Client(), Client(REMOTE_ADDR="192.0.2.9")
    stranger.cookies["django_language"] = "en"
    assert sign_in(colleague, olle.email) == ""
    colleague.post("/accounts/logout/")
    for _attempt in range(8):
        last = sign_in(stranger, olle.email, "guess")
    assert "Too many attempts" in last
    assert "Too many attempts" in sign_in(stranger, olle.email)  # even with the right password
    assert sign_in(colleague, olle.email) == ""


def test_a_colleague_of_the_same_office_is_not_locked_out_either(olle: User) -> None:
    """Behind one address of the network, however many accounts are tried from it."""
    colleague, stranger = Client(), Client()
    stranger.cookies["django_language"] = "en"
    assert sign_in(colleague, olle.email) == ""
    colleague.post("/accounts/logout/")
    for attempt in range(70):
        last = sign_in(stranger, f"somebody{attempt}@example.org", "guess")
    assert "Too many attempts" in last
    assert sign_in(colleague, olle.email) == ""


def test_a_known_browser_does_not_guess_on_without_end(client: Client, olle: User) -> None:
    client.cookies["django_language"] = "en"
    assert sign_in(client, olle.email) == ""
    client.post("/accounts/logout/")
    for _attempt in range(8):
        last = sign_in(client, olle.email, "guess")
    assert "Too many attempts" in last


def test_a_known_browser_is_a_stranger_again_when_the_password_is_changed(client: Client, olle: User) -> None:
    client.cookies["django_language"] = "en"
    assert sign_in(client, olle.email) == ""
    client.post("/accounts/logout/")
    olle.set_password(f"another-{PASSWORD}")
    olle.save()

    for _attempt in range(8):
        sign_in(Client(REMOTE_ADDR="192.0.2.9"), olle.email, "guess")

    assert "Too many attempts" in sign_in(client, olle.email, f"another-{PASSWORD}")


def test_a_user_made_inactive_is_out_at_the_next_request(client: Client, olle: User) -> None:
    sign_in(client, olle.email)
    User.objects.filter(pk=olle.pk).update(is_active=False)
    assert not is_in(client)


def test_a_role_taken_away_is_gone_at_the_next_request(client: Client, olle: User) -> None:
    sign_in(client, olle.email)
    assert client.get("/coordinators/").status_code == 200
    User.objects.filter(pk=olle.pk).update(role=Role.ANALYST)
    assert client.get("/coordinators/").status_code == 403


def test_a_session_ends_after_25_idle_minutes_and_leads_back(client: Client, olle: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, olle.email)
        clock.shift(timedelta(minutes=24))
        assert is_in(client)
        clock.shift(timedelta(minutes=24))
        assert is_in(client)
        clock.shift(timedelta(minutes=26))
        response = client.get("/coordinators/?county=14")
    assert response.headers["Location"] == "/accounts/login/?next=%2Fcoordinators%2F%3Fcounty%3D14&ended=1"


def test_polls_and_draft_saves_do_not_keep_a_session_alive(client: Client, olle: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, olle.email)
        client.get("/account/")
        for _minute in range(13):
            clock.shift(timedelta(minutes=2))
            client.get("/account/", headers={"X-Background": "1"})
            client.get("/session/")
        assert client.get("/session/").json()["user"] == ""


def test_every_poll_says_that_it_is_one() -> None:
    """What a page asks by itself, now and then, is nobody at the keyboard."""
    folder = Path(__file__).resolve().parents[2] / "templates"
    polls = [
        tag
        for file in folder.rglob("*.html")
        for tag in re.findall(r'<[^<>]*hx-trigger="every[^<>]*>', _bare(file))
    ]
    assert polls
    assert [tag for tag in polls if '"X-Background"' not in tag] == []


def _bare(file: Path) -> str:
    """Without template tags, which hold what looks like the end of an element."""
    return re.sub(r"{%.*?%}|{{.*?}}", "", file.read_text())


def test_a_session_is_renewed_without_leaving_the_page(client: Client, olle: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, olle.email)
        client.get("/account/")
        clock.shift(timedelta(minutes=21))
        before = client.get("/session/").json()
        after = client.post("/session/renew/").json()
        assert before["user"] == after["user"] != ""
        assert (before["left"], after["left"]) == (4 * 60, 25 * 60)
        clock.shift(timedelta(minutes=24))
        assert is_in(client)


class TestSecondFactor:
    @pytest.fixture(autouse=True)
    def required(self, settings: LazySettings) -> None:
        settings.SECOND_FACTOR_REQUIRED = True

    def test_nothing_opens_before_one_is_set_up(self, client: Client, olle: User) -> None:
        client.force_login(olle)
        assert client.get("/").headers["Location"] == "/accounts/2fa/"
        assert client.get("/accounts/2fa/").status_code == 200
        assert client.get("/admin/").headers["Location"] == "/accounts/2fa/"

    def test_with_a_second_factor_everything_opens(self, client: Client, olle: User) -> None:
        Authenticator.objects.create(user=olle, type="totp", data={"secret": "SECRET"})
        client.force_login(olle)
        assert is_in(client)

    def test_the_password_alone_does_not_sign_in(self, client: Client, olle: User) -> None:
        Authenticator.objects.create(user=olle, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
        response = client.post("/accounts/login/", {"login": olle.email, "password": PASSWORD})
        assert response.headers["Location"] == "/accounts/2fa/authenticate/"
        assert not is_in(client)

    def test_recovery_codes_alone_are_no_second_factor(self, client: Client, olle: User) -> None:
        Authenticator.objects.create(user=olle, type="recovery_codes", data={})
        client.force_login(olle)
        assert client.get("/").status_code == 302


def test_the_secret_of_a_second_factor_is_encrypted_at_rest(client: Client, olle: User) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(olle, "JBSWY3DPEHPK3PXP")
    (stored,) = Authenticator.objects.values_list("data", flat=True)
    assert "JBSWY3DPEHPK3PXP" not in str(stored)
    assert TOTP(Authenticator.objects.get()).instance.data == {"secret": "JBSWY3DPEHPK3PXP"}


def test_the_secret_is_shown_as_a_picture_in_the_page_itself(client: Client, olle: User) -> None:
    sign_in(client, olle.email)
    page = client.post(
        "/accounts/reauthenticate/?next=/accounts/2fa/totp/activate/", {"password": PASSWORD}, follow=True
    )
    page = page.content.decode()
    assert "<svg" in page
    assert "data:image" not in page


def test_the_page_of_recovery_codes_leads_on(client: Client, olle: User) -> None:
    sign_in(client, olle.email)
    where = "/accounts/2fa/recovery-codes/"
    client.post(f"/accounts/reauthenticate/?next={where}", {"password": PASSWORD})
    (code, *_others) = RecoveryCodes.activate(olle).get_unused_codes()
    page = client.get(where).content.decode()
    assert code in page
    (way,) = re.findall(r'<a class="btn btn-primary" href="([^"]*)">Fortsätt till Min sida</a>', page)
    assert client.get(way).status_code == 200


def test_the_language_that_a_user_chose_follows_to_every_browser(client: Client, olle: User) -> None:
    User.objects.filter(pk=olle.pk).update(language="en")
    sign_in(client, olle.email)
    assert 'lang="en"' in client.get("/account/").content.decode()


class TestOnRecord:
    """What is done with the means of signing in, and who tried."""

    def test_a_wrong_code_after_the_right_password(self, client: Client, olle: User) -> None:
        Authenticator.objects.create(user=olle, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
        sign_in(client, olle.email)
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
        event = Event.objects.get(action="user.factor_refused")
        assert (event.actor, event.target_id, event.search_kind) == (olle.email, str(olle.pk), "totp")
        assert not Event.objects.filter(action="user.sign_in").exists()

    def test_a_factor_added_and_removed_and_a_password_changed(self, client: Client, olle: User) -> None:
        with time_machine.travel(START, tick=False):
            sign_in(client, olle.email)
            client.post("/accounts/reauthenticate/", {"password": PASSWORD})
            client.get("/accounts/2fa/totp/activate/")
            secret = client.session["mfa.totp.secret"]
            code = format_hotp_value(hotp_value(secret, int(START.timestamp()) // 30))
            assert client.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302
            assert client.get("/accounts/2fa/recovery-codes/").status_code == 200
            client.post("/accounts/2fa/totp/deactivate/")
            new = {
                "oldpassword": PASSWORD,
                "password1": "hasselbacka moln tretton",
                "password2": "hasselbacka moln tretton",
            }
            client.post("/accounts/password/change/", new)
        found = (
            Event.objects.filter(actor=olle.email).order_by("sequence").values_list("action", "search_kind")
        )
        assert list(found) == [
            ("user.sign_in", ""),
            ("user.factor_add", "totp"),
            ("user.factor_add", "recovery_codes"),
            ("user.codes_read", ""),
            ("user.factor_remove", "totp"),
            ("user.factor_remove", "recovery_codes"),
            ("user.password", ""),
        ]


class TestLostSecondFactor:
    def test_it_is_taken_away_by_two_and_every_session_ends(self, client: Client, olle: User) -> None:
        anna, max_ = user("Anna", Role.ADMINISTRATOR), user("Max", Role.MANAGER)
        sign_in(client, olle.email)
        Authenticator.objects.create(user=olle, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
        own_client, other = Client(), Client()
        own_client.force_login(anna)
        other.force_login(max_)
        own_client.cookies["django_language"] = "en"
        page = f"/admin/accounts/user/{olle.pk}/change/"
        button = "Ask to take away the second factor"
        assert button in own_client.get(page).content.decode()
        asked = own_client.post(f"/admin/accounts/user/{olle.pk}/second_factor/")
        assert Authenticator.objects.exists()
        assert is_in(client)
        assert button not in own_client.get(page).content.decode()
        other.post(asked.headers["Location"], {"answer": "yes", "reason": "Ringt"})
        assert not Authenticator.objects.exists()
        assert not is_in(client)
        event = Event.objects.get(action="user.factor_taken")
        assert (event.actor, event.target_id) == (max_.email, str(olle.pk))

    def test_nobody_asks_for_the_own(self, olle: User) -> None:
        anna = user("Anna", Role.ADMINISTRATOR)
        for who in (anna, olle):
            client = Client()
            client.force_login(who)
            answer = client.post(f"/admin/accounts/user/{anna.pk}/second_factor/")
            assert answer.status_code in {302, 403}
            assert not Approval.objects.exists()


def test_own_sessions_are_listed_and_the_others_ended(client: Client, olle: User) -> None:
    laptop, phone = Client(HTTP_USER_AGENT="Firefox at a desk"), Client(HTTP_USER_AGENT="Firefox on a phone")
    sign_in(laptop, olle.email)
    sign_in(phone, olle.email)
    page = laptop.get("/accounts/sessions/").content.decode()
    assert "Firefox at a desk" in page
    assert "Firefox on a phone" in page
    laptop.post("/accounts/sessions/")
    assert is_in(laptop)
    assert not is_in(phone)


@pytest.mark.parametrize("good", ["förmiddagsregn över Hisingen", "x" * 9 + " 🌲 " + "y" * 60])
def test_long_passphrases_of_any_characters_are_taken(good: str, olle: User) -> None:
    """NIST SP 800-63B: at least 15 characters where a password may be alone, no rules of composition, no
    expiry."""
    from django.contrib.auth.password_validation import validate_password

    validate_password(good, olle)
    olle.set_password(good)
    assert olle.check_password(good)


def test_an_unknown_address_costs_a_password_check_too(
    client: Client, olle: User, settings: LazySettings
) -> None:
    """Or the time of the answer would tell whose account there is."""
    from unittest.mock import patch

    from django.contrib.auth.hashers import MD5PasswordHasher

    counts = []
    for email in (olle.email, "nobody@example.org"):
        with patch.object(
            MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode
        ) as encode:
            sign_in(client, email, "not the password")
        counts.append(encode.call_count)
    assert counts[0] == counts[1] == 1
