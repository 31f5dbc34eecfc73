"""Letters at once, for those who have chosen them: that something cannot wait, with a link and nothing else.

The worker looks for it each minute. So the act itself takes as long and ends as well whether or not there is
anybody to be told, and whether or not the mail server answers: nobody learns from it what another region has.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.acting import beyond
from accounts.models import UrgentLetter, User, open_accounts
from accounts.roles import May
from audit.writer import System, record
from cases.choices import NotificationState, Urgency
from cases.models import AccessGrant, Call, Notification, Transfer
from desk.reminders import LetterOutcome, tried

# --- urgent ---
# What cannot wait until somebody looks at *My page* of their own accord: its kind and random code,
# without a word of what it is.


@beyond("transfer")
def cannot_wait(access: Access, *, since: datetime) -> set[str]:
    """What own regions are asked since then and have not answered: a transfer, access to a case; and urgent
    calls and notifications that have come to them. One query."""
    transfers = Transfer.objects.waiting_for(access).filter(asked_at__gte=since)
    grants = AccessGrant.objects.waiting_for(access).filter(asked_at__gte=since)
    calls = Call.objects.visible_to(access).filter(
        referred_region__in=access.regions, urgency=Urgency.ACUTE, created_at__gte=since, case__isnull=True
    )
    notifications = Notification.objects.waiting_for(access).filter(
        urgency=Urgency.ACUTE, sent_at__gte=since, state=NotificationState.RECEIVED
    )
    first, *others = (
        rows.order_by().annotate(kind=Value(kind), which=F("code")).values_list("kind", "which")
        for kind, rows in (
            ("transfer", transfers),
            ("access", grants),
            ("call", calls),
            ("notification", notifications),
        )
    )
    return {f"{kind}:{code}" for kind, code in first.union(*others, all=True)}


# --- at once ---
OLD: Final = timedelta(days=1)  # by then the letter of the day has told it


def write_down(*, at: datetime) -> None:
    """What somebody is to be told, once a thing and person: of what came since they chose so, and in the last
    day."""
    for user in User.objects.working(May.BE_REMINDED).filter(at_once_from__isnull=False):
        access = Access.of(user, at=at)
        if not access.regions:
            continue
        since = max(user.at_once_from or at, at - OLD)
        rows = [UrgentLetter(user=user, about=one, at=at) for one in cannot_wait(access, since=since)]
        UrgentLetter.objects.bulk_create(rows, ignore_conflicts=True)


def unsent(*, at: datetime) -> QuerySet[UrgentLetter]:
    """The letters at once that the next round tries: of those who still want them, and of the last day."""
    return UrgentLetter.objects.filter(
        open_accounts("user__"), sent_at__isnull=True, at__gt=at - OLD, user__at_once_from__isnull=False
    )


def send_unsent(*, at: datetime, site: str) -> int:
    """One letter a person of all that is new. Returns how many the mail server took; where it is not reached
    all wait for the next time."""
    users = list(User.objects.filter(pk__in=unsent(at=at).values("user")).order_by("pk"))
    if users:
        record(System(), "reminder.at_once", rows=len(users), at=at)  # first: a letter cannot be taken back
    sent = 0
    for user in users:
        outcome = tried(partial(_send, user, at, site), "A letter at once")
        sent += outcome is LetterOutcome.SENT
        if outcome is LetterOutcome.UNREACHED:
            break
    return sent


@transaction.atomic
def _send(user: User, at: datetime, site: str) -> LetterOutcome:
    """Its rows are locked while the letter is on its way, so that two workers do not both send it."""
    rows = UrgentLetter.objects.select_for_update().filter(user=user, sent_at__isnull=True)
    locked = list(rows.values_list("pk", flat=True))
    if not locked:
        return LetterOutcome.NEEDLESS
    if not letter(user, site).send():
        return LetterOutcome.UNREACHED
    _mark(locked, at)
    return LetterOutcome.SENT


def _mark(keys: Iterable[int], at: datetime) -> None:
    UrgentLetter.objects.filter(pk__in=list(keys)).update(sent_at=at)


def letter(user: User, site: str) -> EmailMessage:
    with translation.override(user.language or settings.LANGUAGE_CODE):
        text = _("Something that cannot wait is in the NMT register for you.")
        sign_in = _("Sign in to see what it is: %(link)s") % {"link": f"{site.rstrip('/')}/"}
        why = _("You have chosen this letter in My account. It tells nothing of what the register holds.")
        body = "\n\n".join((text, sign_in, why))
        return EmailMessage(_("The NMT register: something cannot wait"), body, to=[user.email])
