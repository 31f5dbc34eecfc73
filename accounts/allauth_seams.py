"""Every name of django-allauth that is not promised to stay, in one place.

`tests/accounts/test_seams.py` fails when one of them is gone; the package is held below its next major
version.

Attempts at one account are counted apart for browsers that have signed in to it before. Whoever sends wrong
passwords for a colleague's address uses up only the attempts of unknown browsers: the colleague, at a browser
that is known, is not locked out (the device cookie of OWASP's guidance). Nor by wrong passwords from the same
network address, which a whole office may share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.account.internal.stagekit import clear_login
from allauth.account.utils import perform_login
from allauth.core import context
from allauth.core.exceptions import RateLimited
from allauth.core.internal import ratelimit
from allauth.usersessions.models import UserSession, UserSessionManager
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import db_cache
from accounts.access import Access
from accounts.models import User
from audit.writer import record

DEVICE = f"{settings.COOKIE_PREFIX}known_browser"
DEVICE_DAYS = 180
EID: Final = "eid"  # how somebody came, in session and audit log
SECOND_STEP: Final = "mfa-auth-user-"  # begins the key under which the library counts wrong codes


def device_of(user: User) -> str:
    """What a known browser holds: says nothing to anybody else, and is void when the password is changed."""
    mark = salted_hmac("accounts.allauth_seams", f"{user.pk}:{user.password}").hexdigest()[:32]
    return f"{user.pk}:{mark}"


def is_known(request: HttpRequest, email: str) -> bool:
    """Whether somebody has signed in to this account at this browser before."""
    cookie = request.get_signed_cookie(DEVICE, default="", max_age=DEVICE_DAYS * 86400)
    user = User.objects.filter(email=email.strip().lower()).first() if cookie else None
    return user is not None and cookie == device_of(user)


def attempts_key(request: HttpRequest, email: str) -> str:
    """Under which failed attempts are counted: the account's known browsers, or everybody else."""
    return f"{email.strip().lower()}:{'known' if is_known(request, email) else 'stranger'}"


def present_request() -> HttpRequest | None:
    """The request that the library is answering; None outside a request."""
    request: HttpRequest | None = context.request
    return request


def sign_in(request: HttpRequest, user: User) -> HttpResponse:
    """As if the password had been right: a second factor that the account has is asked for all the same."""
    response: HttpResponse = perform_login(request, user, email_verification="none")
    return response


def come_in(request: HttpRequest, user: User, *, level: str, back: str) -> HttpResponse:
    """Signed in by an e-ID whose level counts as both factors: the library's steps but its second one."""
    user.came_by = EID
    adapter = get_adapter(request)
    hooks = {"email_verification": "none", "signal_kwargs": None, "email": None, "signup": False}
    if refused := adapter.pre_login(request, user, redirect_url=back, **hooks):
        return refused
    adapter.login(request, user)
    record_authentication(request, user, method=EID, level=level)
    response: HttpResponse = adapter.post_login(request, user, redirect_url=back, **hooks)
    return response


def shown_again(request: HttpRequest, user: User, *, level: str) -> bool:
    """It counts as the own password would. Whether something that was sent has waited for it, which is not
    done but has to be sent again."""
    record_authentication(request, user, method=EID, level=level, reauthenticated=True)
    return bool(request.session.pop(STATE_SESSION_KEY, None))


def network_address(request: HttpRequest) -> str:
    return str(get_adapter(request).get_client_ip(request))


def mail_owner(template: str, user: User, **facts: object) -> None:
    """By e-mail, once what it tells is certain."""
    get_adapter().send_notification_mail(template, user, facts)


class SlowedAdapter(DefaultAccountAdapter):
    """Attempts to sign in, counted apart for browsers that are known; and an account that has ended is none
    to sign in to."""

    def pre_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse | None:
        """The page that says that the account has ended; None where it has not."""
        if not user.has_ended:
            response: HttpResponse | None = super().pre_login(request, user, **options)
            return response
        clear_login(request)
        record(Access.of(user), "user.ended_refused", user)
        refused: HttpResponse = self.respond_user_inactive(request, user)
        return refused

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return attempts_key(request, str(credentials.get("email", "")))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """One attempt. Those of a known browser are counted by the account alone, not by the network
        address."""
        email = str(credentials.get("email", ""))
        self._login_failed_rl_usage = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed_known" if is_known(request, email) else "login_failed",
            key=attempts_key(request, email),
        )
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")


@dataclass
class Usage:
    what: str

    def rollback(self) -> None:
        db_cache.take_back(self.what)


def _counted(
    request: HttpRequest,
    *,
    app: str,
    action: str,
    rate: ratelimit.Rate,
    key: str | None = None,
    user: User | None = None,
    dry_run: bool = False,
    raise_exception: bool = False,
) -> Usage | None:
    """None where there have been too many.

    In place of the library's own, which would read a list from the cache, add to it and write it back.
    """
    what = ratelimit.get_cache_key(request, app=app, action=action, rate=rate, key=key, user=user)
    within = timedelta(seconds=rate.duration)
    if dry_run:
        tries = db_cache.so_far(what) + 1
    else:
        tries = db_cache.count(what, within, whose=_account(key) if within >= db_cache.DAY else None)
    if tries <= rate.amount:
        return Usage(what)
    if raise_exception:
        raise RateLimited
    return None


def _cleared(
    request: HttpRequest,
    *,
    app: str,
    action: str,
    config: dict[str, str] | None = None,
    key: str | None = None,
    user: User | None = None,
) -> None:
    for rate in ratelimit.get_rates(app=app, action=action, config=config):
        db_cache.forget(
            ratelimit.get_cache_key(request, app=app, action=action, rate=rate, key=key, user=user)
        )


def _account(key: str | None) -> int | None:
    """Whose account the attempts under this key are about; None where there is no such account."""
    if key is None:
        return None
    if key.startswith(SECOND_STEP):
        return int(key.removeprefix(SECOND_STEP))
    return User.objects.filter(email=key.rpartition(":")[0]).values_list("pk", flat=True).first()


def _purge_and_list(_manager: object, user: User) -> Iterator[UserSession]:
    """Forget the sessions of `user` that are over, by one statement; return those that still hold, each of
    which is asked only where they are listed.

    In place of the library's own, which asks for each session at every sign-in.
    """
    own, now = UserSession.objects.filter(user=user), timezone.now()
    own.exclude(session_key__in=Session.objects.filter(expire_date__gt=now).values("session_key")).delete()
    return (row for row in own if not row.purge())


UserSessionManager.purge_and_list = _purge_and_list
ratelimit._consume_single_rate = _counted
ratelimit.clear = _cleared
