"""A timer that fails is told of by one e-mail to the administrators, which names it and nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any, Final

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Notice, User
from accounts.roles import Role
from jobs.alerts import NotTaken, tell_failure
from tests.actors import user
from tests.cases.pages import signed_in
from tests.certificates import write_certificate

pytestmark = pytest.mark.django_db
HOUR: Final = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _mail_server(settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def anna() -> User:
    return user("Anna", Role.ADMINISTRATOR, language="en")


def test_each_administrator_and_nobody_else_gets_an_email_that_names_the_timer_alone(anna: User) -> None:
    user("Dora", Role.DPO)
    user("Gone", Role.ADMINISTRATOR, is_active=False)
    call_command("tell_failure", "check_register")
    (email,) = mail.outbox
    assert email.to == [anna.email]
    assert email.subject == "The NMT register: check_register has failed"
    assert email.body == (
        "The timer check_register has failed. The page Operations in the register says what to do.\n\n"
        "You get this e-mail at most once a day for each timer."
    )


def test_it_is_told_in_the_language_of_its_reader(anna: User) -> None:
    User.objects.update(language="sv")
    call_command("tell_failure", "backup")
    (email,) = mail.outbox
    assert email.subject == "NMT-registret: backup har misslyckats"
    assert "Sidan Drift i registret" in email.body


def test_a_timer_that_fails_every_hour_is_told_of_once_a_day(anna: User) -> None:
    now = timezone.now()
    sent = [tell_failure("clearsessions", at=now + hours * HOUR) for hours in range(48)]
    assert sum(sent) == 3  # the first, and one for each day that it goes on


def test_a_timer_that_fails_every_night_is_told_of_every_night(anna: User) -> None:
    now = timezone.now()
    nights = (now, now + timedelta(hours=23, minutes=58), now + timedelta(hours=48))
    assert [tell_failure("backup", at=night) for night in nights] == [1, 1, 1]


def test_two_timers_are_told_of_apart(anna: User) -> None:
    now = timezone.now()
    assert [tell_failure(timer, at=now) for timer in ("backup", "verify_audit")] == [1, 1]


def test_it_stands_on_the_administrators_own_page_too(anna: User, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    call_command("tell_failure", "backup")
    assert mail.outbox == []
    page = signed_in(anna).get("/").content.decode()
    assert "A timer has failed, see Operations" in page
    assert "backup" in page


class Refusing(EmailBackend):
    """Takes nothing for one of two."""

    def send_messages(self, messages: Any) -> int:
        if messages[0].to == ["anna@example.org"]:
            raise SMTPRecipientsRefused({})
        return super().send_messages(messages)


def test_where_the_mail_server_takes_none_it_is_tried_again(anna: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.jobs.test_timer_fails.Refusing"
    with pytest.raises(NotTaken):
        tell_failure("backup", at=timezone.now())
    with pytest.raises(CommandError, match="The mail server did not take"):
        call_command("tell_failure", "backup")
    assert not Notice.objects.exists()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert tell_failure("backup", at=timezone.now()) == 1


def test_one_address_that_is_refused_does_not_bring_the_others_the_same_again(
    anna: User, settings: Any
) -> None:
    user("Bodil", Role.ADMINISTRATOR)
    settings.EMAIL_BACKEND = "tests.jobs.test_timer_fails.Refusing"
    now = timezone.now()
    assert [tell_failure("backup", at=now), tell_failure("backup", at=now + HOUR)] == [1, 0]


def test_what_is_no_command_is_refused_and_nobody_is_told(anna: User) -> None:
    with pytest.raises(CommandError):
        call_command("tell_failure", "Anna Berg")
    assert mail.outbox == []


# --- the certificate --------------------------------------------------------------------------
@pytest.mark.parametrize(("days", "said"), [(13, "is good for 13 days"), (-2, "is good for 0 days")])
def test_a_certificate_in_its_last_two_weeks_fails_its_timer(
    days: int, said: str, tmp_path: Path, settings: Any
) -> None:
    settings.TLS_CERTIFICATE = str(tmp_path / "register.crt")
    write_certificate(tmp_path / "register.crt", days=days)
    with pytest.raises(CommandError, match=said):
        call_command("check_certificate")


def test_one_that_cannot_be_read_fails_it_too(tmp_path: Path, settings: Any) -> None:
    settings.TLS_CERTIFICATE = str(tmp_path / "register.crt")
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("check_certificate")
    (tmp_path / "register.crt").write_text("nothing")
    with pytest.raises(CommandError, match="cannot be read: no certificate"):
        call_command("check_certificate")


def test_one_that_lasts_and_one_that_nobody_has_named_are_in_order(
    tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("check_certificate")
    settings.TLS_CERTIFICATE = str(tmp_path / "register.crt")
    write_certificate(tmp_path / "register.crt", days=14)
    call_command("check_certificate")
    assert capsys.readouterr().out == "ok: TLS_CERTIFICATE is not set\nok 14 days\n"
