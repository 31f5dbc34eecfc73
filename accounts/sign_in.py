"""How people sign in: django-allauth with our rules. Nobody registers: an administrator invites."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.forms import LoginForm
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from accounts.allauth_seams import SlowedAdapter, present_request
from accounts.letters import address_for
from accounts.models import User
from accounts.throttle import DEVICE, DEVICE_DAYS, device_of
from audit.writer import record


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


class AddKeyForm(AddWebAuthnForm):
    """The package leaves the name of the key to be called by its field."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].label = _("Name of the key")


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
        path = urlsplit(super().get_reset_password_from_key_url(key)).path
        return address_for(self.request) + path

    def format_email_subject(self, subject: str) -> str:
        return f"{gettext('The NMT register')}: {subject}"

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Once it is certain that it was changed, even when the mail server is down: the trail has it."""
        letter = self.render_mail(template_prefix, user.email, {**(context or {}), "user": user})
        transaction.on_commit(lambda: letter.send(), robust=True)

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """Users have no name to sign in by but their e-mail."""

    def set_password(self, user: User, password: str) -> None:
        """Whoever had none was invited, and has come: the trail says so (accounts.recorder)."""
        user.was_invited = not user.has_usable_password()
        super().set_password(user, password)

    def reauthenticate(self, user: User, password: str) -> bool:
        """By the address in the user's own row, which is the only one there is; counted like any attempt."""
        found = self.authenticate(present_request(), email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """The browser is known from now on: its attempts are counted apart from a stranger's."""
        response = super().post_login(request, user, **options)
        response.set_signed_cookie(
            DEVICE,
            device_of(user),
            max_age=DEVICE_DAYS * 86400,
            httponly=True,
            secure=request.is_secure(),
            samesite="Lax",
        )
        return response


class SessionsAdapter(DefaultUserSessionsAdapter):
    def end_sessions(self, sessions: list[Any]) -> None:
        super().end_sessions(sessions)
        if sessions:
            user = sessions[0].user
            record(Access.of(user), "user.sessions_end", user, rows=len(sessions))


class SecondFactorAdapter(DefaultMFAAdapter):
    """The secrets of second factors are sealed with all that belongs to the factor (accounts.factors)."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is no longer valid. Enter the one shown now."),
    }

    def build_totp_svg(self, url: str) -> str:
        """Without its XML declaration: it stands in the page, since the policy allows no data: addresses."""
        return super().build_totp_svg(url).partition("?>")[2].strip()
