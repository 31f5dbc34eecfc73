"""A new account opens by a code that was said by telephone: whoever holds the mailbox, or the link, gets no
further."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client

from accounts.invitations import (
    change_user,
    close,
    invite,
    invite_again,
    is_alone,
    is_closed,
    keep_one,
    new_code,
    open_account,
)
from accounts.models import Approval, Notice, Opening, User
from accounts.roles import Role
from audit.models import Event
from tests.accounts.test_invitation import CHOSEN, choose_password
from tests.actors import NOON, access, user

pytestmark = pytest.mark.django_db
SITE = ("--site", "http://testserver")


@pytest.fixture
def nina(client: Client) -> User:
    """Invited, with a password of her own, and signed in: the code is still to be given."""
    nina = User(email="nina@example.org", name="Nina", role=Role.OFFICER)
    link = invite(user=nina, by=access(user("Adam", Role.ADMINISTRATOR)), site="http://testserver")
    assert nina.code_to_read_out == "", "who invites is not shown the code"
    close(nina, shown_to=None, at=NOON)
    choose_password(client, link, CHOSEN)
    client.post("/accounts/login/", {"login": nina.email, "password": CHOSEN})
    client.cookies["django_language"] = "en"
    return nina


def test_nothing_opens_before_the_code_not_even_a_second_factor(client: Client, nina: User) -> None:
    for page in ("/", "/summaries/", "/account/", "/accounts/2fa/", "/accounts/2fa/totp/activate/"):
        assert client.get(page).headers["Location"] == "/account/open/", page
    assert "Code of six digits" in client.get("/account/open/").content.decode()


def test_the_code_comes_before_the_second_factor_and_that_before_all_else(
    client: Client, nina: User, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    assert client.get("/").headers["Location"] == "/account/open/"
    assert client.get("/account/open/").status_code == 200
    client.post("/account/open/", {"code": nina.code_to_read_out})
    assert client.get("/").headers["Location"] == "/accounts/2fa/"


def test_the_right_code_opens_it_once_and_for_all(client: Client, nina: User) -> None:
    assert (
        client.post(
            "/account/open/", {"code": f" {nina.code_to_read_out[:3]} {nina.code_to_read_out[3:]}"}
        ).status_code
        == 302
    )
    assert client.get("/").status_code == 200
    again = Client()
    again.post("/accounts/login/", {"login": nina.email, "password": CHOSEN})
    assert again.get("/").status_code == 200
    assert Event.objects.filter(action="user.open", target_label="Nina").count() == 1


def test_five_wrong_codes_and_the_right_one_is_good_for_nothing(client: Client, nina: User) -> None:
    wrong = f"{(int(nina.code_to_read_out) + 1) % 1_000_000:06d}"
    for left in (4, 3, 2, 1, 0):
        page = client.post("/account/open/", {"code": wrong})
        assert page.context["left"] == left
    assert "tried too often" in page.content.decode()
    assert client.post("/account/open/", {"code": nina.code_to_read_out}).status_code == 200
    assert is_closed(nina)
    assert Event.objects.filter(action="user.open_refused").count() == 6


def test_the_code_is_stored_hashed_under_a_key_that_the_database_has_not(nina: User, settings: Any) -> None:
    assert nina.code_to_read_out not in Opening.objects.get(user=nina).hashed
    settings.SECRET_KEY = "another key, such as of who has the database alone"
    assert not open_account(nina.code_to_read_out, by=access(nina))


def test_another_persons_code_opens_nothing(nina: User) -> None:
    olle = user("Olle", Role.OPERATOR)
    Opening.objects.create(user=olle, hashed=Opening.objects.get(user=nina).hashed, made_at=NOON)
    assert not open_account(nina.code_to_read_out, by=access(olle))


def test_an_invitation_sent_again_brings_no_new_code(nina: User) -> None:
    User.objects.filter(pk=nina.pk).update(password="!lost the letter")
    again, before = User.objects.get(pk=nina.pk), Opening.objects.get(user=nina).hashed
    invite_again(user=again, by=access(user("Bo", Role.ADMINISTRATOR)), site="http://testserver")
    assert Opening.objects.get(user=nina).hashed == before
    assert again.code_to_read_out == ""


def test_a_new_code_is_shown_to_who_let_in_alone_and_only_until_the_account_is_open(nina: User) -> None:
    max_, bo = access(user("Max", Role.MANAGER)), access(user("Bo", Role.ADMINISTRATOR))
    yes = Approval.objects.create(
        act="account.new", asked_by=bo.user, asked_at=NOON, answer="given", answered_by=max_.user,
        answered_at=NOON, reason="x",
    )  # fmt: skip
    with pytest.raises(PermissionDenied):
        new_code(user=nina, asked=yes, by=bo)
    with pytest.raises(PermissionDenied):
        new_code(user=nina, asked=yes, by=max_)  # somebody else was told the code since
    close(nina, shown_to=max_.user, at=NOON)
    code = new_code(user=nina, asked=yes, by=max_)
    assert open_account(code, by=access(nina))
    with pytest.raises(PermissionDenied):
        new_code(user=nina, asked=yes, by=max_)


class TestOneAdministrator:
    def test_the_last_cannot_be_ended_nor_given_another_role(self) -> None:
        anna = user("Anna", Role.ADMINISTRATOR)
        bo = user("Bo", Role.ADMINISTRATOR, is_active=False)
        for facts in ({"is_active": False}, {"role": Role.ANALYST}):
            with pytest.raises(PermissionDenied):
                keep_one(anna, User(pk=anna.pk, **{"role": anna.role, **facts}))
        User.objects.filter(pk=bo.pk).update(is_active=True)
        keep_one(anna, User(pk=anna.pk, role=Role.ANALYST))

    def test_one_who_never_came_in_is_not_another(self) -> None:
        anna, bo = user("Anna", Role.ADMINISTRATOR), user("Bo", Role.ADMINISTRATOR)
        assert not is_alone()
        close(bo, shown_to=None, at=NOON)
        assert is_alone()
        anna.is_active = False
        with pytest.raises(PermissionDenied):
            change_user(user=anna, fields=["is_active"], by=access(bo))

    def test_the_page_says_that_there_is_one_and_what_follows(self) -> None:
        client = Client()
        client.force_login(user("Anna", Role.ADMINISTRATOR, language="en"))
        assert "the only administrator" in client.get("/").content.decode()
        user("Bo", Role.ADMINISTRATOR)
        assert "the only administrator" not in client.get("/").content.decode()

    def test_the_check_warns_and_does_not_fail(self) -> None:
        user("Anna", Role.ADMINISTRATOR)
        out, err = StringIO(), StringIO()
        call_command("check_register", stdout=out, stderr=err)
        assert out.getvalue().startswith("ok ")
        assert "one administrator" in err.getvalue()
        user("Bo", Role.ADMINISTRATOR)
        err = StringIO()
        call_command("check_register", stdout=StringIO(), stderr=err)
        assert err.getvalue() == ""


class TestFromTheServer:
    def test_an_account_made_there_is_told_to_who_watches(self) -> None:
        dag, anna = user("Dag", Role.DPO), user("Anna", Role.ADMINISTRATOR)
        words = ("invite", "x@example.org", "--name", "X", "--role", "coordinator", *SITE)
        call_command(*words, stdout=StringIO())
        assert set(Notice.objects.values_list("user", "label")) == {(dag.pk, "X"), (anna.pk, "X")}

    def test_broken_glass_lets_in_is_recorded_and_shouts(self, client: Client) -> None:
        dag = user("Dag", Role.DPO, language="en")
        anna, bo = user("Anna", Role.ADMINISTRATOR, is_active=False), user("Bo", Role.ADMINISTRATOR)
        Authenticator.objects.create(user=anna, type="recovery_codes", data={})
        out = StringIO()
        call_command("break_glass", anna.email, "--reason", "Alla är utelåsta", *SITE, stdout=out)
        link, code = out.getvalue().splitlines()
        assert choose_password(client, link, CHOSEN) == 302
        client.post("/accounts/login/", {"login": anna.email, "password": CHOSEN})
        assert client.post("/account/open/", {"code": code.removeprefix("code ")}).status_code == 302
        assert client.get("/admin/accounts/user/").status_code == 200
        assert not Authenticator.objects.filter(user=anna).exists()
        event = Event.objects.get(action="user.break_glass")
        assert (event.actor, event.reason, event.target_label) == ("system", "Alla är utelåsta", "Anna")
        assert {row.user for row in Notice.objects.all()} == {dag, anna, bo}
        own_client = Client()
        own_client.force_login(dag)
        assert "broken open on the server" in own_client.get("/").content.decode()

    def test_broken_glass_makes_the_administrator_that_there_is_none_of(self) -> None:
        out = StringIO()
        call_command("break_glass", "new@example.org", *SITE, stdout=out)
        made = User.objects.get(email="new@example.org")
        assert (made.role, made.is_active) == (Role.ADMINISTRATOR, True)
        assert is_closed(made)
