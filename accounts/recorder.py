"""Sign-ins, failures and changed credentials in the audit trail: Django and django-allauth tell of them by
signals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, Final

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver

from accounts.access import Access
from accounts.allauth_seams import present_request, tell_owner
from accounts.eid.binding import unbind
from accounts.models import User
from accounts.opening import CLOSED, is_closed
from accounts.sessions import FACTOR, begin, end_all
from accounts.transactions import again_if_undone
from audit.writer import System, record


@receiver(user_logged_in)
def signed_in(sender: object, request: HttpRequest | None, user: User, **_kwargs: Any) -> None:
    if request is not None:
        begin(request)
        request.session[CLOSED] = is_closed(user)
    record(Access.of(user), "user.sign_in", user, search_kind=user.came_by)


@receiver(user_logged_out)
def signed_out(sender: object, user: User | None, **_kwargs: Any) -> None:
    if user is not None:
        record(Access.of(user), "user.sign_out", user)


@receiver(user_login_failed)
def refused(sender: object, **_kwargs: Any) -> None:
    """Not what was typed: it may be a password, or somebody else's address."""
    record(System(actor=""), "user.sign_in_refused")
    again_if_undone(partial(refused, sender))


@receiver([password_changed, password_reset, password_set])
def password(sender: object, user: User, **_kwargs: Any) -> None:
    record(
        Access.of(user),
        "user.invite_accept" if user.was_invited else "user.password",
        user,
    )


@receiver(authentication_failed)
def second_factor_refused(sender: object, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    """The password was right: whose it is, is known."""
    record(Access.of(user), "user.factor_refused", user, search_kind=authenticator.type)
    again_if_undone(partial(second_factor_refused, sender, user, authenticator))


# --- second factors: at the row, since the library tells of some only when they are stored for good
@receiver(post_save, sender=Authenticator)
def second_factor_saved(
    sender: object,
    instance: Authenticator,
    created: bool,
    update_fields: frozenset[str] | None,
    **_kwargs: Any,
) -> None:
    """Added, renamed, or a recovery code used. Saves of named fields are of its last use, which is a
    sign-in."""
    if created:
        _factor("user.factor_add", instance)
    elif update_fields is None:
        codes = instance.type == Authenticator.Type.RECOVERY_CODES
        _factor("user.code_used" if codes else "user.factor_change", instance)


@receiver(post_delete, sender=Authenticator)
def second_factor_removed(sender: object, instance: Authenticator, **_kwargs: Any) -> None:
    _factor("user.factor_remove", instance)
    request = present_request()
    if request is not None and request.user == instance.user:
        request.session.pop(FACTOR, None)  # asked for anew: there may be none left
        _eid_goes_along(instance.user)
    else:
        end_all(instance.user)


def _eid_goes_along(user: User) -> None:
    """With the last own second factor: who signs in by e-ID is never asked for one, and meanwhile the
    password alone would set up another."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    left = Authenticator.objects.filter(user=user, type__in=kinds).exists()
    if not left and unbind(by=Access.of(user)):
        tell_owner("account/email/eid_unbound", user)


def _factor(action: str, factor: Authenticator) -> None:
    """By whoever is signed in; before that, somebody at the second step of their own sign-in."""
    request = present_request()
    user = request.user if request is not None and request.user.is_authenticated else factor.user
    by = System() if request is None else Access.of(user)
    record(by, action, factor.user, search_kind=factor.type)


# --- what is only shown, but opens the account --------------------------------------------------
SHOWN: Final = {
    "mfa_view_recovery_codes": "user.codes_read",
    "mfa_download_recovery_codes": "user.codes_read",
}


def recorded(addresses: Sequence[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The addresses of the library, where those that show recovery codes say so to the trail."""
    for address in addresses:
        if isinstance(address, URLResolver):
            recorded(address.url_patterns)
        elif address.name in SHOWN:
            address.callback = _recorded(address.callback, SHOWN[address.name])
    return list(addresses)


def _recorded(view: Callable[..., HttpResponse], shown: str) -> Callable[..., HttpResponse]:
    @wraps(view)
    @transaction.atomic  # looking at codes for the first time stores them
    def act(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        response = view(request, *args, **options)
        if response.status_code == 200 and isinstance(request.user, User):
            record(Access.of(request.user), shown, request.user)
        return response

    return act
