"""What administrators are told of the server: when the proxy's certificate ends, and that a timer failed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from smtplib import SMTPException
from typing import Final

from cryptography import x509
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _, gettext_lazy

from accounts.models import Notice, User
from accounts.notices import notice, tell
from accounts.roles import May
from jobs.models import Heartbeat

MIN_DAYS: Final = 14  # days before the last one when somebody is told


@dataclass(frozen=True, slots=True)
class Certificate:
    """`days` is how many are left, and `fault` why the file cannot be read; then none are."""

    file: str
    days: int
    fault: str = ""

    @property
    def lasts(self) -> bool:
        return self.days >= MIN_DAYS


def certificate() -> Certificate | None:
    """Return the certificate in TLS_CERTIFICATE, the first of the file; None where nobody has set it."""
    file = settings.TLS_CERTIFICATE
    if not file:
        return None
    try:
        first = x509.load_pem_x509_certificates(Path(file).read_bytes())[0]
    except OSError as error:
        return Certificate(file, 0, error.strerror or "")
    except ValueError:
        return Certificate(file, 0, "no certificate")
    left = first.not_valid_after_utc - timezone.now()
    return Certificate(file, max(left.days, 0))


log = logging.getLogger(__name__)
# Less than a day, so that a timer that fails every night is reported every night.
REST: Final = timedelta(hours=20)
FAILED: Final = notice("timer.failed", gettext_lazy("A timer has failed, see Operations"))


class NotTaken(Exception):
    """The mail server took none of the e-mails."""


@transaction.atomic
def tell_failure(timer: str, *, at: datetime) -> int:
    """Tell every administrator that `timer` has failed, at most once in twenty hours. Return how many e-mails
    were sent.

    Raises NotTaken where the mail server took none: then nobody has been told, and it may be tried again.
    """
    administrators = User.objects.working(May.ADMINISTER)
    if not Notice.objects.filter(kind=FAILED, label=timer, at__gt=at - REST).exists():
        tell(list(administrators), FAILED, label=timer, at=at)
    if not settings.EMAIL_HOST or _was_sent(timer, at):
        return 0
    sent = send_to_administrators(lambda: _subject(timer), lambda: _text(timer))
    Heartbeat.objects.update_or_create(name=_sent(timer), defaults={"at": at})
    return sent


def forget_failure(timer: str) -> None:
    """Remove what administrators were told: the timer has succeeded since."""
    Notice.objects.filter(kind=FAILED, label=timer).delete()
    Heartbeat.objects.filter(name=_sent(timer)).delete()


def send_to_administrators(subject: Callable[[], str], text: Callable[[], str]) -> int:
    """Return how many e-mails were sent, each in the language of its reader.

    Raises NotTaken where the mail server took none.
    """
    if not settings.EMAIL_HOST:
        return 0
    sent = 0
    administrators = list(User.objects.working(May.ADMINISTER))
    for user in administrators:
        with translation.override(user.reading_language):
            email = EmailMessage(subject(), text(), to=[user.email])
        try:
            sent += email.send()
        except (SMTPException, OSError) as error:
            log.error("An administrator could not be told of a fault: %s", error)
    if administrators and not sent:
        raise NotTaken
    return sent


def _was_sent(timer: str, at: datetime) -> bool:
    """Within twenty hours. A notice on the page is no e-mail: there may have been no mail server then."""
    return Heartbeat.objects.filter(name=_sent(timer), at__gt=at - REST).exists()


def _sent(timer: str) -> str:
    """Return the name of the heartbeat of its e-mail."""
    return f"e-mail {timer}"


def _subject(timer: str) -> str:
    return _("The NMT register: %(timer)s has failed") % {"timer": timer}


def _text(timer: str) -> str:
    """The name of the timer and nothing else: who reads it on its way learns nothing more."""
    text = _("The timer %(timer)s has failed. The page Operations in the register says what to do.")
    once = _("You get this e-mail at most once a day for each timer.")
    return f"{text % {'timer': timer}}\n\n{once}"
