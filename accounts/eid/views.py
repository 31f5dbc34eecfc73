"""Signing in by e-ID, showing by it again who one is, and connecting it to the own account. There are none of
these pages where no e-ID service is configured.

From the register to the e-ID service and back it is the authorization code flow with PKCE. What has to come
back is kept in the session of the browser that began: an answer that somebody else has begun is nobody's.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import wraps
from secrets import compare_digest, token_urlsafe
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import db_cache
from accounts.access import Access, AuthenticatedRequest, lead_on
from accounts.allauth_seams import come_in, mail_owner, network_address, shown_again
from accounts.eid.service import (
    EidProof,
    EidRefused,
    bind,
    exchanged,
    need,
    owner_of,
    proven,
    provider,
    unbind,
)
from accounts.models import BoundEid, User
from accounts.notices import address_for, page_language
from accounts.sessions import FACTOR, lacks_second_factor
from accounts.transactions import own_transactions
from accounts.views import ours
from audit.writer import System, record

ASKED: Final = "eid_asked"  # in the session
SECONDS: Final = 600  # within which the answer has to come
SIGN_IN, AGAIN, BIND = "sign_in", "again", "bind"


@dataclass(frozen=True, slots=True)
class EidRequest:
    """What one browser has begun: `what` for, by whom (None: nobody signed in), and where to go on."""

    what: str
    state: str
    nonce: str
    verifier: str
    back: str
    user: int | None
    at: float


def begin(request: HttpRequest, what: str, back: str) -> str:
    """The address of the e-ID service at which the browser goes on. Raises EidRefused."""
    there = provider()
    user, now = request.user.pk, time.time()
    asked = EidRequest(what, token_urlsafe(32), token_urlsafe(32), token_urlsafe(48), back, user, now)
    request.session[ASKED] = asdict(asked)
    joined = "&" if urlsplit(there.authorize).query else "?"
    return f"{there.authorize}{joined}{urlencode(_parameters(asked, request))}"


def _parameters(asked: EidRequest, request: HttpRequest) -> dict[str, str]:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(asked.verifier.encode()).digest())
    return {
        "response_type": "code",
        "scope": "openid",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": callback_of(request),
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": challenge.rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "acr_values": " ".join(settings.OIDC_ACR),
        "ui_locales": page_language(),
        "prompt": "login",  # each time: who sits at the keyboard may be another than who signed in there
        "max_age": "0",
    }


def answered(request: HttpRequest) -> tuple[EidRequest, EidProof]:
    """What was begun in this browser, and who answers. Good once. Raises EidRefused."""
    asked, there = _begun(request), provider()
    issuer = request.GET.get("iss", there.issuer if not there.names_itself else "")
    need(issuer == there.issuer, "proof")
    code = request.GET.get("code", "")
    need(code and "error" not in request.GET, "denied")
    token = exchanged(code, asked.verifier, callback_of(request), there)
    proof = proven(token, there, client=settings.OIDC_CLIENT_ID, nonce=asked.nonce, levels=settings.OIDC_ACR)
    need(proof.asked_at >= asked.at - 60, "old")
    return asked, proof


def _begun(request: HttpRequest) -> EidRequest:
    held = request.session.get(ASKED)
    state = request.GET.get("state", "")
    if not isinstance(held, dict) or not compare_digest(str(held.get("state", "")).encode(), state.encode()):
        raise EidRefused("stray")
    asked = EidRequest(**request.session.pop(ASKED))
    once = cache.add(f"eid-state:{asked.state}", True, SECONDS)
    need(once and 0 <= time.time() - asked.at <= SECONDS, "stray")
    need(asked.user == request.user.pk, "stray")
    return asked


def callback_of(request: HttpRequest) -> str:
    """Where the service sends the browser back to: the register's own address, whatever the browser says."""
    return address_for(request) + reverse("eid_callback")


TRIES: Final = 30  # that are refused, from one address in the network
BEGUN: Final = 120  # from one address: an office signs in in the morning
WITHIN: Final = timedelta(minutes=5)
CAME_BY_EID: Final = "came_by_eid"  # in a session: the level at which its owner was proven
View = Callable[..., HttpResponse]


def _where_configured(view: View) -> View:
    """The view where there is an e-ID service; what is refused in it is counted and told, and recorded while
    it is not too often."""

    @wraps(view)
    def act(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        if not settings.OIDC_ISSUER:
            raise Http404
        try:
            need(db_cache.so_far(_from(request)) < TRIES, "many")
            return view(request, *args, **options)
        except EidRefused as refused:
            return _refuse(request, refused)

    return act


def _refuse(request: HttpRequest, refused: EidRefused) -> HttpResponse:
    user = next((one for one in (refused.whose, request.user) if isinstance(one, User)), None)
    page = render(request, "account/eid_refused.html", {"sentence": refused.sentence}, status=400)
    with transaction.atomic():
        if db_cache.count(_counted_under(request, refused), WITHIN) <= TRIES + 1:  # nobody fills the log
            by = Access.of(user) if user else System(actor="")
            record(by, "user.eid_refused", user, search_kind=refused.why)
    return page


def _counted_under(request: HttpRequest, refused: EidRefused) -> str:
    """Return the key that a refusal is counted under: one of its own for what stops nobody.

    A page elsewhere can make any browser of an office send answers that nobody began here, and there is
    nothing in them to guess; and a slow service is no fault of whoever has to wait.
    """
    return f"stray:{_from(request)}" if refused.why in {"stray", "busy"} else _from(request)


def _from(request: HttpRequest) -> str:
    return f"eid:{network_address(request)}"


def _go(request: HttpRequest, what: str, back: str) -> HttpResponse:
    """A page that goes on to the service by itself. Not a redirect: the policy lets no form of ours lead
    elsewhere, and the service may lead on to another. Whatever comes of it, so many are begun and no more."""
    need(db_cache.count(f"begun:{_from(request)}", WITHIN) <= BEGUN, "many")
    there = begin(request, what, back)
    response = render(request, "account/eid_go.html", {"there": there})
    response.headers["Refresh"] = f"0; url={there}"
    return response


@own_transactions
@login_not_required
@never_cache
@require_POST
@_where_configured
def start(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return _go(request, SIGN_IN, ours(request.POST.get("next", "")))


@own_transactions
@never_cache
@require_POST
@_where_configured
def again(request: AuthenticatedRequest) -> HttpResponse:
    """To show again who one is, before what is sensitive."""
    return _go(request, AGAIN, ours(request.POST.get("next", "")))


@own_transactions
@never_cache
@require_POST
@_where_configured
@reauthentication_required
def connect(request: AuthenticatedRequest) -> HttpResponse:
    need(CAME_BY_EID not in request.session, "password")
    return _go(request, BIND, "/")


@never_cache
@require_POST
@_where_configured
@reauthentication_required
def disconnect(request: AuthenticatedRequest) -> HttpResponse:
    if unbind(by=request.access):
        mail_owner("account/email/eid_changed", request.user, connected=False)
        messages.success(request, _("The e-ID is no longer connected to your account."))
    return redirect("account")


@own_transactions
@login_not_required
@never_cache
@require_GET
@_where_configured
def callback(request: HttpRequest) -> HttpResponse:
    """Where the service sends the browser back to."""
    asked, proof = answered(request)
    act = {SIGN_IN: _signs_in, AGAIN: _shows_again, BIND: _connects}[asked.what]
    with transaction.atomic():
        return act(request, asked, proof)


def _signs_in(request: HttpRequest, asked: EidRequest, proof: EidProof) -> HttpResponse:
    """The e-ID at the level required is both factors."""
    user = owner_of(proof)
    if user is None:
        raise EidRefused("unbound")
    if not user.works:
        raise EidRefused("ended", user)
    BoundEid.objects.filter(user=user).update(used_at=Access.of(user).at)
    response = come_in(request, user, level=proof.level, back=asked.back)
    if request.user.is_authenticated:
        request.session[CAME_BY_EID], request.session[FACTOR] = proof.level, True
    return response


def _shows_again(request: HttpRequest, asked: EidRequest, proof: EidProof) -> HttpResponse:
    if owner_of(proof) != request.user:
        raise EidRefused("other")
    if shown_again(request, request.user, level=proof.level):
        return lead_on(request, _("You have shown who you are. Now do it again."), "account")
    return redirect(asked.back)


def _connects(request: HttpRequest, _asked: EidRequest, proof: EidProof) -> HttpResponse:
    """Only whoever came in with password and second factor."""
    if not isinstance(request.user, User) or CAME_BY_EID in request.session or lacks_second_factor(request):
        raise EidRefused("password")
    bind(proof, by=Access.of(request.user))
    mail_owner("account/email/eid_changed", request.user, connected=True)
    message = _("The e-ID is connected to your account. You can sign in with it from now on.")
    return lead_on(request, message, "account")
