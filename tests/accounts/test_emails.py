"""E-mails about a sign-in: in the language of the one who reads them, to nobody else, and telling nothing."""

from __future__ import annotations

from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.test import Client, TestCase
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from tests.nmt_site.admin_pages import someone

pytestmark = pytest.mark.django_db
FIRST, SECOND = "ett långt första lösenord", "ett helt annat långt lösenord"


@pytest.fixture
def nina() -> User:
    user = someone(Role.OPERATOR, "Nina")
    user.set_password(FIRST)
    user.language = "en"
    user.save()
    return user


def change_password(nina: User) -> int:
    client = Client()
    client.force_login(nina)
    sent = {"oldpassword": FIRST, "password1": SECOND, "password2": SECOND}
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(reverse("account_change_password"), sent).status_code


def test_a_forgotten_password_is_answered_in_the_language_of_its_owner(nina: User) -> None:
    swedish = Client(headers={"accept-language": "sv"})
    swedish.post(reverse("account_reset_password"), {"email": nina.email})
    (email,) = mail.outbox
    assert email.to == [nina.email]
    assert email.subject == "The NMT register: choose a new password"
    assert "Somebody has asked for a new password" in email.body
    assert "/accounts/password/reset/key/" in email.body


def test_an_email_leads_to_the_configured_address_whatever_the_browser_asked(
    nina: User, settings: Any
) -> None:
    settings.SITE_ADDRESS = "https://register.example"
    Client().post(reverse("account_reset_password"), {"email": nina.email})
    (email,) = mail.outbox
    assert "\nhttps://register.example/accounts/password/reset/key/" in email.body
    assert email.body.rstrip().endswith("The NMT register, register.example")
    assert "testserver" not in email.body


@pytest.mark.parametrize(
    ("host", "said"), [("", "inget skickas"), ("mail.example", "ett e-postmeddelande på väg")]
)
def test_no_page_says_that_an_email_is_on_its_way_where_none_can_be(
    host: str, said: str, nina: User, settings: Any
) -> None:
    settings.EMAIL_HOST = host
    page = Client().post(reverse("account_reset_password"), {"email": nina.email}, follow=True)
    assert said in page.content.decode()


def test_whoever_has_no_language_is_written_to_in_swedish(nina: User) -> None:
    User.objects.filter(pk=nina.pk).update(language="")
    Client(headers={"accept-language": "en"}).post(reverse("account_reset_password"), {"email": nina.email})
    (email,) = mail.outbox
    assert email.subject == "NMT-registret: välj ett nytt lösenord"
    assert "Meddelandet innehåller inga uppgifter ur registret." in email.body


def test_an_address_that_nobody_has_gets_no_email_and_the_same_answer(nina: User) -> None:
    answers = [
        Client().post(reverse("account_reset_password"), {"email": email})
        for email in (nina.email, "somebody.else@example.org")
    ]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, reverse("account_reset_password_done"))
    ] * 2
    assert [email.to for email in mail.outbox] == [[nina.email]]


def test_a_changed_password_is_told_to_its_owner(nina: User) -> None:
    assert change_password(nina) == 302
    (email,) = mail.outbox
    assert (email.to, email.subject) == ([nina.email], "The NMT register: your password has been changed")
    assert "If it was not you, call the administrator at once" in email.body
    assert "Mozilla" not in email.body


def test_a_password_is_changed_even_when_the_mail_server_is_down(
    nina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: Any, **options: Any) -> None:
        raise SMTPServerDisconnected

    monkeypatch.setattr(mail.EmailMessage, "send", down)
    assert change_password(nina) == 302
    nina.refresh_from_db()
    assert nina.check_password(SECOND)
