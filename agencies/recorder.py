"""Sign-ins, failures and changed credentials in the audit trail: Django and django-allauth tell of them by signals."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from agencies.access import Access
from agencies.models import User
from agencies.sessions import touch
from audit.writer import System, record


@receiver(user_logged_in)
def signed_in(sender: Any, request: HttpRequest | None, user: User, **_kwargs: Any) -> None:
    if request is not None:
        touch(request, now=True)
    record(Access.of(user), "user.sign_in", user)


@receiver(user_logged_out)
def signed_out(sender: Any, user: User | None, **_kwargs: Any) -> None:
    if user is not None:
        record(Access.of(user), "user.sign_out", user)


@receiver(user_login_failed)
def refused(sender: Any, **_kwargs: Any) -> None:
    """Not what was typed: it may be a password, or somebody else's address."""
    record(System(actor=""), "user.sign_in_refused")


@receiver([password_changed, password_reset, password_set])
def password(sender: Any, user: User, **_kwargs: Any) -> None:
    record(Access.of(user), "user.password", user)


@receiver(authentication_failed)
def second_factor_refused(sender: Any, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    """The password was right: whose it is, is known."""
    record(Access.of(user), "user.factor_refused", user, search_kind=authenticator.type)


@receiver(authenticator_added)
def second_factor_added(sender: Any, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    record(Access.of(user), "user.factor_add", user, search_kind=authenticator.type)


@receiver(authenticator_removed)
def second_factor_removed(sender: Any, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    record(Access.of(user), "user.factor_remove", user, search_kind=authenticator.type)


@receiver(authenticator_reset)
def recovery_codes_made_anew(sender: Any, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    record(Access.of(user), "user.factor_reset", user, search_kind=authenticator.type)
