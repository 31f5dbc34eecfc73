"""Invite, end and change users. An administrator asks; what opens casework, or somebody else's account, a
second person answers. Every change is recorded."""

from __future__ import annotations

from typing import Final

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Access, end_deputies
from accounts.administrators import (
    INVITED,
    keep_one,
    one_change_at_a_time,
    second_factors_and_sessions_end,
    watchers,
)
from accounts.approvals import LETS_IN
from accounts.models import Approval, Opening, User
from accounts.notices import tell
from accounts.opening import close, is_closed
from accounts.roles import May, given_by_two
from accounts.sessions import end_all
from audit.writer import Actor, record

# What makes somebody another person to the register: what is open ends when it is changed.
OTHER_PERSON: Final = {"role", "email", "is_active"}
BY_TWO: Final = gettext_lazy("Two persons are needed for this: one asks, another answers.")


@transaction.atomic
def invite(*, user: User, by: Access, site: str) -> str:
    """Store a new user without a password and return the invitation's address. It is also sent, once all is
    stored. The code that opens the account is shown to nobody: a colleague tells another (`first_code`).

    Raises PermissionDenied where two persons are needed: then it is asked for (`agencies.letting_in`)."""
    by.require(May.ADMINISTER)
    if given_by_two(user.role):
        raise PermissionDenied(BY_TWO)
    link = _invite(user, by, site)
    user.code_to_say = ""
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
    if not may_be_invited(user):
        raise PermissionDenied(
            _("Only who is active and has not chosen a password yet can be invited again.")
        )
    link = _invite(user, by, site, "user.invite_again")
    user.code_to_say = ""
    return link


def may_be_invited(user: User) -> bool:
    return user.works and not user.has_usable_password()


@transaction.atomic
def new_code(*, user: User, asked: Approval, by: Access) -> str:
    """Another code for an account that nobody has opened yet, shown to who was told the former. Raises
    PermissionDenied."""
    answered = asked.answer == Approval.Answer.GIVEN and asked.answered_by_id == by.user.pk
    if not answered or not is_closed(user, told_to=by.user):
        raise PermissionDenied(_("Only who let somebody in gets a new code, until the account is open."))
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
    if asked.asked_by_id == by.user.pk:
        raise PermissionDenied(BY_TWO)


def _change(before: User, user: User, fields: list[str], by: Access) -> User:
    one_change_at_a_time()
    keep_one(before, user)
    user.save()
    if OTHER_PERSON & set(fields):
        end_all(user)
    if {"role", "is_active"} & set(fields) or before.has_ended:
        end_deputies(user, by)
    if before.email != user.email:
        transaction.on_commit(lambda: _moved(user, before.email), robust=True)
    record(by, "user.change", user, fields=fields)
    return user


def invitation_link(user: User, site: str) -> str:
    """Where the invited person chooses a password; good for INVITATION_DAYS and for one use."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    uid, _sep, token = key.partition("-")
    return site.rstrip("/") + reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})


INVITATION: Final = gettext_lazy(
    """You have been invited to the NMT register, where the network against trafficking keeps calls and cases.

Choose a password within %(days)d days. The link works once:
%(link)s

After that you give a code of six digits, which a colleague tells you by telephone.
Then you set up a second factor: an app in your phone, or a security key.

Did you not expect an invitation? Do not use the link, and tell the administrator of the register."""
)


def _invite(user: User, by: Actor, site: str, action: str = "user.invite") -> str:
    user.email = user.email.strip().lower()
    user.set_unusable_password()  # another one each time, so that links given out before end
    user.save()
    if not Opening.objects.filter(user=user).exists():
        close(user, shown_to=None, at=timezone.now())
    link = invitation_link(user, site)
    transaction.on_commit(lambda: _letter(user, link), robust=True)  # a letter cannot be taken back
    record(by, action, user)
    return link


def _letter(user: User, link: str) -> None:
    with translation.override(user.language or settings.LANGUAGE_CODE):
        text = INVITATION % {"days": settings.INVITATION_DAYS, "link": link}
        send_mail(_("Invitation to the NMT register"), text, None, [user.email])


def _moved(user: User, former: str) -> None:
    """To the former address: whoever reads it should know that the account is no longer theirs."""
    with translation.override(user.language or settings.LANGUAGE_CODE):
        text = _(
            "You sign in to the NMT register with another e-mail address from now on. "
            "Did you not ask for it? Tell the data protection officer of the register."
        )
        send_mail(_("Your address in the NMT register was changed"), text, None, [former])
