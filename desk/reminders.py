"""Letters that say how much waits, with a link: never a fact of a case.

First all letters of the day are written down, then those that are not sent yet are sent, each in a
transaction of its own: a mail server that is down delays them to the next run, which never writes a second
one for the same day.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime
from email.errors import MessageError
from enum import Enum
from functools import partial
from smtplib import SMTPConnectError, SMTPException, SMTPServerDisconnected

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Access
from accounts.models import User, open_accounts
from accounts.roles import May
from audit.writer import System, record
from desk.models import Reminder
from desk.number import number_waiting

log = logging.getLogger(__name__)
GIVE_UP = 3  # letters in a row that do not reach the server: each is waited for as long as EMAIL_TIMEOUT


def write_down(*, at: datetime) -> int:
    """A letter for everybody who wants it and for whom something waits, once a day. Returns how many letters
    the day has."""
    day = timezone.localdate(at)
    waiting = [
        (user, number_waiting(Access.of(user, at=at)))
        for user in User.objects.working(May.BE_REMINDED).filter(daily_letter=True)
    ]
    rows = [Reminder(user=user, day=day, count=count) for user, count in waiting if count]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    return Reminder.objects.filter(day=day).count()


class LetterOutcome(Enum):
    """What became of a letter: the mail server took it, refused it, was not reached; or it was needed no
    more."""

    SENT, REFUSED, UNREACHED, NEEDLESS = range(4)


def send_unsent(*, at: datetime, site: str) -> tuple[int, int]:
    """Send what is not sent. Returns how many the mail server has taken, and how many wait for the next
    run."""
    unsent = list(
        Reminder.objects.filter(open_accounts("user__"), sent_at__isnull=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if unsent:
        record(System(), "reminder.send", rows=len(unsent), at=at)  # first: a letter cannot be taken back
    outcomes: list[LetterOutcome] = []
    for pk in unsent:
        if outcomes[-GIVE_UP:] == [LetterOutcome.UNREACHED] * GIVE_UP:
            break
        outcomes.append(tried(partial(_send, pk, at, site), f"Reminder {pk}"))
    sent = outcomes.count(LetterOutcome.SENT)
    return sent, len(unsent) - sent - outcomes.count(LetterOutcome.NEEDLESS)


def tried(send: Callable[[], LetterOutcome], what: str) -> LetterOutcome:
    """One letter, whatever became of those before. The log says which was not sent, and never to whom."""
    try:
        return send()
    except (SMTPException, OSError, ValueError, MessageError) as error:
        log.error("%s was not sent: %s", what, error)
        return LetterOutcome.UNREACHED if is_unreached(error) else LetterOutcome.REFUSED


def is_unreached(error: Exception) -> bool:
    """Whether it is the server that fails, and not the one letter: a refusal is an answer."""
    silent = isinstance(error, OSError) and not isinstance(error, SMTPException)
    return silent or isinstance(error, SMTPConnectError | SMTPServerDisconnected)


@transaction.atomic
def _send(pk: int, at: datetime, site: str) -> LetterOutcome:
    """The row is locked while the letter is on its way, so that two timers do not both send it."""
    row = Reminder.objects.select_for_update(of=("self",)).select_related("user").get(pk=pk)
    if row.sent_at is not None or not row.user.works:
        return LetterOutcome.NEEDLESS
    if not letter(row, site).send():
        return LetterOutcome.UNREACHED
    row.sent_at = at
    row.save(update_fields=["sent_at"])
    return LetterOutcome.SENT


def letter(row: Reminder, site: str) -> EmailMessage:
    """The identifier of the message follows from user and day: a mail server drops the second of two
    alike."""
    mark = hashlib.sha256(f"{row.user_id}:{row.day}".encode()).hexdigest()[:32]
    with translation.override(row.user.language or settings.LANGUAGE_CODE):
        text = ngettext(
            "%(n)d thing waits for you in the NMT register.",
            "%(n)d things wait for you in the NMT register.",
            row.count,
        )
        sign_in = _("Sign in to see what it is: %(link)s") % {"link": f"{site.rstrip('/')}/"}
        why = _("You get this letter at most once a day. It tells nothing of what the register holds.")
        choose = _("Whether you get it you choose in My account.")
        body = "\n\n".join((text % {"n": row.count}, sign_in, f"{why} {choose}"))
        headers = {"Message-ID": f"<{mark}@nmt-register>"}
        return EmailMessage(
            _("The NMT register: something waits for you"), body, to=[row.user.email], headers=headers
        )
