"""The yearly look through all accounts: does each still need to be there? (MSBFS 2020:7, section 3: rights
are limited in time and controlled every year.)"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.invitations import end_account
from accounts.models import AccountReview, User, open_accounts
from accounts.roles import May
from audit.writer import record

YEAR: Final = timedelta(days=365)
IDLE: Final = timedelta(days=90)


def accounts_at(at: datetime) -> QuerySet[Any]:
    """Every account that signs in, the stalest first: `due` after a year without a review, `idle` after 90
    days without signing in. Who has let somebody in has looked at them that day."""
    last = AccountReview.objects.filter(user=OuterRef("pk")).order_by("-at")
    rows = User.objects.filter(open_accounts()).annotate(reviewed_at=Subquery(last.values("at")[:1]))
    rows = rows.annotate(
        since=Coalesce("reviewed_at", "date_joined"), seen=Coalesce("last_login", "date_joined")
    )
    due, idle = Q(since__lt=at - YEAR), Q(seen__lt=at - IDLE)
    rows = rows.annotate(due=_is(due), idle=_is(idle), endless=_is(Q(ends_on__isnull=True)))
    return rows.order_by("-due", "-idle", "-endless", "since", "pk")


def due(access: Access) -> QuerySet[Any]:
    """The accounts that wait for a review by this person: nobody reviews the own. Raises PermissionDenied."""
    access.require(May.REVIEW_ACCOUNTS)
    return accounts_at(access.at).filter(due=1).exclude(pk=access.user.pk)


@transaction.atomic
def review_accounts(answers: Mapping[User, str], *, by: Access) -> AccountReview:
    """What was answered of each account, at least one; returns the last. Who ends signs in no more. Raises
    PermissionDenied, and then nothing is answered."""
    by.require(May.REVIEW_ACCOUNTS)
    return [_review(user, answer, by) for user, answer in answers.items()][-1]


def _review(user: User, answer: str, by: Access) -> AccountReview:
    if user.pk == by.user.pk:
        raise PermissionDenied(_("Nobody reviews the own account."))
    row = AccountReview.objects.create(user=user, by=by.user, at=by.at, answer=answer)
    if answer == AccountReview.Answer.ENDS:
        end_account(user=user, by=by)
    record(by, "user.review", row, search_kind=answer)
    return row


def _is(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0))
