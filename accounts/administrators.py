"""How many administrators there are, that one always is, and the way in from the server when none can come
in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import end_deputies
from accounts.models import BoundEid, User
from accounts.notices import notice, tell
from accounts.opening import close
from accounts.roles import MAY, May
from accounts.sessions import end_all
from audit.writer import System, record

GLASS: Final = notice(
    "account.break_glass", gettext_lazy("An administrator's account was broken open on the server")
)
INVITED: Final = notice("account.server", gettext_lazy("An account was made on the server, by one person"))


def administers(user: User) -> bool:
    return user.works and May.ADMINISTER in MAY[user.role_now]


def another_than(user: User, *, after: date | None = None) -> bool:
    """Whether somebody else administers the register who can sign in, `after` that day too."""
    others = User.objects.able(May.ADMINISTER).exclude(pk=user.pk)
    if after is not None:
        others = others.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=after))
    return others.exists()


def keep_one(before: User, after: User) -> None:
    """Raises PermissionDenied where nobody would be left who can let others in, on the last day or before."""
    if not administers(before):
        return
    ends = administers(after) and before.outlasts(after.ends_on)
    left = another_than(before, after=after.ends_on if ends else None)
    if (ends or not administers(after)) and not left:
        raise PermissionDenied(
            _("This is the last administrator who can sign in. Let another one in first, then change this.")
        )


def one_change_at_a_time() -> None:
    """Whoever ends administrators at the same moment waits, so that two do not end each other."""
    list(User.objects.working(May.ADMINISTER).order_by("pk").select_for_update().values_list("pk", flat=True))


def is_alone() -> bool:
    """One administrator, so that what an administrator asks no other one can answer."""
    return User.objects.able(May.ADMINISTER).count() < 2


def alone_in_words() -> str:
    """What follows from there being one administrator, for operations; empty where there are more, or none
    yet."""
    if User.objects.able(May.ADMINISTER).count() != 1:
        return ""
    answers = "" if User.objects.able(May.LET_IN).exists() else " Nobody can answer what is asked for."
    return (
        "there is one administrator, who can be locked out and whom nobody stands in for. "
        f"Make a second: manage.py invite.{answers}"
    )


def watchers(*also: May) -> list[User]:
    """Who is told of what is done past the register's own doors: the data protection officer and every
    administrator; of a new account, those who answer who is let in, too."""
    return list(User.objects.working(May.VIEW_TRAIL, May.ADMINISTER, *also))


def second_factors_and_sessions_end(user: User) -> None:
    Authenticator.objects.filter(user=user).delete()
    BoundEid.objects.filter(user=user).delete()
    end_all(user)


@transaction.atomic
def break_glass(*, user: User, role: str, reason: str, at: datetime) -> User:
    """An administrator who can come in again, or the first: without second factor and password, the account
    closed until its new code is given. Everybody who watches is told."""
    wanted = {"role": role, "is_active": True, **({"ends_on": None} if user.has_ended else {})}
    fields = [name for name, value in wanted.items() if getattr(user, name) != value]
    for name in fields:
        setattr(user, name, wanted[name])
    user.set_unusable_password()
    user.save()
    second_factors_and_sessions_end(user)
    close(user, shown_to=None, at=at)
    if {"role", "is_active"} & set(fields):
        end_deputies(user, System())
    tell(watchers(May.LET_IN), GLASS, label=str(user), at=at)
    record(System(), "user.break_glass", user, fields=fields, reason=reason)
    return user
