"""A session has an end, whatever is done in it; what is sent after the end waits for its sender."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from accounts.invitations import change_user
from accounts.models import User
from accounts.roles import Role
from cases.models import Case, SentLate
from tests.actors import PASSWORD, access, user
from tests.makers import new_case

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 2, 7, tzinfo=UTC)
NOTE = "Ringer igen i morgon om skjuts"


@pytest.fixture
def vera() -> User:
    return user("Vera", Role.COORDINATOR, region="V")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def sign_in(client: Client, somebody: User) -> None:
    client.post("/accounts/login/", {"login": somebody.email, "password": PASSWORD})


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def work(client: Client, clock: time_machine.Traveller, hours: float) -> None:
    """Somebody does something every twenty minutes."""
    for _time in range(int(hours * 3)):
        clock.shift(timedelta(minutes=20))
        client.get("/accessibility/")


def test_a_session_that_is_used_ends_after_twelve_hours(
    client: Client, vera: User, clock: time_machine.Traveller
) -> None:
    """The page is told how long is left at most."""
    sign_in(client, vera)
    work(client, clock, 11.75)
    state = client.get("/session/").json()
    assert (state["whole"], state["left"]) == (20 * 60, 20 * 60)
    assert is_in(client)
    work(client, clock, 0.7)
    assert not is_in(client)


def test_renewing_does_not_make_it_longer(client: Client, vera: User, clock: time_machine.Traveller) -> None:
    sign_in(client, vera)
    for _time in range(37):
        clock.shift(timedelta(minutes=20))
        client.post("/session/renew/")
    assert not is_in(client)


def test_a_session_of_before_the_rule_is_over(client: Client, vera: User) -> None:
    client.force_login(vera)
    session = client.session
    del session["signed_in_at"]
    session.save()
    assert not is_in(client)


class TestSentLate:
    def edit(self, client: Client, case: Case) -> tuple[str, dict[str, str]]:
        """The form as it was shown, with a note written."""
        address = f"/cases/{case.code}/edit/"
        form = client.get(address).context["form"]
        shown = {name: form[name].value() for name in form.fields}
        sent = {name: str(value) for name, value in shown.items() if value not in (None, "", [])}
        return address, {**sent, "note": NOTE}

    def late(self, client: Client, vera: User, clock: time_machine.Traveller) -> tuple[Case, str]:
        """The case, and where whoever sent the form too late is led."""
        case = new_case(by=access(vera), region="V")
        sign_in(client, vera)
        address, sent = self.edit(client, case)
        clock.shift(timedelta(hours=13))
        answer = client.post(address, sent)
        assert answer.headers["Location"].startswith("/accounts/login/?next=%2Fcases%2Flate%2F")
        case.refresh_from_db()
        assert case.note == ""
        return case, unescape(re.findall(r"next=([^&]*)", answer.headers["Location"])[0]).replace("%2F", "/")

    def test_it_is_kept_offered_after_sign_in_and_sent_again_without_a_script(
        self, client: Client, vera: User, clock: time_machine.Traveller
    ) -> None:
        case, kept = self.late(client, vera, clock)
        assert not is_in(client)
        sign_in(client, vera)
        page = client.get(kept).content.decode()
        assert NOTE in page
        assert kept in client.get("/").content.decode()
        hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
        answer = client.post(f"/cases/{case.code}/edit/", {name: unescape(value) for name, value in hidden})
        assert answer.status_code == 302
        case.refresh_from_db()
        assert case.note == NOTE
        assert not SentLate.objects.exists()

    def test_the_database_holds_it_encrypted_and_nobody_else_reads_it(
        self, client: Client, vera: User, clock: time_machine.Traveller
    ) -> None:
        _case, kept = self.late(client, vera, clock)
        with connection.cursor() as cursor:
            cursor.execute("SELECT body FROM cases_sentlate")
            assert NOTE not in cursor.fetchone()[0]
        other = Client()
        sign_in(other, user("Vilma", Role.COORDINATOR, region="V"))
        assert other.get(kept).status_code == 404

    def test_it_is_thrown_away_by_its_sender_or_after_a_day(
        self, client: Client, vera: User, clock: time_machine.Traveller
    ) -> None:
        _case, kept = self.late(client, vera, clock)
        sign_in(client, vera)
        assert client.post(f"{kept}discard/").status_code == 302
        assert not SentLate.objects.exists()
        _case, kept = self.late(client, vera, clock)
        clock.shift(timedelta(hours=25))
        sign_in(client, vera)
        assert client.get(kept).status_code == 404

    def test_what_may_not_be_stored_is_left_out_and_named(
        self, client: Client, vera: User, clock: time_machine.Traveller
    ) -> None:
        case = new_case(by=access(vera), region="V")
        sign_in(client, vera)
        address, sent = self.edit(client, case)
        clock.shift(timedelta(hours=13))
        client.post(address, {**sent, "note": "Hon har 19800101-1234"})
        row = SentLate.objects.get()
        assert (row.left_out, "1234" in row.body) == (["note"], False)

    def test_what_another_site_sends_is_not_kept(self, vera: User, clock: time_machine.Traveller) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(vera)
        clock.shift(timedelta(hours=13))
        assert client.post("/cases/new/", {"note": NOTE}).status_code == 403
        assert not SentLate.objects.exists()


def test_what_a_session_holds_is_no_session_in_another_row(client: Client, vera: User) -> None:
    """Whoever writes to the table gives nobody somebody else's."""
    sign_in(client, vera)
    other = Client()
    sign_in(other, user("Olle", Role.OPERATOR))
    hers, his = (Session.objects.get(pk=one.cookies["sessionid"].value) for one in (client, other))
    his.session_data = hers.session_data
    his.save()
    assert is_in(client)
    assert not is_in(other)


class TestEndedByAChange:
    @pytest.mark.parametrize("fields", [["role"], ["email"], ["is_active"]])
    def test_of_role_address_or_standing(self, client: Client, vera: User, fields: list[str]) -> None:
        anna = user("Anna", Role.ADMINISTRATOR)
        sign_in(client, vera)
        change_user(user=vera, fields=fields, by=access(anna))
        assert not is_in(client)

    def test_not_of_a_name(self, client: Client, vera: User) -> None:
        sign_in(client, vera)
        change_user(user=vera, fields=["name"], by=access(user("Anna", Role.ADMINISTRATOR)))
        assert is_in(client)

    def test_without_a_factor_the_same_session_opens_nothing(
        self, client: Client, vera: User, settings: LazySettings
    ) -> None:
        settings.SECOND_FACTOR_REQUIRED = True
        sign_in(client, vera)
        factor = Authenticator.objects.create(user=vera, type="totp", data={"secret": "x"})
        assert client.get("/coordinators/").status_code == 200
        factor.delete()
        assert client.get("/coordinators/").status_code == 302
