"""Letters say how much waits, and nothing else; a mail server that is down delays them, never loses or doubles them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from agencies.access import Access
from agencies.models import Region, User
from agencies.roles import Role
from cases.actions.reminders import send_unsent, write_down
from cases.actions.transfers import ask_transfer
from cases.models import Person, Reminder
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
    write_down(at=at)
    return send_unsent(at=at, site=SITE)


def test_the_letter_holds_a_number_and_a_link_and_no_fact_of_a_case() -> None:
    assert send() == (1, 0)
    letter = mail.outbox[0]
    assert letter.to == ["sune@example.org"]
    assert letter.body.split("\n\n") == [
        "1 thing waits for you in the NMT register.",
        "Sign in to see what it is: https://register.example/",
        "You get this letter at most once a day. It tells nothing of what the register holds.",
    ]
    assert "V-2018" not in letter.subject + letter.body


def test_a_user_gets_one_letter_a_day_however_often_the_timer_runs() -> None:
    send()
    assert send(MORNING + timedelta(hours=2)) == (0, 0)
    assert send(MORNING + timedelta(days=1)) == (1, 0)
    assert len({letter.extra_headers["Message-ID"] for letter in mail.outbox}) == len(mail.outbox) == 2


def test_a_mail_server_that_is_down_delays_the_letter_and_does_not_lose_or_double_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as down:
        down.setattr(EmailMessage, "send", _refuse)
        assert send() == (0, 1)
    assert send_unsent(at=MORNING, site=SITE) == (1, 0)
    assert send_unsent(at=MORNING, site=SITE) == (0, 0)
    assert len(mail.outbox) == 1


def test_nobody_who_has_left_is_written_to() -> None:
    write_down(at=MORNING)
    User.objects.filter(name="Sune").update(is_active=False)
    assert send_unsent(at=MORNING, site=SITE) == (0, 0)
    assert Reminder.objects.get().sent_at is None


def _refuse(self: EmailMessage) -> None:
    raise SMTPServerDisconnected("down")
