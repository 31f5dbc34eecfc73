"""What administrators are told of the server: when the proxy's certificate ends, and that a timer failed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
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
    if Notice.objects.filter(kind=FAILED, label=timer, at__gt=at - REST).exists():
        return 0
    administrators = list(User.objects.working(May.ADMINISTER))
    tell(administrators, FAILED, label=timer, at=at)
    if not settings.EMAIL_HOST:
        return 0
    return _send(timer, administrators)


def _send(timer: str, administrators: Sequence[User]) -> int:
    sent = 0
    for user in administrators:
        try:
            sent += _email(timer, user).send()
        except (SMTPException, OSError) as error:
            log.error("An administrator could not be told that %s has failed: %s", timer, error)
    if administrators and not sent:
        raise NotTaken
    return sent


def _email(timer: str, user: User) -> EmailMessage:
    """The name of the timer and nothing else: who reads it on its way learns nothing more."""
    with translation.override(user.reading_language):
        text = _("The timer %(timer)s has failed. The page Operations in the register says what to do.")
        once = _("You get this e-mail at most once a day for each timer.")
        subject = _("The NMT register: %(timer)s has failed") % {"timer": timer}
    return EmailMessage(subject, f"{text % {'timer': timer}}\n\n{once}", to=[user.email])
