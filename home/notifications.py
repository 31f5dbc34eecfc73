"""E-mails that say how much waits, with a link: never a fact of a case.

First all e-mails of the day are written down, then those that are not sent yet are sent, each in a
transaction of its own: a mail server that is down delays them to the next run, which never writes a second
one for the same day.

Immediate notices, for those who have chosen them: that something cannot wait, with a link and nothing else.

The worker looks for it each minute. So the act itself takes as long and ends as well whether or not anybody
is notified, and whether or not the mail server answers: nobody learns from it what another region has.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from email.errors import MessageError
from enum import Enum
from functools import partial
from smtplib import SMTPConnectError, SMTPException, SMTPServerDisconnected
from typing import Any, Final

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.utils import timezone, translation
from django.utils.translation import gettext as _, ngettext

from accounts.access import Access, bypass_policies
from accounts.models import UrgentLetter, User, open_accounts
from accounts.roles import May
from audit.writer import System, record
from cases.choices import NotificationState, Urgency
from cases.models import AccessGrant, Call, Notification, Transfer
from home.models import Reminder
from home.my_page import number_waiting

log = logging.getLogger(__name__)
GIVE_UP = 3  # e-mails in a row that do not reach the server: each is waited for as long as EMAIL_TIMEOUT
OLD: Final = timedelta(days=1)  # by then the e-mail of the day has said it


def write_down_reminder(*, at: datetime) -> int:
    """Write down an e-mail for everybody who wants it and for whom something waits, once a day. Return how
    many the day has."""
    day = timezone.localdate(at)
    rows = [
        Reminder(user=user, day=day, count=count)
        for user in User.objects.working(May.BE_REMINDED).filter(daily_letter=True)
        if (count := number_waiting(Access.of(user, at=at)))
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    return Reminder.objects.filter(day=day).count()


class EmailOutcome(Enum):
    """What became of an e-mail: the mail server took it, refused it, was not reached; or it was needed no
    more."""

    SENT, REFUSED, UNREACHED, NEEDLESS = range(4)


def send_unsent_reminders(*, at: datetime, site: str) -> tuple[int, int]:
    """Send what is not sent. Return how many the mail server has taken, and how many wait for the next
    run."""
    rows = Reminder.objects.filter(open_accounts("user__"), sent_at__isnull=True).order_by("pk")
    unsent = list(rows.values_list("pk", flat=True))
    if unsent:
        record(System(), "reminder.send", rows=len(unsent), at=at)  # first: an e-mail cannot be taken back
    outcomes: list[EmailOutcome] = []
    for pk in unsent:
        if outcomes[-GIVE_UP:] == [EmailOutcome.UNREACHED] * GIVE_UP:
            break
        outcomes.append(tried(partial(_send_reminder, pk, at, site), f"Reminder {pk}"))
    sent = outcomes.count(EmailOutcome.SENT)
    return sent, len(unsent) - sent - outcomes.count(EmailOutcome.NEEDLESS)


def tried(send: Callable[[], EmailOutcome], what: str) -> EmailOutcome:
    """Send one e-mail, whatever became of those before. The log says which was not sent, never to whom."""
    try:
        return send()
    except (SMTPException, OSError, ValueError, MessageError) as error:
        log.error("%s was not sent: %s", what, error)
        # Whether it is the server that fails, and not the one e-mail: a refusal is an answer.
        silent = isinstance(error, OSError) and not isinstance(error, SMTPException)
        unreached = silent or isinstance(error, SMTPConnectError | SMTPServerDisconnected)
        return EmailOutcome.UNREACHED if unreached else EmailOutcome.REFUSED


@transaction.atomic
def _send_reminder(pk: int, at: datetime, site: str) -> EmailOutcome:
    """The row is locked while the e-mail is on its way, so that two timers do not both send it."""
    row = Reminder.objects.select_for_update(of=("self",)).select_related("user").get(pk=pk)
    if row.sent_at is not None or not row.user.works:
        return EmailOutcome.NEEDLESS
    if not reminder_mail(row, site).send():
        return EmailOutcome.UNREACHED
    row.sent_at = at
    row.save(update_fields=["sent_at"])
    return EmailOutcome.SENT


def reminder_mail(row: Reminder, site: str) -> EmailMessage:
    """The identifier of the message follows from user and day: a mail server drops the second of two
    alike."""
    mark = hashlib.sha256(f"{row.user_id}:{row.day}".encode()).hexdigest()[:32]
    with translation.override(row.user.reading_language):
        text = ngettext(
            "%(n)d thing waits for you in the NMT register.",
            "%(n)d things wait for you in the NMT register.",
            row.count,
        )
        why = _("You get this e-mail at most once a day. It says nothing about what is in the register.")
        choose = _("You choose in My account whether you get it.")
        subject, facts = _("The NMT register: something waits for you"), text % {"n": row.count}
        headers = {"Message-ID": f"<{mark}@nmt-register>"}
        return _mail(row.user, site, subject, facts, f"{why} {choose}", headers=headers)


@bypass_policies("transfer")
def cannot_wait(access: Access, *, since: datetime) -> set[str]:
    """Return what cannot wait until somebody looks at *My page* of their own accord, by kind and random code.

    It is what own regions were asked since then and have not answered, a transfer or access to a case, and
    urgent calls and notifications that have come to them. One query.
    """
    transfers = Transfer.objects.waiting_for(access).filter(asked_at__gte=since)
    grants = AccessGrant.objects.waiting_for(access).filter(asked_at__gte=since)
    calls = Call.objects.visible_to(access).filter(
        referred_region__in=access.regions, urgency=Urgency.ACUTE, created_at__gte=since, case__isnull=True
    )
    notifications = Notification.objects.waiting_for(access).filter(
        urgency=Urgency.ACUTE, sent_at__gte=since, state=NotificationState.RECEIVED
    )
    kinds = {"transfer": transfers, "access": grants, "call": calls, "notification": notifications}
    first, *others = (
        rows.order_by().annotate(kind=Value(kind), which=F("code")).values_list("kind", "which")
        for kind, rows in kinds.items()
    )
    return {f"{kind}:{code}" for kind, code in first.union(*others, all=True)}


def write_down(*, at: datetime) -> None:
    """Write down immediate notices, once a thing and person: of what came since they chose so, and in the
    last day."""
    for user in User.objects.working(May.BE_REMINDED).filter(at_once_from__isnull=False):
        access = Access.of(user, at=at)
        if not access.regions:
            continue
        since = max(user.at_once_from or at, at - OLD)
        rows = [UrgentLetter(user=user, about=one, at=at) for one in cannot_wait(access, since=since)]
        UrgentLetter.objects.bulk_create(rows, ignore_conflicts=True)


def unsent(*, at: datetime) -> QuerySet[UrgentLetter]:
    """The immediate notices that the next round tries: of those who still want them, and of the last day."""
    return UrgentLetter.objects.filter(
        open_accounts("user__"), sent_at__isnull=True, at__gt=at - OLD, user__at_once_from__isnull=False
    )


def send_unsent(*, at: datetime, site: str) -> int:
    """Send one e-mail a person of all that is new. Return how many the mail server took; where it is not
    reached all wait for the next time."""
    users = list(User.objects.filter(pk__in=unsent(at=at).values("user")).order_by("pk"))
    if users:
        record(System(), "reminder.at_once", rows=len(users), at=at)  # first: an e-mail cannot be taken back
    sent = 0
    for user in users:
        outcome = tried(partial(_send, user, at, site), "A letter at once")
        sent += outcome is EmailOutcome.SENT
        if outcome is EmailOutcome.UNREACHED:
            break
    return sent


@transaction.atomic
def _send(user: User, at: datetime, site: str) -> EmailOutcome:
    """Its rows are locked while the e-mail is on its way, so that two workers do not both send it."""
    rows = UrgentLetter.objects.select_for_update().filter(user=user, sent_at__isnull=True)
    locked = list(rows.values_list("pk", flat=True))
    if not locked:
        return EmailOutcome.NEEDLESS
    if not immediate_mail(user, site).send():
        return EmailOutcome.UNREACHED
    UrgentLetter.objects.filter(pk__in=locked).update(sent_at=at)
    return EmailOutcome.SENT


def immediate_mail(user: User, site: str) -> EmailMessage:
    with translation.override(user.reading_language):
        text = _("The NMT register has something for you that cannot wait.")
        why = _("You have chosen this e-mail in My account. It says nothing about what is in the register.")
        return _mail(user, site, _("The NMT register: something cannot wait"), text, why)


def _mail(user: User, site: str, subject: str, text: str, why: str, **options: Any) -> EmailMessage:
    """`why` somebody gets it, after the link to sign in."""
    sign_in = _("Sign in to see what it is: %(link)s") % {"link": f"{site.rstrip('/')}/"}
    return EmailMessage(subject, "\n\n".join((text, sign_in, why)), to=[user.email], **options)
