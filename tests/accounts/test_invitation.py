"""An administrator invites; the invited person chooses a password, once."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.invitations import change_user, invite, invite_again
from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from tests.actors import access, user

pytestmark = pytest.mark.django_db
CHOSEN = "hasselbacka moln tretton"


def new_user() -> User:
    return User(email="Nina@example.org", name="Nina", role=Role.OFFICER)


def choose_password(client: Client, link: str, password: str) -> int:
    """Follow the link as a browser does: it leads to a form whose address holds no secret."""
    form = client.get(link)
    return client.post(form.headers["Location"], {"password1": password, "password2": password}).status_code


def test_the_invited_person_chooses_a_password_and_signs_in(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        link = invite(user=new_user(), by=access(user("Adam", Role.ADMINISTRATOR)), site="http://testserver")
    assert mail.outbox[0].to == ["nina@example.org"]
    assert link in mail.outbox[0].body
    assert choose_password(client, link, CHOSEN) == 302
    assert Event.objects.latest("sequence").action == "user.invite_accept"
    assert (
        client.post("/accounts/login/", {"login": "nina@example.org", "password": CHOSEN}).status_code == 302
    )


@pytest.mark.django_db(transaction=True)
def test_an_invitation_stands_although_no_mail_server_answers(settings: Any, caplog: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    adam = access(user("Adam", Role.ADMINISTRATOR))
    link = invite(user=new_user(), by=adam, site="http://testserver")
    assert "Error calling" in caplog.text  # the mail server refused
    assert Client().get(link).status_code == 302


def test_the_link_is_good_once(client: Client) -> None:
    link = invite(user=new_user(), by=access(user("Adam", Role.ADMINISTRATOR)), site="http://testserver")
    choose_password(client, link, CHOSEN)
    assert Client().get(link).status_code == 200  # the page that says so, without a form to choose with


@pytest.mark.parametrize("weak", ["kort", "polniypizdec0211", "nina@example.org"])
def test_a_weak_password_is_refused(client: Client, weak: str) -> None:
    link = invite(user=new_user(), by=access(user("Adam", Role.ADMINISTRATOR)), site="http://testserver")
    assert choose_password(client, link, weak) == 200
    assert not User.objects.get(email="nina@example.org").has_usable_password()


def test_only_an_administrator_invites_and_changes_users() -> None:
    for role in Role:
        if role is not Role.ADMINISTRATOR:
            other = access(user(f"x-{role}", role))
            with pytest.raises(PermissionDenied):
                invite(user=new_user(), by=other, site="http://testserver")
            with pytest.raises(PermissionDenied):
                change_user(user=new_user(), fields=["role"], by=other)


def test_a_change_of_role_is_recorded_by_the_names_of_fields() -> None:
    nina = user("Nina", Role.ANALYST)
    nina.role = Role.OFFICER
    change_user(user=nina, fields=["role"], by=access(user("Adam", Role.ADMINISTRATOR)))
    event = Event.objects.latest("sequence")
    assert (event.action, event.fields, event.target_label) == ("user.change", ["role"], "Nina")


def test_the_first_administrator_comes_from_the_command_line(client: Client) -> None:
    out = StringIO()
    words = ("invite", "first@example.org", "--name", "First", "--role", "administrator")
    call_command(*words, "--site", "http://testserver/", stdout=out)
    link, code = out.getvalue().splitlines()
    assert choose_password(client, link, CHOSEN) == 302
    assert re.fullmatch(r"code \d{6}", code)
    with pytest.raises(CommandError):
        call_command(*words, "--site", "http://testserver/", stdout=StringIO())


def test_the_link_from_the_command_line_leads_to_the_configured_address(settings: Any) -> None:
    out, words = StringIO(), ("--name", "First", "--role", "administrator")
    with pytest.raises(CommandError, match="SITE_ADDRESS is not set"):
        call_command("invite", "first@example.org", *words, stdout=out)
    assert not User.objects.filter(email="first@example.org").exists()
    settings.SITE_ADDRESS = "https://register.example"
    call_command("invite", "first@example.org", *words, stdout=out)
    call_command("invite", "second@example.org", *words, "--site", "https://other.example", stdout=out)
    first, _code, second, _another = out.getvalue().splitlines()
    assert first.startswith("https://register.example/accounts/password/reset/key/")
    assert second.startswith("https://other.example/accounts/password/reset/key/")


@pytest.mark.parametrize("address", ["https://register.example", ""])
def test_an_invitation_from_the_page_leads_to_the_configured_address(
    address: str, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """Whatever name of the register the administrator's browser knows."""
    settings.SITE_ADDRESS = address
    client = Client()
    client.force_login(user("Adam", Role.ADMINISTRATOR))
    new = {"email": "nina@example.org", "name": "Nina", "role": "officer", "language": "", "is_active": "on"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/admin/accounts/user/add/", new).status_code == 302
    assert f"{address or 'http://testserver'}/accounts/password/reset/key/" in mail.outbox[0].body


class TestLostInvitation:
    @pytest.fixture
    def anna(self) -> User:
        return user("Anna", Role.ADMINISTRATOR)

    def test_a_new_link_works_and_the_former_does_not(
        self, client: Client, anna: User, django_capture_on_commit_callbacks: Any
    ) -> None:
        nina = new_user()
        with django_capture_on_commit_callbacks(execute=True):
            former = invite(user=nina, by=access(anna), site="http://testserver")
            link = invite_again(user=nina, by=access(anna), site="http://testserver")
        assert Client().get(former).status_code == 200  # says that it is of no use
        assert choose_password(client, link, CHOSEN) == 302
        assert [message.to for message in mail.outbox] == [["nina@example.org"]] * 2
        assert Event.objects.get(action="user.invite_again").target_label == "Nina"

    def test_the_button_is_there_until_a_password_is_chosen(self, anna: User) -> None:
        nina = new_user()
        invite(user=nina, by=access(anna), site="http://testserver")
        page, client = f"/admin/accounts/user/{nina.pk}/change/", Client()
        client.force_login(anna)
        client.cookies["django_language"] = "en"
        assert "Send the invitation again" in client.get(page).content.decode()
        answer = client.post(f"/admin/accounts/user/{nina.pk}/invite/", follow=True)
        assert "/accounts/password/reset/key/" in answer.content.decode()
        nina.refresh_from_db()
        nina.set_password(CHOSEN)
        nina.save()
        assert "Send the invitation again" not in client.get(page).content.decode()
        assert client.post(f"/admin/accounts/user/{nina.pk}/invite/").status_code == 403

    def test_nobody_else_and_nobody_who_is_inactive(self, anna: User) -> None:
        nina = new_user()
        invite(user=nina, by=access(anna), site="http://testserver")
        with pytest.raises(PermissionDenied):
            invite_again(user=nina, by=access(user("Max", Role.MANAGER)), site="http://testserver")
        nina.is_active = False
        with pytest.raises(PermissionDenied):
            invite_again(user=nina, by=access(anna), site="http://testserver")
