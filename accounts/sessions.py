"""A session ends when nobody has done anything for a while, at the latest SESSION_HOURS after signing in, and
is good for nothing without a second factor.

What is sent when it has ended is not done. It reaches the views no more, but may be kept for whoever sent it
(`cases.drafts`): the end of what is sent is therefore found after the check of its token.

Sessions are stored in the database, each bound to its key: copied to another row, it is no session there.
Whoever writes to the table signs in as nobody.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends import db
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode

from accounts.models import User

SEEN = "seen_at"
SIGNED_IN = "signed_in_at"
FACTOR = "second_factor_set_up"
BACKGROUND = "X-Background"  # polls and draft saves: not somebody at the keyboard
EVERY = 30  # seconds between writes of when somebody was seen last
# What a page asks about itself, and the pages in its footer.
OF_EVERY_PAGE = ("/language/", "/theme/", "/session/", "/accessibility/", "/privacy/", "/help/")
OPEN = ("/accounts/", "/account/open/", *OF_EVERY_PAGE)


def end(request: HttpRequest) -> HttpResponse | None:
    """Signs out. Returns the way back to where somebody was, or nothing where no account is needed."""
    logout(request)
    request.access = None  # type: ignore[attr-defined]
    if request.path.startswith(OPEN):
        return None
    here = request.get_full_path() if request.method == "GET" else request.path
    back = getattr(request, "kept_at", "") or here
    return redirect(f"{reverse('account_login')}?{urlencode({'next': back, 'ended': '1'})}")


def ask_for_second_factor(request: HttpRequest) -> HttpResponse | None:
    """Leads whoever has no second factor yet to setting one up; nothing else opens before."""
    waits = not request.path.startswith(OPEN) and lacks_second_factor(request)
    return redirect("mfa_index") if waits else None


def _now() -> int:
    return int(timezone.now().timestamp())


def begin(request: HttpRequest) -> None:
    """Somebody has signed in: from here the hours are reckoned, whatever is done in them."""
    request.session[SIGNED_IN] = request.session[SEEN] = _now()


def ended(request: HttpRequest) -> bool:
    return seconds_left(request) <= 0


def seconds_left(request: HttpRequest) -> int:
    idle = request.session.get(SEEN, 0) + settings.IDLE_MINUTES * 60 - _now()
    return min(idle, seconds_whole(request))


def seconds_whole(request: HttpRequest) -> int:
    """Of the hours that a session lasts at most, and of the account's last day. One that does not know when
    it began is over."""
    ends = request.session.get(SIGNED_IN, 0) + settings.SESSION_HOURS * 3600
    if last := getattr(request.user, "ends_on", None):
        midnight = datetime.combine(last + timedelta(days=1), time.min)
        ends = min(ends, timezone.make_aware(midnight).timestamp())
    return int(ends) - _now()


def touch(request: HttpRequest, *, now: bool = False) -> None:
    """Somebody is there. Written at most every half minute, unless asked for `now`."""
    if now or _now() - request.session.get(SEEN, 0) > EVERY:
        request.session[SEEN] = _now()


def end_all(user: User) -> None:
    """Wherever somebody is signed in: what they may do, or how they show who they are, has been changed."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def state(request: HttpRequest) -> dict[str, object]:
    """What a page may know of its session: whose it is (as a mark), the seconds left, those to its end
    however it is used, and a token for its forms."""
    if not request.user.is_authenticated:
        return {"user": "", "left": 0, "whole": 0, "token": ""}
    left, whole = seconds_left(request), seconds_whole(request)
    return {"user": mark(request.user), "left": left, "whole": whole, "token": get_token(request)}


def mark(user: User) -> str:
    """Tells a page that the same user has signed in again, without saying who."""
    return salted_hmac("accounts.sessions", str(user.pk)).hexdigest()[:16]


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether one has to be set up first."""
    if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated:
        return False
    if not request.session.get(FACTOR) and has_own_factor(request.user):
        request.session[FACTOR] = True
    return not request.session.get(FACTOR)


def has_own_factor(user: User) -> bool:
    """Whether somebody has an app or a key; recovery codes alone are none."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return Authenticator.objects.filter(user=user, type__in=kinds).exists()


class SessionStore(db.SessionStore):
    @property
    def key_salt(self) -> str:
        """What its signature is made with: the key of the row too."""
        return f"accounts.sessions.{self.session_key}"

    @classmethod
    def clear_expired(cls) -> None:
        """What `clearsessions` asks for. With a session goes what was known of its browser."""
        super().clear_expired()
        UserSession.objects.exclude(
            session_key__in=cls.get_model_class().objects.values("session_key")
        ).delete()
