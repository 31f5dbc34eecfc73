"""Invite, end and change users. Only an administrator does, and every change of a role is recorded."""

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
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Access
from accounts.models import User
from accounts.roles import May
from accounts.sessions import end_all
from audit.writer import Actor, record

# What makes somebody another person to the register.
OTHER_PERSON: Final = {"role", "email", "is_active"}


@transaction.atomic
def invite(*, user: User, by: Access, site: str) -> str:
    """Store a new user without a password and return the invitation's address. It is also sent, once all is
    stored."""
    by.require(May.ADMINISTER)
    return _invite(user, by, site)


@transaction.atomic
def invite_first(*, user: User, by: Actor, site: str) -> str:
    """The same from the command line, where the first administrator comes from."""
    return _invite(user, by, site)


@transaction.atomic
def invite_again(*, user: User, by: Access, site: str) -> str:
    """A new link for somebody who never came in; the former one is good for nothing. Raises
    PermissionDenied."""
    by.require(May.ADMINISTER)
    if not may_be_invited(user):
        raise PermissionDenied(
            _("Only who is active and has not chosen a password yet can be invited again.")
        )
    return _invite(user, by, site, "user.invite_again")


def may_be_invited(user: User) -> bool:
    return user.is_active and not user.has_usable_password()


@transaction.atomic
def take_second_factor(*, user: User, by: Access) -> None:
    """For somebody who has lost it: every session ends, and another is set up after the next password."""
    by.require(May.ADMINISTER)
    if by.user.pk == user.pk:
        raise PermissionDenied(_("Ask another administrator: nobody takes away the own second factor here."))
    Authenticator.objects.filter(user=user).delete()
    end_all(user)
    record(by, "user.factor_taken", user)


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user).exists()


@transaction.atomic
def change_user(*, user: User, fields: list[str], by: Access) -> User:
    """Takes effect at the user's next request: access is made anew from the row each time. A change of role
    or address ends what is open."""
    by.require(May.ADMINISTER)
    user.save()
    if OTHER_PERSON & set(fields):
        end_all(user)
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

After that you set up a second factor: an app in your phone, or a security key.

Did you not expect an invitation? Do not use the link, and tell the administrator of the register."""
)


def _invite(user: User, by: Actor, site: str, action: str = "user.invite") -> str:
    user.email = user.email.strip().lower()
    user.set_unusable_password()  # another one each time, so that links given out before end
    user.save()
    link = invitation_link(user, site)
    transaction.on_commit(lambda: _letter(user, link), robust=True)  # a letter cannot be taken back
    record(by, action, user)
    return link


def _letter(user: User, link: str) -> None:
    with translation.override(user.language or settings.LANGUAGE_CODE):
        text = INVITATION % {"days": settings.INVITATION_DAYS, "link": link}
        send_mail(_("Invitation to the NMT register"), text, None, [user.email])
