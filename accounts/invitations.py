"""Invite, end, change and review users. An administrator asks; what opens casework, or somebody else's
account, a second person answers. Every change is recorded.

An account opens with a code of six digits, which is shown once to who answered that its owner is let in, and
said by telephone. The link of an invitation comes by e-mail: whoever reads the mailbox, and the administrator
who is shown the link, could choose the password and set up the second factor. The code is known to neither.

There is always one administrator, and a way in from the server when none can come in.

Once a year somebody looks through all accounts: does each still need to be there? (MSBFS 2020:7, section 3:
rights are limited in time and controlled every year.)
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import send_mail
from django.core.management.base import CommandError
from django.db import transaction
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from accounts.access import Access, end_deputies, refuse_where
from accounts.approvals import LETS_IN
from accounts.models import AccountReview, Approval, BoundEid, Opening, User, open_accounts
from accounts.notices import NoAddress, address, notice, tell
from accounts.roles import MAY, May, given_by_two
from accounts.sessions import OF_EVERY_PAGE, end_all
from accounts.transactions import assign
from audit.writer import Actor, System, record

TRIES: Final = 5
CLOSED: Final = "must_open"  # in the session of somebody whose account is not open yet
# What is open before the account is: the way in and out, and what every page leads to.
BEFORE: Final = (
    *("/account/open/", "/accounts/login/", "/accounts/logout/", "/accounts/password/reset/"),
    *OF_EVERY_PAGE,
)


def ask_for_code(request: HttpRequest) -> HttpResponse | None:
    """Leads whoever has an account that is not open to the page that opens it: not even a second factor is
    set up before."""
    waits = request.session.get(CLOSED) and not request.path.startswith(BEFORE)
    return redirect("open_account") if waits else None


def close(user: User, *, shown_to: User | None, at: datetime) -> str:
    """The new code of an account that is closed until somebody gives it; the former is good for nothing."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    # A million codes are soon tried by who has the database: not without the key that is outside it.
    hashed = make_password(_mark(user, code))
    facts = {"hashed": hashed, "tries": 0, "made_at": at, "made_by": shown_to}
    Opening.objects.update_or_create(user=user, defaults={**facts, "opened_at": None})
    user.code_to_read_out = code
    return code


def is_closed(user: User, **shown: User) -> bool:
    """Whether the account waits for its code; with `made_by` for one that this person was shown."""
    return Opening.objects.filter(user=user, opened_at=None, **shown).exists()


def tries_left(user: User) -> int:
    row = Opening.objects.filter(user=user).first()
    return max(TRIES - row.tries, 0) if row else 0


@transaction.atomic
def open_account(code: str, *, by: Access) -> bool:
    """Whether the code was right, and so the account is open. After five wrong ones none is."""
    row = Opening.objects.select_for_update().filter(user=by.user, opened_at=None).first()
    if row is None:
        return True
    typed = "".join(one for one in code if one.isdecimal())
    if row.tries >= TRIES or not check_password(_mark(by.user, typed), row.hashed):
        Opening.objects.filter(pk=row.pk, tries__lt=TRIES).update(tries=F("tries") + 1)
        record(by, "user.open_refused", by.user)
        return False
    row.opened_at = by.at
    row.save(update_fields=["opened_at"])
    record(by, "user.open", by.user)
    return True


def _mark(user: User, code: str) -> str:
    return salted_hmac("accounts.invitations", f"{user.pk}:{code}").hexdigest()


GLASS: Final = notice(
    "account.break_glass", gettext_lazy("An administrator's account was broken open on the server")
)
INVITED: Final = notice("account.server", gettext_lazy("An account was made on the server, by one person"))


def administers(user: User) -> bool:
    return user.works and May.ADMINISTER in MAY[user.role_now]


def keep_one(before: User, after: User) -> None:
    """Raises PermissionDenied where nobody would be left who can let others in, on the last day or before."""
    if not administers(before):
        return
    stays = administers(after)
    if stays and not before.outlasts(after.ends_on):
        return
    others = User.objects.able(May.ADMINISTER).exclude(pk=before.pk)
    if stays:  # until a day after which another one is needed
        others = others.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=after.ends_on))
    last = _("This is the last administrator who can sign in. Have another approved, then change this.")
    refuse_where(not others.exists(), last)


def is_alone() -> bool:
    """One administrator, so that what an administrator asks no other one can answer."""
    return User.objects.able(May.ADMINISTER).count() < 2


def alone_in_words() -> str:
    """What follows from there being exactly one administrator, for operations; else empty."""
    if User.objects.able(May.ADMINISTER).count() != 1:
        return ""
    answers = "" if User.objects.able(May.LET_IN).exists() else " Nobody can answer what is asked for."
    return (
        "there is one administrator, who can be locked out and whom nobody stands in for. "
        f"Make a second: manage.py invite.{answers}"
    )


def watchers(*also: May) -> list[User]:
    """Who is told of what is done past the register's own pages: the data protection officer and every
    administrator; of a new account, those who answer who is let in, too."""
    return list(User.objects.working(May.VIEW_AUDIT_LOG, May.ADMINISTER, *also))


def second_factors_and_sessions_end(user: User) -> None:
    Authenticator.objects.filter(user=user).delete()
    BoundEid.objects.filter(user=user).delete()
    end_all(user)


@transaction.atomic
def break_glass(*, user: User, role: str, reason: str, at: datetime) -> User:
    """An administrator who can come in again, or the first: without second factor and password, the account
    closed until its new code is given. Everybody who watches is told."""
    fields = assign(user, {"role": role, "is_active": True} | ({"ends_on": None} if user.has_ended else {}))
    user.set_unusable_password()
    user.save()
    second_factors_and_sessions_end(user)
    close(user, shown_to=None, at=at)
    if {"role", "is_active"} & set(fields):
        end_deputies(user, System())
    tell(watchers(May.LET_IN), GLASS, label=str(user), at=at)
    record(System(), "user.break_glass", user, fields=fields, reason=reason)
    return user


# What makes somebody another person to the register: what is open ends when it is changed.
OTHER_PERSON: Final = {"role", "email", "is_active"}
BY_TWO: Final = gettext_lazy("Two persons are needed for this: one asks, another answers.")


@transaction.atomic
def invite(*, user: User, by: Access, site: str) -> str:
    """Store a new user without a password and return the invitation's address. It is also sent, once all is
    stored. The code that opens the account is shown to nobody: a colleague tells another (`first_code`).

    Raises PermissionDenied where two persons are needed: then it is asked for
    (`agencies.account_approvals`)."""
    by.require(May.ADMINISTER)
    refuse_where(given_by_two(user.role), BY_TWO)
    link = _invite(user, by, site)
    user.code_to_read_out = ""
    return link


@transaction.atomic
def let_in(*, user: User, asked: Approval, by: Access, site: str) -> str:
    """The same for who was asked for by one, and is let in by another. Returns the code that opens it."""
    second_person(asked, by)
    _invite(user, by, site)
    asked.payload[LETS_IN] = user.pk
    return close(user, shown_to=by.user, at=by.at)


@transaction.atomic
def first_code(*, user: User, asked: Approval, by: Access) -> str:
    """The code of an account that one person has made, for another who tells it to its owner."""
    second_person(asked, by)
    asked.payload[LETS_IN] = user.pk
    code = close(user, shown_to=by.user, at=by.at)
    record(by, "user.new_code", user)
    return code


@transaction.atomic
def invite_first(*, user: User, by: Actor, site: str) -> str:
    """The same from the command line, where the first administrators come from. Once there are any, they are
    told: whoever has the server needs nobody's answer."""
    watching = watchers(May.LET_IN)
    link = _invite(user, by, site)
    tell(watching, INVITED, label=str(user), at=timezone.now())
    return link


@transaction.atomic
def invite_again(*, user: User, by: Access, site: str) -> str:
    """A new link for somebody who never came in; the former one is good for nothing. The code that opens the
    account stays, where there is one, and is not shown. Raises PermissionDenied."""
    by.require(May.ADMINISTER)
    chosen = _("Only an active account without a chosen password can be invited again.")
    refuse_where(not may_be_invited(user), chosen)
    link = _invite(user, by, site, "user.invite_again")
    user.code_to_read_out = ""
    return link


def may_be_invited(user: User) -> bool:
    return user.works and not user.has_usable_password()


@transaction.atomic
def new_code(*, user: User, asked: Approval, by: Access) -> str:
    """Another code for an account that nobody has opened yet, shown to who was told the former. Raises
    PermissionDenied."""
    answered = asked.answer == Approval.Answer.GIVEN and asked.answered_by_id == by.user.pk
    approver = _("Only the approver of the account gets a new code, until it is open.")
    refuse_where(not (answered and is_closed(user, made_by=by.user)), approver)
    code = close(user, shown_to=by.user, at=by.at)
    record(by, "user.new_code", user)
    return code


@transaction.atomic
def take_second_factor(*, user: User, asked: Approval, by: Access) -> str:
    """For somebody who has lost it: every session ends, another is set up after the next password, and
    before that the code is given that is returned."""
    second_person(asked, by)
    second_factors_and_sessions_end(user)
    code = close(user, shown_to=by.user, at=by.at)
    record(by, "user.factor_taken", user)
    return code


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user).exists()


def needs_two_to_change(before: User, after: User) -> bool:
    """Whether `after` may sign in by another address, or gets what no administrator gives alone: for longer,
    too."""
    if before.email.lower() != after.email.strip().lower():
        return True
    again = after.is_active and not before.is_active
    gets = after.role != before.role or again or after.outlasts(before.ends_on)
    return gets and given_by_two(after.role)


def keeps_access(after: User, access: Access) -> bool:
    """Whether somebody who would be as `after` is keeps what `access` has: nobody ends the own access."""
    return after.works and after.role == access.role


@transaction.atomic
def change_user(*, user: User, fields: list[str], by: Access) -> User:
    """Takes effect at the user's next request: access is made anew from the row each time. Raises
    PermissionDenied where two persons are needed, or where it ends the last administrator."""
    by.require(May.ADMINISTER)
    stored = User.objects.filter(pk=user.pk).first()
    if stored is None or needs_two_to_change(stored, user):
        raise PermissionDenied(BY_TWO)
    return _change(stored, user, fields, by)


@transaction.atomic
def change_asked(*, user: User, fields: list[str], asked: Approval, by: Access) -> User:
    """The same for what one has asked for and another has allowed."""
    second_person(asked, by)
    if OTHER_PERSON & set(fields):
        asked.payload[LETS_IN] = user.pk
    return _change(User.objects.get(pk=user.pk), user, fields, by)


@transaction.atomic
def end_account(*, user: User, by: Access) -> User:
    """At once, by who reviews accounts. Raises PermissionDenied where it is the last administrator's."""
    by.require(May.ADMINISTER, May.REVIEW_ACCOUNTS)
    user.is_active = False
    return _change(User.objects.get(pk=user.pk), user, ["is_active"], by)


def second_person(asked: Approval, by: Access) -> None:
    """Raises PermissionDenied where who carries it out is the one who has asked."""
    refuse_where(asked.asked_by_id == by.user.pk, BY_TWO)


def _change(before: User, user: User, fields: list[str], by: Access) -> User:
    # Whoever ends administrators at the same moment waits, so that two do not end each other.
    list(User.objects.working(May.ADMINISTER).order_by("pk").select_for_update().values_list("pk", flat=True))
    keep_one(before, user)
    user.save()
    if OTHER_PERSON & set(fields):
        end_all(user)
    if {"role", "is_active"} & set(fields) or before.has_ended:
        end_deputies(user, by)
    if before.email != user.email:
        # To the former address: whoever reads it should know that the account is no longer theirs.
        subject = gettext_lazy("Your address in the NMT register was changed")
        transaction.on_commit(lambda: _write(user, before.email, subject, MOVED), robust=True)
    record(by, "user.change", user, fields=fields)
    return user


def invitation_link(user: User, site: str) -> str:
    """Where the invited person chooses a password; good for INVITATION_DAYS and for one use."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return site.rstrip("/") + reverse("account_reset_password_from_key", kwargs=key)


INVITATION: Final = gettext_lazy(
    """You have been invited to the NMT register, where the network against trafficking keeps calls and cases.

Choose a password within %(days)d days. The link works once:
%(link)s

After that you enter a code of six digits, which a colleague reads out to you by telephone.
Then you set up a second factor: an app on your phone, or a security key.

If you did not expect an invitation, do not use the link, and contact the administrator of the register."""
)


def _invite(user: User, by: Actor, site: str, action: str = "user.invite") -> str:
    user.email = user.email.strip().lower()
    user.set_unusable_password()  # another one each time, so that links given out before end
    user.save()
    if not Opening.objects.filter(user=user).exists():
        close(user, shown_to=None, at=timezone.now())
    link = invitation_link(user, site)
    facts = {"days": settings.INVITATION_DAYS, "link": link}
    subject = gettext_lazy("Invitation to the NMT register")
    # When all is stored: an e-mail cannot be taken back.
    transaction.on_commit(lambda: _write(user, user.email, subject, INVITATION, **facts), robust=True)
    record(by, action, user)
    return link


MOVED: Final = gettext_lazy(
    "From now on you sign in to the NMT register with another e-mail address. If you did not ask for it, "
    "inform the data protection officer of the register."
)


def _write(user: User, to: str, subject: Promise, text: Promise, **facts: object) -> None:
    with translation.override(user.reading_language):
        send_mail(str(subject), str(text) % facts, None, [to])


def new_user(email: str, name: str, role: str) -> User:
    """Whom no password lets in. Not stored."""
    return User(email=email, name=name, role=role, password="!")  # noqa: S106


def site_for(user: User, said: str) -> str:
    """The register's address for the e-mail to `user`. Raises CommandError where there is none, or the
    account cannot be as it is."""
    try:
        site = address(said)
        user.full_clean()
    except NoAddress as fault:
        raise CommandError(str(fault)) from None
    except ValidationError as fault:
        raise CommandError(" ".join(fault.messages)) from None
    return site


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
    refuse_where(user.pk == by.user.pk, _("Nobody reviews their own account."))
    row = AccountReview.objects.create(user=user, by=by.user, at=by.at, answer=answer)
    if answer == AccountReview.Answer.ENDS:
        end_account(user=user, by=by)
    record(by, "user.review", row, search_kind=answer)
    return row


def _is(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0))
