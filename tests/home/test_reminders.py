"""E-mails say how much waits, and nothing else; a mail server that is down delays them, never loses or
doubles them."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from email.errors import HeaderParseError
from io import StringIO
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail import BadHeaderError, EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend as LocmemBackend
from django.core.management import CommandError, call_command

from accounts.access import Access
from accounts.models import User
from accounts.notices import links_of_emails_lead_somewhere
from accounts.roles import Role
from agencies.models import Region
from audit.models import Event
from cases.actions.sharing import ask_transfer
from cases.models import Person
from home.models import Reminder
from home.my_page import number_waiting
from home.notifications import send_unsent_reminders, write_down_reminder
from tests.actors import access, user
from tests.makers import new_case

pytestmark = pytest.mark.django_db
MORNING = datetime(2019, 3, 4, 6, tzinfo=UTC)
SITE = "https://register.example"


@pytest.fixture(autouse=True)
def waiting() -> Access:
    """A transfer waits for Sune; nothing waits for Olle."""
    vera, _sune = (
        access(user("Vera", Role.COORDINATOR, region="V")),
        user("Sune", Role.COORDINATOR, region="SY", language="en"),
    )
    user("Olle", Role.OPERATOR)
    person = Person.objects.get(case=new_case(by=vera))
    Person.objects.update(age_class="25-34", citizenship="RO", offence="offence:trafficking")
    ask_transfer(person=person, to_region=Region.objects.get(code="SY"), reason="Moved.", by=vera)
    return vera


def send(at: datetime = MORNING) -> tuple[int, int]:
    write_down_reminder(at=at)
    return send_unsent_reminders(at=at, site=SITE)


def test_the_email_and_the_menu_say_one_number() -> None:
    write_down_reminder(at=MORNING)
    row = Reminder.objects.get()
    assert row.count == number_waiting(Access.of(row.user, at=MORNING)) == 1


def test_the_email_holds_a_number_and_a_link_and_no_fact_of_a_case() -> None:
    assert send() == (1, 0)
    email = mail.outbox[0]
    assert email.to == ["sune@example.org"]
    assert email.body.split("\n\n") == [
        "1 thing waits for you in the NMT register.",
        "Sign in to see what it is: https://register.example/",
        "You get this e-mail at most once a day. It says nothing about what is in the register. "
        "You choose in My account whether you get it.",
    ]
    assert "V-2018" not in email.subject + email.body


def test_a_user_gets_one_email_a_day_however_often_the_timer_runs() -> None:
    send()
    assert send(MORNING + timedelta(hours=2)) == (0, 0)
    assert send(MORNING + timedelta(days=1)) == (1, 0)
    assert len({email.extra_headers["Message-ID"] for email in mail.outbox}) == len(mail.outbox) == 2


def test_a_mail_server_that_is_down_delays_the_email_and_does_not_lose_or_double_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as down:
        down.setattr(EmailMessage, "send", _refuse)
        assert send() == (0, 1)
    assert send_unsent_reminders(at=MORNING, site=SITE) == (1, 0)
    assert send_unsent_reminders(at=MORNING, site=SITE) == (0, 0)
    assert len(mail.outbox) == 1


# --- one e-mail of several -------------------------------------------------------------------
class Third(LocmemBackend):
    """Takes every e-mail but the third that it is offered."""

    offered = 0
    error: Exception

    def send_messages(self, messages: Any) -> int:
        Third.offered += 1
        if Third.offered == 3:
            raise Third.error
        return super().send_messages(messages)


class Down(BaseEmailBackend):
    tried = 0

    def send_messages(self, messages: Any) -> int:
        Down.tried += 1
        raise TimeoutError("timed out")


class Refusing(BaseEmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise SMTPRecipientsRefused({"sune@example.org": (550, b"no such user")})


@pytest.fixture
def five() -> list[Reminder]:
    """E-mails for four more."""
    write_down_reminder(at=MORNING)
    for n in range(4):
        Reminder.objects.create(user=user(f"Op{n}", Role.OPERATOR), day=MORNING.date(), count=1)
    return list(Reminder.objects.order_by("pk"))


@pytest.mark.parametrize(
    "error", [SMTPRecipientsRefused({"x@example.org": (550, b"")}), SMTPServerDisconnected(),
              BadHeaderError("newline"), pytest.param(HeaderParseError("bad"), marks=pytest.mark.long)]
)  # fmt: skip
def test_an_email_that_is_not_taken_waits_alone(
    error: Exception, five: list[Reminder], settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    Third.offered, Third.error = 0, error
    settings.EMAIL_BACKEND = f"{__name__}.Third"
    assert send_unsent_reminders(at=MORNING, site=SITE) == (4, 1)
    assert list(Reminder.objects.filter(sent_at=None)) == [five[2]]
    assert f"Reminder {five[2].pk} was not sent" in caplog.text
    assert "example.org" not in caplog.text
    assert send_unsent_reminders(at=MORNING, site=SITE) == (1, 0)
    assert sorted(email.to for email in mail.outbox) == sorted([row.user.email] for row in five)


def test_a_server_that_is_silent_is_not_waited_for_by_every_email(
    five: list[Reminder], settings: Any
) -> None:
    Down.tried = 0
    settings.EMAIL_BACKEND = f"{__name__}.Down"
    assert send_unsent_reminders(at=MORNING, site=SITE) == (0, 5)
    assert Down.tried == 3


def test_addresses_that_are_refused_do_not_hold_up_the_rest(five: list[Reminder], settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    assert send_unsent_reminders(at=MORNING, site=SITE) == (0, 5)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_unsent_reminders(at=MORNING, site=SITE) == (5, 0)


def test_without_a_mail_server_nothing_is_called_sent(five: list[Reminder], settings: Any) -> None:
    """By whatever way it is tried."""
    settings.EMAIL_BACKEND = "accounts.notices.Nowhere"
    assert send_unsent_reminders(at=MORNING, site=SITE) == (0, 5)
    assert Reminder.objects.filter(sent_at=None).count() == 5


def test_a_mail_server_that_never_answers_is_waited_for_some_seconds(settings: Any) -> None:
    """By a real one: it takes the call and says nothing."""
    assert 0 < settings.EMAIL_TIMEOUT <= 30
    settings.EMAIL_TIMEOUT, settings.EMAIL_BACKEND = 1, "django.core.mail.backends.smtp.EmailBackend"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        assert send() == (0, 1)


# --- the command -----------------------------------------------------------------------------
def command(*words: str) -> str:
    out = StringIO()
    with time_machine.travel(MORNING, tick=False):
        call_command("send_reminders", *words, stdout=out)
    return out.getvalue()


def test_the_command_writes_emails_with_the_configured_address(settings: Any) -> None:
    settings.EMAIL_HOST, settings.SITE_ADDRESS = "mail.example", "https://register.example"
    assert command() == "1 e-mails sent\n"
    assert "https://register.example/" in mail.outbox[0].body
    assert command() == "0 e-mails sent\n"


def test_an_address_that_is_said_wins(settings: Any) -> None:
    settings.EMAIL_HOST, settings.SITE_ADDRESS = "mail.example", "https://register.example"
    command("--site", "https://other.example/")
    assert "https://other.example/\n" in mail.outbox[0].body
    assert "register.example" not in mail.outbox[0].body


@pytest.mark.parametrize(
    ("host", "address", "refusal"),
    [
        ("", "https://register.example", "EMAIL_HOST is not set"),
        ("mail.example", "", "SITE_ADDRESS is not set"),
    ],
)
def test_it_is_refused_in_one_sentence_and_nothing_is_marked(
    host: str, address: str, refusal: str, settings: Any
) -> None:
    settings.EMAIL_HOST, settings.SITE_ADDRESS = host, address
    with pytest.raises(CommandError, match=refusal) as refused:
        command()
    assert "\n" not in str(refused.value)
    assert mail.outbox == []
    assert not Reminder.objects.exclude(sent_at=None).exists()


def test_what_was_not_taken_ends_the_command_with_a_number(five: list[Reminder], settings: Any) -> None:
    settings.EMAIL_HOST, settings.SITE_ADDRESS = "mail.example", "https://register.example"
    Third.offered, Third.error = 0, SMTPRecipientsRefused({})
    settings.EMAIL_BACKEND = f"{__name__}.Third"
    with pytest.raises(CommandError, match=r"did not take 1 e-mails: .* 4 e-mails were sent\."):
        command()
    assert command() == "1 e-mails sent\n"


def test_a_demonstration_says_that_nothing_was_sent(five: list[Reminder], settings: Any) -> None:
    settings.DEMO = True
    assert command() == "0 e-mails sent, 5 wait: EMAIL_HOST is not set\n"
    assert Reminder.objects.filter(sent_at=None).count() == 5
    assert not Event.objects.filter(action="reminder.send").exists()


@pytest.mark.parametrize(
    ("host", "address", "warnings"),
    [("", "", 0), ("mail.example", "", 1), ("mail.example", "https://register.example", 0)],
)
def test_the_check_before_use_says_that_emails_would_lead_nowhere(
    host: str, address: str, warnings: int, settings: Any
) -> None:
    settings.EMAIL_HOST, settings.SITE_ADDRESS = host, address
    assert len(links_of_emails_lead_somewhere()) == warnings


def test_nobody_who_has_left_is_written_to() -> None:
    write_down_reminder(at=MORNING)
    User.objects.filter(name="Sune").update(is_active=False)
    assert send_unsent_reminders(at=MORNING, site=SITE) == (0, 0)
    assert Reminder.objects.get().sent_at is None


def _refuse(self: EmailMessage) -> None:
    raise SMTPServerDisconnected("down")
