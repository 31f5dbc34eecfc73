"""How people sign in: django-allauth with our rules. Nobody registers: an administrator invites.

Sign-ins, failures and changed credentials are recorded: Django and django-allauth tell of them by signals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, Final
from urllib.parse import urlsplit

from allauth.account.forms import LoginForm
from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy as _

from accounts.access import Access
from accounts.allauth_seams import DEVICE, DEVICE_DAYS, SlowedAdapter, device_of, mail_owner, present_request
from accounts.invitations import CLOSED, is_closed
from accounts.models import User
from accounts.notices import address_for
from accounts.sessions import FACTOR, begin, end_all, has_own_factor
from accounts.transactions import again_if_undone
from audit.writer import System, record


class SignInForm(LoginForm):
    """E-mail and password; the session ends with the day, so nothing is remembered."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields.pop("remember", None)
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget.attrs["autofocus"] = True


class SignInAdapter(SlowedAdapter):
    error_messages = {
        **SlowedAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address or the password is not right. Try again."),
        "too_many_login_attempts": _(
            "Too many attempts. Wait five minutes and try again. After forty in a day, wait until tomorrow."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def clean_email(self, email: str) -> str:
        return super().clean_email(email).lower()

    def render_mail(
        self, template_prefix: str, email: str, context: dict[str, Any], headers: dict[str, str] | None = None
    ) -> EmailMessage:
        """In the language of the one who reads it, whoever's browser asked for it."""
        language = getattr(context.get("user"), "language", "") or settings.LANGUAGE_CODE
        context = {**context, "site_name": urlsplit(address_for(self.request)).netloc}
        with translation.override(language):
            return super().render_mail(template_prefix, email, context, headers)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At the register's own address: the browser that asks may say another."""
        return address_for(self.request) + urlsplit(super().get_reset_password_from_key_url(key)).path

    def format_email_subject(self, subject: str) -> str:
        return f"{gettext('The NMT register')}: {subject}"

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Once it is certain that it was changed, even when the mail server is down: the audit log has it."""
        message = self.render_mail(template_prefix, user.email, {**(context or {}), "user": user})
        transaction.on_commit(lambda: message.send(), robust=True)

    def set_password(self, user: User, password: str) -> None:
        """Whoever had none was invited, and has come: the audit log says so (accounts.sign_in)."""
        user.was_invited = not user.has_usable_password()
        super().set_password(user, password)

    def reauthenticate(self, user: User, password: str) -> bool:
        """By the address in the user's own row, which is the only one there is; counted like any attempt."""
        return bool(self.authenticate(present_request(), email=user.email, password=password) == user)

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """The browser is known from now on: its attempts are counted apart from those of unknown browsers."""
        response = super().post_login(request, user, **options)
        how: dict[str, Any] = {"httponly": True, "secure": request.is_secure(), "samesite": "Lax"}
        response.set_signed_cookie(DEVICE, device_of(user), max_age=DEVICE_DAYS * 86400, **how)
        return response


class SessionsAdapter(DefaultUserSessionsAdapter):
    def end_sessions(self, sessions: list[Any]) -> None:
        super().end_sessions(sessions)
        if sessions:
            user = sessions[0].user
            record(Access.of(user), "user.sessions_end", user, rows=len(sessions))


class SecondFactorAdapter(DefaultMFAAdapter):
    """The secrets of second factors are encrypted with all that belongs to the factor (accounts.factors)."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is no longer valid. Enter the one shown now."),
    }

    def build_totp_svg(self, url: str) -> str:
        """Without its XML declaration: it stands in the page, since the policy allows no data: addresses."""
        return super().build_totp_svg(url).partition("?>")[2].strip()


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
    record(Access.of(user), "user.invite_accept" if user.was_invited else "user.password", user)


@receiver(authentication_failed)
def second_factor_refused(sender: object, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    """The password was right: whose it is, is known."""
    record(Access.of(user), "user.factor_refused", user, search_kind=authenticator.type)
    again_if_undone(partial(second_factor_refused, sender, user, authenticator))


# Second factors are recorded at the row: the library tells of some only when they are stored for good.
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
    from accounts.eid.service import unbind  # with what speaks to the e-ID service: loaded when needed

    if not has_own_factor(user) and unbind(by=Access.of(user)):
        mail_owner("account/email/eid_changed", user, connected=False)


def _factor(action: str, factor: Authenticator) -> None:
    """By whoever is signed in; before that, somebody at the second step of their own sign-in."""
    request = present_request()
    user = request.user if request is not None and request.user.is_authenticated else factor.user
    by = System() if request is None else Access.of(user)
    record(by, action, factor.user, search_kind=factor.type)


# What is only shown, but opens the account.
SHOWN: Final = {"mfa_view_recovery_codes", "mfa_download_recovery_codes"}


def recorded(addresses: Sequence[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The addresses of the library, where those that show recovery codes say so to the audit log."""
    for address in addresses:
        if isinstance(address, URLResolver):
            recorded(address.url_patterns)
        elif address.name in SHOWN:
            address.callback = _recorded(address.callback)
    return list(addresses)


def _recorded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    @transaction.atomic  # looking at codes for the first time stores them
    def act(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        response = view(request, *args, **options)
        if response.status_code == 200 and isinstance(request.user, User):
            record(Access.of(request.user), "user.codes_read", request.user)
        return response

    return act
