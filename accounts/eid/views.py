"""Signing in by e-ID, showing by it again who one is, and connecting it to the own account. There are none of
these pages where no e-ID service is configured."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Final

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import attempts
from accounts.access import Access
from accounts.allauth_seams import come_in, network_address, shown_again, tell_owner
from accounts.eid import flow
from accounts.eid.binding import bind, owner_of, unbind
from accounts.eid.proof import Proof
from accounts.eid.refusals import Refused
from accounts.going_back import ours
from accounts.middleware import AuthenticatedRequest
from accounts.models import BoundEid, User
from accounts.sessions import FACTOR, lacks_second_factor
from accounts.transactions import own_transactions
from audit.writer import System, record

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
            if attempts.so_far(_from(request)) >= TRIES:
                raise Refused("many")
            return view(request, *args, **options)
        except Refused as refused:
            return _refuse(request, refused)

    return act


def _refuse(request: HttpRequest, refused: Refused) -> HttpResponse:
    user = next((one for one in (refused.whose, request.user) if isinstance(one, User)), None)
    page = render(request, "account/eid_refused.html", {"sentence": refused.sentence}, status=400)
    with transaction.atomic():
        if attempts.count(_counted_under(request, refused), WITHIN) <= TRIES + 1:  # nobody fills the trail
            by = Access.of(user) if user else System(actor="")
            record(by, "user.eid_refused", user, search_kind=refused.why)
    return page


def _counted_under(request: HttpRequest, refused: Refused) -> str:
    """Return the key that a refusal is counted under: one of its own for what stops nobody.

    A page elsewhere can make any browser of an office send answers that nobody began here, and there is
    nothing in them to guess; and a slow service is no fault of whoever has to wait.
    """
    return f"stray:{_from(request)}" if refused.why in {"state", "busy"} else _from(request)


def _from(request: HttpRequest) -> str:
    return f"eid:{network_address(request)}"


def _go(request: HttpRequest, what: str, back: str) -> HttpResponse:
    """A page that goes on to the service by itself. Not a redirect: the policy lets no form of ours lead
    elsewhere, and the service may lead on to another. Whatever comes of it, so many are begun and no more."""
    if attempts.count(f"begun:{_from(request)}", WITHIN) > BEGUN:
        raise Refused("many")
    there = flow.begin(request, what, back)
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
    return _go(request, flow.SIGN_IN, ours(request.POST.get("next", "")))


@own_transactions
@never_cache
@require_POST
@_where_configured
def again(request: AuthenticatedRequest) -> HttpResponse:
    """To show again who one is, before what is sensitive."""
    return _go(request, flow.AGAIN, ours(request.POST.get("next", "")))


@own_transactions
@never_cache
@require_POST
@_where_configured
@reauthentication_required
def connect(request: AuthenticatedRequest) -> HttpResponse:
    if CAME_BY_EID in request.session:
        raise Refused("password")
    return _go(request, flow.BIND, "/")


@never_cache
@require_POST
@_where_configured
@reauthentication_required
def disconnect(request: AuthenticatedRequest) -> HttpResponse:
    if unbind(by=request.access):
        tell_owner("account/email/eid_unbound", request.user)
        messages.success(request, _("The e-ID is no longer connected to your account."))
    return redirect("account")


@own_transactions
@login_not_required
@never_cache
@require_GET
@_where_configured
def callback(request: HttpRequest) -> HttpResponse:
    """Where the service sends the browser back to."""
    asked, proof = flow.answered(request)
    act = {flow.SIGN_IN: _signs_in, flow.AGAIN: _shows_again, flow.BIND: _connects}[asked.what]
    with transaction.atomic():
        return act(request, asked, proof)


def _signs_in(request: HttpRequest, asked: flow.Asked, proof: Proof) -> HttpResponse:
    """The e-ID at the level required is both factors."""
    user = owner_of(proof)
    if user is None:
        raise Refused("unbound")
    if not user.works:
        raise Refused("ended", user)
    BoundEid.objects.filter(user=user).update(used_at=Access.of(user).at)
    response = come_in(request, user, level=proof.level, back=asked.back)
    if request.user.is_authenticated:
        request.session[CAME_BY_EID], request.session[FACTOR] = proof.level, True
    return response


def _shows_again(request: HttpRequest, asked: flow.Asked, proof: Proof) -> HttpResponse:
    if owner_of(proof) != request.user:
        raise Refused("other")
    if shown_again(request, request.user, level=proof.level):
        messages.success(request, _("You have shown who you are. Now do it again."))
        return redirect("account")
    return redirect(asked.back)


def _connects(request: HttpRequest, _asked: flow.Asked, proof: Proof) -> HttpResponse:
    """Only whoever came in with password and second factor."""
    if not isinstance(request.user, User) or CAME_BY_EID in request.session or lacks_second_factor(request):
        raise Refused("password")
    bind(proof, by=Access.of(request.user))
    tell_owner("account/email/eid_bound", request.user)
    messages.success(
        request, _("The e-ID is connected to your account. You can sign in with it from now on.")
    )
    return redirect("account")
