"""An administrator invites; the invited person chooses a password, once."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client

from agencies.actions import change_user, invite
from agencies.models import User
from agencies.roles import Role
from audit.models import Event
from tests.actors import access, user

pytestmark = pytest.mark.django_db
CHOSEN = "hasselbacka moln tretton"


def new_user() -> User:
    return User(email="Nina@example.org", name="Nina", role=Role.ANALYST)


def choose_password(client: Client, link: str, password: str) -> int:
    """Follow the link as a browser does: it leads to a form whose address holds no secret."""
    form = client.get(link)
    return client.post(form.headers["Location"], {"password1": password, "password2": password}).status_code


def test_the_invited_person_chooses_a_password_and_signs_in(client: Client) -> None:
    link = invite(user=new_user(), by=access(user("Adam", Role.ADMINISTRATOR)), site="http://testserver")
    assert mail.outbox[0].to == ["nina@example.org"]
    assert link in mail.outbox[0].body
    assert choose_password(client, link, CHOSEN) == 302
    assert client.post("/accounts/login/", {"login": "nina@example.org", "password": CHOSEN}).status_code == 302


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
    nina.role = Role.MANAGER
    change_user(user=nina, fields=["role"], by=access(user("Adam", Role.ADMINISTRATOR)))
    event = Event.objects.latest("sequence")
    assert (event.action, event.fields, event.target_label) == ("user.change", ["role"], "Nina")


def test_the_first_administrator_comes_from_the_command_line(client: Client) -> None:
    out = StringIO()
    call_command("invite", "first@example.org", "--name", "First", "--role", "administrator", stdout=out)
    assert choose_password(client, out.getvalue().strip(), CHOSEN) == 302
    with pytest.raises(CommandError):
        call_command("invite", "first@example.org", "--name", "First", "--role", "administrator", stdout=StringIO())
